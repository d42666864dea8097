"""One open catalogue with the services that work on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

from desktop_app.domain.containers import ContainerModelReport
from desktop_app.domain.ports import Catalogue, ImageReader, IndexSnapshot, IndexStore
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.resolving import Trash
from desktop_app.domain.storage import ContentMap
from desktop_app.services.capture.service import CaptureService
from desktop_app.services.catalogue_diff.differ import CatalogueDiffer
from desktop_app.services.categories import CategoryService
from desktop_app.services.duplicates.service import DuplicatesService
from desktop_app.services.enriching import EnrichService, EnrichStep
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.exporting import ExportService
from desktop_app.services.importing import ImportService
from desktop_app.services.indexing import IndexingService, IndexingStep
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


@dataclass(slots=True, eq=False)
class Workspace:
    """What a window or a command needs to work on one catalogue; a context manager.

    ``model_name`` names the model the catalogue is searched with, ``container_report`` tells how
    well the shipped classifier of containers does. :meth:`load_index`,
    :meth:`publish_contents`, :meth:`index` and :meth:`enrich` belong to the one writing thread;
    ``search``, ``shapes``, ``kinds``, ``category_first``, ``pairs`` and ``scorecard`` to the
    searching one.
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
    model_name: str
    container_report: ContainerModelReport | None = None

    def load_index(self) -> str:
        """Make what is indexed searchable; returns what was wrong with the stored indexes, ''
        where nothing."""
        self.indexing.load()
        self.categories.load()
        self.kinds.categories.load()
        self.publish_contents()
        publisher = self.enriching.publisher
        self._use_evidence(publisher.load())
        return self.index_store.last_problem or publisher.last_problem

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

    def _use(self, snapshot: IndexSnapshot, content_map: ContentMap) -> None:
        self.search.use(snapshot, content_map)
        self.shapes.use(content_map)
        self.kinds.use(content_map)
        self.category_first.use(content_map)

    def _use_evidence(self, indexes: EvidenceIndexes) -> None:
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
