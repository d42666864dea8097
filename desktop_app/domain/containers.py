"""What kind of container a picture shows: what is read of it, stored, and found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.categories import LEAST_GUESS, MOST_GUESSES, CategoryReport
from desktop_app.domain.container_classes import CONTAINER_CLASSES, ContainerClass
from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.search import CategoryGuess

GreyVector = NDArray[np.float32]
"""(dimension,), of unit length: the features of the object in grey."""


@dataclass(frozen=True, slots=True, eq=False)
class ContainerReading:
    """What was read of one picture. ``probabilities`` (15,), in the order of
    CONTAINER_CLASSES, sum to 1."""

    probabilities: NDArray[np.float32]
    vector: GreyVector

    @property
    def container(self) -> ContainerClass:
        """The most probable class; of equal ones the first."""
        return CONTAINER_CLASSES[int(self.probabilities.argmax())]

    @property
    def probability(self) -> float:
        """Of that class, in [0, 1]."""
        return float(self.probabilities.max())

    def guesses(self) -> tuple[CategoryGuess, ...]:
        """The best classes worth naming, by falling probability; never empty."""
        order = np.argsort(-self.probabilities, kind="stable")[:MOST_GUESSES].tolist()
        return tuple(
            CategoryGuess(CONTAINER_CLASSES[place].value, float(self.probabilities[place]))
            for rank, place in enumerate(order)
            if rank == 0 or self.probabilities[place] >= LEAST_GUESS
        )


@dataclass(frozen=True, slots=True, eq=False)
class StoredContainer:
    """What the catalogue keeps of a reading."""

    container: ContainerClass
    probability: float
    vector: GreyVector


@dataclass(frozen=True, slots=True, eq=False)
class ContainerGallery:
    """The contents taken for one class: ``content_ids`` (sorted) and ``vectors`` (n, dimension)
    float32, aligned."""

    content_ids: IdArray
    vectors: FloatMatrix


@dataclass(frozen=True, slots=True, eq=False)
class ContainerModelReport:
    """How well the shipped model tells the classes of rendered containers it never saw.

    ``by_product`` leaves single products out, ``by_design`` every product of a design;
    ``origin`` says what was measured, in a sentence.
    """

    by_product: CategoryReport
    by_design: CategoryReport | None
    origin: str


class ContainerReader(Protocol):
    """Tells the class of the object in a picture; safe from any thread. Loading what it needs
    may take a second, and it does so when first asked."""

    @property
    def version(self) -> str:
        """Names the networks and the classifier: other ones mean describing again."""
        ...

    @property
    def backbone(self) -> str:
        """The title of the network whose grey vectors are compared, for the user."""
        ...

    def read(self, picture: SegmentedPicture) -> ContainerReading:
        """The whole picture counts as object where its mask is not usable. Raises
        ModelUnavailable, Cancelled."""
        ...


class ContainerStore(Protocol):
    """Classes and grey vectors by content; written with the other evidence."""

    def get(self, content_ids: Sequence[int]) -> dict[int, StoredContainer]:
        """By content id; those without a reading are left out."""
        ...

    def counts(self) -> dict[ContainerClass, int]:
        """How many contents were taken for each class; classes without one are left out."""
        ...

    def gallery(self, container: ContainerClass, dimension: int) -> ContainerGallery:
        """Every content taken for the class, with its vector. Vectors of another dimension, made
        by another network, and damaged ones are left out."""
        ...

    def revision(self) -> str:
        """Changes whenever a reading is added, replaced or removed."""
        ...
