"""Which pairs of one run were taken on already, so that none is judged twice."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import numpy as np

from desktop_app.domain.duplicates import FoundPairs
from desktop_app.domain.images import IdArray


class OpenContents:
    """The contents that a run has still to compare. Safe from any thread.

    Only pairs of two open contents could come up twice; what is remembered of one is forgotten
    when it is closed, so that memory is bounded by what is still open.
    """

    def __init__(self, content_ids: IdArray, found: FoundPairs) -> None:
        """``found`` are the pairs known before."""
        self._lock = threading.Lock()
        self._open = set(content_ids.tolist())
        self._takers: dict[int, set[int]] = {}
        self._known: dict[int, list[int]] = {}
        is_open = np.isin(found.content_a, content_ids) | np.isin(found.content_b, content_ids)
        for a, b in zip(
            found.content_a[is_open].tolist(), found.content_b[is_open].tolist(), strict=True
        ):
            self._known.setdefault(a, []).append(b)
            self._known.setdefault(b, []).append(a)

    def add(self, content_ids: Iterable[int]) -> None:
        """Contents that came up meanwhile."""
        with self._lock:
            self._open.update(content_ids)

    def known(self, content_id: int) -> Sequence[int]:
        """With which contents this one makes pairs already, which are to be judged again."""
        return self._known.get(content_id, ())

    def claim(self, content_id: int, other: int) -> bool:
        """Whether the one who asks is the first to take on this pair, being at work on
        ``content_id``, which is open."""
        with self._lock:
            if other in self._takers.get(content_id, ()):
                return False
            if other in self._open:
                self._takers.setdefault(other, set()).add(content_id)
            return True

    def close(self, content_id: int) -> None:
        """This content is compared."""
        with self._lock:
            self._open.discard(content_id)
            self._takers.pop(content_id, None)
        self._known.pop(content_id, None)
