"""Numbers that belong together by what was said of them two by two."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import IdArray


class Joined:
    """Disjoint sets of numbers, each named by its least member."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def root(self, number: int) -> int:
        """The least number it is joined with, itself where with none."""
        parent = self._parent
        while (above := parent.get(number, number)) != number:
            parent[number] = parent.get(above, above)
            number = above
        return number

    def join(self, one: int, other: int) -> None:
        a, b = self.root(one), self.root(other)
        self._parent[max(a, b)] = min(a, b)

    def roots(self, numbers: IdArray) -> NDArray[np.int64]:
        """:meth:`root` of each; most are joined with none."""
        found = numbers.copy()
        for place in np.flatnonzero(np.isin(numbers, list(self._parent))).tolist():
            found[place] = self.root(int(numbers[place]))
        return found
