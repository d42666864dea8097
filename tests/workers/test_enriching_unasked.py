"""Looking closer at pictures in the index lane: after reading, steered, and out of the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.containers import ContainerReader
from desktop_app.domain.errors import ModelUnavailable, UserFacingError
from desktop_app.domain.fusion import LOOK_ALONE
from desktop_app.domain.images import RgbArray
from desktop_app.domain.products import ProductFields
from desktop_app.domain.shape_ports import ShapeProposals
from desktop_app.infra.drawings.outline_files import DrawingFiles
from desktop_app.infra.index.numpy_index import NumpyIndexStore
from desktop_app.infra.learning.category_files import SafetensorsCategoryFiles
from desktop_app.infra.learning.logistic import LogisticLearner
from desktop_app.infra.learning.outline_blending import DistanceBlender
from desktop_app.infra.learning.shape_layout import TsneShapeLayout
from desktop_app.infra.learning.shape_map_files import NpzShapeMapStore
from desktop_app.infra.metric_learning.layout import TsneEmbeddingLayout
from desktop_app.infra.metric_learning.model_files import LearnedModelFolder
from desktop_app.infra.metric_learning.teacher import TorchAdapterTeacher
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.infra.system_trash import SystemTrash
from desktop_app.infra.tables.archive import ZipArchiveReader
from desktop_app.infra.tables.reader import FileTableReader
from desktop_app.infra.tables.spreadsheet import XlsxWriter
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.jpeg import JpegEncoder
from desktop_app.infra.vision.shape.comparer import OutlineComparer
from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel
from desktop_app.infra.watch import WatchdogWatcher
from desktop_app.services import enriching
from desktop_app.services.capture.service import CaptureService
from desktop_app.services.catalogue_diff.differ import CatalogueDiffer
from desktop_app.services.categories import CategoryService
from desktop_app.services.duplicates.service import DuplicatesService
from desktop_app.services.exporting import ExportService
from desktop_app.services.importing import ImportService
from desktop_app.services.indexing import IndexingService
from desktop_app.services.learning.changing_model import ModelChange
from desktop_app.services.learning.learned_search import LearnedSearch
from desktop_app.services.learning.learned_vectors import LearnedVectors
from desktop_app.services.learning.other_models import OtherModelSearch
from desktop_app.services.learning.service import LearningService
from desktop_app.services.pair_details import PairExplainer
from desktop_app.services.ranking_rules import RankingBonus
from desktop_app.services.report_files import ReportFiles
from desktop_app.services.scorecard import ScorecardService
from desktop_app.services.search import SearchService
from desktop_app.services.shapes.category_first import CategoryFirstSearch
from desktop_app.services.shapes.drawings import OutlineDrawings
from desktop_app.services.shapes.mapping import ShapeMapper
from desktop_app.services.shapes.search import ShapeSearch
from desktop_app.services.watching import WatchService
from desktop_app.services.workspace import Workspace
from desktop_app.workers.keeping import Keeper
from desktop_app.workers.lane import Lane
from desktop_app.workers.long_work import WorkKind, WorkStatus
from tests.capturing.building import PLAIN, SAMPLE
from tests.duplicates.finding_fakes import LookJudge, Stage
from tests.enriching.fakes import enricher, fake_channels
from tests.indexing.conftest import catalogue, empty_catalogue_folder
from tests.indexing.fakes import GridEmbedder, add_products, write_picture
from tests.shapes.kinds_fakes import kinds_of

__all__ = ["catalogue", "empty_catalogue_folder"]

PICTURES = 12
VERSION = fake_channels().version


class Gate:
    """Lets pictures be described one after another, holds them up, or lets one through."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.waiting = threading.Event()
        self._passes_one = threading.Event()

    def __call__(self, _rgb: RgbArray) -> None:
        if self._passes_one.is_set():
            self._passes_one.clear()
            return
        self.waiting.set()
        assert self.open.wait(60)

    def let_one_through(self) -> None:
        """Close behind the next picture."""
        self.open.clear()
        self._passes_one.set()


def no_reader() -> ContainerReader:
    raise ModelUnavailable("No model reads containers here.")


class Steered:
    """A keeper over a catalogue, and what it told."""

    def __init__(
        self,
        qtbot: QtBot,
        lane: Lane,
        catalogue: SqliteCatalogue,
        gate: Gate,
        judge: LookJudge | None = None,
        *,
        proposals: Callable[[], ShapeProposals | None] | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.gate = gate
        self.qtbot = qtbot
        reader, embedder, index = PillowImageReader(), GridEmbedder(), NumpyIndexStore()
        search = SearchService(catalogue, reader, lambda: embedder)
        importing = ImportService(catalogue, tables=FileTableReader(), archives=ZipArchiveReader())
        stage = Stage(catalogue, judge)
        shapes = ShapeSearch(
            catalogue,
            reader,
            lambda: fake_channels().masker,
            OutlineComparer(),
            SilhouetteShapeChannel(),
        )
        files = LearnedModelFolder(catalogue.folder / "learned")
        vectors = LearnedVectors(catalogue.vectors)
        learned = LearnedSearch(
            catalogue,
            files,
            vectors,
            store=index,
            unkept=index,
            fusion=LOOK_ALONE,
            base_key=embedder.key,
        )
        self.workspace = Workspace(
            catalogue=catalogue,
            reader=reader,
            importing=importing,
            exporting=ExportService(sheets=XlsxWriter()),
            indexing=IndexingService(
                catalogue, reader, lambda: embedder, index, model_key=embedder.key
            ),
            enriching=enricher(catalogue, lambda: fake_channels(look=gate), threads=1),
            duplicates=DuplicatesService(catalogue, stage.finder),
            differ=CatalogueDiffer(
                catalogue,
                importing,
                reader,
                archives=ZipArchiveReader(),
                judge=lambda: stage.judge,
                embedder=lambda: embedder,
                channels=fake_channels,
                indexes=stage._indexes,
                model_key=embedder.key,
            ),
            reports=ReportFiles({}),
            trash=SystemTrash(),
            categories=CategoryService(
                catalogue,
                LogisticLearner(),
                SafetensorsCategoryFiles(),
                folder=catalogue.folder / "index",
                model_key=embedder.key,
            ),
            ranking=RankingBonus(catalogue, lambda: "category"),
            search=search,
            capturing=CaptureService(
                catalogue,
                search,
                reader,
                JpegEncoder(),
                lambda: (PLAIN, SAMPLE),
            ),
            shapes=shapes,
            kinds=kinds_of(catalogue, embedder.key, lambda: shapes.proposals),
            drawings=OutlineDrawings(DrawingFiles(reader, Path()), catalogue, shapes),
            category_first=CategoryFirstSearch(
                catalogue,
                reader,
                lambda: fake_channels().masker,
                no_reader,
                comparer=OutlineComparer(),
                channel=SilhouetteShapeChannel(),
            ),
            mapping=ShapeMapper(
                catalogue,
                TsneShapeLayout(),
                NpzShapeMapStore(catalogue.folder / "index"),
                comparer=OutlineComparer(),
                blender=DistanceBlender(),
                channel=SilhouetteShapeChannel(),
                proposals=proposals or (lambda: None),
                vectors_version="drawn-1",
            ),
            pairs=PairExplainer(catalogue, fake_channels, LOOK_ALONE),
            scorecard=ScorecardService(catalogue, search, model_key=embedder.key),
            watching=WatchService(
                WatchdogWatcher(), own_folder=catalogue.folder, clock=lambda: 0.0
            ),
            index_store=index,
            learned=learned,
            learning=LearningService(
                catalogue,
                lambda: TorchAdapterTeacher(threads=1),
                files,
                TsneEmbeddingLayout(),
                base_key=embedder.key,
                base_name="grid",
                fusion=LOOK_ALONE,
                active=lambda: learned.active,
            ),
            model_change=ModelChange(
                catalogue,
                reader,
                files,
                index=index,
                learned=index,
                model_name="grid",
                key_of=lambda _name: embedder.key,
                embedder=lambda _name: embedder,
            ),
            other_models=OtherModelSearch(
                catalogue, lambda _name: search, index, fusion=LOOK_ALONE
            ),
            model_name="grid",
        )
        self.keeper = Keeper(lane, self.workspace)
        self.shown: list[WorkStatus | None] = []
        self.offers: list[bool] = []
        self.order: list[str] = []
        self.keeper.work_changed.connect(self.shown.append)
        self.keeper.can_enrich.connect(self.offers.append)
        self.keeper.idle.connect(lambda: self.order.append("idle"))
        self.keeper.enriched.connect(lambda: self.order.append("enriched"))

    def described(self) -> int:
        return self.catalogue.evidence.count(VERSION)[0]

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=60_000)

    def wait_until_enriched(self) -> None:
        self.wait(lambda: self.order[-1:] == ["enriched"])


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()


@pytest.fixture
def steered(
    qtbot: QtBot,
    catalogue: SqliteCatalogue,
    gate: Gate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Steered]:
    monkeypatch.setattr(enriching, "MAX_SECONDS", 0.0)  # every picture is a step
    add_products(
        catalogue, [write_picture(tmp_path / "in" / f"{n}.png", n) for n in range(PICTURES)]
    )
    lane = Lane("index")
    yield Steered(qtbot, lane, catalogue, gate)
    gate.open.set()
    lane.close()


def test_pictures_are_looked_at_closer_once_they_were_read(steered: Steered) -> None:
    steered.keeper.start()
    steered.wait_until_enriched()
    assert steered.order == ["idle", "enriched"]
    assert steered.described() == PICTURES
    kinds = [status.kind for status in steered.shown if status is not None]
    assert kinds == sorted(kinds, key=list(WorkKind).index)
    assert kinds[-1] is WorkKind.ENRICH
    assert steered.shown[-1] is None
    assert steered.keeper.is_idle


def test_with_nothing_left_nothing_is_shown(steered: Steered) -> None:
    steered.keeper.start()
    steered.wait_until_enriched()
    shown = len(steered.shown)
    steered.order.clear()
    steered.keeper.index()
    steered.wait_until_enriched()
    assert [status for status in steered.shown[shown:] if status is not None] == []
    assert True not in steered.offers


def test_it_can_be_paused_and_resumed(steered: Steered) -> None:
    steered.gate.let_one_through()
    steered.keeper.start()
    steered.wait(lambda: WorkKind.ENRICH in {s.kind for s in steered.shown if s})
    steered.keeper.pause()
    last = steered.shown[-1]
    assert last is not None
    assert last.paused
    steered.gate.open.set()
    steered.keeper.resume()
    steered.wait_until_enriched()
    assert steered.described() == PICTURES


def test_once_cancelled_it_is_offered_and_goes_on_only_when_asked(steered: Steered) -> None:
    steered.gate.let_one_through()
    steered.keeper.start()
    steered.wait(lambda: WorkKind.ENRICH in {s.kind for s in steered.shown if s})
    steered.keeper.cancel()
    steered.gate.open.set()
    steered.wait(lambda: steered.offers[-1:] == [True])
    so_far = steered.described()
    assert so_far < PICTURES
    steered.keeper.index()
    steered.wait(lambda: steered.offers.count(True) == 2)
    assert steered.described() == so_far
    steered.keeper.enrich()
    assert steered.offers[-1] is False
    steered.wait_until_enriched()
    assert steered.described() == PICTURES


def test_who_does_not_want_it_unasked_is_offered_it(steered: Steered) -> None:
    steered.keeper.enrich_unasked(False)
    steered.keeper.start()
    steered.wait(lambda: steered.offers == [True])
    assert steered.described() == 0
    steered.keeper.enrich_unasked(True)
    steered.wait_until_enriched()
    assert steered.described() == PICTURES


def test_preferring_not_to_stops_it(steered: Steered) -> None:
    steered.gate.open.clear()
    steered.keeper.start()
    steered.wait(steered.gate.waiting.is_set)
    steered.keeper.enrich_unasked(False)
    steered.gate.open.set()
    steered.wait(lambda: steered.offers[-1:] == [True])
    assert steered.described() < PICTURES


def test_after_a_failure_it_is_offered_and_not_tried_again_unasked(
    steered: Steered, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_rgb: RgbArray) -> None:
        raise ModelUnavailable("The mask model is missing.", remedy="Install it.")

    monkeypatch.setattr(Gate, "__call__", lambda _gate, rgb: fail(rgb))
    failures: list[UserFacingError] = []
    steered.keeper.failed.connect(failures.append)
    steered.keeper.start()
    steered.wait(lambda: steered.offers[-1:] == [True])
    steered.keeper.index()
    steered.wait(lambda: steered.offers.count(True) == 2)
    assert [error.what for error in failures] == ["The mask model is missing."]


def test_an_import_goes_first_and_its_pictures_are_described_too(
    steered: Steered, tmp_path: Path
) -> None:
    steered.gate.open.clear()
    steered.keeper.start()
    steered.wait(steered.gate.waiting.is_set)
    new = [write_picture(tmp_path / "more" / f"{n}.png", 100 + n) for n in range(3)]
    steered.keeper.imported.connect(lambda _report: steered.order.append("imported"))
    plan = steered.workspace.importing
    request = plan.classify([new[0].parent])
    steered.keeper.planned.connect(steered.keeper.apply_import)
    steered.keeper.plan_import(request)
    steered.gate.open.set()
    steered.wait_until_enriched()
    assert steered.described() == PICTURES + 3
    assert steered.order.index("imported") < steered.order.index("enriched")


def test_edits_go_between_its_steps(steered: Steered) -> None:
    steered.gate.open.clear()
    steered.keeper.start()
    steered.wait(steered.gate.waiting.is_set)
    edited: list[int] = []
    steered.keeper.edited.connect(lambda _changes: edited.append(steered.described()))
    steered.keeper.add_product(ProductFields("new"), ())
    steered.gate.open.set()
    steered.wait(lambda: bool(edited))
    assert edited[0] < PICTURES
    steered.wait_until_enriched()
