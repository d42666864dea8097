"""Tunes a network to a catalogue in a process of its own, and makes a model of the library of it.

Another process, since importing torch alone stalls a window by half a second, and since what
learns for an hour should be able to die without taking the window along. Whoever steps the
generator lets the process go on; where nobody does, as when a lane is paused or has an edit to
make, the process rests within seconds (:mod:`tuning_process`).
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.domain.errors import ModelUnavailable, UserFacingError
from desktop_app.domain.images import DecodedImage, FloatMatrix
from desktop_app.domain.learning_ports import Phase, TuningStep
from desktop_app.domain.metric_learning import CurvePoint, LabelledPictures, Recipe
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.metric_learning.tuned_models import card_of_result, free_name, unchanged
from desktop_app.infra.metric_learning.tuning_child import STEP_S, TuningProcess, tuning_command
from desktop_app.infra.metric_learning.tuning_files import (
    CHECKPOINT_FILE,
    RESULT_FILE,
    RESULT_WEIGHTS,
    PlateStore,
    TuningJob,
    cannot_write,
    kept_fingerprint,
    write_whole,
)
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, write_card
from desktop_app.infra.vision.model_library import ModelLibrary
from desktop_app.infra.vision.weights import verify_weights

PREPARING = 0.05
"""Share of the way that reading the pictures is counted as."""
ADOPTED_FILE = "adopted.json"


class ProcessNetworkTuner:
    """Implements NetworkTuner. ``library`` has the base model and takes the tuned one, named after
    ``catalogue``. ``threads`` of 0 leaves one core to others; ``device`` of '' takes the best
    there is. ``command`` is the process with its fixed arguments."""

    def __init__(
        self,
        library: ModelLibrary,
        *,
        catalogue: str,
        threads: int = 0,
        device: str = "",
        checkpoint_every_s: float = 60.0,
        command: Sequence[str] = (),
    ) -> None:
        self._library, self._catalogue = library, catalogue
        self._threads = threads or max(1, (os.cpu_count() or 1) - 1)
        self._device, self._checkpoint_every_s = device, checkpoint_every_s
        self._command = list(command) or tuning_command()

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
        """See NetworkTuner. Pictures that cannot be read are left out, and counted. Also raises
        UserFacingError where too few products are left."""
        card, weights = self._library.located(base_name)
        verify_weights(card, weights)
        whole = TuningJob(recipe, card, weights, taught, validation).with_fingerprint()
        if kept_fingerprint(folder) != whole.fingerprint:
            discard(folder)
        elif (adopted := self._adopted(folder)) is not None:
            yield self._last_step(adopted, 0)
            return
        # Named before anything is read, so that what was read is gone on from.
        whole.write(folder)
        store = PlateStore(folder)
        unreadable: set[int] = set()
        for done in _prepared(whole, picture, store, unreadable, token):
            yield TuningStep(PREPARING * done, n_unreadable=len(unreadable), phase=Phase.PREPARING)
        self._job(whole, unreadable).write(folder)
        if not _is_finished(folder, whole.fingerprint):
            step = TuningStep(PREPARING, phase=Phase.MEASURING)
            for said in self._said(folder, token):
                step = _step(said, step)
                yield replace(step, n_unreadable=len(unreadable))
        yield self._last_step(self._adopt(folder, whole, token), len(unreadable))

    def _last_step(self, kept: Path, n_unreadable: int) -> TuningStep:
        card = self._library.card(kept.name)
        return TuningStep(
            1.0,
            folder=kept,
            n_unreadable=n_unreadable,
            name=card.name,
            phase=Phase.SETTLING,
            projection=unchanged(card.key, card.dimension),
        )

    def _job(self, whole: TuningJob, unreadable: set[int]) -> TuningJob:
        """``whole`` without what cannot be read, but under its name. Raises UserFacingError where
        too little is left."""
        taught, validation = (
            pictures.only(~np.isin(pictures.content_ids, sorted(unreadable)))
            for pictures in (whole.taught, whole.validation)
        )
        if len(np.unique(taught.products)) < 2 or not len(validation):
            raise UserFacingError(
                "Too few of the pictures can be read to learn from them.",
                remedy="Check that the folders of the catalogue's pictures are there.",
                details=f"{len(unreadable)} pictures cannot be read",
            )
        dimension, projection = whole.recipe.dimension, None
        if dimension not in (0, whole.card.dimension):
            projection = principal_axes(taught.vectors, dimension)
        return replace(
            whole,
            taught=taught,
            validation=validation,
            projection=projection,
            threads=self._threads,
            device=self._device,
            checkpoint_every_s=self._checkpoint_every_s,
        )

    def _said(self, folder: Path, token: CancelToken) -> Iterator[dict[str, Any]]:
        """What the process tells, and {} every STEP_S. Raises what it ended by."""
        with TuningProcess([*self._command, str(folder)]) as process:
            while True:
                said, is_over = process.listen()
                yield from said
                if is_over:
                    break
                yield {}
                token.checkpoint()
                process.ask_on()
            process.tell_trouble()

    def _adopt(self, folder: Path, whole: TuningJob, token: CancelToken) -> Path:
        """Give the tuned weights to the library, under a name of their own."""
        token.checkpoint()
        result = json.loads((folder / RESULT_FILE).read_text("utf-8"))
        made = folder / RESULT_WEIGHTS
        taken = {card.name for card in self._library.cards()}
        name = free_name(whole.card.name, self._catalogue, taken)
        card = card_of_result(whole, result, name=name, catalogue=self._catalogue)
        try:
            write_card(made, card)
            verify_weights(card, made / WEIGHTS_FILE)
            kept = self._library.adopt(made, card)
        except OSError as error:
            raise cannot_write(made, error) from error
        told = {"fingerprint": whole.fingerprint, "name": name}
        write_whole(folder / ADOPTED_FILE, json.dumps(told).encode())
        return kept

    def _adopted(self, folder: Path) -> Path | None:
        """The model that came of the run in ``folder``, where it is still in the library."""
        try:
            told = json.loads((folder / ADOPTED_FILE).read_text("utf-8"))
            if told["fingerprint"] != kept_fingerprint(folder):
                return None
            _, weights = self._library.located(told["name"])
        except (OSError, KeyError, TypeError, ValueError, ModelUnavailable):
            return None
        return weights.parent


def has_checkpoint(folder: Path) -> bool:
    """Whether a run in ``folder`` was begun and can be gone on with."""
    return (folder / CHECKPOINT_FILE).is_file()


def discard(folder: Path) -> None:
    """Forget the run in ``folder``: its pictures, its checkpoint, everything."""
    shutil.rmtree(folder, ignore_errors=True)


def principal_axes(vectors: FloatMatrix, dimension: int) -> FloatMatrix:
    """The ``dimension`` directions along which unit rows spread most (uncentred principal
    components), as rows; random orthogonal ones where there are too few rows."""
    _, _, axes = np.linalg.svd(vectors.astype(np.float64), full_matrices=False)
    width = vectors.shape[1]
    if dimension > width:
        raise ValueError(f"{dimension} is more than the {width} numbers there are")
    rng = np.random.default_rng(0)
    filled = np.concatenate([axes, rng.normal(size=(width, width))])[: max(dimension, len(axes))]
    orthogonal, _ = np.linalg.qr(filled[:dimension].T)
    return np.ascontiguousarray(orthogonal.T, np.float32)


def _prepared(
    job: TuningJob,
    picture: Callable[[int], DecodedImage | None],
    store: PlateStore,
    unreadable: set[int],
    token: CancelToken,
) -> Iterator[float]:
    """Keeps the pictures that are not kept yet; yields how far it is, every STEP_S or so."""
    both = np.concatenate([job.taught.content_ids, job.validation.content_ids])
    wanted = np.unique(both).tolist()
    kept = store.ids()
    told_at = time.monotonic()
    for count, content_id in enumerate(wanted):
        if content_id not in kept:
            image = picture(content_id)
            if image is None:
                unreadable.add(content_id)
            else:
                store.put(content_id, image, side=job.recipe.side)
        if time.monotonic() - told_at >= STEP_S:
            yield count / len(wanted)
            token.checkpoint()
            told_at = time.monotonic()
    token.checkpoint()


def _is_finished(folder: Path, fingerprint: str) -> bool:
    try:
        result = json.loads((folder / RESULT_FILE).read_text("utf-8"))
        is_there = (folder / RESULT_WEIGHTS / WEIGHTS_FILE).is_file()
        return bool(result["fingerprint"] == fingerprint) and is_there
    except (OSError, KeyError, TypeError, ValueError):
        return False


def _step(said: dict[str, Any], before: TuningStep) -> TuningStep:
    """A step for what the process said; ``before`` is the one before it."""
    if "done" not in said:
        return replace(before, point=None, is_saved=False)
    done = PREPARING + (1 - PREPARING) * min(1.0, float(said["done"]))
    point = None
    if "point" in said:
        epoch, seconds, loss, recall = said["point"]
        point = CurvePoint(int(epoch), float(seconds), float(loss), float(recall))
    is_over = bool(said.get("settling") or said.get("result"))
    left_s = None if is_over or "left" not in said else float(said["left"])
    return TuningStep(
        max(before.done, done),
        point,
        bool(said.get("saved")),
        phase=Phase.SETTLING if is_over else Phase.LEARNING,
        left_s=left_s,
    )
