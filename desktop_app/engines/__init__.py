"""Which engine stands behind which port: the wiring that the window and the command line share.

Imports of engines are inside functions: listing models or showing the first window must not
load what only indexing needs.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
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
from desktop_app.domain.learning_ports import AdapterTeacher, LearnedModelFiles
from desktop_app.domain.masks import Masker
from desktop_app.domain.metric_learning import Recipe
from desktop_app.domain.model_cards import ModelCard, ModelState
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader, IndexStore
from desktop_app.domain.progress import CancelToken
from desktop_app.services.evidence_publishing import EvidencePublisher
from desktop_app.services.workspace import Workspace

if TYPE_CHECKING:
    from desktop_app.infra.vision.containers.head import ClassifierCard
    from desktop_app.infra.vision.containers.reader import GreyBackbone, GreyContainerReader
    from desktop_app.infra.vision.masks.mask_models import MaskModels
    from desktop_app.infra.vision.model_library import ModelLibrary
    from desktop_app.infra.vision.print.channel import PrintReader
    from desktop_app.services.evaluate import EvaluationReport, Observer
    from desktop_app.services.evaluate_adapted import AdaptedReport
    from desktop_app.services.learning.tuning import FineTuning
    from desktop_app.services.report_files import ReportFiles
    from desktop_app.services.shapes.search import ShapeSearch

PRINT_FOLDER = "print"
SHAPE_FOLDER = "shape"
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
            catalogue.folder / paths.INDEX_FOLDER / PRINT_FOLDER,
            channel,
            channel.codebook,
            read_only=catalogue.read_only,
        )
        shapes = CachedShapeIndexStore(
            catalogue.folder / paths.INDEX_FOLDER / SHAPE_FOLDER,
            SilhouetteShapeChannel(),
            read_only=catalogue.read_only,
        )
        return EvidencePublisher(
            catalogue.evidence, store, shapes=shapes, read_only=catalogue.read_only
        )

    def learned_models(self, catalogue: Catalogue) -> LearnedModelFiles:
        """The models that were learned of a catalogue."""
        from desktop_app.infra.metric_learning.model_files import (  # noqa: PLC0415
            FOLDER,
            LearnedModelFolder,
        )

        return LearnedModelFolder(catalogue.folder / FOLDER, read_only=catalogue.read_only)

    def fine_tuning(self, catalogue: Catalogue, base_name: str) -> FineTuning:
        """Tunes a model to a catalogue, in a process of its own; for one thread."""
        from desktop_app.infra.metric_learning.model_files import FOLDER  # noqa: PLC0415
        from desktop_app.infra.metric_learning.tuning import ProcessNetworkTuner  # noqa: PLC0415
        from desktop_app.services.learning.tuning import (  # noqa: PLC0415
            FineTuning,
            MaskedPictures,
        )

        return FineTuning(
            catalogue,
            MaskedPictures(catalogue, self.reader, lambda: self.masker(threads=1)),
            ProcessNetworkTuner(self.library, catalogue=catalogue.name, threads=self._threads),
            self.embedder,
            base_name=base_name,
            folder=catalogue.folder / FOLDER / "tuning",
        )

    def adapter_teacher(self) -> AdapterTeacher:
        """Teaches adapters, on two processor threads at most."""
        from desktop_app.infra.metric_learning.teacher import (  # noqa: PLC0415
            THREADS,
            TorchAdapterTeacher,
        )

        return TorchAdapterTeacher(threads=min(self._threads or THREADS, THREADS))

    def adapter_process(self) -> AdapterTeacher:
        """The same in a process of its own, for a workspace that may have a window."""
        from desktop_app.infra.metric_learning.teaching import (  # noqa: PLC0415
            THREADS,
            ProcessAdapterTeacher,
        )

        return ProcessAdapterTeacher(threads=min(self._threads or THREADS, THREADS))

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
        from desktop_app.engines.report_writers import report_files  # noqa: PLC0415

        return report_files()

    def one_native_thread(self) -> AbstractContextManager[None]:
        """While it is entered, libraries start no threads of their own for small work."""
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
        from desktop_app.engines.equipping import equip  # noqa: PLC0415
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
            return equip(
                self, catalogue, model, fusion or self.fusion, threads=self._threads or None
            )
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

    def evaluate_adapted(
        self,
        manifest: Path,
        recipe: Recipe,
        *,
        unseen: float = 0.0,
        label: str = "",
        model: str = "",
        channels: Sequence[Channel] = CHANNELS,
        token: CancelToken | None = None,
    ) -> AdaptedReport:
        """Measure retrieval on a manifest before and after an adapter was taught by it. See
        :func:`desktop_app.services.evaluate_adapted.evaluate_adapted`."""
        from desktop_app.services.evaluate_adapted import (  # noqa: PLC0415
            Adapting,
            evaluate_adapted,
        )

        name = model or self.library.default_name
        with (
            tempfile.TemporaryDirectory(prefix="twinshelf-") as folder,
            self.workspace(
                Path(folder) / "catalogue",
                create=True,
                model=name,
                fusion=self.fusion.only(channels),
            ) as workspace,
        ):
            adapting = Adapting(
                recipe,
                self.adapter_teacher(),
                self.learned_models(workspace.catalogue),
                self.embedder(name),
                self.masker(),
                unseen,
            )
            return evaluate_adapted(
                manifest,
                workspace,
                adapting,
                token=token or CancelToken(),
                channels=channels,
                label=label,
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
                yield catalogue, FaissIndexStore(Path(name) / paths.INDEX_FOLDER)
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
