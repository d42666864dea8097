"""Which engine stands behind which port: the wiring that the window and the command line share.

Imports of engines are inside functions: listing models or showing the first window must not
load what only indexing needs.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app import paths
from desktop_app.domain.answering import AnswerSample
from desktop_app.domain.assurance import AssuranceModel
from desktop_app.domain.capture_ports import BarcodeReader, FrameLooker, FrameNormaliser
from desktop_app.domain.containers import ContainerModelReport, ContainerReader
from desktop_app.domain.duplicate_ports import PairJudge
from desktop_app.domain.errors import CatalogueUnavailable, UserFacingError
from desktop_app.domain.evidence import CHANNELS, Channel
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.fusion import FusionModel
from desktop_app.domain.masks import Masker
from desktop_app.domain.model_cards import ModelCard, ModelState
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader, IndexStore
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.report_ports import ReportWriter
from desktop_app.domain.shape_ports import ShapeProposals
from desktop_app.services.evidence_publishing import EvidencePublisher
from desktop_app.services.workspace import Workspace

if TYPE_CHECKING:
    from desktop_app.infra.vision.containers.head import ClassifierCard
    from desktop_app.infra.vision.containers.reader import GreyBackbone, GreyContainerReader
    from desktop_app.infra.vision.masks.mask_models import MaskModels
    from desktop_app.infra.vision.model_library import ModelLibrary
    from desktop_app.infra.vision.print.channel import PrintReader
    from desktop_app.services.capture.service import CaptureService
    from desktop_app.services.evaluate import EvaluationReport, Observer
    from desktop_app.services.report_files import ReportFiles
    from desktop_app.services.search import SearchService
    from desktop_app.services.shapes.kinds import ShapeKinds
    from desktop_app.services.shapes.search import ShapeSearch

MODEL_SETTING = "model"
INDEX_FOLDER = "index"
PRINT_FOLDER = "print"
SHAPE_FOLDER = "shape"
FONTS_FOLDER = "fonts"
PAPER_BACKBONE = "resnet50-imagenet"
"""Grey pictures are compared by it where it is installed, as in the paper."""

FUSION_FILE = Path("fusion") / "fusion.json"
ANSWERS_FILE = Path("fusion") / "answers.json"


def own_command() -> list[str]:
    """How this installation starts itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "desktop_app"]


class Engines:
    """Makes workspaces. Its embedders are kept and shared by their thread until :meth:`close`.

    ``threads`` of 0 uses all processors. The folders default to the user's own.
    """

    def __init__(
        self, *, threads: int = 0, data: Path | None = None, cache: Path | None = None
    ) -> None:
        self._threads = threads
        self._data = data or paths.user_data_dir()
        self._cache = cache or paths.cache_dir()
        self._embedders: list[Embedder] = []
        self._container_readers: dict[str, GreyContainerReader] = {}
        self._stopping = CancelToken()
        self._making = threading.Lock()

    @cached_property
    def reader(self) -> ImageReader:
        """Decodes pictures; safe from any thread."""
        from desktop_app.infra.vision.decode import PillowImageReader  # noqa: PLC0415

        return PillowImageReader()

    @cached_property
    def library(self) -> ModelLibrary:
        """The models there are."""
        from desktop_app.infra.vision.model_library import ModelLibrary  # noqa: PLC0415

        return ModelLibrary(
            shipped_dir=paths.models_dir(),
            user_dir=self._data / "models",
            cache_dir=self._cache / "models",
            threads=self._threads,
        )

    @cached_property
    def masks(self) -> MaskModels:
        """The networks that find objects in pictures, and how others are imported."""
        from desktop_app.infra.vision.masks.mask_models import MaskModels  # noqa: PLC0415

        return MaskModels(
            shipped_dir=paths.models_dir(),
            user_dir=self._data / "models",
            cache_dir=self._cache / "models",
            threads=self._threads,
        )

    def masker(self, *, threads: int = 0) -> Masker:
        """A new masker for the thread that asks; its network is opened when a picture first
        needs it, and takes ``threads`` (0: as many as usual). Raises ModelUnavailable where
        there is none."""
        from desktop_app.infra.vision.masks.masker import PictureMasker  # noqa: PLC0415

        card = self.masks.card()
        return PictureMasker(
            lambda: self.masks.saliency(card, token=self._stopping, threads=threads),
            weights_key=card.key,
        )

    def frame_looker(self) -> FrameLooker:
        """A new looker at a camera's frames, for the thread that asks; its masks take one thread.
        Raises ModelUnavailable."""
        from desktop_app.infra.vision.live.looker import LiveFrameLooker  # noqa: PLC0415

        return LiveFrameLooker(self.masker(threads=1))

    @cached_property
    def barcode_reader(self) -> BarcodeReader:
        """Reads codes in pictures; safe from any thread."""
        from desktop_app.infra.barcodes.zxing_reader import ZxingBarcodeReader  # noqa: PLC0415

        return ZxingBarcodeReader()

    @cached_property
    def frame_normaliser(self) -> FrameNormaliser:
        """Evens out a camera's pictures; safe from any thread."""
        from desktop_app.infra.vision.live.normaliser import CameraNormaliser  # noqa: PLC0415

        return CameraNormaliser()

    def evidence_channels(self) -> EvidenceChannels:
        """What looks at a picture beside the embedder, for the thread that asks, which is alone
        at work. Raises ModelUnavailable."""
        return self._channels_with(self.masker())

    def describing_channels(self) -> EvidenceChannels:
        """The same for one of several threads that describe pictures."""
        return self._channels_with(self.masker(threads=1), self.container_reader())

    def container_reader(self) -> ContainerReader:
        """Tells which kind of container a picture shows; safe from any thread. It is kept until
        :meth:`close`; its networks are opened when a picture first needs them. Raises
        ModelUnavailable."""
        from desktop_app.infra.vision.containers.backbone import in_bands  # noqa: PLC0415
        from desktop_app.infra.vision.containers.head import FOLDER, read_head  # noqa: PLC0415
        from desktop_app.infra.vision.containers.reader import GreyContainerReader  # noqa: PLC0415

        is_there = self.library.state(PAPER_BACKBONE) in {ModelState.SHIPPED, ModelState.INSTALLED}
        name = PAPER_BACKBONE if is_there else self.library.default_name
        with self._making:
            if name not in self._container_readers:
                card = self._classifier_card
                classifying = self._grey_backbone(self.library.default_name, in_bands)
                self._container_readers[name] = GreyContainerReader(
                    card,
                    read_head(paths.models_dir() / FOLDER, card),
                    classifying,
                    self._grey_backbone(name) if is_there else classifying,
                )
            return self._container_readers[name]

    @property
    def container_report(self) -> ContainerModelReport:
        """How well the shipped classifier of containers does. Raises ModelUnavailable."""
        return self._classifier_card.report

    @cached_property
    def _classifier_card(self) -> ClassifierCard:
        from desktop_app.infra.vision.containers.head import (  # noqa: PLC0415
            FOLDER,
            read_classifier_card,
        )

        return read_classifier_card(paths.models_dir() / FOLDER)

    def _grey_backbone(
        self, name: str, read_as: Callable[[ModelCard], ModelCard] | None = None
    ) -> GreyBackbone:
        from desktop_app.infra.vision.containers.reader import GreyBackbone  # noqa: PLC0415

        card = self.library.card(name)

        def provide() -> Embedder:
            return self.library.embedder(name, token=self._stopping, read_as=read_as)

        return GreyBackbone(card if read_as is None else read_as(card), provide)

    def evidence_publisher(self, catalogue: Catalogue) -> EvidencePublisher:
        """Keeps the indexes of print, copies and shapes of a catalogue. Raises
        ModelUnavailable."""
        from desktop_app.infra.index.print_store import FaissPrintIndexStore  # noqa: PLC0415
        from desktop_app.infra.index.shape_store import CachedShapeIndexStore  # noqa: PLC0415
        from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel  # noqa: PLC0415

        channel = self._print_channel
        store = FaissPrintIndexStore(
            catalogue.folder / INDEX_FOLDER / PRINT_FOLDER,
            channel,
            channel.codebook,
            read_only=catalogue.read_only,
        )
        shapes = CachedShapeIndexStore(
            catalogue.folder / INDEX_FOLDER / SHAPE_FOLDER,
            SilhouetteShapeChannel(),
            read_only=catalogue.read_only,
        )
        return EvidencePublisher(
            catalogue.evidence, store, shapes=shapes, read_only=catalogue.read_only
        )

    def shape_search(self, catalogue: Catalogue) -> ShapeSearch:
        """Searches a catalogue by outline."""
        from desktop_app.infra.vision.shape.comparer import OutlineComparer  # noqa: PLC0415
        from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel  # noqa: PLC0415
        from desktop_app.services.shapes.search import ShapeSearch  # noqa: PLC0415

        return ShapeSearch(
            catalogue, self.reader, self.masker, OutlineComparer(), SilhouetteShapeChannel()
        )

    @cached_property
    def pair_judge(self) -> PairJudge:
        """Says how likely two pictures show one product; safe from any thread. Raises
        ModelUnavailable."""
        from desktop_app.infra.vision.colour_channel import LabColourChannel  # noqa: PLC0415
        from desktop_app.infra.vision.pairs.judge import PictureJudge  # noqa: PLC0415
        from desktop_app.infra.vision.pairs.weighing import FOLDER  # noqa: PLC0415
        from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel  # noqa: PLC0415

        return PictureJudge.shipped(
            paths.models_dir() / FOLDER,
            self._print_channel,
            SilhouetteShapeChannel(),
            LabColourChannel(),
        )

    @cached_property
    def reports(self) -> ReportFiles:
        """Writes reports; any thread."""
        from desktop_app.services.report_files import ReportFiles  # noqa: PLC0415

        return ReportFiles(
            {".xlsx": _xlsx_writer, ".csv": _csv_writer, ".html": _html_writer, ".pdf": _pdf_writer}
        )

    def one_native_thread(self) -> AbstractContextManager[None]:
        """While it is entered, libraries do not start threads of their own to multiply."""
        from desktop_app.infra.native_threads import one_native_thread  # noqa: PLC0415

        return one_native_thread()

    @cached_property
    def _print_channel(self) -> PrintReader:
        from desktop_app.infra.vision.print.channel import PrintReader  # noqa: PLC0415
        from desktop_app.infra.vision.print.codebook import FOLDER  # noqa: PLC0415

        return PrintReader.shipped(paths.models_dir() / FOLDER)

    def _channels_with(
        self, masker: Masker, container: ContainerReader | None = None
    ) -> EvidenceChannels:
        from desktop_app.infra.vision.colour_channel import LabColourChannel  # noqa: PLC0415
        from desktop_app.infra.vision.copy_hashes import OrientedCopyHasher  # noqa: PLC0415
        from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel  # noqa: PLC0415

        return EvidenceChannels(
            masker=masker,
            print=self._print_channel,
            shape=SilhouetteShapeChannel(),
            colour=LabColourChannel(),
            copy=OrientedCopyHasher(),
            container=container,
        )

    def workspace(
        self,
        folder: Path,
        *,
        create: bool = False,
        read_only: bool = False,
        name: str = "",
        model: str = "",
        fusion: FusionModel | None = None,
    ) -> Workspace:
        """Open the catalogue in ``folder``, made first where ``create`` allows it.

        ``model`` is chosen for the catalogue and remembered in it; '' means the one it was
        last searched with. ``fusion`` defaults to the shipped one. Raises CatalogueUnavailable
        and its kin, ModelUnavailable.
        """
        from desktop_app.infra.sqlite.catalogue import (  # noqa: PLC0415
            create_catalogue,
            is_catalogue,
            open_catalogue,
        )

        if is_catalogue(folder):
            catalogue: Catalogue = open_catalogue(folder, read_only=read_only)
        elif create:
            catalogue = create_catalogue(folder, name or folder.resolve().name)
        else:
            raise CatalogueUnavailable(
                f"{folder} holds no catalogue.",
                remedy="Choose the folder of a catalogue, or make a new one there.",
            )
        try:
            return self._equip(catalogue, model, fusion or self.fusion)
        except BaseException:
            catalogue.close()
            raise

    @cached_property
    def fusion(self) -> FusionModel:
        """How the channels are weighed. Raises UserFacingError where the installation lacks
        the file it was learned into."""
        path = paths.models_dir() / FUSION_FILE
        try:
            return FusionModel.from_json(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserFacingError(
                "What was learned about weighing likeness is missing or damaged.",
                remedy="Install Twinshelf again.",
                details=f"{path}: {error}",
            ) from error

    @cached_property
    def answers(self) -> tuple[AssuranceModel, AnswerSample]:
        """What was learned of sure and unsure answers. Raises UserFacingError where the
        installation lacks the file it was learned into."""
        path = paths.models_dir() / ANSWERS_FILE
        try:
            data = json.loads(path.read_text("utf-8"))
            return AssuranceModel.from_json(data["model"]), AnswerSample.from_json(data["sample"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserFacingError(
                "What was learned about sure and unsure answers is missing or damaged.",
                remedy="Install Twinshelf again.",
                details=f"{path}: {error}",
            ) from error

    def evaluate(
        self,
        manifest: Path,
        *,
        label: str = "",
        model: str = "",
        channels: Sequence[Channel] = CHANNELS,
        fusion: FusionModel | None = None,
        token: CancelToken | None = None,
        observe: Observer | None = None,
    ) -> EvaluationReport:
        """Measure retrieval on a manifest of labelled pictures, with the fusion restricted to
        ``channels``. See :func:`desktop_app.services.evaluate.evaluate_manifest`."""
        from desktop_app.services.evaluate import evaluate_manifest  # noqa: PLC0415

        with (
            tempfile.TemporaryDirectory(prefix="twinshelf-") as folder,
            self.workspace(
                Path(folder) / "catalogue",
                create=True,
                model=model or self.library.default_name,
                fusion=(fusion or self.fusion).only(channels),
            ) as workspace,
        ):
            return evaluate_manifest(
                manifest,
                workspace,
                token=token or CancelToken(),
                channels=channels,
                label=label,
                observe=observe,
            )

    def bench(self, pictures: Path, *, model: str = "") -> dict[str, Any]:
        """Measure this machine with the pictures below a folder. See
        :func:`desktop_app.services.bench.measure_machine`."""
        from desktop_app.services.bench import measure_machine  # noqa: PLC0415

        return measure_machine(
            self,
            pictures,
            model=model or self.library.default_name,
            start_command=[*own_command(), "--first-paint"],
            heartbeat_command=[*own_command(), "--heartbeat"],
        )

    @contextmanager
    def scratch(self) -> Iterator[tuple[Catalogue, IndexStore]]:
        """An empty catalogue and an empty index, both thrown away at the end."""
        from desktop_app.infra.index.faiss_index import FaissIndexStore  # noqa: PLC0415
        from desktop_app.infra.sqlite.catalogue import create_catalogue  # noqa: PLC0415

        with tempfile.TemporaryDirectory(prefix="twinshelf-") as name:
            catalogue = create_catalogue(Path(name) / "catalogue", "Scratch")
            try:
                yield catalogue, FaissIndexStore(Path(name) / INDEX_FOLDER)
            finally:
                catalogue.close()

    def embedder(self, model: str) -> Embedder:
        """A new embedder for the thread that asks. Raises ModelUnavailable, and Cancelled
        where :meth:`stop` came while a model was being prepared."""
        made = self.library.embedder(model, token=self._stopping)
        self._embedders.append(made)
        return made

    def stop(self) -> None:
        """Prepare no more models: the application is about to end. From any thread."""
        self._stopping.cancel()

    def close(self) -> None:
        """Let the embedders go; no thread may use them any more."""
        while self._embedders:
            self._embedders.pop().close()
        while self._container_readers:
            self._container_readers.popitem()[1].close()

    def _equip(self, catalogue: Catalogue, model: str, fusion: FusionModel) -> Workspace:
        from desktop_app.infra.drawings.outline_files import DrawingFiles  # noqa: PLC0415
        from desktop_app.infra.index.faiss_index import FaissIndexStore  # noqa: PLC0415
        from desktop_app.infra.learning.category_files import (  # noqa: PLC0415
            SafetensorsCategoryFiles,
        )
        from desktop_app.infra.learning.logistic import LogisticLearner  # noqa: PLC0415
        from desktop_app.infra.learning.outline_blending import DistanceBlender  # noqa: PLC0415
        from desktop_app.infra.learning.shape_layout import TsneShapeLayout  # noqa: PLC0415
        from desktop_app.infra.learning.shape_map_files import NpzShapeMapStore  # noqa: PLC0415
        from desktop_app.infra.system_trash import SystemTrash  # noqa: PLC0415
        from desktop_app.infra.tables.archive import ZipArchiveReader  # noqa: PLC0415
        from desktop_app.infra.tables.reader import FileTableReader  # noqa: PLC0415
        from desktop_app.infra.tables.spreadsheet import XlsxWriter  # noqa: PLC0415
        from desktop_app.infra.vision.shape.comparer import OutlineComparer  # noqa: PLC0415
        from desktop_app.infra.vision.shape.vectors import VERSION  # noqa: PLC0415
        from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel  # noqa: PLC0415
        from desktop_app.infra.watch import WatchdogWatcher  # noqa: PLC0415
        from desktop_app.services.catalogue_diff.differ import CatalogueDiffer  # noqa: PLC0415
        from desktop_app.services.categories import CategoryService  # noqa: PLC0415
        from desktop_app.services.duplicates.finding import PairFinder  # noqa: PLC0415
        from desktop_app.services.duplicates.service import DuplicatesService  # noqa: PLC0415
        from desktop_app.services.enriching import EnrichService  # noqa: PLC0415
        from desktop_app.services.exporting import ExportService  # noqa: PLC0415
        from desktop_app.services.importing import ImportService  # noqa: PLC0415
        from desktop_app.services.indexing import IndexingService  # noqa: PLC0415
        from desktop_app.services.pair_details import PairExplainer  # noqa: PLC0415
        from desktop_app.services.ranking_rules import RankingBonus  # noqa: PLC0415
        from desktop_app.services.scorecard import ScorecardService  # noqa: PLC0415
        from desktop_app.services.search import SearchService  # noqa: PLC0415
        from desktop_app.services.shapes.category_first import (  # noqa: PLC0415
            CategoryFirstSearch,
        )
        from desktop_app.services.shapes.drawings import OutlineDrawings  # noqa: PLC0415
        from desktop_app.services.shapes.mapping import ShapeMapper  # noqa: PLC0415
        from desktop_app.services.watching import WatchService  # noqa: PLC0415

        name = self._model_of(catalogue, model)
        model_key = self.library.card(name).key
        index_store = FaissIndexStore(
            catalogue.folder / INDEX_FOLDER, read_only=catalogue.read_only
        )

        def provide() -> Embedder:
            return self.embedder(name)

        search = SearchService(
            catalogue, self.reader, provide, fusion=fusion, channels=self.evidence_channels
        )
        categories = CategoryService(
            catalogue,
            LogisticLearner(),
            SafetensorsCategoryFiles(),
            folder=catalogue.folder / INDEX_FOLDER,
            model_key=model_key,
        )
        ranking = RankingBonus(catalogue, lambda: categories.column)
        search.use_categories(categories)
        search.use_bonus(ranking)
        indexing = IndexingService(
            catalogue, self.reader, provide, index_store, model_key=model_key
        )
        enriching = EnrichService(
            catalogue,
            self.reader,
            self.describing_channels,
            self.evidence_publisher(catalogue),
            threads=self._threads or None,
        )
        finder = PairFinder(
            catalogue,
            self.reader,
            lambda: self.pair_judge,
            self.describing_channels,
            lambda: (indexing.snapshot(), enriching.publisher.publish()),
            model_key=model_key,
            threads=self._threads or None,
            alone=self.one_native_thread,
        )
        archives = ZipArchiveReader()
        importing = ImportService(catalogue, tables=FileTableReader(), archives=archives)
        differ = CatalogueDiffer(
            catalogue,
            importing,
            self.reader,
            archives=archives,
            judge=lambda: self.pair_judge,
            embedder=provide,
            channels=self.evidence_channels,
            indexes=lambda: (indexing.snapshot(), enriching.publisher.publish()),
            model_key=model_key,
        )
        shapes = self.shape_search(catalogue)
        return Workspace(
            catalogue=catalogue,
            reader=self.reader,
            importing=importing,
            exporting=ExportService(sheets=XlsxWriter()),
            indexing=indexing,
            enriching=enriching,
            duplicates=DuplicatesService(catalogue, finder),
            differ=differ,
            reports=self.reports,
            trash=SystemTrash(),
            categories=categories,
            ranking=ranking,
            search=search,
            shapes=shapes,
            kinds=self._shape_kinds(catalogue, model_key, lambda: shapes.proposals),
            drawings=OutlineDrawings(
                DrawingFiles(self.reader, paths.resources_dir() / FONTS_FOLDER), catalogue, shapes
            ),
            category_first=CategoryFirstSearch(
                catalogue,
                self.reader,
                self.masker,
                self.container_reader,
                comparer=OutlineComparer(),
                channel=SilhouetteShapeChannel(),
            ),
            mapping=ShapeMapper(
                catalogue,
                TsneShapeLayout(),
                NpzShapeMapStore(catalogue.folder / INDEX_FOLDER),
                comparer=OutlineComparer(),
                blender=DistanceBlender(),
                channel=SilhouetteShapeChannel(),
                proposals=lambda: enriching.publisher.publish().shapes,
                vectors_version=f"{SilhouetteShapeChannel.version} {VERSION}",
            ),
            pairs=PairExplainer(catalogue, self.evidence_channels, fusion),
            scorecard=ScorecardService(catalogue, search, model_key=model_key),
            watching=WatchService(
                WatchdogWatcher(), own_folder=catalogue.folder, clock=time.monotonic
            ),
            capturing=self._capture_service(catalogue, search),
            index_store=index_store,
            model_name=name,
            container_report=self.container_report,
        )

    def _capture_service(self, catalogue: Catalogue, search: SearchService) -> CaptureService:
        from desktop_app.infra.vision.enlarging import CubicEnlarger  # noqa: PLC0415
        from desktop_app.infra.vision.jpeg import JpegEncoder  # noqa: PLC0415
        from desktop_app.services.capture.recognising import Optics  # noqa: PLC0415
        from desktop_app.services.capture.service import CaptureService  # noqa: PLC0415

        return CaptureService(
            catalogue,
            search,
            self.reader,
            JpegEncoder(),
            lambda: self.answers,
            optics=lambda: Optics(self.frame_normaliser, CubicEnlarger()),
        )

    @staticmethod
    def _shape_kinds(
        catalogue: Catalogue, model_key: str, proposals: Callable[[], ShapeProposals | None]
    ) -> ShapeKinds:
        from desktop_app.infra.learning.category_files import (  # noqa: PLC0415
            SafetensorsCategoryFiles,
        )
        from desktop_app.infra.learning.logistic import LogisticLearner  # noqa: PLC0415
        from desktop_app.services.categories import CategoryService  # noqa: PLC0415
        from desktop_app.services.shapes.kind_rows import KindRowReader, KindVectors  # noqa: PLC0415
        from desktop_app.services.shapes.kinds import (  # noqa: PLC0415
            KIND_COLUMN,
            KINDS,
            ShapeKinds,
        )

        rows = KindRowReader(catalogue, model_key, proposals)
        categories = CategoryService(
            catalogue,
            LogisticLearner(),
            SafetensorsCategoryFiles(),
            folder=catalogue.folder / INDEX_FOLDER,
            model_key=f"{model_key} {KINDS}",
            vectors=KindVectors(rows),
            name=KINDS,
            column=KIND_COLUMN,
        )
        return ShapeKinds(catalogue, rows, categories)

    def _model_of(self, catalogue: Catalogue, chosen: str) -> str:
        stored = catalogue.saved.setting(MODEL_SETTING)
        name = chosen or stored or self.library.default_name
        if name != stored and not catalogue.read_only:
            catalogue.saved.set_setting(MODEL_SETTING, name)
        return name


def _xlsx_writer() -> ReportWriter:
    from desktop_app.infra.reports.workbook import XlsxReportWriter  # noqa: PLC0415

    return XlsxReportWriter()


def _csv_writer() -> ReportWriter:
    from desktop_app.infra.reports.delimited import CsvReportWriter  # noqa: PLC0415

    return CsvReportWriter()


def _html_writer() -> ReportWriter:
    from desktop_app.infra.reports.page import HtmlReportWriter  # noqa: PLC0415

    return HtmlReportWriter()


def _pdf_writer() -> ReportWriter:
    from desktop_app.infra.reports.contact_sheets import PdfReportWriter  # noqa: PLC0415

    return PdfReportWriter(paths.resources_dir() / FONTS_FOLDER)
