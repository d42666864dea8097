"""Taking up what was learned on another model than the one a catalogue is read with.

A tuned network is a model of its own: the pictures are read anew under its key and its index is
made while the catalogue is searched as before, then the catalogue is opened again with it. Going
back needs no reading, since the vectors of the former model are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.learned_models import LearnedModel
from desktop_app.domain.learning_ports import LearnedModelFiles
from desktop_app.domain.metric_learning import Depth
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader, IndexStore
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.services.indexing import IndexingStep
from desktop_app.services.indexing_pace import WorkClock
from desktop_app.services.learning.learned_index import LearnedIndex
from desktop_app.services.learning.learned_search import ACTIVE_SETTING
from desktop_app.services.learning.learned_vectors import LearnedVectors
from desktop_app.services.learning.reading_anew import read_anew

MAKING_INDEX = "Preparing the search with the new model"
MODEL_SETTING = "model"
"""Of a catalogue: the model that it is read with."""
FORMER_SETTING = "model_before_learned"
"""The model that it was read with before a tuned one was taken up."""


class ModelChange:
    """Changes the model of one catalogue, which is read with ``model_name`` now.

    ``key_of`` gives the key of a model by name, ``embedder`` its embedder, and raise
    ModelUnavailable; ``index`` keeps the indexes of this catalogue, ``learned`` those of its
    versions, and the ones in use are not touched. :meth:`model_for` may be asked by any thread,
    :meth:`prepare` belongs to the writing one.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        reader: ImageReader,
        files: LearnedModelFiles,
        *,
        index: IndexStore,
        learned: IndexStore,
        model_name: str,
        key_of: Callable[[str], str],
        embedder: Callable[[str], Embedder],
        threads: int | None = None,
    ) -> None:
        self._catalogue, self._reader, self._files = catalogue, reader, files
        self._index, self._learned = index, learned
        self._model_name = model_name
        self._key_of, self._embedder, self._threads = key_of, embedder, threads

    def model_for(self, version: str) -> str:
        """The model with which the catalogue has to be opened for ``version`` to be searched with,
        '' being none: that which it is open with where that will do."""
        card = self._card(version)
        if card is not None:
            return card.base_name
        former = self._catalogue.saved.setting(FORMER_SETTING)
        return former if former and self._is_tuned(self._model_name) else self._model_name

    def other_model(self, version: str) -> tuple[tuple[str, str], LearnedModel | None] | None:
        """Name and key of the model that ``version`` is searched with as it comes, and its card;
        None where the catalogue is open with it, or something was learned beside it. Any thread.
        Raises ModelUnavailable."""
        name, card = self.model_for(version), self._card(version)
        if name == self._model_name:
            return None
        if card is not None and card.recipe.depth is not Depth.FINE_TUNE:
            return None
        return (name, self._key_of(name)), card

    def prepare(self, version: str, token: CancelToken) -> Iterator[IndexingStep]:
        """Read what lacks a vector of the model that ``version`` needs, make its index, and
        remember that the catalogue is to be opened with both from now on. What was read stays
        where it is cancelled. Raises ModelUnavailable, Cancelled, StorageFull."""
        name, card = self.model_for(version), self._card(version)
        key = self._key_of(name)
        if card is not None and card.base_key != key:
            raise ModelUnavailable(
                f"The model {name} is not the one that version {version} was learned with.",
                remedy="Import the version again, or learn the catalogue anew.",
            )
        yield from read_anew(
            self._catalogue,
            self._reader,
            lambda: self._embedder(name),
            model_key=key,
            token=token,
            threads=self._threads,
        )
        if self._catalogue.read_only:
            return
        yield from self._indexed(key, version, token)
        saved = self._catalogue.saved
        if self._is_tuned(name) and not self._is_tuned(self._model_name):
            saved.set_setting(FORMER_SETTING, self._model_name)
        saved.set_setting(ACTIVE_SETTING, version)
        saved.set_setting(MODEL_SETTING, name)

    def _indexed(self, key: str, version: str, token: CancelToken) -> Iterator[IndexingStep]:
        """The indexes that the catalogue opens with, made where they are not there."""
        vectors, clock = self._catalogue.vectors, WorkClock()
        made = [self._index.opening(vectors, key, token)]
        if version:
            projection = self._files.projection(version)
            beside = LearnedIndex(LearnedVectors(vectors), self._learned, projection)
            made.append(beside.opening(token))
        for steps in made:
            for step in steps:
                done, total = step.progress.done, step.progress.total
                yield IndexingStep(Progress(MAKING_INDEX, done, total, clock.elapsed_s))

    def _is_tuned(self, name: str) -> bool:
        """Whether the model came of learning this catalogue."""
        return any(
            card.base_name == name and card.recipe.depth is Depth.FINE_TUNE
            for card in self._files.cards()
        )

    def _card(self, version: str) -> LearnedModel | None:
        if not version:
            return None
        for card in self._files.cards():
            if card.version == version:
                return card
        raise ModelUnavailable(
            f"There is no version {version}.", remedy="Choose one that is listed."
        )
