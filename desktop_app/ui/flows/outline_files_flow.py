"""Drawings in and out: dropped or chosen files, outlines and sheets to be kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.shapes import DrawnOutline, ShapeResults
from desktop_app.services.shapes.drawings import DRAWING_SUFFIXES
from desktop_app.services.workspace import Workspace
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.shapes.page import ShapesPage
from desktop_app.workers.session import Session


class OutlineFilesFlow(QObject):
    """``results`` gives what was found last, ``outline`` what is on the board.

    Signals: ``drawing_read`` (Drawing) and ``picture_read`` (PictureShape) when an outline
    should be asked with.
    """

    drawing_read = Signal(object)
    picture_read = Signal(object)

    def __init__(
        self,
        session: Session,
        panes: Panes,
        page: ShapesPage,
        *,
        results: Callable[[], ShapeResults | None],
        outline: Callable[[], DrawnOutline | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._page = page
        self._results = results
        self._outline = outline
        session.opened.connect(self._attach)
        page.editor.file_wanted.connect(self.choose)
        page.file_dropped.connect(self.read)
        page.menu.outline_wanted.connect(self.save_outline)
        page.menu.silhouette_wanted.connect(self.save_silhouette)
        page.menu.sheet_wanted.connect(self.save_sheet)

    @Slot()
    def choose(self) -> None:
        """Let a person choose a drawing."""
        endings = " ".join(
            f"*{suffix}" for suffix in (*DRAWING_SUFFIXES, *sorted(PICTURE_SUFFIXES))
        )
        name, _kind = QFileDialog.getOpenFileName(
            self._panes.window,
            self.tr("Open a drawing"),
            "",
            self.tr("Drawings and pictures ({0})").format(endings),
        )
        if name:
            self.read(Path(name))

    @Slot(object)
    def read(self, path: Path) -> None:
        """Take the outline from a file."""
        if (drafter := self._session.drafter) is not None:
            self._page.busy.start()
            drafter.read(path)

    @Slot()
    def save_outline(self) -> None:
        """Write the outline on the board."""
        outline = self._outline()
        if outline is None:
            return
        path = self._target(self.tr("Save the outline"), "outline.svg", is_sheet=False)
        if path is not None and (drafter := self._session.drafter) is not None:
            drafter.write_outline(path, self.tr("Outline"), outline)

    @Slot()
    def save_silhouette(self) -> None:
        """Write the outline of the chosen product."""
        results, chosen = self._results(), self._page.results.current_id
        hits = [] if results is None else [h for h in results.hits if h.product_id == chosen]
        if not hits:
            return
        card = self._page.results.views.current_card
        name = card.sku if card is not None else str(chosen)
        suggestion = f"{''.join(c if c.isalnum() or c in '-_.' else '_' for c in name)}.svg"
        path = self._target(self.tr("Save the silhouette"), suggestion, is_sheet=False)
        if path is not None and (drafter := self._session.drafter) is not None:
            drafter.write_silhouettes(path, [(hits[0].product_id, hits[0].content_id)], name)

    @Slot()
    def save_sheet(self) -> None:
        """Write a sheet with the outline of everything found."""
        results = self._results()
        if results is None or not results.hits:
            return
        path = self._target(self.tr("Save a sheet of outlines"), "outlines.pdf", is_sheet=True)
        if path is not None and (drafter := self._session.drafter) is not None:
            shown = [(hit.product_id, hit.content_id) for hit in results.hits]
            drafter.write_silhouettes(path, shown, self._page.asked or self.tr("Outlines"))

    def _target(self, title: str, suggestion: str, *, is_sheet: bool) -> Path | None:
        kinds = self.tr("SVG (*.svg)")
        if is_sheet:
            kinds = ";;".join((self.tr("PDF (*.pdf)"), kinds))
        name, _kind = QFileDialog.getSaveFileName(self._panes.window, title, suggestion, kinds)
        return Path(name) if name else None

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        drafter = self._session.drafter
        assert drafter is not None
        drafter.drawing_read.connect(self.drawing_read)
        drafter.picture_read.connect(self.picture_read)
        drafter.written.connect(self._tell_written)
        drafter.failed.connect(self._tell_failed)

    @Slot(object)
    def _tell_written(self, path: Path) -> None:
        self._panes.status.show_message(self.tr("Written: {0}").format(path.name))

    @Slot(object)
    def _tell_failed(self, error: UserFacingError) -> None:
        self._page.busy.stop()
        self._page.problem.show_error(error)
