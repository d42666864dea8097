"""Learning a catalogue for the window: learned and taken up in the index lane, looked at in the
browse lane, compared in the search lane."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.duplicates import PairKey, Verdict
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.learned_models import (
    EmbeddingMap,
    LearnedModel,
    LearnStep,
    Prospects,
    Trial,
)
from desktop_app.domain.metric_learning import RECIPES, Depth, Recipe
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import ProductCard
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture, SearchRequest, SearchResults
from desktop_app.services.indexing import IndexingStep
from desktop_app.services.learning.looking import Riddle, ShownEmbedding, TrialReader
from desktop_app.workers.browsing import card_with_view
from desktop_app.workers.keeping import Keeper
from desktop_app.workers.lane import Lane
from desktop_app.workers.long_work import Ending, WorkKind

COMPARED = 12
"""Products shown of each side of a comparison."""


class Teacher(Protocol):
    """What learns; see LearningService."""

    @property
    def active(self) -> str: ...

    def prospects(self) -> Prospects: ...

    def learn(self, recipe: Recipe, token: CancelToken) -> Iterator[LearnStep]: ...

    def has_begun(self, recipe: Recipe) -> bool: ...

    def forget_tuning(self, recipe: Recipe) -> None: ...

    def versions(self) -> tuple[LearnedModel, ...]: ...

    def trial(self, version: str) -> Trial | None: ...

    def layout(self, version: str) -> EmbeddingMap | None: ...

    def annotate(self, version: str, note: str) -> LearnedModel: ...

    def remove(self, version: str) -> bool: ...

    def export(self, version: str, path: Path) -> None: ...

    def import_from(self, path: Path) -> LearnedModel: ...


class Taught(Protocol):
    """An open catalogue that can be learned; see Workspace."""

    @property
    def catalogue(self) -> Catalogue: ...

    @property
    def learning(self) -> Teacher: ...

    @property
    def model_name(self) -> str: ...

    def take_up(self, version: str, token: CancelToken) -> Iterator[IndexingStep]: ...

    def model_for(self, version: str) -> str: ...

    def search_with(
        self, version: str, request: SearchRequest, token: CancelToken
    ) -> SearchResults: ...


@dataclass(frozen=True, slots=True)
class Versions:
    """What was learned, by rising version, and which is searched with, '' for none of them."""

    models: tuple[LearnedModel, ...] = ()
    active: str = ""

    def find(self, version: str) -> LearnedModel | None:
        return next((model for model in self.models if model.version == version), None)

    def has_own_model(self, version: str) -> bool:
        """Whether a network was tuned for it, on which no other of them stands."""
        found = self.find(version)
        if found is None or found.recipe.depth is not Depth.FINE_TUNE:
            return False
        return sum(model.base_name == found.base_name for model in self.models) == 1


@dataclass(frozen=True, slots=True, eq=False)
class ShownTrial:
    """A version with what came of it; ``trial`` is None where that was not kept, as with one
    that was imported."""

    model: LearnedModel
    trial: Trial | None
    riddles: tuple[Riddle, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SideBySide:
    """One query answered by two versions, '' for the model as it came. ``cards`` by product id,
    each with the picture that matched on the first side that shows it."""

    picture: QueryPicture
    versions: tuple[str, str]
    results: tuple[SearchResults, SearchResults]
    cards: dict[int, ProductCard] = field(default_factory=dict)


class Learner(QObject):
    """Learns one catalogue.

    Signals: ``prospects_read`` (Prospects, names of recipes that were stopped and can go on);
    ``stepped`` (LearnStep) and ``ended`` (Ending) of learning; ``versions_read`` (Versions);
    ``trial_read`` (ShownTrial); ``embedding_read`` (version, ShownEmbedding or None);
    ``cards_read`` (list of ProductCard); ``taking_up`` (version) when that begins,
    ``take_up_ended`` (version, Ending), and after that ``model_wanted`` (name) where the catalogue
    has to be opened again with another model; ``compared`` (SideBySide), ``compare_failed``
    (UserFacingError); ``imported`` (LearnedModel); ``told`` (text) for a finished small job;
    ``failed`` (UserFacingError) of what is not long work, whose failures the keeper tells.
    """

    prospects_read = Signal(object, object)
    stepped = Signal(object)
    ended = Signal(object)
    versions_read = Signal(object)
    trial_read = Signal(object)
    embedding_read = Signal(str, object)
    cards_read = Signal(object)
    taking_up = Signal(str)
    take_up_ended = Signal(str, object)
    model_wanted = Signal(str)
    compared = Signal(object)
    compare_failed = Signal(object)
    imported = Signal(object)
    told = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        workspace: Taught,
        keeper: Keeper,
        *,
        searching: Lane,
        browsing: Lane,
        writing: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._keeper = keeper
        self._searching = searching
        self._browsing = browsing
        self._writing = writing
        self._reader = TrialReader(workspace.catalogue)
        self._model_wanted = ""
        work = keeper.work
        work.learn_stepped.connect(self.stepped)
        work.learn_ended.connect(self._learn_ended)
        work.take_up_ended.connect(self._take_up_ended)

    # Learning and taking up

    @property
    def is_learning(self) -> bool:
        """Whether the catalogue is being learned, or will be once nothing goes before."""
        return self._keeper.work.is_under_way(WorkKind.LEARN)

    @property
    def is_taking_up(self) -> bool:
        """Whether a version is being taken up."""
        return self._keeper.work.is_under_way(WorkKind.TAKE_UP)

    def read_prospects(self) -> None:
        """Ask for ``prospects_read``; the newest wins."""

        def work(_token: CancelToken) -> tuple[Prospects, frozenset[str]]:
            learning = self._workspace.learning
            begun = frozenset(recipe.name for recipe in RECIPES if learning.has_begun(recipe))
            return learning.prospects(), begun

        self._browsing.call(
            work,
            key="learn-prospects",
            on_done=lambda found: self.prospects_read.emit(*found),
            on_failed=self.failed.emit,
        )

    def learn(self, recipe: Recipe, *, anew: bool = False) -> None:
        """Ask for ``stepped``, then ``ended``; nothing while that is under way. A recipe that
        was stopped and can go on does so, unless ``anew``."""
        learning = self._workspace.learning

        def run(token: CancelToken) -> Iterator[LearnStep]:
            if anew:
                learning.forget_tuning(recipe)
            yield from learning.learn(recipe, token)

        self._keeper.work.learn(run, takes_hours=recipe.depth is Depth.FINE_TUNE)

    def stop(self) -> None:
        """Learn no further."""
        self._keeper.work.stop(WorkKind.LEARN)

    def take_up(self, version: str) -> None:
        """Search with a version, '' for none; ``taking_up``, then ``take_up_ended`` follow. What
        was searched with answers until the new one is ready."""
        if self.is_taking_up:
            return
        workspace = self._workspace
        self._model_wanted = workspace.model_name

        def run(token: CancelToken) -> Iterator[IndexingStep]:
            yield from workspace.take_up(version, token)
            self._model_wanted = workspace.model_for(version)

        self._keeper.work.take_up(version, run)
        self.taking_up.emit(version)

    # Versions

    def read_versions(self) -> None:
        """Ask for ``versions_read``; the newest wins."""

        def work(_token: CancelToken) -> Versions:
            learning = self._workspace.learning
            return Versions(learning.versions(), learning.active)

        self._browsing.call(
            work,
            key="learn-versions",
            on_done=self.versions_read.emit,
            on_failed=self.failed.emit,
        )

    def annotate(self, version: str, note: str) -> None:
        """Keep a note with a version; ``versions_read`` follows."""
        self._write(lambda: self._workspace.learning.annotate(version, note))

    def remove(self, version: str) -> None:
        """Forget a version; ``told`` and ``versions_read`` follow."""

        def tell(had_model: object) -> None:
            words = (
                self.tr("Version {0} was removed, and the model tuned for it")
                if had_model
                else self.tr("Version {0} was removed")
            )
            self.told.emit(words.format(version))

        self._write(lambda: self._workspace.learning.remove(version), then=tell)

    def export(self, version: str, path: Path) -> None:
        """Write a version as one file; ``told`` follows."""
        told = self.tr("Saved {0}").format(path.name)
        self._write(lambda: self._workspace.learning.export(version, path), told=told)

    def import_from(self, path: Path) -> None:
        """Add a version from a file; ``imported`` and ``versions_read`` follow."""
        self._write(lambda: self._workspace.learning.import_from(path), then=self.imported.emit)

    # What came of it

    def read_trial(self, version: str) -> None:
        """Ask for ``trial_read``, unless there is no such version; the newest wins."""

        def work(_token: CancelToken) -> ShownTrial | None:
            learning = self._workspace.learning
            model = Versions(learning.versions()).find(version)
            if model is None:
                return None
            trial = learning.trial(version)
            riddles = self._reader.riddles(trial.hard) if trial is not None else ()
            return ShownTrial(model, trial, riddles)

        def done(shown: ShownTrial | None) -> None:
            if shown is not None:
                self.trial_read.emit(shown)

        self._browsing.call(work, key="learn-trial", on_done=done, on_failed=self.failed.emit)

    def read_embedding(self, version: str, column: str) -> None:
        """Ask for ``embedding_read``, grouped by a column of the products or BY_VERDICT; the
        newest wins."""

        def work(_token: CancelToken) -> ShownEmbedding | None:
            layout = self._workspace.learning.layout(version)
            return self._reader.embedding(layout, column) if layout is not None else None

        self._browsing.call(
            work,
            key="learn-embedding",
            on_done=lambda shown: self.embedding_read.emit(version, shown),
            on_failed=self.failed.emit,
        )

    def read_cards(self, product_ids: Sequence[int]) -> None:
        """Ask for ``cards_read``."""
        ids = list(product_ids)

        def work(_token: CancelToken) -> list[ProductCard]:
            return self._workspace.catalogue.products.cards(ids)

        self._browsing.call(work, on_done=self.cards_read.emit, on_failed=self.failed.emit)

    def decide(self, key: PairKey, verdict: Verdict | None, then: Callable[[], None]) -> None:
        """Say this of a pair of pictures, or take back what was said; ``then`` follows unless it
        failed. Undoable."""
        verdicts = self._workspace.catalogue.verdicts
        self._keeper.edit(
            lambda: verdicts.decide([key], verdict),
            then=lambda changes: then() if changes is not None else None,
        )

    # Comparing

    def compare(self, picture: QueryPicture, versions: tuple[str, str]) -> None:
        """Ask for ``compared`` or ``compare_failed``; the newest wins."""

        def work(token: CancelToken) -> SideBySide:
            request = SearchRequest(picture, limit=COMPARED)
            search_with = self._workspace.search_with
            found = [search_with(version, request, token) for version in versions]
            return SideBySide(picture, versions, (found[0], found[1]), self._cards(found))

        self._searching.call(
            work,
            key="learn-compare",
            on_done=self.compared.emit,
            on_failed=self.compare_failed.emit,
        )

    def _cards(self, found: Sequence[SearchResults]) -> dict[int, ProductCard]:
        shown = {hit.product_id: hit.content_id for each in found for hit in each.hits}
        catalogue = self._workspace.catalogue
        cards = catalogue.products.cards(sorted(shown))
        return {card.id: card_with_view(card, shown[card.id], catalogue) for card in cards}

    def _write(
        self,
        change: Callable[[], object],
        *,
        told: str = "",
        then: Callable[[object], None] | None = None,
    ) -> None:
        def done(value: object) -> None:
            if told:
                self.told.emit(told)
            if then is not None:
                then(value)
            self.read_versions()

        def fail(error: UserFacingError) -> None:
            self.failed.emit(error)
            self.read_versions()

        self._writing.call(lambda _token: change(), on_done=done, on_failed=fail)

    def _learn_ended(self, ending: Ending) -> None:
        self.read_versions()
        self.ended.emit(ending)

    def _take_up_ended(self, version: str, ending: Ending) -> None:
        self.read_versions()
        self.take_up_ended.emit(version, ending)
        if ending is Ending.DONE and self._model_wanted != self._workspace.model_name:
            self.model_wanted.emit(self._model_wanted)


def with_columns(recipe: Recipe, columns: Sequence[str]) -> Recipe:
    """The recipe with these attribute columns, where it uses any."""
    return replace(recipe, attributes=tuple(columns)) if recipe.attribute_weight > 0 else recipe
