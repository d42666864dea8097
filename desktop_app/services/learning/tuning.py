"""Tuning the network itself to a catalogue: its pictures, and what the tuned model sees in them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.images import READING_SIDE, DecodedImage, FloatMatrix, IdArray
from desktop_app.domain.learned_models import Projection
from desktop_app.domain.learning_ports import NetworkTuner, Phase
from desktop_app.domain.masks import Masker, ObjectMask
from desktop_app.domain.metric_learning import CurvePoint, LabelledPictures, Recipe
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader
from desktop_app.domain.progress import CancelToken
from desktop_app.services.learning.beside import Beside

TUNED_SHARE = 0.9
"""Of the way; the rest is looking at the pictures with the tuned model."""
STEP_S = 0.25
RUN_FOLDER = "run"
"""Within a recipe's folder: what the tuner keeps."""
_NOISE = 96

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class TunedModel:
    """A model that was tuned, ``name`` and ``key`` in the library. ``rows`` (m,) of the pictures
    could be read, ``after`` (m, k) are their vectors under it, which ``projection`` leaves as they
    are."""

    name: str
    key: str
    projection: Projection
    rows: NDArray[np.intp]
    after: FloatMatrix


@dataclass(frozen=True, slots=True, eq=False)
class FineTuningStep:
    """``done`` in [0, 1]; ``left_s`` as in TuningStep. The last one, and only it, carries the
    ``model``."""

    done: float
    point: CurvePoint | None = None
    n_unreadable: int = 0
    model: TunedModel | None = None
    phase: Phase = Phase.LEARNING
    left_s: float | None = None


class MaskedPictures:
    """Gives a content's picture with its object marked, to one thread at a time. A masker is made
    when it is first needed; a picture of which no object can be told is whole."""

    def __init__(
        self, catalogue: Catalogue, reader: ImageReader, masker: Callable[[], Masker]
    ) -> None:
        self._catalogue, self._reader = catalogue, reader
        self._provide_masker = masker
        self._masker: Masker | None = None

    def equip(self) -> None:
        """Have the masker ready. The first time on a machine that may take a minute."""
        # Noise has no even background, so that the network is asked.
        rgb = np.random.default_rng(0).integers(0, 256, (_NOISE, _NOISE, 3), np.uint8)
        self._masking(DecodedImage(rgb, None, _NOISE, _NOISE))

    def plain(self, content_id: int) -> DecodedImage | None:
        """As the catalogue is read; None where no file of it can be."""
        for picture in self._catalogue.pictures.get_by_content(content_id):
            try:
                return self._reader.decode(Path(picture.path), max_side=READING_SIDE)
            except UnreadableImage:
                continue
        return None

    def __call__(self, content_id: int) -> DecodedImage | None:
        """The same with ``alpha`` 255 where the object is."""
        image = self.plain(content_id)
        if image is None:
            return None
        mask = self._masking(image)
        return replace(image, alpha=mask.alpha if mask.is_usable else None)

    def _masking(self, image: DecodedImage) -> ObjectMask:
        if self._masker is None:
            self._masker = self._provide_masker()
        return self._masker.mask(image)


class FineTuning:
    """Tunes the model ``base_name`` to one catalogue. Used by one thread at a time.

    ``tuner`` keeps what it has to go on from in a folder of its own below ``folder`` for each
    recipe. ``embedder`` gives that of a model by name; whoever provides it closes it.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        pictures: MaskedPictures,
        tuner: NetworkTuner,
        embedder: Callable[[str], Embedder],
        *,
        base_name: str,
        folder: Path,
    ) -> None:
        self._catalogue, self._pictures, self._tuner = catalogue, pictures, tuner
        self._embedder, self._base_name, self._folder = embedder, base_name, folder

    def tune(
        self,
        recipe: Recipe,
        pictures: LabelledPictures,
        taught: NDArray[np.intp],
        validation: NDArray[np.intp],
        token: CancelToken,
    ) -> Iterator[FineTuningStep]:
        """Learn from the rows ``taught`` of ``pictures``, stop by ``validation``, and look at all
        of them. Goes on where an equal call ended, be it cancelled or killed; :meth:`forget` ends
        that. Raises Cancelled, ModelUnavailable, StorageFull, UserFacingError."""
        yield from self._beside(lambda _own: self._pictures.equip(), token, Phase.EQUIPPING, 0.0)
        last = None
        for step in self._tuner.tune(
            recipe,
            pictures.only(taught),
            pictures.only(validation),
            self._pictures,
            base_name=self._base_name,
            folder=self.place(recipe) / RUN_FOLDER,
            token=token,
        ):
            last = step
            yield FineTuningStep(
                TUNED_SHARE * step.done,
                step.point,
                step.n_unreadable,
                phase=step.phase,
                left_s=step.left_s,
            )
        assert last is not None
        assert last.projection is not None
        seen: dict[int, NDArray[np.float32]] = {}
        name = last.name
        embedder = yield from self._beside(
            lambda _own: self._embedder(name), token, Phase.CONVERTING, TUNED_SHARE
        )
        for done in self._look(embedder, pictures.content_ids, seen, token):
            reached = TUNED_SHARE + (1 - TUNED_SHARE) * done
            yield FineTuningStep(reached, phase=Phase.LOOKING)
        rows = np.array(sorted(seen), np.intp)
        after = np.stack([seen[row] for row in rows.tolist()])
        model = TunedModel(last.name, embedder.key, last.projection, rows, after)
        yield FineTuningStep(
            1.0, n_unreadable=len(pictures) - len(rows), model=model, phase=Phase.LOOKING
        )

    def has_begun(self, recipe: Recipe) -> bool:
        """Whether there is something to go on from."""
        return self.place(recipe).is_dir()

    def forget(self, recipe: Recipe) -> None:
        """The next call begins anew: what was kept to go on from is deleted, models are not."""
        shutil.rmtree(self.place(recipe), ignore_errors=True)

    def place(self, recipe: Recipe) -> Path:
        """The folder of what a recipe has to go on from."""
        return self._folder / recipe.name

    def _beside(
        self, work: Callable[[CancelToken], T], token: CancelToken, phase: Phase, done: float
    ) -> Generator[FineTuningStep, None, T]:
        """Steps while ``work`` is done, so that other small work can go between."""
        yield FineTuningStep(done, phase=phase)
        with Beside(work, token) as job:
            while not job.is_done():
                yield FineTuningStep(done, phase=phase)
            return job.result()

    def _look(
        self,
        embedder: Embedder,
        content_ids: IdArray,
        seen: dict[int, NDArray[np.float32]],
        token: CancelToken,
    ) -> Iterator[float]:
        def readable() -> Iterator[tuple[int, NDArray[np.uint8]]]:
            for row, content_id in enumerate(content_ids.tolist()):
                image = self._pictures.plain(content_id)
                if image is not None:
                    yield row, image.rgb

        told_at = time.monotonic()
        for row, vector in embedder.embed_stream(readable()):
            seen[row] = vector
            if time.monotonic() - told_at >= STEP_S:
                yield (row + 1) / len(content_ids)
                token.checkpoint()
                told_at = time.monotonic()
        token.checkpoint()
