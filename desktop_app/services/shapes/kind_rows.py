"""Look, grey object and outline of the pictures of a catalogue, beside one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.shape_kinds import KindRows
from desktop_app.domain.shape_ports import ShapeProposals

HEAD_LENGTH = 0.7
"""Of the rows a head learns from: the shorter, the more its penalty holds it back. Of real
containers of 14 shapes 0.7 found more of the same shape than 0.5 or 1 and told more right."""
OUTLINE_SCALE = 1.8
"""Makes the vectors of outlines, which lie about 0.4 from their mean, nearly as long as the
others."""


class KindRowReader:
    """Reads rows of one catalogue for the vectors of one model; from any thread that may read
    the catalogue. ``proposals`` gives the outlines that are published."""

    def __init__(
        self, catalogue: Catalogue, model_key: str, proposals: Callable[[], ShapeProposals | None]
    ) -> None:
        self._catalogue = catalogue
        self._model_key = model_key
        self._proposals = proposals

    @property
    def revision(self) -> tuple[object, ...]:
        """Changes with what rows are made of."""
        fingerprint = self._catalogue.vectors.fingerprint(self._model_key)
        return fingerprint, self._catalogue.containers.revision(), self._proposals()

    def rows(self, content_ids: Sequence[int]) -> tuple[IdArray, KindRows]:
        """Of the contents that have a LOOK vector, by ascending id."""
        ids, look = self._catalogue.vectors.get(self._model_key, content_ids)
        stored = self._catalogue.containers.get(ids.tolist())
        dimension = max((len(each.vector) for each in stored.values()), default=1)
        grey = np.zeros((len(ids), dimension), np.float32)
        for row, content_id in enumerate(ids.tolist()):
            if content_id in stored and len(stored[content_id].vector) == dimension:
                grey[row] = stored[content_id].vector
        return ids, KindRows(look, grey, self._outlines(ids))

    def _outlines(self, ids: IdArray) -> FloatMatrix:
        proposals = self._proposals()
        if proposals is None or not len(proposals.content_ids):
            return np.full((len(ids), 1), np.nan, np.float32)
        held = proposals.content_ids
        places = np.minimum(np.searchsorted(held, ids), len(held) - 1)
        found = proposals.vectors[places].copy()
        found[held[places] != ids] = np.nan
        return found


class KindVectors:
    """Rows for learning a head: see :class:`~desktop_app.services.category_data.VectorReader`."""

    def __init__(self, reader: KindRowReader) -> None:
        self._reader = reader

    def get(
        self,
        model_key: str,  # noqa: ARG002 - the reader has its own
        content_ids: Sequence[int],
    ) -> tuple[IdArray, FloatMatrix]:
        ids, rows = self._reader.rows(content_ids)
        return ids, head_rows(rows)


def head_rows(rows: KindRows) -> FloatMatrix:
    """(n, D) look, grey and outline beside one another, of HEAD_LENGTH."""
    outline: NDArray[np.float32] = np.nan_to_num(rows.outline) * OUTLINE_SCALE
    joined = np.concatenate([rows.look, rows.grey, outline], axis=1)
    norms = np.linalg.norm(joined, axis=1, keepdims=True)
    return np.asarray(joined * (HEAD_LENGTH / np.maximum(norms, 1e-9)), np.float32)
