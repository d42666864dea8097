"""The workspace in the real window: learned, looked at, used, gone back from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.learned_models import Held
from desktop_app.domain.products import ProductFields
from desktop_app.domain.search import QueryPicture
from desktop_app.engines import Engines, equipping
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue
from desktop_app.settings import Settings
from desktop_app.ui.learning.page import LearningPage, LearnMode
from desktop_app.ui.learning.result_pane import ResultPart
from desktop_app.ui.learning.words import LearnState
from desktop_app.ui.rail import Workspaces
from desktop_app.workers.long_work import Ending, WorkKind
from desktop_app.workers.session import OpenRequest
from tests.app.conftest import Stage
from tests.ui_learning.teaching import DIRECTIONS, FlatLayout, GatedTeacher

PRODUCTS = 40


def fill(catalogue: SqliteCatalogue, folder: Path, count: int = PRODUCTS) -> None:
    """Products of faint patterns, each in two lights that cover them."""
    rng = np.random.default_rng(3)
    folder.mkdir(parents=True)
    lights = rng.normal(0, 1, (DIRECTIONS, 8, 8, 3))
    for number in range(count):
        pattern = rng.normal(0, 14, (8, 8, 3))
        pictures = []
        for view in ("front", "back"):
            light = np.tensordot(rng.normal(0, 24, DIRECTIONS), lights, axes=1)
            small = np.clip(127.5 + pattern + light, 0, 255).astype(np.uint8)
            path = folder / f"{number}-{view}.png"
            Image.fromarray(np.kron(small, np.ones((4, 4, 1), np.uint8))).save(path)
            pictures.append((path, view))
        category = "jars" if number % 2 else "bottles"
        fields = ProductFields(f"P{number:03}", title=f"Product {number}", category=category)
        catalogue.products.add(fields, pictures)


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> GatedTeacher:
    made = GatedTeacher()
    monkeypatch.setattr(Engines, "adapter_process", lambda _engines: made)
    monkeypatch.setattr(equipping, "ProcessEmbeddingLayout", FlatLayout)
    return made


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, teacher: GatedTeacher) -> Iterator[Stage]:
    """The window with a catalogue that can be learned, not open yet."""
    catalogue = create_catalogue(tmp_path / "app" / "shelf", "shelf")
    fill(catalogue, tmp_path / "in")
    catalogue.close()
    made = Stage(qtbot, tmp_path / "app", Settings(look_closer=False))
    made.window.show_workspace(Workspaces.LEARN)
    yield made
    teacher.gate.set()
    made.close()


def open_shelf(stage: Stage) -> LearningPage:
    stage.open("shelf")
    page = stage.window.learn
    # Loading what learns the categories takes its time in a lane that gives way to all others.
    stage.qtbot.waitUntil(lambda: page.state is LearnState.READY, timeout=240_000)
    return page


def learn(stage: Stage) -> LearningPage:
    page = stage.window.learn
    page.start.begin.click()
    stage.until(lambda: page.result.shown is not None and page.mode is LearnMode.RESULT)
    return page


def test_a_catalogue_on_its_way_is_not_said_to_be_missing(stage: Stage, tmp_path: Path) -> None:
    page = stage.window.learn
    assert page.state is LearnState.NO_CATALOGUE
    stage.session.open(OpenRequest(tmp_path / "app" / "shelf"))
    assert page.state is LearnState.LOADING
    stage.session.open(OpenRequest(tmp_path / "nothing"))
    stage.until(lambda: page.state is LearnState.NO_CATALOGUE)


def test_learned_used_and_gone_back_from(stage: Stage) -> None:
    page = open_shelf(stage)
    assert f"{PRODUCTS} products" in page.start._material.text()
    learn(stage)
    shown = page.result.shown
    assert shown is not None and shown.trial is not None
    assert shown.trial.refusal is None, shown.trial.reason
    assert shown.trial.comparisons[Held.UNSEEN].recall_gain.low > 0
    assert "of 100 more" in page.result.outcome.words[0]
    session = stage.session
    assert session.workspace is not None and session.learner is not None
    learning = session.workspace.learning
    assert learning.active == ""  # nothing changes unasked
    page.result.outcome.use.click()
    assert "answers as before" in page.notice.words
    stage.until(lambda: "from now on" in page.notice.words)
    assert learning.active == shown.model.version
    stage.until(page.result.outcome.back.isVisible)
    page.result.outcome.back.click()
    stage.until(lambda: learning.active == "" and not session.learner.is_taking_up)
    stage.until(page.result.outcome.use.isVisible)


def test_while_it_learns_the_window_goes_on_and_it_can_be_stopped(
    stage: Stage, teacher: GatedTeacher
) -> None:
    page = open_shelf(stage)
    teacher.gate.clear()
    page.start.begin.click()
    stage.until(lambda: bool(teacher.recipes))
    assert page.state is LearnState.RUNNING
    keeper = stage.session.keeper
    assert keeper is not None
    stage.until(lambda: keeper.status is not None and keeper.status.kind is WorkKind.LEARN)
    page.choose_mode(LearnMode.VERSIONS)
    with stage.qtbot.waitSignal(keeper.edited, timeout=60_000):
        keeper.set_bookmarked([1], True)
    page.running.pause.click()
    stage.until(lambda: keeper.status is not None and keeper.status.paused)
    page.running.pause.click()
    stage.until(lambda: keeper.status is not None and not keeper.status.paused)
    page.running.stop.click()
    stage.until(lambda: "was stopped" in page.notice.words)
    stage.until(lambda: page.state is LearnState.READY)
    assert stage.session.workspace is not None
    assert stage.session.workspace.learning.versions() == ()


def test_what_came_of_it_can_be_looked_into(stage: Stage) -> None:
    page = open_shelf(stage)
    learn(stage)
    result = page.result
    result.choose_part(ResultPart.MAP)
    stage.until(lambda: result.embedding.view.shown is not None)
    assert set(result.embedding.legend.names) == {"bottles", "jars"}
    row = 5
    result.embedding.view.opened.emit(row)
    shown = result.embedding.view.shown
    assert shown is not None
    assert stage.window.rail.current is Workspaces.PRODUCTS
    listed = stage.window.results.model.product_ids.tolist()
    assert listed == [int(shown.product_ids[row])]

    stage.window.show_workspace(Workspaces.LEARN)
    near = [each for each in result.shown.riddles if not each.pair.is_same]  # type: ignore[union-attr]
    if near:
        result.riddles.verdict_given.emit(near[0], Verdict.DIFFERENT)
        stage.until(lambda: "Noted" in page.notice.words)
        stage.until(
            lambda: any(
                each.verdict is Verdict.DIFFERENT
                for each in (result.shown.riddles if result.shown is not None else ())
            )
        )
    result.outcome.note.setText("two lights")
    result.outcome.note.editingFinished.emit()
    stage.until(lambda: page.versions.model.index(0, 7).data() == "two lights")


def test_two_versions_answer_a_query_side_by_side(stage: Stage, tmp_path: Path) -> None:
    page = open_shelf(stage)
    learn(stage)
    stage.window.searching.query_file(QueryPicture("light", path=tmp_path / "in" / "7-back.png"))
    stage.until(lambda: stage.window.searching.results is not None)
    stage.window.show_workspace(Workspaces.LEARN)
    page.result.outcome.compare.click()
    assert page.mode is LearnMode.COMPARE and page.compare.chosen == ("", "1")
    left, right = (found.hits for found in page.compare.lists)
    stage.until(lambda: left.rowCount() > 0 and right.rowCount() > 0)
    assert "both sides" in page.compare.words
    assert right.thing(0).card is not None and right.thing(0).card.sku == "P007"


def test_a_version_goes_out_and_comes_back_in(stage: Stage, tmp_path: Path) -> None:
    page = open_shelf(stage)
    learn(stage)
    file = tmp_path / "learned.safetensors"
    page.versions.export_wanted.emit("1", file)
    stage.until(file.exists)
    page.versions.import_wanted.emit(file)
    stage.until(lambda: "Imported as version 2" in page.notice.words)
    stage.until(lambda: page.versions.model.row_of("2") >= 0)
    page.versions.removal_wanted.emit("1")
    assert "Remove version 1 for good?" in page.notice.words
    assert "model tuned for it" not in page.notice.words
    page.notice._buttons[0].click()
    stage.until(lambda: page.versions.model.row_of("1") < 0)
    # The result on view went with it.
    stage.until(lambda: stage.window.learning.results.version in (None, "2"))


def test_what_is_on_view_stays_when_the_catalogue_is_opened_with_another_model(
    stage: Stage,
) -> None:
    page = open_shelf(stage)
    workspace, learner = stage.session.workspace, stage.session.learner
    assert workspace is not None and learner is not None
    page.choose_mode(LearnMode.VERSIONS)
    learner.take_up_ended.emit("3", Ending.DONE)
    assert "uses Version 3 from now on" in page.notice.words
    learner.model_wanted.emit(workspace.model_name)
    stage.until(lambda: stage.session.workspace not in (None, workspace))
    assert page.mode is LearnMode.VERSIONS and page.versions.isVisible()
    assert "uses Version 3 from now on" in page.notice.words
    # Another opening begins where it always does.
    stage.session.close_catalogue()
    assert page.mode is LearnMode.LEARN and not page.notice.words


def test_too_few_products_and_reading_only(
    qtbot: QtBot, tmp_path: Path, teacher: GatedTeacher
) -> None:
    catalogue = create_catalogue(tmp_path / "app" / "shelf", "shelf")
    fill(catalogue, tmp_path / "in", count=3)
    catalogue.close()
    made = Stage(qtbot, tmp_path / "app", Settings(look_closer=False))
    try:
        page = made.window.learn
        made.window.show_workspace(Workspaces.LEARN)
        assert page.state is LearnState.NO_CATALOGUE
        made.open("shelf")
        made.until(lambda: page.state is LearnState.TOO_FEW)
        assert "more products with two pictures" in page._nothing._title.text()
        page._decide.click()
        assert made.window.rail.current is Workspaces.DUPLICATES
        made.session.close_catalogue()
        assert page.state is LearnState.NO_CATALOGUE
    finally:
        made.close()
