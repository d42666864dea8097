"""What learning a catalogue needs of the world; adapters in ``infra`` provide it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import DecodedImage, FloatMatrix
from desktop_app.domain.learned_models import EmbeddingMap, LearnedModel, Projection, Trial
from desktop_app.domain.metric_learning import CurvePoint, LabelledPictures, Recipe
from desktop_app.domain.progress import CancelToken


@dataclass(frozen=True, slots=True, eq=False)
class AdapterStep:
    """A piece of teaching an adapter; ``done`` in [0, 1]. The last one carries the
    ``projection`` that did best on the validation pictures, and where learning began
    (``start``)."""

    done: float
    point: CurvePoint | None = None
    projection: Projection | None = None
    start: Projection | None = None


class AdapterTeacher(Protocol):
    """Teaches an adapter on cached vectors, in seconds on a processor."""

    def teach(
        self,
        recipe: Recipe,
        taught: LabelledPictures,
        validation: LabelledPictures,
        *,
        base_key: str,
        token: CancelToken,
    ) -> Iterator[AdapterStep]:
        """Steps of at most about half a second. ``validation`` holds other products; where it
        is empty, the learning goes on to the end of the recipe and the last projection is given.
        Equal arguments give equal projections. Raises Cancelled, and ValueError where fewer than
        two products have two pictures."""
        ...


class Phase(StrEnum):
    """What tuning is about. EQUIPPING: what finds products in pictures is made ready, which takes
    a minute the first time on a machine. PREPARING: pictures are read and kept. MEASURING: how
    well products are found before anything is learned. LEARNING. SETTLING: which of what was
    learned is kept. CONVERTING: the tuned model is made ready for use. LOOKING: all pictures are
    read with it."""

    EQUIPPING = "equipping"
    PREPARING = "preparing"
    MEASURING = "measuring"
    LEARNING = "learning"
    SETTLING = "settling"
    CONVERTING = "converting"
    LOOKING = "looking"


@dataclass(frozen=True, slots=True, eq=False)
class TuningStep:
    """A piece of tuning a network; ``done`` in [0, 1]. ``left_s`` are the seconds of work that
    LEARNING takes at most from here, None where nobody knows yet; it ends sooner once nothing more
    is gained. ``is_saved`` says that a checkpoint was written; ``n_unreadable`` counts pictures
    that were left out. The last one says in which ``folder`` the model lies, with its card, and
    how the model ``name`` is kept among the learned ones: its ``projection`` leaves the vectors as
    they are."""

    done: float
    point: CurvePoint | None = None
    is_saved: bool = False
    folder: Path | None = None
    n_unreadable: int = 0
    name: str = ""
    projection: Projection | None = None
    phase: Phase = Phase.LEARNING
    left_s: float | None = None


class NetworkTuner(Protocol):
    """Tunes the late stages of a network on pictures; resumable."""

    def tune(
        self,
        recipe: Recipe,
        taught: LabelledPictures,
        validation: LabelledPictures,
        picture: Callable[[int], DecodedImage | None],
        *,
        base_name: str,
        folder: Path,
        token: CancelToken,
    ) -> Iterator[TuningStep]:
        """``picture`` gives a content's pixels, None where it cannot be read. ``folder`` keeps
        the checkpoint: called again with equal arguments it goes on where it was, be it cancelled
        or killed. A GPU is used where there is one. Raises Cancelled, ModelUnavailable,
        StorageFull."""
        ...


class TunedModelFiles(Protocol):
    """Versions whose network was tuned, each passed on in one safetensors file with its model."""

    def export(self, learned: LearnedModel, path: Path) -> None:
        """Raises ModelUnavailable where its model is not there, StorageFull."""
        ...

    def discard(self, learned: LearnedModel) -> bool:
        """Delete the model of a version from those of this machine; whether it was there. A model
        that did not come of learning stays."""
        ...

    def import_from(self, path: Path) -> tuple[LearnedModel, Projection] | None:
        """Take the model among those of this machine; returns the card, its base that model, and
        the projection to keep it with. None where the file is of another kind. Raises
        ModelUnavailable where it is damaged, StorageFull."""
        ...


class LearnedModelFiles(Protocol):
    """The learned models of one catalogue, a folder each: a card and safetensors, never code."""

    def cards(self) -> tuple[LearnedModel, ...]:
        """By rising version; damaged ones are left out and logged."""
        ...

    def next_version(self) -> str: ...

    def save(
        self,
        model: LearnedModel,
        projection: Projection,
        trial: Trial | None = None,
        layout: EmbeddingMap | None = None,
    ) -> LearnedModel:
        """Written whole or not at all; returns the card with the hash of its tensors. Raises
        StorageFull, CatalogueReadOnly."""
        ...

    def projection(self, version: str) -> Projection:
        """Raises ModelUnavailable where it is absent, damaged, or not what its card says."""
        ...

    def trial(self, version: str) -> Trial | None: ...

    def layout(self, version: str) -> EmbeddingMap | None: ...

    def annotate(self, version: str, note: str) -> LearnedModel:
        """Raises ModelUnavailable."""
        ...

    def remove(self, version: str) -> None: ...

    def export(self, version: str, path: Path) -> None:
        """Write card and tensors as one safetensors file. Raises ModelUnavailable, StorageFull."""
        ...

    def import_from(self, path: Path) -> LearnedModel:
        """Take up what :meth:`export` wrote, under a version of its own. Raises
        ModelUnavailable where the file is no such thing."""
        ...


class EmbeddingLayout(Protocol):
    """Lays vectors out on a plane, like near like."""

    def lay_out(
        self, before: FloatMatrix, after: FloatMatrix, token: CancelToken
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(n, d) and (n, k) unit rows of the same things to (n, 2) each, those of ``after`` going
        out from where they lay before. Raises Cancelled."""
        ...
