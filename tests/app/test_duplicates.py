"""Reviewing duplicates in the real window: found, narrowed down, decided, taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.domain.duplicate_ports import ComparedPicture
from desktop_app.domain.duplicates import Exclusions, PairJudgement, Verdict
from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.evidence import CHANNELS, Channel
from desktop_app.settings import Settings
from desktop_app.ui.duplicates.overlay_view import Overlay
from desktop_app.ui.duplicates.page import PageState
from desktop_app.ui.rail import Workspaces
from desktop_app.workers.review_lists import Shown
from tests.app.conftest import QuickEngines, Stage


class LookJudge:
    """Judges by the look alone: the chance rises from 0 to 1 between these cosines."""

    version = "look alone"
    unlike, alike = 0.9, 0.999

    def judge(self, one: ComparedPicture, others: Sequence[ComparedPicture]) -> list[PairJudgement]:
        judged = []
        for other in others:
            assert one.look is not None and other.look is not None
            look = float(np.dot(one.look, other.look))
            same = float(np.clip((look - self.unlike) / (self.alike - self.unlike), 0, 1))
            scores = [float("nan")] * len(CHANNELS)
            scores[CHANNELS.index(Channel.LOOK)] = look
            judged.append(PairJudgement(same, 0.0, tuple(scores)))
        return judged


class JudgingEngines(QuickEngines):
    """With the judge of these tests."""

    pair_judge = LookJudge()


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr("tests.app.conftest.QuickEngines", JudgingEngines)
    made = Stage(qtbot, tmp_path / "app", Settings())
    yield made
    made.close()


@pytest.fixture
def twins(tmp_path: Path) -> Path:
    """Six products of many colours; the first three have a twin each, ever less alike."""
    folder = tmp_path / "range"
    folder.mkdir()
    rng = np.random.default_rng(3)
    for number in range(6):
        colours = rng.uniform(0, 255, (8, 8, 3))
        _save(colours, folder / f"sku-{number:02}.png")
        if number < 3:
            other = colours + rng.normal(0, 2 + 9 * number, colours.shape)
            _save(other, folder / f"sku-{number:02}-twin.png")
    return folder


def _save(colours: NDArray[np.float64], path: Path) -> None:
    squares = np.clip(colours, 0, 255).astype(np.uint8)
    Image.fromarray(squares).resize((96, 96), Image.Resampling.NEAREST).save(path)


def found(stage: Stage, twins: Path) -> None:
    """The duplicates of the range, on view."""
    stage.open()
    stage.import_pictures(twins)
    stage.window.show_workspace(Workspaces.DUPLICATES)
    page = stage.window.duplicates
    stage.until(lambda: page.state is PageState.NOT_COMPARED)
    page.find_bar.find_wanted.emit()
    stage.until(lambda: page.groups.model.rowCount() > 0 and not page.find_bar.is_finding)
    stage.until(lambda: page.review.pair is not None)


def on_view(stage: Stage) -> list[str]:
    pair = stage.window.duplicates.review.pair
    return sorted(e.title for e in pair.products if e.is_of_pair) if pair is not None else []


def press(stage: Stage, key: str) -> None:
    stage.qtbot.keyClick(stage.window.duplicates.groups.view, key)


def test_from_finding_to_a_verdict_and_back(stage: Stage, twins: Path) -> None:
    found(stage, twins)
    page, flow = stage.window.duplicates, stage.window.reviewing
    model = page.groups.model
    stage.until(lambda: "sku-00" in on_view(stage))
    assert on_view(stage) == ["sku-00", "sku-00-twin"]
    before = model.rowCount()
    assert before == flow.board.count_at(flow.threshold) >= 2
    stage.until(lambda: len(page.review.pictures.views) == 2)
    stage.until(lambda: all(view.has_picture for view in page.review.pictures.views))
    stage.until(page.review.bars.isEnabled)

    # The slider filters what is known; nothing is looked for again.
    asked: list[float] = []
    page.threshold.settled.connect(asked.append)
    page.threshold._slider.setValue(page.threshold._slider.maximum())
    stage.until(lambda: bool(asked) and model.listing.query.threshold == asked[-1])
    assert model.rowCount() == flow.board.count_at(flow.threshold) < before
    page.threshold._slider.setValue(0)
    stage.until(lambda: model.rowCount() >= before)

    press(stage, "S")
    stage.until(lambda: flow.board.pairs.verdicts.max() >= 0)
    stage.until(lambda: on_view(stage) != ["sku-00", "sku-00-twin"])
    assert model.decided == 1
    catalogue = stage.session.workspace.catalogue
    assert [stored.verdict for stored in catalogue.verdicts.all()] == [Verdict.SAME]
    press(stage, "D")
    stage.until(lambda: len(catalogue.verdicts.all()) == 2)

    press(stage, "U")
    stage.until(lambda: len(catalogue.verdicts.all()) == 1)
    press(stage, "U")
    stage.until(lambda: not catalogue.verdicts.all())
    stage.until(lambda: on_view(stage) == ["sku-00", "sku-00-twin"])
    assert model.decided == 0
    stage.window.commands.redo.trigger()
    stage.until(lambda: len(catalogue.verdicts.all()) == 1)
    assert not stage.problems


def test_what_is_the_same_is_merged_and_comes_apart_again(stage: Stage, twins: Path) -> None:
    found(stage, twins)
    page, catalogue = stage.window.duplicates, stage.session.workspace.catalogue
    stage.until(lambda: on_view(stage) == ["sku-00", "sku-00-twin"])
    press(stage, "S")
    stage.until(lambda: len(catalogue.verdicts.all()) == 1)
    page.find_bar.resolve_wanted.emit()
    window = stage.window.resolving.window
    stage.until(lambda: len(window.plan.groups) == 1)
    before = catalogue.products.count()
    window.merge_wanted.emit(window.plan, False)
    stage.until(lambda: catalogue.products.count() == before - 1)
    window.close()
    # The merged product is in no group any more; what waits is still on view.
    stage.until(lambda: page.groups.model.rowCount() > 0 and page.review.pair is not None)
    stage.until(lambda: "sku-00-twin" not in on_view(stage) and "…" not in on_view(stage))
    undo = stage.window.commands.undo
    stage.until(lambda: "Merge" in undo.text())
    undo.trigger()
    stage.until(lambda: catalogue.products.count() == before)
    stage.until(lambda: "Mark" in undo.text())
    undo.trigger()
    stage.until(lambda: not catalogue.verdicts.all())
    stage.until(lambda: on_view(stage) == ["sku-00", "sku-00-twin"])
    assert not stage.problems


def test_a_group_is_seen_as_a_whole_and_decided_at_once(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "range"
    folder.mkdir()
    rng = np.random.default_rng(5)
    colours = rng.uniform(0, 255, (8, 8, 3))
    for name in "abc":
        _save(colours + rng.normal(0, 3, colours.shape), folder / f"jar-{name}.png")
    found(stage, folder)
    page, model = stage.window.duplicates, stage.window.duplicates.groups.model
    stage.until(lambda: on_view(stage) == ["jar-a", "jar-b"])
    assert page.review.matrix.isVisible()
    assert [each.number for each in page.review.pair.products] == [1, 2, 3]
    press(stage, "3")
    stage.until(lambda: on_view(stage) == ["jar-a", "jar-c"])
    page.review.matrix.pair_chosen.emit(model.group(0).pair_rows[-1])
    stage.until(lambda: on_view(stage) == ["jar-b", "jar-c"])
    stage.qtbot.keyClick(page.groups.view, "S", Qt.KeyboardModifier.ShiftModifier)
    assert (model.decided, model.total) == (1, 1)
    verdicts = stage.session.workspace.catalogue.verdicts
    stage.until(lambda: len(verdicts.all()) == 3)
    assert stage.session.workspace.catalogue.history.undo_label() == "Mark 3 pairs as same"
    press(stage, "M")
    window = stage.window.resolving
    stage.until(lambda: window.window is not None and len(window.window.plan.groups) == 1)
    plan = window.window.plan.groups[0]
    assert {plan.keep_id, *plan.drop_ids} == set(model.group(0).product_ids)


def test_a_verdict_outlives_a_board_that_was_read_meanwhile(stage: Stage, twins: Path) -> None:
    found(stage, twins)
    page, flow = stage.window.duplicates, stage.window.reviewing
    stage.until(lambda: on_view(stage) == ["sku-00", "sku-00-twin"])
    before = flow.board
    page.exclusions.changed.emit(Exclusions(("barcode",)))
    press(stage, "S")
    page.exclusions.changed.emit(Exclusions(("barcode", "title")))
    stage.until(lambda: flow.board.pairs.product_a is not before.pairs.product_a)
    stage.until(lambda: flow.board.pairs.verdicts.max() >= 0)
    stage.until(lambda: on_view(stage) != ["sku-00", "sku-00-twin"])
    assert not stage.problems


def test_a_review_goes_on_where_it_was_left(stage: Stage, twins: Path) -> None:
    found(stage, twins)
    page = stage.window.duplicates
    page.threshold._slider.setValue(page.threshold._slider.maximum() // 3)
    page.groups.set_shown(Shown.ALL)
    page.groups.shown_changed.emit(Shown.ALL)
    stage.until(lambda: page.groups.model.listing.query.shown is Shown.ALL)
    press(stage, "N")
    press(stage, "X")
    stage.until(lambda: page.review.mode is Overlay.SPLIT)
    place, threshold = on_view(stage), stage.window.reviewing.threshold
    catalogue = stage.session.workspace.catalogue
    stage.until(lambda: Overlay.SPLIT.value in catalogue.saved.setting("duplicates_review"))
    stage.session.close_catalogue()
    stage.until(lambda: page.state is PageState.NO_CATALOGUE)
    stage.open()
    stage.until(lambda: on_view(stage) == place)
    assert stage.window.reviewing.threshold == pytest.approx(threshold, abs=1e-3)
    assert page.review.mode is Overlay.SPLIT


def test_words_narrow_the_list_and_enter_shows_the_products(stage: Stage, twins: Path) -> None:
    found(stage, twins)
    page = stage.window.duplicates
    assert page.groups.model.rowCount() >= 2
    stage.qtbot.keyClicks(page.groups._text, "sku-00")
    stage.until(lambda: page.groups.model.rowCount() == 1)
    stage.until(lambda: on_view(stage) == ["sku-00", "sku-00-twin"])
    stage.qtbot.keyClick(page.groups.view, Qt.Key.Key_Return)
    stage.until(lambda: sorted(stage.listed()) == ["sku-00", "sku-00-twin"])
    assert stage.window.rail.current is Workspaces.PRODUCTS
    stage.window.show_workspace(Workspaces.DUPLICATES)
    stage.qtbot.keyClicks(page.groups._text, " nothing of the kind")
    stage.until(lambda: page.groups.model.rowCount() == 0)
    assert page.groups._empty.text() == "No group matches"


def test_what_keeps_duplicates_from_being_looked_at_is_told(
    stage: Stage, twins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(_engines: JudgingEngines) -> LookJudge:
        raise ModelUnavailable("The judge is missing.", remedy="Install Twinshelf again.")

    monkeypatch.setattr(JudgingEngines, "pair_judge", property(absent))
    stage.open()
    stage.import_pictures(twins)
    stage.window.show_workspace(Workspaces.DUPLICATES)
    page = stage.window.duplicates
    stage.until(lambda: page.problem.error is not None)
    assert "missing" in page.problem.error.what
    assert page.state is PageState.PROBLEM


def test_without_catalogue_or_pictures_the_page_says_so(stage: Stage) -> None:
    stage.window.show_workspace(Workspaces.DUPLICATES)
    page = stage.window.duplicates
    assert page.state is PageState.NO_CATALOGUE
    stage.open()
    stage.until(lambda: page.state is PageState.NO_PICTURES)
    stage.session.close_catalogue()
    stage.until(lambda: page.state is PageState.NO_CATALOGUE)
    assert not stage.problems
