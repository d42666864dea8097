"""Learning to tell the category of a picture from a catalogue's own products."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.categories import (
    CategoryFiles,
    CategoryHead,
    CategoryLearner,
    CategoryReport,
    CategoryStep,
    JudgedPictures,
    LabelledVectors,
    LearnedCategories,
    best_temperature,
    folds_by_group,
)
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.search import CategoryGuess
from desktop_app.services.category_data import (
    LEAST_LABELS,
    LEAST_PRODUCTS,
    LabelledContents,
    VectorReader,
    labelled_contents,
    sampled,
    with_vectors,
)

log = logging.getLogger(__name__)

LEARNING = "Learning the categories"
CATEGORY_COLUMN = "category"
COLUMN_SETTING = "predicted_column"
METHOD = "1"
FOLDS = 5
MOST_CHANGED = 0.05
"""What was learned is kept until more than this share of the labelled pictures came, went or
changed their label."""

OUTLYING = 0.005
"""The share of the catalogue's own pictures that are less like the centre of every category
than ``nearness`` allows."""

SLACK = 0.1
"""By how much ``nearness`` is below that: a photograph is less like the catalogue's pictures
than they are like each other."""


class CategoryService:
    """Predicts a text column (the category, unless a person chose another) of one catalogue
    from the vectors of one model.

    :meth:`load`, :meth:`choose_column` and the learning belong to the writing thread;
    :meth:`predict`, ``report``, ``head`` and ``column`` may be asked from any. What was learned
    is kept in ``folder``.

    ``vectors`` are learned from in place of the catalogue's own; ``name`` tells services of one
    catalogue apart, each with a column of its own that is ``column`` until another is chosen.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        learner: CategoryLearner,
        files: CategoryFiles,
        *,
        folder: Path,
        model_key: str,
        vectors: VectorReader | None = None,
        name: str = "categories",
        column: str = CATEGORY_COLUMN,
    ) -> None:
        self._catalogue = catalogue
        self._learner = learner
        self._files = files
        self._folder = folder
        self._model_key = model_key
        self._vectors = vectors or catalogue.vectors
        self._name = name
        self._setting = COLUMN_SETTING if name == "categories" else f"{name}_column"
        self._column = catalogue.saved.setting(self._setting) or column
        self._learned: LearnedCategories | None = None
        self._unchanged_at: int | None = None

    @property
    def column(self) -> str:
        """The column that is predicted."""
        return self._column

    @property
    def report(self) -> CategoryReport | None:
        """How well what was learned does; None where nothing was."""
        learned = self._learned
        return None if learned is None else learned.report

    @property
    def head(self) -> CategoryHead | None:
        """What was learned; None where nothing was."""
        learned = self._learned
        return None if learned is None else learned.head

    def predict(self, vector: NDArray[np.float32]) -> tuple[CategoryGuess, ...]:
        """The likely categories of a picture by its LOOK vector (dimension,), by falling
        probability; empty where it is like none, or nothing was learned."""
        learned = self._learned
        return () if learned is None else learned.head.guess(vector)

    def choose_column(self, column: str) -> None:
        """Predict another column from now on; what was learned of it before is taken up."""
        if not self._catalogue.read_only:
            self._catalogue.saved.set_setting(self._setting, column)
        self._column = column
        self.load()

    def load(self) -> None:
        """Take up what was learned before."""
        self._unchanged_at = None
        learned = self._files.load(self._path)
        self._learned = learned if learned is not None and learned.key == self._key else None

    def learn_if_changed(self, token: CancelToken) -> Iterator[CategoryStep]:
        """:meth:`learn` where nothing was learned yet or enough has changed since; otherwise
        nothing. A read-only catalogue learns nothing."""
        revision = self._catalogue.revision
        if self._catalogue.read_only or revision == self._unchanged_at:
            return
        contents = labelled_contents(self._catalogue, self._column)
        if self._has_changed(contents):
            yield from self._learn(contents, token)
        self._unchanged_at = revision

    def learn(self, token: CancelToken) -> Iterator[CategoryStep]:
        """Learn the column anew; what was learned before is used until the last step. Raises
        Cancelled, StorageFull; what could not be written is used all the same."""
        yield from self._learn(labelled_contents(self._catalogue, self._column), token)

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._name}-{self._column}.safetensors"

    @property
    def _key(self) -> str:
        return f"{self._model_key} {self._learner.method} {METHOD}"

    def _has_changed(self, contents: LabelledContents) -> bool:
        learned = self._learned
        if learned is None:
            return contents.can_be_learned
        if learned.head.labels != contents.labels:
            return True
        before = {*zip(learned.content_ids.tolist(), learned.targets.tolist(), strict=True)}
        now = {*zip(contents.content_ids.tolist(), contents.targets.tolist(), strict=True)}
        return len(before ^ now) > MOST_CHANGED * len(before)

    def _learn(self, contents: LabelledContents, token: CancelToken) -> Iterator[CategoryStep]:
        begun = time.monotonic()
        steps = FOLDS + 2

        def progress(done: int) -> Progress:
            return Progress(LEARNING, done, steps, time.monotonic() - begun)

        yield CategoryStep(progress(0))
        chosen = sampled(contents)
        data = with_vectors(
            chosen,
            self._vectors,
            self._model_key,
            token,
            n_available=len(contents.content_ids),
        )
        data = _learnable(data)
        if len(data.labels) < LEAST_LABELS:
            self._learned = None
            yield CategoryStep(progress(steps))
            return
        folds = folds_by_group(data.targets, data.groups, FOLDS)
        logits = np.zeros((len(data.targets), len(data.labels)))
        nearest = np.zeros(len(data.targets), np.float32)
        for fold in range(FOLDS):
            token.checkpoint()
            held_out, seen = folds == fold, folds != fold
            head = self._head(data.labels, data.vectors[seen], data.targets[seen])
            logits[held_out] = data.vectors[held_out] @ head.weights.T + head.bias
            nearest[held_out] = (data.vectors[held_out] @ head.centres.T).max(axis=1)
            yield CategoryStep(progress(fold + 1))
        token.checkpoint()
        head = self._head(
            data.labels,
            data.vectors,
            data.targets,
            temperature=best_temperature(logits, data.targets),
            nearness=float(np.quantile(nearest, OUTLYING)) - SLACK,
        )
        matrix = np.zeros((len(data.labels), len(data.labels)), np.int64)
        taken_for = logits.argmax(axis=1)
        np.add.at(matrix, (data.targets, taken_for), 1)
        report = CategoryReport.of(
            data.labels,
            matrix,
            folds=FOLDS,
            n_sampled_from=data.n_available,
            column=self._column,
            judged=JudgedPictures(data.content_ids, data.targets, taken_for),
        )
        learned = LearnedCategories(self._key, head, report, contents.content_ids, contents.targets)
        self._learned = learned
        self._save(learned)
        yield CategoryStep(progress(steps), report)

    def _head(
        self,
        labels: tuple[str, ...],
        vectors: FloatMatrix,
        targets: NDArray[np.int64],
        *,
        temperature: float = 1.0,
        nearness: float = -1.0,
    ) -> CategoryHead:
        weights, bias = self._learner.fit(vectors, targets, len(labels))
        sums = np.zeros((len(labels), vectors.shape[1]), np.float32)
        np.add.at(sums, targets, vectors)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = sums / np.maximum(norms, np.finfo(np.float32).tiny)
        return CategoryHead(labels, weights, bias, temperature, centres, nearness)

    def _save(self, learned: LearnedCategories) -> None:
        if self._catalogue.read_only:
            return
        try:
            self._files.save(self._path, learned)
        except UserFacingError:
            # It is a cache: what could not be kept is learned again next time.
            log.warning("what was learned of the categories was not kept", exc_info=True)


def _learnable(data: LabelledVectors) -> LabelledVectors:
    """Without the labels of which too few products are left: their pictures could not be read
    yet."""
    pairs = np.unique(np.stack([data.targets, data.groups]), axis=1)
    products = np.bincount(pairs[0], minlength=len(data.labels))
    kept = products >= LEAST_PRODUCTS
    if kept.all():
        return data
    rows = kept[data.targets]
    renumbered = np.cumsum(kept) - 1
    return LabelledVectors(
        tuple(label for label, is_kept in zip(data.labels, kept, strict=True) if is_kept),
        data.content_ids[rows],
        data.vectors[rows],
        renumbered[data.targets[rows]],
        data.groups[rows],
        data.n_available,
    )
