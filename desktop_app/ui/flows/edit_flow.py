"""Editing: fields, bookmarks, removals, merges, undo; always through the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QInputDialog

from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.products import FieldValue, ProductFields
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.workspace import Workspace
from desktop_app.ui.flows.panes import Panes
from desktop_app.workers.session import Session


class EditFlow(QObject):
    """Carries out what a person does to products.

    Signals: ``edit_wanted`` (column name) when the inspector should come to the front.
    """

    edit_wanted = Signal(str)

    def __init__(self, session: Session, panes: Panes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        session.opened.connect(self._attach)
        results, inspector = panes.results, panes.inspector
        results.products.bookmark_requested.connect(self._bookmark)
        results.products.edit_requested.connect(self._edit)
        results.products.open_requested.connect(self._edit)
        results.products.remove_requested.connect(self._remove)
        results.products.page_open_requested.connect(self._open_page)
        results.products.reveal_requested.connect(reveal)
        inspector.fields_edited.connect(self._update_fields)
        inspector.main_picture_chosen.connect(self._set_main_picture)
        inspector.pictures_removed.connect(self._remove_pictures)
        inspector.pictures_requested.connect(self._add_pictures)
        inspector.reveal_requested.connect(reveal)
        panes.status.undo_requested.connect(self.undo)

    @Slot()
    def undo(self) -> None:
        """Take the last edit back."""
        if (keeper := self._session.keeper) is not None:
            keeper.undo()

    @Slot()
    def redo(self) -> None:
        """Do the last undone edit again."""
        if (keeper := self._session.keeper) is not None:
            keeper.redo()

    @Slot()
    def add_product(self) -> None:
        """Add a product by its SKU; its other fields follow in the inspector."""
        sku, given = QInputDialog.getText(
            self._panes.window, self.tr("New product"), self.tr("SKU of the new product")
        )
        if given and sku.strip() and (keeper := self._session.keeper) is not None:
            keeper.add_product(ProductFields(sku.strip()), ())

    @Slot()
    def merge_selected(self) -> None:
        """Merge the selected products into the first of them."""
        ids = self._panes.inspector.product_ids
        if len(ids) > 1 and (keeper := self._session.keeper) is not None:
            keeper.merge_products(ids[0], ids[1:])

    @Slot()
    def export_listed(self) -> None:
        """Write the products in view to a file."""
        path, _kind = QFileDialog.getSaveFileName(
            self._panes.window,
            self.tr("Export products"),
            "products.xlsx",
            self.tr("Spreadsheets (*.xlsx);;CSV files (*.csv);;JSON files (*.json)"),
        )
        if path and (keeper := self._session.keeper) is not None:
            ids = [int(i) for i in self._panes.results.model.product_ids]
            keeper.export_products(ids, Path(path))

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        keeper = self._session.keeper
        assert keeper is not None
        keeper.edited.connect(self._tell)
        keeper.undone.connect(self._tell_undone)
        keeper.told.connect(self._panes.status.show_message)
        keeper.failed.connect(self._panes.show_problem)

    @Slot(object)
    def _tell(self, changes: ChangeSet) -> None:
        self._panes.status.show_message(self.tr("Done: {}").format(changes.label), undo=True)

    @Slot(object)
    def _tell_undone(self, changes: ChangeSet) -> None:
        self._panes.status.show_message(self.tr("Undone: {}").format(changes.label))

    @Slot(object, bool)
    def _bookmark(self, product_ids: Sequence[int], bookmarked: bool) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.set_bookmarked(product_ids, bookmarked)

    @Slot(object)
    def _edit(self, _products: object) -> None:
        self.edit_wanted.emit("title")

    @Slot(object)
    def _remove(self, product_ids: Sequence[int]) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.remove_products(product_ids)

    @Slot(object, object)
    def _update_fields(self, product_ids: Sequence[int], values: Mapping[str, FieldValue]) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.update_fields(product_ids, values)

    @Slot(int)
    def _set_main_picture(self, picture_id: int) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.set_main_picture(picture_id)

    @Slot(object)
    def _remove_pictures(self, picture_ids: Sequence[int]) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.remove_pictures(picture_ids)

    @Slot(int)
    def _add_pictures(self, product_id: int) -> None:
        endings = " ".join(f"*{suffix}" for suffix in sorted(PICTURE_SUFFIXES))
        names, _kind = QFileDialog.getOpenFileNames(
            self._panes.window, self.tr("Add pictures"), "", f"{self.tr('Pictures')} ({endings})"
        )
        if names and (keeper := self._session.keeper) is not None:
            keeper.add_pictures(product_id, [(Path(name), "") for name in names])

    @Slot(str)
    def _open_page(self, link: str) -> None:
        QDesktopServices.openUrl(QUrl.fromUserInput(link))


def reveal(path: str) -> None:
    """Show the folder of a file in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(path).parent)))
