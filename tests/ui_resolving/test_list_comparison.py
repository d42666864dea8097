"""A list beside the catalogue: narrowed down, ticked, imported only when confirmed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.domain.catalogue_diff import CatalogueDiff, DiffRow, DiffStatus
from desktop_app.domain.duplicates import PairJudgement
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.imports import ImportPlan, ImportRecord, ImportRequest, SourceKind
from desktop_app.domain.products import ProductCard
from desktop_app.domain.progress import Progress
from desktop_app.settings import Settings
from desktop_app.ui.list_comparison.rows_model import CHECK, RowRole
from desktop_app.ui.list_comparison.window import ComparisonWindow
from desktop_app.ui.list_comparison.words import import_words
from desktop_app.ui.theme import Theme
from desktop_app.workers.list_comparing import ComparedList
from desktop_app.workers.thumbnail_loader import ThumbnailLoader
from tests.app.conftest import Stage
from tests.app.test_duplicates import JudgingEngines, found, twins

__all__ = ["twins"]


def row(status: DiffStatus, sku: str, product_id: int | None = None) -> DiffRow:
    record = None if status is DiffStatus.MISSING else ImportRecord(sku, {"title": sku}, (), "row")
    judgement = PairJudgement(0.9, 0.05) if product_id and record else None
    return DiffRow(status, record, product_id, judgement, "Because.")


ROWS = (
    row(DiffStatus.MATCHED, "A-1", 1),
    row(DiffStatus.NEW, "N-1"),
    row(DiffStatus.NEW, "N-2"),
    row(DiffStatus.VARIANT, "V-1", 1),
    row(DiffStatus.CHANGED_PICTURE, "A-2", 2),
    row(DiffStatus.MISSING, "", 3),
)
CARDS = {n: ProductCard(n, f"A-{n}") for n in (1, 2, 3)}


def comparison(rows: tuple[DiffRow, ...] = ROWS) -> ComparedList:
    records = tuple(each.record for each in rows if each.record is not None)
    plan = ImportPlan(ImportRequest(SourceKind.TABLE, (Path("list.csv"),)), records=records)
    return ComparedList(CatalogueDiff(plan, rows, 0.8), CARDS)


@pytest.fixture
def loader(qapp) -> Iterator[ThumbnailLoader]:
    made = ThumbnailLoader(lambda _content_hash: None)
    yield made
    made.close()


@pytest.fixture
def window(
    qtbot: QtBot, theme: Theme, loader: ThumbnailLoader, tmp_path: Path
) -> Iterator[ComparisonWindow]:
    made = ComparisonWindow(
        theme,
        loader,
        ask_for_list=lambda _parent: tmp_path / "list.csv",
        ask_for_folder=lambda _parent: None,
        ask_where_to_save=lambda _parent: tmp_path / "out.xlsx",
    )
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close_down()


def button(window: ComparisonWindow, words: str) -> QPushButton:
    every = window.findChildren(QPushButton)
    return next(b for b in every if b.text().replace("&", "").startswith(words))


def skus(window: ComparisonWindow) -> list[str]:
    model = window.view.rows
    views = [model.index(n).data(RowRole.VIEW) for n in range(model.rowCount())]
    return [v.row.record.sku if v.row.record else v.card.sku for v in views]


def test_what_the_catalogue_lacks_is_ticked_and_nothing_imported(
    qtbot: QtBot, window: ComparisonWindow
) -> None:
    window.show_comparison(comparison())
    assert "nothing is imported yet" in window._subject.text()
    assert window.view.rows.ticked == {1, 2, 3}
    with qtbot.waitSignal(window.import_wanted) as wanted:
        button(window, "Import 3 new products").click()
    assert wanted.args == [frozenset({1, 2, 3})]


def test_chips_narrow_the_rows_down_and_count_them(window: ComparisonWindow) -> None:
    window.show_comparison(comparison())
    assert window.chips.chip(DiffStatus.NEW).text().split() == ["New", "2"]
    window.chips.chip(DiffStatus.NEW).click()
    assert skus(window) == ["N-1", "N-2"]
    window.chips.chip(DiffStatus.MISSING).click()
    assert skus(window) == ["N-1", "N-2", "A-3"]
    window.chips.chip(DiffStatus.NEW).click()
    window.chips.chip(DiffStatus.MISSING).click()
    assert len(skus(window)) == len(ROWS)


def test_ticks_hold_while_rows_are_hidden(qtbot: QtBot, window: ComparisonWindow) -> None:
    window.show_comparison(comparison())
    window.chips.chip(DiffStatus.NEW).click()
    button(window, "Untick all shown").click()
    assert window.view.rows.ticked == {3}
    window.chips.chip(DiffStatus.NEW).click()
    window.view.setCurrentIndex(window.view.rows.index(0))
    qtbot.keyClick(window.view, Qt.Key.Key_Space)
    assert window.view.rows.ticked == {0, 3}
    assert button(window, "Import 1 new product").text().endswith("and update 1")


def test_what_is_missing_cannot_be_imported(qtbot: QtBot, window: ComparisonWindow) -> None:
    window.show_comparison(comparison())
    window.chips.chip(DiffStatus.MISSING).click()
    index = window.view.rows.index(0)
    assert index.data(CHECK) is None
    window.view.setCurrentIndex(index)
    qtbot.keyClick(window.view, Qt.Key.Key_Space)
    button(window, "Tick all shown").click()
    assert window.view.rows.ticked == {1, 2, 3}
    with qtbot.waitSignal(window.product_wanted) as wanted:
        qtbot.keyClick(window.view, Qt.Key.Key_Return)
    assert wanted.args == [3, "A-3"]


def test_the_button_says_what_it_does() -> None:
    assert import_words([]) == "Import"
    assert import_words([DiffStatus.NEW]) == "Import 1 new product"
    assert import_words([DiffStatus.MATCHED] * 2) == "Update 2 products"


def test_a_list_can_be_dropped_and_a_comparison_stopped(
    qtbot: QtBot, window: ComparisonWindow, tmp_path: Path
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "dropped.xlsx"))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(window.compare_wanted) as wanted:
        window.dropEvent(event)
    assert wanted.args == [(tmp_path / "dropped.xlsx",)]
    window.show_progress(Progress("Comparing", 1, 2, 1.0))
    assert not button(window, "Choose a list").isEnabled()
    with qtbot.waitSignal(window.stop_wanted):
        button(window, "Stop").click()
    window.show_stopped()
    assert button(window, "Choose a list").isEnabled()
    window.show_problem(UserFacingError("This list cannot be read."))
    assert window.problem.error is not None


def test_many_rows_are_painted_only_where_they_are_seen(window: ComparisonWindow) -> None:
    many = tuple(row(DiffStatus.NEW, f"N-{n}") for n in range(20_000))
    window.show_comparison(comparison(many))
    window.view.grab()
    assert button(window, "Import 20,000 new products").isEnabled()


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr("tests.app.conftest.QuickEngines", JudgingEngines)
    made = Stage(qtbot, tmp_path / "app", Settings())
    yield made
    made.close()


def test_a_list_is_compared_exported_and_imported_in_the_real_window(
    stage: Stage, twins: Path, tmp_path: Path
) -> None:
    found(stage, twins)
    with (tmp_path / "supplier.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("sku", "title", "picture"))
        writer.writerow(("sku-03", "Known by number", str(twins / "sku-03.png")))
        writer.writerow(("sup-04", "Known by picture", str(twins / "sku-04.png")))
        writer.writerow(("sup-99", "Nobody knows it", ""))
    before = stage.products
    stage.window.commands.compare_list.trigger()
    window = stage.window.comparing.window
    assert window is not None
    window.compare_wanted.emit((tmp_path / "supplier.csv",))
    stage.until(lambda: window.compared is not None)
    assert window.compared is not None
    counts = window.compared.diff.counts()
    assert (counts[DiffStatus.MATCHED], counts[DiffStatus.NEW]) == (2, 1)
    assert counts[DiffStatus.MISSING] == before - 2
    assert stage.products == before
    window.export_wanted.emit(tmp_path / "comparison.xlsx")
    stage.until(lambda: "Saved comparison.xlsx" in window.notice.words)
    sheet = openpyxl.load_workbook(tmp_path / "comparison.xlsx").worksheets[0]
    told = {str(value) for line in sheet.iter_rows(values_only=True) for value in line}
    assert {"sup-99", "Matched", "Missing"} <= told
    window.import_wanted.emit(window.view.rows.ticked)
    stage.until(lambda: stage.products == before + 1)
    workspace = stage.session.workspace
    assert workspace is not None
    assert workspace.catalogue.products.find_by_sku("sup-99") is not None
    assert workspace.catalogue.products.find_by_sku("sup-04") is None


def test_a_list_that_cannot_be_read_is_told(stage: Stage, twins: Path, tmp_path: Path) -> None:
    found(stage, twins)
    path = tmp_path / "broken.xlsx"
    path.write_bytes(b"no table")
    stage.window.comparing.show()
    window = stage.window.comparing.window
    assert window is not None
    window.compare_wanted.emit((path,))
    stage.until(lambda: window.problem.error is not None)
    assert window.problem.error is not None
    assert "broken.xlsx" in window.problem.error.what
    assert "SKU" in window.problem.error.remedy
    assert button(window, "Choose a list").isEnabled()
    assert window.compared is None
