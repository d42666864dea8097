"""A catalogue with twins that were said to be the same, and the workers about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.filters import ProductFilter
from desktop_app.infra.reports.delimited import CsvReportWriter
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.services.report_files import ReportFiles
from desktop_app.workers.exchanging import Exchanger
from desktop_app.workers.lane import Lane
from desktop_app.workers.resolving import Proposal, Resolver
from tests.duplicates.finding_fakes import LookJudge, Stage, write_twin
from tests.duplicates.test_trashing import FolderTrash
from tests.indexing.fakes import write_picture
from tests.sqlite.building import add_product
from tests.workers.test_enriching_unasked import Gate, Steered


class Merging:
    """Two groups that were found and said to be the same: p3, twin1 and twin2, which are
    alike, and p7 and copy, which show the same bytes."""

    def __init__(self, qtbot: QtBot, catalogue: SqliteCatalogue, folder: Path) -> None:
        self.catalogue, self.folder, self._qtbot = catalogue, folder / "pictures", qtbot
        for n in (3, 5, 7):
            path = write_picture(self.folder / f"p{n}.png", n)
            add_product(catalogue, f"p{n}", str(path), size="50 ml")
        for step in (1, 2):
            path = write_twin(self.folder / f"twin{step}.png", 3, step=step)
            add_product(catalogue, f"twin{step}", str(path), title="A jar", brand="Alpha")
        copy = shutil.copy(self.folder / "p7.png", self.folder / "copy.png")
        add_product(catalogue, "copy", str(copy))
        stage = Stage(catalogue)
        stage.read()
        stage.find()
        self.writing, self.searching = Lane("index"), Lane("search")
        self.steered = Steered(qtbot, self.writing, catalogue, Gate(), LookJudge())
        self.workspace, self.keeper = self.steered.workspace, self.steered.keeper
        self.trash = FolderTrash(folder / "trash")
        self.workspace.trash = self.trash
        duplicates = self.workspace.duplicates
        board = duplicates.board()
        rows = [row for group in board.groups_at(0.5) for row in group.pair_rows]
        duplicates.decide(board, rows, Verdict.SAME)
        self.workspace.reports = ReportFiles({".csv": CsvReportWriter})
        self.resolver = Resolver(
            self.workspace, self.keeper, searching=self.searching, writing=self.writing
        )
        self.exchanger = Exchanger(
            self.workspace, self.keeper, searching=self.searching, writing=self.writing
        )

    def skus(self) -> set[str]:
        products = self.catalogue.products
        return {card.sku for card in products.cards(products.list_ids(ProductFilter()).tolist())}

    def id_of(self, sku: str) -> int:
        product = self.catalogue.products.find_by_sku(sku)
        assert product is not None
        return product.id

    def proposal(self, ask: Callable[[], None]) -> Proposal:
        with self._qtbot.waitSignal(self.resolver.proposed) as came:
            ask()
        proposal: Proposal = came.args[0]
        return proposal

    def close(self) -> None:
        for lane in (self.searching, self.writing):
            lane.close()
