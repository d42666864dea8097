"""Two SKUs that may be one product: the pairs, what is thought of them, and what was decided.

Pictures are compared, products are decided on: a *found pair* is two contents that look like one
thing, with the chance that they are; a *product pair* the best of them between two products. A
*verdict* is a person's word on a pair of contents, which outlives files, numbers and models.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import CHANNELS, UPRIGHT, Orientation
from desktop_app.domain.images import IdArray


class Verdict(StrEnum):
    """What a person said of a pair.

    SAME: one product under two numbers. VARIANT: the same model in another colour, size or
    print. DIFFERENT: not the same. LATER: looked at and put off; the pair stays open.
    """

    SAME = "same"
    VARIANT = "variant"
    DIFFERENT = "different"
    LATER = "later"


VERDICTS: tuple[Verdict, ...] = tuple(Verdict)
"""The order in arrays; -1 stands for none."""


SAME_THRESHOLD = 0.4
"""Pairs at least this likely to be one product are proposed as the same where nobody chose
otherwise. It lies a little below a half: a pair that is missed costs more than one that is looked
at in vain, and what is best by F1 lies at half of the F1 that is reached (Lipton et al., "Optimal
thresholding of classifiers to maximize F1 measure", ECML 2014)."""


@dataclass(frozen=True, slots=True)
class PairJudgement:
    """What the application thinks of two pictures.

    ``same`` is the chance in [0, 1] that both show one product, ``variant`` the chance that
    they show versions of one; they sum to at most 1. ``scores`` are those of CHANNELS, NaN
    where one is silent; ``difference`` is how much differs in the worst place once one picture
    is laid on the other, in [0, 1], NaN where they could not be aligned; ``orientation`` is how
    the first must be changed to lie as the second.
    """

    same: float
    variant: float = 0.0
    scores: tuple[float, ...] = (float("nan"),) * len(CHANNELS)
    difference: float = float("nan")
    orientation: Orientation = UPRIGHT


@dataclass(frozen=True, slots=True)
class FoundPair:
    """Two contents, ``content_a < content_b``, and what is thought of them."""

    content_a: int
    content_b: int
    judgement: PairJudgement


@dataclass(frozen=True, slots=True, eq=False)
class FoundPairs:
    """Many found pairs as aligned arrays (n,), by rising (content_a, content_b); ``scores`` is
    (n, len(CHANNELS)) float32, ``orientations`` places in ORIENTATIONS."""

    content_a: IdArray
    content_b: IdArray
    same: NDArray[np.float32]
    variant: NDArray[np.float32]
    scores: NDArray[np.float32]
    difference: NDArray[np.float32]
    orientations: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.content_a)


@dataclass(frozen=True, slots=True)
class PairKey:
    """What a verdict is about, the same wherever the pictures lie and whatever compared them.

    ``hash_a <= hash_b`` are content hashes. Where they are equal, two products show one file:
    then ``sku_a <= sku_b`` (casefolded) say which; otherwise both are ''.
    """

    hash_a: str
    hash_b: str
    sku_a: str = ""
    sku_b: str = ""

    @classmethod
    def of(cls, hash_a: str, hash_b: str, sku_a: str, sku_b: str) -> PairKey:
        """In order, with the SKUs only where they are needed."""
        if hash_a != hash_b:
            return cls(*sorted((hash_a, hash_b)))
        return cls(hash_a, hash_b, *sorted((sku_a.casefold(), sku_b.casefold())))


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """A verdict with who gave it (a name, '' where nobody said) and when (ISO 8601, UTC)."""

    key: PairKey
    verdict: Verdict
    decided_at: str
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class VerdictConflict:
    """Two people said different things of one pair."""

    own: StoredVerdict
    other: StoredVerdict


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Which product pairs are never asked about: those that agree, with some value, in one of
    ``columns`` (names, such as brand or a model column; never the SKU, which always counts),
    and, with ``same_folder``, those with pictures from one folder."""

    columns: tuple[str, ...] = ()
    same_folder: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ProductPairs:
    """The best found pair between any two products, as aligned arrays (n,), by rising
    (product_a, product_b), ``product_a < product_b``.

    ``content_a`` is shown by ``product_a`` and ``content_b`` by ``product_b``; they are equal
    where two products show one file, which is ``same`` 1. ``rows`` are places in the FoundPairs,
    -1 for such. ``verdicts`` are places in VERDICTS, -1 for none: a product pair counts as
    decided when each found pair between its products is, or the latest verdict was SAME; the
    latest verdict stands for it. Of one that waits, the best found pair without a verdict is
    shown.
    Excluded pairs and products that are gone are not here.
    """

    product_a: IdArray
    product_b: IdArray
    content_a: IdArray
    content_b: IdArray
    same: NDArray[np.float32]
    variant: NDArray[np.float32]
    rows: IdArray
    verdicts: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.product_a)


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Products that are all likely to be one another.

    ``product_ids`` are sorted, two or more; ``cohesion`` is the lowest chance among its pairs,
    ``strongest`` the highest; ``pair_rows`` are its pairs in ProductPairs; ``medoid`` the
    product most like all others; ``is_decided`` says that no pair of it waits for a verdict.
    """

    product_ids: tuple[int, ...]
    cohesion: float
    strongest: float
    pair_rows: tuple[int, ...]
    medoid: int
    is_decided: bool = False
