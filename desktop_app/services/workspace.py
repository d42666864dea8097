"""One open catalogue with the services that work on it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import TracebackType

from desktop_app.domain.containers import ContainerModelReport
from desktop_app.domain.ports import Catalogue, ImageReader, IndexSnapshot, IndexStore
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.resolving import Trash
from desktop_app.domain.search import SearchRequest, SearchResults
from desktop_app.domain.storage import ContentMap
from desktop_app.services.capture.service import CaptureService
from desktop_app.services.catalogue_diff.differ import CatalogueDiffer
from desktop_app.services.categories import CategoryService
from desktop_app.services.duplicates.service import DuplicatesService
from desktop_app.services.enriching import EnrichService, EnrichStep
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.exporting import ExportService
from desktop_app.services.importing import ImportService
from desktop_app.services.indexing import OPTIMISING, IndexingService, IndexingStep
from desktop_app.services.learning.changing_model import ModelChange
from desktop_app.services.learning.learned_search import LearnedSearch
from desktop_app.services.learning.other_models import OtherModelSearch
from desktop_app.services.learning.service import LearningService
from desktop_app.services.pair_details import PairExplainer
from desktop_app.services.ranking_rules import RankingBonus
from desktop_app.services.report_files import ReportFiles
from desktop_app.services.scorecard import ScorecardService
from desktop_app.services.search import SearchService
from desktop_app.services.shapes.category_first import CategoryFirstSearch
from desktop_app.services.shapes.drawings import OutlineDrawings
from desktop_app.services.shapes.kinds import ShapeKinds
from desktop_app.services.shapes.mapping import ShapeMapper
from desktop_app.services.shapes.search import ShapeSearch
from desktop_app.services.watching import WatchService

PREPARING = "Preparing the search"


@dataclass(frozen=True, slots=True, eq=False)
class _Published:
    """The ``version`` that the search uses, and the index of the model itself with what shows
    its contents, whatever the version."""

    version: str
    snapshot: IndexSnapshot
    content_map: ContentMap


@dataclass(slots=True, eq=False)
class Workspace:
    """What a window or a command needs to work on one catalogue; a context manager.

    ``model_name`` names the model the catalogue is searched with, ``container_report`` tells how
    well the shipped classifier of containers does. :meth:`load_index`,
    :meth:`publish_contents`, :meth:`index`, :meth:`enrich` and :meth:`take_up` belong to the one
    writing thread; :meth:`search_with`, ``search``, ``shapes``, ``kinds``, ``category_first``,
    ``pairs`` and ``scorecard`` to the searching one. ``learned`` says which learned model the
    search uses; all else stands on the model itself.
    """

    catalogue: Catalogue
    reader: ImageReader
    importing: ImportService
    exporting: ExportService
    indexing: IndexingService
    enriching: EnrichService
    duplicates: DuplicatesService
    differ: CatalogueDiffer
    reports: ReportFiles
    trash: Trash
    categories: CategoryService
    ranking: RankingBonus
    search: SearchService
    shapes: ShapeSearch
    kinds: ShapeKinds
    drawings: OutlineDrawings
    category_first: CategoryFirstSearch
    mapping: ShapeMapper
    pairs: PairExplainer
    scorecard: ScorecardService
    watching: WatchService
    capturing: CaptureService
    index_store: IndexStore
    learned: LearnedSearch
    learning: LearningService
    model_change: ModelChange
    other_models: OtherModelSearch
    model_name: str
    container_report: ContainerModelReport | None = None
    _published: _Published | None = field(default=None, init=False)
    _evidence: EvidenceIndexes = field(default_factory=EvidenceIndexes, init=False)

    def load_index(self) -> str:
        """Make what is indexed searchable; returns what was wrong with the stored indexes, ''
        where nothing."""
        self.indexing.load()
        self.categories.load()
        self.kinds.categories.load()
        # Searched with the model itself until what was learned beside it is at hand.
        self.publish_contents()
        publisher = self.enriching.publisher
        self._use_evidence(publisher.load())
        self.learned.load()
        if self.learned.active:
            self.publish_contents()
        problems = (self.index_store, publisher, self.learned)
        return next((each.last_problem for each in problems if each.last_problem), "")

    def publish_contents(self) -> None:
        """Let the search see which products show which pictures now."""
        self._use(*self.indexing.publish())

    def index(self, token: CancelToken) -> Iterator[IndexingStep]:
        """Read what is waiting and publish it for searching as it comes; then learn the
        categories where enough has changed."""
        publisher = self.enriching.publisher
        for step in self.indexing.run(token):
            if step.snapshot is not None and step.content_map is not None:
                self._use(step.snapshot, step.content_map)
                if (indexes := publisher.publish_when_due()) is not None:
                    self._use_evidence(indexes)
            yield step
        self.learned.save()
        yield from self._made_fast(token)
        self._use_evidence(publisher.publish())
        for service in (self.categories, self.kinds):
            for learning in service.learn_if_changed(token):
                yield IndexingStep(learning.progress)

    def enrich(self, token: CancelToken) -> Iterator[EnrichStep]:
        """Look closer at what was read and let the search use it as it comes."""
        for step in self.enriching.run(token):
            if step.evidence is not None:
                self._use_evidence(step.evidence)
            yield step
        for learning in self.kinds.learn_if_changed(token):
            yield EnrichStep(learning.progress)

    def take_up(self, version: str, token: CancelToken) -> Iterator[IndexingStep]:
        """Search with what was learned as ``version``, '' for the model itself. Until its index
        is made the search goes on as before; a version taken up before is taken up again at
        once. Remembered for the next opening. Where it needs another model (:meth:`model_for`),
        the pictures are read with that, and it is searched with once the catalogue was opened
        again. Raises ModelUnavailable, Cancelled, StorageFull."""
        if self.model_for(version) != self.model_name:
            yield from self.model_change.prepare(version, token)
            return
        begun = time.monotonic()
        for step in self.learned.take_up(version, token):
            elapsed = time.monotonic() - begun
            yield IndexingStep(replace(step.progress, stage=PREPARING, elapsed_s=elapsed))
        snapshot, content_map = self.indexing.publish()
        self._use(snapshot, content_map)
        self.learned.save()
        yield IndexingStep(Progress(PREPARING, 1, 1, time.monotonic() - begun))
        yield from self._made_fast(token)

    def model_for(self, version: str) -> str:
        """The model that the catalogue has to be open with for ``version`` to be searched with;
        mostly :attr:`model_name`. Any thread. Raises ModelUnavailable."""
        return self.model_change.model_for(version)

    def search_with(
        self, version: str, request: SearchRequest, token: CancelToken
    ) -> SearchResults:
        """As ``search.search``, but with ``version``, '' for the model itself, whatever is in
        use; empty before :meth:`load_index`. Raises as that does, and ModelUnavailable."""
        published = self._published
        if published is None:
            return SearchResults(request, (), "", 0, 0)
        if version == published.version:
            return self.search.search(request, token)
        if (other := self.model_change.other_model(version)) is not None:
            model, card = other
            return self.other_models.search(
                request,
                token,
                model=model,
                version=card,
                content_map=published.content_map,
                evidence=self._evidence,
            )
        within = self.learned.compared(version, published.snapshot, published.content_map, token)
        return self.search.search(request, token, within=within)

    def _made_fast(self, token: CancelToken) -> Iterator[IndexingStep]:
        for step in self.learned.optimise(token):
            yield IndexingStep(replace(step.progress, stage=OPTIMISING))
            if step.snapshot is not None:
                self.publish_contents()

    def _use(self, snapshot: IndexSnapshot, content_map: ContentMap) -> None:
        searched = self.learned.searchable(snapshot, content_map)
        self.search.use(
            searched.snapshot,
            content_map,
            fusion=searched.fusion,
            projection=searched.projection,
        )
        self._published = _Published(self.learned.active, snapshot, content_map)
        self.shapes.use(content_map)
        self.kinds.use(content_map)
        self.category_first.use(content_map)

    def _use_evidence(self, indexes: EvidenceIndexes) -> None:
        self._evidence = indexes
        self.search.use_evidence(indexes)
        self.shapes.use_evidence(indexes)

    def close(self) -> None:
        """Stop watching and close the catalogue."""
        self.watching.stop()
        self.catalogue.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
