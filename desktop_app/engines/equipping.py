"""What stands behind the services of a workspace: the wiring of one open catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop_app import paths
from desktop_app.domain.fusion import FusionModel
from desktop_app.domain.ports import Catalogue, Embedder
from desktop_app.domain.shape_ports import ShapeProposals
from desktop_app.infra.drawings.outline_files import DrawingFiles
from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.learning.category_files import SafetensorsCategoryFiles
from desktop_app.infra.learning.logistic import LogisticLearner
from desktop_app.infra.learning.outline_blending import DistanceBlender
from desktop_app.infra.learning.shape_layout import TsneShapeLayout
from desktop_app.infra.learning.shape_map_files import NpzShapeMapStore
from desktop_app.infra.metric_learning.laying_out import ProcessEmbeddingLayout
from desktop_app.infra.metric_learning.tuned_exchange import TunedModelExchange
from desktop_app.infra.system_trash import SystemTrash
from desktop_app.infra.tables.archive import ZipArchiveReader
from desktop_app.infra.tables.reader import FileTableReader
from desktop_app.infra.tables.spreadsheet import XlsxWriter
from desktop_app.infra.vision.enlarging import CubicEnlarger
from desktop_app.infra.vision.jpeg import JpegEncoder
from desktop_app.infra.vision.shape.comparer import OutlineComparer
from desktop_app.infra.vision.shape.vectors import VERSION
from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel
from desktop_app.infra.watch import WatchdogWatcher
from desktop_app.services.capture.recognising import Optics
from desktop_app.services.capture.service import CaptureService
from desktop_app.services.catalogue_diff.differ import CatalogueDiffer
from desktop_app.services.categories import CategoryService
from desktop_app.services.duplicates.finding import PairFinder
from desktop_app.services.duplicates.service import DuplicatesService
from desktop_app.services.enriching import EnrichService
from desktop_app.services.exporting import ExportService
from desktop_app.services.importing import ImportService
from desktop_app.services.indexing import IndexingService
from desktop_app.services.learning.changing_model import MODEL_SETTING, ModelChange
from desktop_app.services.learning.learned_search import LearnedSearch
from desktop_app.services.learning.learned_vectors import LearnedVectors
from desktop_app.services.learning.other_models import OtherModelSearch
from desktop_app.services.learning.service import LearningService
from desktop_app.services.pair_details import PairExplainer
from desktop_app.services.ranking_rules import RankingBonus
from desktop_app.services.scorecard import ScorecardService
from desktop_app.services.search import SearchService
from desktop_app.services.shapes.category_first import CategoryFirstSearch
from desktop_app.services.shapes.drawings import OutlineDrawings
from desktop_app.services.shapes.kind_rows import KindRowReader, KindVectors
from desktop_app.services.shapes.kinds import KIND_COLUMN, KINDS, ShapeKinds
from desktop_app.services.shapes.mapping import ShapeMapper
from desktop_app.services.watching import WatchService
from desktop_app.services.workspace import Workspace

if TYPE_CHECKING:
    from desktop_app.engines import Engines

LEARNED_FOLDER = "learned"
"""Below the indexes: those of learned models."""


def equip(
    engines: Engines,
    catalogue: Catalogue,
    model: str,
    fusion: FusionModel,
    *,
    threads: int | None,
) -> Workspace:
    """The services of an open catalogue, which is closed with the workspace.

    ``model`` is chosen for the catalogue and remembered in it; '' means the one it was last
    searched with. ``threads`` describe and judge, None for all processors. Raises
    ModelUnavailable.
    """
    name = _model_of(engines, catalogue, model)
    model_key = engines.library.card(name).key
    index_store = FaissIndexStore(
        catalogue.folder / paths.INDEX_FOLDER, read_only=catalogue.read_only
    )
    catalogue.vectors = vectors = LearnedVectors(catalogue.vectors)

    def provide() -> Embedder:
        return engines.embedder(name)

    search = SearchService(
        catalogue, engines.reader, provide, fusion=fusion, channels=engines.evidence_channels
    )
    categories = CategoryService(
        catalogue,
        LogisticLearner(),
        SafetensorsCategoryFiles(),
        folder=catalogue.folder / paths.INDEX_FOLDER,
        model_key=model_key,
    )
    ranking = RankingBonus(catalogue, lambda: categories.column)
    search.use_categories(categories)
    search.use_bonus(ranking)
    indexing = IndexingService(catalogue, engines.reader, provide, index_store, model_key=model_key)
    learned_indexes = catalogue.folder / paths.INDEX_FOLDER / LEARNED_FOLDER
    learned = LearnedSearch(
        catalogue,
        engines.learned_models(catalogue),
        vectors,
        store=FaissIndexStore(learned_indexes, read_only=catalogue.read_only),
        unkept=FaissIndexStore(learned_indexes, read_only=True),
        fusion=fusion,
        base_key=model_key,
        replaced=indexing.replaced,
    )
    enriching = EnrichService(
        catalogue,
        engines.reader,
        engines.describing_channels,
        engines.evidence_publisher(catalogue),
        threads=threads,
    )
    finder = PairFinder(
        catalogue,
        engines.reader,
        lambda: engines.pair_judge,
        engines.describing_channels,
        lambda: (indexing.snapshot(), enriching.publisher.publish()),
        model_key=model_key,
        threads=threads,
        alone=engines.one_native_thread,
    )
    archives = ZipArchiveReader()
    importing = ImportService(catalogue, tables=FileTableReader(), archives=archives)
    differ = CatalogueDiffer(
        catalogue,
        importing,
        engines.reader,
        archives=archives,
        judge=lambda: engines.pair_judge,
        embedder=provide,
        channels=engines.evidence_channels,
        indexes=lambda: (indexing.snapshot(), enriching.publisher.publish()),
        model_key=model_key,
    )
    shapes = engines.shape_search(catalogue)
    return Workspace(
        catalogue=catalogue,
        reader=engines.reader,
        importing=importing,
        exporting=ExportService(sheets=XlsxWriter()),
        indexing=indexing,
        enriching=enriching,
        duplicates=DuplicatesService(catalogue, finder),
        differ=differ,
        reports=engines.reports,
        trash=SystemTrash(),
        categories=categories,
        ranking=ranking,
        search=search,
        shapes=shapes,
        kinds=_shape_kinds(catalogue, model_key, lambda: shapes.proposals),
        drawings=OutlineDrawings(
            DrawingFiles(engines.reader, paths.fonts_dir()), catalogue, shapes
        ),
        category_first=CategoryFirstSearch(
            catalogue,
            engines.reader,
            engines.masker,
            engines.container_reader,
            comparer=OutlineComparer(),
            channel=SilhouetteShapeChannel(),
        ),
        mapping=ShapeMapper(
            catalogue,
            TsneShapeLayout(),
            NpzShapeMapStore(catalogue.folder / paths.INDEX_FOLDER),
            comparer=OutlineComparer(),
            blender=DistanceBlender(),
            channel=SilhouetteShapeChannel(),
            proposals=lambda: enriching.publisher.publish().shapes,
            vectors_version=f"{SilhouetteShapeChannel.version} {VERSION}",
        ),
        pairs=PairExplainer(catalogue, engines.evidence_channels, fusion),
        scorecard=ScorecardService(catalogue, search, model_key=model_key),
        watching=WatchService(WatchdogWatcher(), own_folder=catalogue.folder, clock=time.monotonic),
        capturing=_capture_service(engines, catalogue, search),
        index_store=index_store,
        learned=learned,
        learning=LearningService(
            catalogue,
            engines.adapter_process,
            engines.learned_models(catalogue),
            ProcessEmbeddingLayout(),
            base_key=model_key,
            base_name=name,
            fusion=fusion,
            active=lambda: learned.active,
            fine_tuning=lambda: engines.fine_tuning(catalogue, name),
            tuned_files=TunedModelExchange(engines.library),
        ),
        model_change=ModelChange(
            catalogue,
            engines.reader,
            engines.learned_models(catalogue),
            index=FaissIndexStore(
                catalogue.folder / paths.INDEX_FOLDER, read_only=catalogue.read_only
            ),
            learned=FaissIndexStore(learned_indexes, read_only=catalogue.read_only),
            model_name=name,
            key_of=lambda other: engines.library.card(other).key,
            embedder=engines.embedder,
        ),
        other_models=OtherModelSearch(
            catalogue,
            lambda other: SearchService(
                catalogue,
                engines.reader,
                lambda: engines.embedder(other),
                channels=engines.evidence_channels,
            ),
            FaissIndexStore(learned_indexes / "other", read_only=True),
            fusion=fusion,
        ),
        model_name=name,
        container_report=engines.container_report,
    )


def _capture_service(
    engines: Engines, catalogue: Catalogue, search: SearchService
) -> CaptureService:
    return CaptureService(
        catalogue,
        search,
        engines.reader,
        JpegEncoder(),
        lambda: engines.answers,
        optics=lambda: Optics(engines.frame_normaliser, CubicEnlarger()),
    )


def _shape_kinds(
    catalogue: Catalogue, model_key: str, proposals: Callable[[], ShapeProposals | None]
) -> ShapeKinds:
    rows = KindRowReader(catalogue, model_key, proposals)
    categories = CategoryService(
        catalogue,
        LogisticLearner(),
        SafetensorsCategoryFiles(),
        folder=catalogue.folder / paths.INDEX_FOLDER,
        model_key=f"{model_key} {KINDS}",
        vectors=KindVectors(rows),
        name=KINDS,
        column=KIND_COLUMN,
    )
    return ShapeKinds(catalogue, rows, categories)


def _model_of(engines: Engines, catalogue: Catalogue, chosen: str) -> str:
    stored = catalogue.saved.setting(MODEL_SETTING)
    name = chosen or stored or engines.library.default_name
    if name != stored and not catalogue.read_only:
        catalogue.saved.set_setting(MODEL_SETTING, name)
    return name
