"""The log's worker and the checker of a station, in real lanes."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.capturing import AnswerThresholds, CaptureRecord, Decision, StationReport
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.products import ProductCard
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.reports.delimited import CsvReportWriter
from desktop_app.infra.reports.workbook import XlsxReportWriter
from desktop_app.services.report_files import ReportFiles
from desktop_app.services.workspace import Workspace
from desktop_app.workers.capture_log import LogKeeper, LogPage, StockCount
from desktop_app.workers.lane import Lane
from desktop_app.workers.station_checking import StationChecker
from tests.capturing.building import Station, burst
from tests.capturing.conftest import empty_station_folder

__all__ = ["empty_station_folder"]

WAIT = 60_000


class Bench:
    """A station behind two lanes."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.lanes = {"browsing": Lane("browse"), "writing": Lane("index")}
        self.searching = Lane("search")
        reports = ReportFiles({".csv": CsvReportWriter, ".xlsx": XlsxReportWriter})
        self.workspace = cast(
            Workspace,
            SimpleNamespace(
                catalogue=station.catalogue, capturing=station.service, reports=reports
            ),
        )
        self.keeper = LogKeeper(self.workspace, **self.lanes)
        self.checker = StationChecker(self.workspace, searching=self.searching, **self.lanes)

    def capture(self, seed: int, *, pieces: int = 1) -> CaptureRecord:
        service = self.station.service
        answer = service.answer(burst(seed, codes=[f"sku-{seed:04}"]), CancelToken())
        return service.record(answer, Decision.ACCEPTED, pieces=pieces, source="=cmd()")

    def close(self) -> None:
        for lane in (*self.lanes.values(), self.searching):
            lane.close()
        self.station.catalogue.close()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, empty_station_folder: Path) -> Iterator[Bench]:
    station = Station(shutil.copytree(empty_station_folder, tmp_path / "catalogue"))
    station.fill(tmp_path / "pictures", 6)
    made = Bench(station)
    yield made
    made.close()


def test_the_log_is_read_with_what_was_counted(qtbot: QtBot, bench: Bench) -> None:
    records = [bench.capture(seed, pieces=seed + 1) for seed in range(3)]
    with (
        qtbot.waitSignal(bench.keeper.counted, timeout=WAIT) as counted,
        qtbot.waitSignal(bench.keeper.read, timeout=WAIT) as read,
    ):
        bench.keeper.load()
    page: LogPage = read.args[0]
    assert [r.id for r in page.records] == [r.id for r in reversed(records)]
    assert page.total == 3
    count: StockCount = counted.args[0]
    assert [line.pieces for line in count.lines] == [1, 2, 3]
    with qtbot.waitSignal(bench.keeper.older_read, timeout=WAIT) as older:
        bench.keeper.load_older(records[1].id)
    assert [r.id for r in older.args[0]] == [records[0].id]


def test_what_was_deleted_comes_back(qtbot: QtBot, bench: Bench) -> None:
    kept = [bench.capture(seed) for seed in range(3)]
    with qtbot.waitSignal(bench.keeper.removed, timeout=WAIT) as removed:
        bench.keeper.remove([kept[0].id, kept[2].id])
    assert removed.args == [2]
    log = bench.station.service.log
    assert log.count() == 1
    with qtbot.waitSignal(bench.keeper.restored, timeout=WAIT):
        bench.keeper.restore()
    assert log.count() == 3
    assert log.picture(kept[2].id)


def test_pieces_are_adjusted_and_counted(qtbot: QtBot, bench: Bench) -> None:
    record = bench.capture(1)
    with (
        qtbot.waitSignal(bench.keeper.counted, timeout=WAIT) as counted,
        qtbot.waitSignal(bench.keeper.changed, timeout=WAIT) as changed,
    ):
        bench.keeper.set_pieces(record, 12)
    assert changed.args[0].pieces == 12
    assert counted.args[0].lines[0].pieces == 12


def test_pieces_of_a_record_that_is_gone_are_passed_over(qtbot: QtBot, bench: Bench) -> None:
    record = bench.capture(1)
    bench.station.service.log.remove([record.id])
    bench.keeper.set_pieces(record, 2)
    with qtbot.waitSignal(bench.keeper.counted, timeout=WAIT):
        bench.keeper.start_stock_take()
    assert bench.station.service.log.count() == 0


def test_a_stock_take_begins_and_is_taken_back(qtbot: QtBot, bench: Bench) -> None:
    bench.capture(1)
    with qtbot.waitSignals([bench.keeper.started, bench.keeper.counted], timeout=WAIT):
        bench.keeper.start_stock_take()
    assert bench.station.service.log.stock() == ()
    with qtbot.waitSignal(bench.keeper.counted, timeout=WAIT) as counted:
        bench.keeper.resume_stock_take()
    assert [line.pieces for line in counted.args[0].lines] == [1]


def test_the_log_is_exported_and_no_text_is_a_formula(
    qtbot: QtBot, bench: Bench, tmp_path: Path
) -> None:
    bench.capture(1, pieces=4)
    with qtbot.waitSignal(bench.keeper.exported, timeout=WAIT):
        bench.keeper.export_log(tmp_path / "log.csv")
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    header = next(row for row in rows if row and row[0] == "Time")
    (line,) = rows[rows.index(header) + 1 :]
    told = dict(zip(header, line, strict=True))
    assert (told["SKU"], told["Pieces"], told["Answer"]) == ("sku-0001", "4", "Found")
    assert told["Camera"] == "'=cmd()"
    with qtbot.waitSignal(bench.keeper.exported, timeout=WAIT):
        bench.keeper.export_log(tmp_path / "log.xlsx")
    assert (tmp_path / "log.xlsx").stat().st_size > 1000


def test_the_count_is_exported(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    bench.capture(1, pieces=4)
    bench.capture(1, pieces=2)
    with qtbot.waitSignal(bench.keeper.exported, timeout=WAIT):
        bench.keeper.export_stock(tmp_path / "count.csv")
    text = (tmp_path / "count.csv").read_text("utf-8-sig")
    assert "sku-0001,,6," in text


def test_a_file_of_no_known_kind_is_refused(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    with qtbot.waitSignal(bench.keeper.failed, timeout=WAIT) as failed:
        bench.keeper.export_log(tmp_path / "log.doc")
    assert isinstance(failed.args[0], UserFacingError)


def test_a_station_is_checked_and_answers_by_it(qtbot: QtBot, bench: Bench) -> None:
    checker, ids = bench.checker, bench.station.ids
    with qtbot.waitSignal(checker.opened, timeout=WAIT) as opened:
        checker.open()
    assert opened.args == [6]
    asked: list[ProductCard] = []
    checker.asked.connect(lambda _number, _total, card: asked.append(card))
    with qtbot.waitSignal(checker.asked, timeout=WAIT):
        checker.start()
    with qtbot.waitSignal(checker.asked, timeout=WAIT):
        checker.skip()
    assert asked[0].id != asked[1].id
    reports: list[tuple[StationReport, AnswerThresholds]] = []
    checker.reported.connect(lambda report, proposed: reports.append((report, proposed)))
    for number in range(6):
        qtbot.waitUntil(lambda n=number: len(asked) == n + 2, timeout=WAIT)
        with qtbot.waitSignal(checker.tried, timeout=WAIT) as tried:
            checker.take(burst(ids.index(asked[-1].id)))
        assert tried.args[0].place == 1
    qtbot.waitUntil(lambda: bool(reports), timeout=WAIT)
    report, proposed = reports[0]
    assert (report.products, report.first) == (6, 1)
    assert not checker.is_asking
    with qtbot.waitSignal(checker.used, timeout=WAIT) as used:
        checker.use()
    assert used.args == [proposed]
    assert bench.station.service.thresholds == proposed
    assert bench.station.service.has_station


def test_a_check_that_is_stopped_asks_no_more(qtbot: QtBot, bench: Bench) -> None:
    checker = bench.checker
    with qtbot.waitSignal(checker.opened, timeout=WAIT):
        checker.open()
    with qtbot.waitSignal(checker.asked, timeout=WAIT):
        checker.start()
    checker.stop()
    with qtbot.assertNotEmitted(checker.looking):
        checker.take(burst(1))
    assert not checker.is_asking
