"""From a product before the camera to a decision in the log, by the keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.domain.capturing import CaptureAnswer, Decision, Outcome, Shot
from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.domain.progress import CancelToken
from desktop_app.settings import Settings
from desktop_app.ui.capture.answer_pane import AnswerState
from desktop_app.ui.capture.page import StationMode
from desktop_app.ui.rail import Workspaces
from tests.ui_capture.conftest import COUNTER, StationStage, plain

CODE = "4006381333931"


def product_id(station: StationStage, sku: str) -> int:
    workspace = station.session.workspace
    assert workspace is not None
    product = workspace.catalogue.products.find_by_sku(sku)
    assert product is not None
    return product.id


def test_a_known_product_is_found_told_and_logged(shelf: StationStage, jar: RgbArray) -> None:
    shelf.hold(jar)
    pane = shelf.page.answer
    assert pane.state is AnswerState.FOUND
    assert pane.found.sku.text() == "sku-03"
    assert pane.strip.word == "Found"
    assert "certain" in pane.strip.confidence
    shelf.until_logged(Decision.ACCEPTED)
    (record,) = shelf.records
    assert (record.outcome, record.sku) == (Outcome.FOUND, "sku-03")
    assert record.source == "Counter camera"
    shelf.press(Qt.Key.Key_Return)
    assert pane.state is AnswerState.WAITING
    assert [record.decision for record in shelf.records] == [Decision.ACCEPTED]
    assert not shelf.problems


def test_a_product_held_still_is_looked_up_by_itself(shelf: StationStage, jar: RgbArray) -> None:
    shelf.page.bar.automatic.setChecked(True)
    answered: list[object] = []
    shelf.window.capturing.answering.answered.connect(answered.append)
    shelf.until(lambda: shelf.show(jar) is None and bool(answered))
    assert shelf.page.answer.found.sku.text() == "sku-03"


def test_the_search_begins_before_the_picture_is_taken(shelf: StationStage, jar: RgbArray) -> None:
    workspace, capturer = shelf.session.workspace, shelf.session.capturer
    assert workspace is not None and capturer is not None
    service = workspace.capturing
    look_ahead, begun = service.look_ahead, []

    def noted(shot: Shot, token: CancelToken) -> None:
        begun.append(shot)
        look_ahead(shot, token)

    service.look_ahead = noted  # type: ignore[method-assign]
    answers: list[CaptureAnswer] = []
    capturer.answered.connect(lambda answer, _pictures: answers.append(answer))
    shelf.page.bar.automatic.setChecked(True)
    shelf.until(lambda: shelf.show(jar) is None and bool(answers))
    assert begun[-1] is answers[0].burst.ahead
    assert shelf.page.answer.found.sku.text() == "sku-03"


def test_one_of_three_is_chosen_by_its_number(shelf: StationStage, jar: RgbArray) -> None:
    shelf.answer_as(found=1.0, perhaps=0.0)
    shelf.hold(jar + 1)
    pane = shelf.page.answer
    assert pane.state is AnswerState.CHOOSING
    shelf.until_logged(Decision.LEFT)
    second = pane.candidates.rows[1].sku.text()
    shelf.press(Qt.Key.Key_2)
    assert pane.state is AnswerState.FOUND
    assert pane.found.sku.text() == second
    assert pane.strip.word == "Chosen"
    shelf.until_logged(Decision.CHOSEN)
    assert shelf.records[0].sku == second


def test_no_next_product_is_asked_for_before_somebody_chose(
    shelf: StationStage, jar: RgbArray
) -> None:
    shelf.answer_as(found=1.0, perhaps=0.0)
    shelf.hold(jar + 1)
    preview = shelf.page.stage.preview
    shelf.show(jar + 1)
    assert preview.words == "Taken. Which product is it?"
    shelf.press(Qt.Key.Key_2)
    assert preview.words == "Taken. Show the next product"
    shelf.answer_as(found=1.0, perhaps=1.0)
    shelf.hold(jar + 2)
    shelf.show(jar + 2)
    shelf.until(lambda: shelf.page.answer.state is AnswerState.ENROLLING)
    assert preview.words == ""


def test_a_wrong_answer_leads_to_the_others_and_then_to_a_form(
    shelf: StationStage, jar: RgbArray
) -> None:
    shelf.hold(jar)
    pane = shelf.page.answer
    shelf.press(Qt.Key.Key_N)
    shelf.until_logged(Decision.REJECTED)
    if pane.state is AnswerState.CHOOSING:
        shelf.press(Qt.Key.Key_N)
    shelf.until(lambda: pane.state is AnswerState.ENROLLING)
    assert shelf.records[0].sku == ""
    shelf.qtbot.keyClick(pane.form.edits["title"], Qt.Key.Key_Escape)
    assert pane.state is AnswerState.WAITING
    assert shelf.page.stage.preview.hasFocus()


def test_an_unknown_product_is_enrolled_by_keys_alone_found_then_and_undone(
    shelf: StationStage, jar: RgbArray
) -> None:
    shelf.answer_as(found=1.0, perhaps=1.0)
    shelf.reader.code = CODE
    unknown = np.ascontiguousarray(255 - jar)
    shelf.hold(unknown)
    pane = shelf.page.answer
    shelf.until(lambda: pane.state is AnswerState.ENROLLING)
    form = pane.form
    assert form.edits["sku"].text() == form.edits["barcode"].text() == CODE
    assert form.edits["title"].hasFocus()
    shelf.qtbot.keyClicks(form.edits["title"], "night cream 2")
    shelf.qtbot.keyClick(form.edits["title"], Qt.Key.Key_Return)
    shelf.until(lambda: pane.strip.word == "Enrolled")
    assert shelf.products == 13
    assert shelf.page.stage.preview.hasFocus()
    shelf.until_logged(Decision.ENROLLED)
    assert shelf.records[0].title == "night cream 2"
    workspace = shelf.session.workspace
    assert workspace is not None
    enrolled = workspace.catalogue.products.get(product_id(shelf, CODE))
    assert Path(enrolled.pictures[0].path).is_relative_to(workspace.catalogue.folder)

    shelf.reader.code = ""
    shelf.wait_until_idle(lambda: True)
    shelf.answer_as(found=0.5, perhaps=0.1)
    shelf.hold(unknown)
    assert pane.found.sku.text() == CODE
    shelf.until_logged(Decision.ACCEPTED, Decision.ENROLLED)
    shelf.until(shelf.window.commands.undo.isEnabled)
    shelf.window.commands.undo.trigger()
    shelf.until(lambda: shelf.products == 12)


def test_undoing_at_once_brings_the_form_back(shelf: StationStage, jar: RgbArray) -> None:
    shelf.answer_as(found=1.0, perhaps=1.0)
    shelf.hold(np.ascontiguousarray(255 - jar))
    pane = shelf.page.answer
    shelf.until(lambda: pane.state is AnswerState.ENROLLING)
    shelf.qtbot.keyClick(pane.form.edits["title"], Qt.Key.Key_Return)
    shelf.until(lambda: pane.strip.word == "Enrolled")
    shelf.until(shelf.window.commands.undo.isEnabled)
    shelf.window.commands.undo.trigger()
    shelf.until(lambda: pane.state is AnswerState.ENROLLING)
    assert shelf.products == 12
    shelf.until_logged(Decision.LEFT)


def test_a_taken_sku_keeps_the_form_and_what_was_typed(shelf: StationStage, jar: RgbArray) -> None:
    shelf.answer_as(found=1.0, perhaps=1.0)
    shelf.hold(np.ascontiguousarray(255 - jar))
    pane = shelf.page.answer
    shelf.until(lambda: pane.state is AnswerState.ENROLLING)
    pane.form.edits["sku"].setText("sku-03")
    pane.form.edits["title"].setText("Other jar")
    shelf.qtbot.keyClick(pane.form.edits["title"], Qt.Key.Key_Return)
    shelf.until(lambda: shelf.page.problem.error is not None)
    shelf.until(pane.form.enrol.isEnabled)
    assert pane.state is AnswerState.ENROLLING
    assert pane.form.edits["title"].text() == "Other jar"
    pane.form.edits["sku"].clear()
    shelf.qtbot.keyClick(pane.form.edits["title"], Qt.Key.Key_Return)
    assert pane.form.edits["sku"].property("invalid") == "true"
    assert shelf.products == 12


def test_while_a_form_is_filled_in_no_picture_is_taken(shelf: StationStage, jar: RgbArray) -> None:
    shelf.page.bar.automatic.setChecked(True)
    shelf.answer_as(found=1.0, perhaps=1.0)
    pane, answering = shelf.page.answer, shelf.window.capturing.answering
    answers: list[object] = []
    answering.answered.connect(answers.append)
    unknown = np.ascontiguousarray(255 - jar)
    shelf.until(lambda: shelf.show(unknown) is None and bool(answers))
    shelf.until(lambda: pane.state is AnswerState.ENROLLING)
    taken: list[object] = []
    shelf.window.capturing.watcher.taken.connect(taken.append)
    shelf.until(lambda: shelf.show(jar) is None and bool(taken))
    assert not answering.is_looking
    assert len(answers) == 1
    # What came meanwhile is looked up once the form is done with.
    shelf.answer_as(found=0.5, perhaps=0.1)
    shelf.qtbot.keyClick(pane.form.edits["title"], Qt.Key.Key_Escape)
    shelf.until(lambda: len(answers) == 2)
    assert pane.found.sku.text() == "sku-03"


def test_code_and_picture_that_disagree_are_both_shown(shelf: StationStage, jar: RgbArray) -> None:
    keeper = shelf.session.keeper
    assert keeper is not None
    with shelf.qtbot.waitSignal(keeper.edited, timeout=60_000):
        keeper.update_fields([product_id(shelf, "sku-07")], {"barcode": CODE})
    shelf.reader.code = CODE
    shelf.hold(jar)
    pane = shelf.page.answer
    assert pane.found.sku.text() == "sku-07"
    assert CODE in pane.found.reasons.text()
    assert "sku-03" in pane.found.disagreement
    shelf.press(Qt.Key.Key_2)
    assert pane.found.sku.text() == "sku-03"
    assert pane.found.disagreement == ""
    shelf.until_logged(Decision.CHOSEN)


def test_a_stock_take_counts_pieces(shelf: StationStage, jar: RgbArray) -> None:
    shelf.page.choose_mode(StationMode.STOCK_TAKE)
    shelf.hold(jar)
    assert shelf.page.answer.found.pieces_words == "1 piece"
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        shelf.press(key)
    assert shelf.page.answer.found.pieces_words == "2 pieces"
    shelf.until(lambda: [record.pieces for record in shelf.records] == [2])
    workspace = shelf.session.workspace
    assert workspace is not None
    assert [(line.sku, line.pieces) for line in workspace.capturing.log.stock()] == [("sku-03", 2)]
    lines = shelf.page.stock.lines
    shelf.until(lambda: lines.rowCount() == 1 and lines.index(0, 2).data() in (2, "2"))
    shelf.page.choose_mode(StationMode.LOOK_UP)
    shelf.hold(jar)
    assert shelf.page.answer.found.pieces_words == ""
    shelf.until(lambda: [record.pieces for record in shelf.records] == [0, 2])


def test_any_other_key_is_a_pedal_but_keys_of_the_system_are_not(
    shelf: StationStage, jar: RgbArray
) -> None:
    taken: list[object] = []
    shelf.window.capturing.watcher.taken.connect(taken.append)
    shelf.show(jar)
    for key in (Qt.Key.Key_Shift, Qt.Key.Key_F2, Qt.Key.Key_Escape, Qt.Key.Key_VolumeUp):
        shelf.press(key)
    for count, key in enumerate((Qt.Key.Key_B, Qt.Key.Key_W, Qt.Key.Key_PageDown), 1):
        shelf.press(key)
        shelf.until(lambda: len(taken) == count)  # noqa: B023
    assert len(taken) == 3


def test_the_product_found_is_listed_with_all_it_has(shelf: StationStage, jar: RgbArray) -> None:
    shelf.hold(jar)
    shelf.page.answer.found.open.click()
    assert shelf.window.rail.current is Workspaces.PRODUCTS
    shelf.until(lambda: shelf.listed() == ["sku-03"])


def test_the_log_shows_every_capture(shelf: StationStage, jar: RgbArray) -> None:
    shelf.hold(jar)
    shelf.page.choose_mode(StationMode.LOG)
    shelf.until(lambda: shelf.page.log.records.rowCount() == 1)
    assert not shelf.window.capturing.watcher.is_running


def test_colours_and_large_letters_are_optional_and_remembered(
    shelf: StationStage, jar: RgbArray
) -> None:
    kept: list[Settings] = []
    shelf.window.settings_changed.connect(kept.append)
    shelf.hold(jar)
    small = shelf.page.answer.found.sku.fontInfo().pixelSize()
    shelf.page.bar.large_type.trigger()
    shelf.page.bar.colours.trigger()
    assert kept[-1].station_large_type and not kept[-1].station_colours
    assert shelf.page.answer.found.sku.fontInfo().pixelSize() >= 2 * small
    assert not shelf.window.catalogue.isVisible()
    shelf.window.show_workspace(Workspaces.SEARCH)
    assert shelf.window.catalogue.isVisible()


@pytest.fixture
def read_only(qtbot: QtBot, tmp_path: Path, range_folder: Path) -> Iterator[StationStage]:
    """A shelf of twelve that can only be read."""
    settings = Settings(look_closer=False, station_sounds=False, station_automatic=False)
    made = StationStage(qtbot, tmp_path / "app", settings)
    made.is_read_only = True
    made.open_copy(range_folder / "shelf")
    made.looker.box = CropBox()
    made.go_to_station()
    yield made
    made.close()


def test_a_catalogue_that_can_only_be_read_is_looked_up_and_nothing_is_written(
    read_only: StationStage, jar: RgbArray
) -> None:
    assert "only be read" in read_only.page.notice.words
    read_only.answer_as(found=0.5, perhaps=0.1)
    read_only.page.choose_mode(StationMode.STOCK_TAKE)
    read_only.hold(jar)
    pane = read_only.page.answer
    assert pane.found.sku.text() == "sku-03"
    assert pane.found.pieces_words == ""
    read_only.press(Qt.Key.Key_N)
    read_only.answer_as(found=1.0, perhaps=1.0)
    read_only.hold(np.ascontiguousarray(255 - jar))
    assert pane.state is AnswerState.UNKNOWN
    assert read_only.records == ()
    assert all("reading only" in str(problem) for problem in read_only.problems)


def test_an_empty_catalogue_says_so_and_takes_its_first_product(station: StationStage) -> None:
    station.open()
    station.go_to_station()
    pane = station.page.answer
    station.until(lambda: "no products yet" in pane.waiting_words)
    station.looker.box = CropBox()
    station.hold(plain(120))
    station.until(lambda: pane.state is AnswerState.ENROLLING)
    station.qtbot.keyClicks(pane.form.edits["title"], "First")
    station.qtbot.keyClick(pane.form.edits["title"], Qt.Key.Key_Return)
    station.until(lambda: station.products == 1)


def test_a_capture_of_the_log_leads_to_its_product(shelf: StationStage, jar: RgbArray) -> None:
    shelf.hold(jar)
    shelf.page.choose_mode(StationMode.LOG)
    shelf.until(lambda: shelf.page.log.records.rowCount() == 1)
    shelf.page.log.view.selectRow(0)
    shelf.page.log.open_action.trigger()
    assert shelf.window.rail.current is Workspaces.PRODUCTS
    shelf.until(lambda: shelf.listed() == ["sku-03"])


def test_without_eyes_pictures_are_taken_by_hand(shelf: StationStage, jar: RgbArray) -> None:
    def fail(_rgb: RgbArray, _at_s: float) -> None:
        raise ModelUnavailable("What finds objects is missing.", remedy="Install Twinshelf again.")

    shelf.looker.look = fail  # type: ignore[assignment, method-assign]
    camera = shelf.directory.opened[COUNTER.key]
    camera.push(jar)
    shelf.until(lambda: shelf.page.problem.error is not None)
    assert shelf.page.stage.preview.words == "Press Space to take the picture"
    with shelf.qtbot.waitSignal(shelf.window.capturing.answering.answered, timeout=60_000):
        camera.push(jar)
        shelf.press(Qt.Key.Key_Space)
    assert shelf.page.answer.found.sku.text() == "sku-03"


def test_a_check_of_the_station_takes_the_pictures_for_itself(
    shelf: StationStage, jar: RgbArray
) -> None:
    checking = shelf.window.capturing.checking
    checker = shelf.session.checker
    assert checker is not None
    with shelf.qtbot.waitSignal(checker.opened, timeout=60_000):
        shelf.page.bar.check.trigger()
    assert checking.dialog is not None
    checking.dialog._start.click()
    shelf.until(lambda: checking.is_asking and checking.dialog._take.isVisible())
    answers: list[object] = []
    shelf.window.capturing.answering.answered.connect(answers.append)
    shelf.show(jar)
    with shelf.qtbot.waitSignal(checker.tried, timeout=60_000):
        checking.dialog.take_wanted.emit()
    assert answers == []
    checking.dialog.close()
    shelf.hold(jar)
    assert shelf.page.answer.found.sku.text() == "sku-03"
