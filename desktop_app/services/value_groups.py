"""Things told apart by the value they have: the most common values, and the rest as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_GROUPS = 11
"""So many values are told apart; the rest is one group."""
OTHERS = -1


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """Pictures with one value ('' for none), and how many they are."""

    name: str
    size: int


def grouped(values: Sequence[str]) -> tuple[NDArray[np.int32], tuple[ValueGroup, ...]]:
    """For each of ``values`` its place among the groups, OTHERS where it is none of them; the
    groups by falling size, equal ones by name."""
    counts = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    chosen = counts[:MOST_GROUPS]
    numbers = {name: number for number, (name, _) in enumerate(chosen)}
    group_of = np.array([numbers.get(value, OTHERS) for value in values], np.int32)
    return group_of, tuple(ValueGroup(name, size) for name, size in chosen)
