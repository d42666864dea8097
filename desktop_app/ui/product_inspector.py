"""The fields and pictures of the selected product, edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.products import (
    CORE_COLUMNS,
    Column,
    FieldValue,
    Picture,
    PictureState,
    Product,
    ProductCard,
)
from desktop_app.ui.field_editors import FieldEditor

THUMBNAIL_SIDE = 72
PICTURE_ID = Qt.ItemDataRole.UserRole


class ProductInspector(QWidget):
    """Edits one product, or the shared fields of several.

    Signals: ``fields_edited`` (tuple of product ids, dict of column name to value),
    ``main_picture_chosen`` (picture id), ``pictures_removed`` (tuple of picture ids),
    ``pictures_requested`` (product id) to add pictures, ``reveal_requested`` (path),
    ``thumbnail_wanted`` (content hash), ``query_requested`` (Picture).
    """

    fields_edited = Signal(object, object)
    main_picture_chosen = Signal(int)
    pictures_removed = Signal(object)
    pictures_requested = Signal(int)
    reveal_requested = Signal(str)
    thumbnail_wanted = Signal(str)
    query_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[Column, ...] = ()
        self._editors: dict[str, FieldEditor] = {}
        self._product_ids: tuple[int, ...] = ()
        self._pictures: dict[int, Picture] = {}
        self._read_only = False

        self._stack = QStackedLayout(self)
        self._empty = QLabel(self.tr("Select a product to see and edit its fields."))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "meta")
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._make_body())
        self.set_columns(())

    def set_columns(self, extra: Sequence[Column]) -> None:
        """The catalogue's own columns, shown after the core ones."""
        columns = (*CORE_COLUMNS, *extra)
        if columns == self._columns:
            return
        self._columns = columns
        while self._form.rowCount():
            self._form.removeRow(0)
        self._editors = {}
        for column in columns:
            editor = FieldEditor(column)
            editor.set_read_only(self._read_only)
            editor.committed.connect(self._field_committed)
            label = f"{column.label} ({column.unit})" if column.unit else column.label
            caption = QLabel(label)
            caption.setProperty("role", "meta")
            caption.setBuddy(editor)
            self._form.addRow(caption, editor)
            self._editors[column.name] = editor

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting edit, as in a read-only catalogue."""
        self._read_only = read_only
        for editor in self._editors.values():
            editor.set_read_only(read_only)
        self._add_pictures.setVisible(not read_only)

    def clear(self) -> None:
        """Nothing is selected."""
        self._product_ids = ()
        self._stack.setCurrentIndex(0)

    def show_product(self, product: Product) -> None:
        """Show one product with its pictures."""
        self._product_ids = (product.id,)
        self._title.setText(product.fields.title or product.fields.sku)
        for column in self._columns:
            self._editors[column.name].show_value(product.fields.value(column.name))
        self._editors["sku"].setEnabled(True)
        self._show_pictures(product.pictures)
        self._picture_area.setVisible(True)
        self._stack.setCurrentIndex(1)

    def show_several(self, cards: Sequence[ProductCard]) -> None:
        """Show what several products share; an edit then goes to all of them."""
        self._product_ids = tuple(card.id for card in cards)
        self._title.setText(self.tr("{} products").format(len(cards)))
        for column in self._columns:
            values = {card.value(column.name) for card in cards}
            mixed = len(values) > 1
            value = None if mixed else next(iter(values), None)
            self._editors[column.name].show_value(value, mixed=mixed)
        self._editors["sku"].setEnabled(False)
        self._picture_area.setVisible(False)
        self._stack.setCurrentIndex(1)

    @property
    def product_ids(self) -> tuple[int, ...]:
        """The products shown."""
        return self._product_ids

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field, such as ``notes``."""
        editor = self._editors.get(name)
        if editor is not None:
            editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot(str, QPixmap)
    def set_thumbnail(self, content_hash: str, pixmap: QPixmap) -> None:
        """A thumbnail asked for by ``thumbnail_wanted`` is here."""
        for row in range(self._picture_list.count()):
            item = self._picture_list.item(row)
            picture = self._pictures[item.data(PICTURE_ID)]
            if picture.content_hash == content_hash:
                item.setIcon(QIcon(pixmap))

    def _make_body(self) -> QWidget:
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._title.setWordWrap(True)
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

        self._picture_list = QListWidget()
        self._picture_list.setViewMode(QListWidget.ViewMode.IconMode)
        self._picture_list.setIconSize(QSize(THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        self._picture_list.setMovement(QListWidget.Movement.Static)
        self._picture_list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self._picture_list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self._picture_list.setAccessibleName(self.tr("Pictures of the product"))
        self._picture_list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._picture_list.itemActivated.connect(self._picture_activated)
        for text, slot in (
            (self.tr("Make main picture"), self._make_main),
            (self.tr("Search with this picture"), self._search_with),
            (self.tr("Show file"), self._reveal),
            (self.tr("Remove from this catalogue (the file stays)"), self._remove_pictures),
        ):
            action = QAction(text, self._picture_list)
            action.triggered.connect(slot)
            self._picture_list.addAction(action)

        self._add_pictures = QPushButton(self.tr("Add pictures…"))
        self._add_pictures.clicked.connect(self._ask_for_pictures)

        self._picture_area = QWidget()
        pictures = QVBoxLayout(self._picture_area)
        pictures.setContentsMargins(0, 0, 0, 0)
        pictures.setSpacing(8)
        pictures.addWidget(self._picture_list)
        row = QHBoxLayout()
        row.addWidget(self._add_pictures)
        row.addStretch()
        pictures.addLayout(row)

        fields = QWidget()
        self._form = QFormLayout(fields)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setSpacing(8)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(self._picture_area)
        column.addWidget(fields)
        column.addStretch()
        inner.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        return area

    def _show_pictures(self, pictures: Sequence[Picture]) -> None:
        self._picture_list.clear()
        self._pictures = {picture.id: picture for picture in pictures}
        for picture in pictures:
            item = QListWidgetItem(self._picture_text(picture))
            item.setData(PICTURE_ID, picture.id)
            size = f"{picture.width} × {picture.height} px" if picture.width else ""
            hint = (picture.path, size, picture.problem)
            item.setToolTip("\n".join(line for line in hint if line))
            item.setSizeHint(QSize(THUMBNAIL_SIDE + 16, THUMBNAIL_SIDE + 28))
            self._picture_list.addItem(item)
            if picture.content_hash:
                self.thumbnail_wanted.emit(picture.content_hash)
        rows = 1 if len(pictures) <= 3 else 2
        self._picture_list.setFixedHeight(rows * (THUMBNAIL_SIDE + 36) + 8)

    def _picture_text(self, picture: Picture) -> str:
        words = {
            PictureState.PENDING: self.tr("waiting"),
            PictureState.FAILED: self.tr("unreadable"),
            PictureState.OFFLINE: self.tr("offline"),
        }
        return words.get(picture.state, picture.view)

    def _selected_pictures(self) -> list[Picture]:
        return [self._pictures[i.data(PICTURE_ID)] for i in self._picture_list.selectedItems()]

    @Slot(object)
    def _field_committed(self, value: FieldValue) -> None:
        editor = self.sender()
        if isinstance(editor, FieldEditor) and self._product_ids:
            self.fields_edited.emit(self._product_ids, {editor.column.name: value})

    @Slot(QListWidgetItem)
    def _picture_activated(self, item: QListWidgetItem) -> None:
        self.query_requested.emit(self._pictures[item.data(PICTURE_ID)])

    @Slot()
    def _make_main(self) -> None:
        if chosen := self._selected_pictures():
            self.main_picture_chosen.emit(chosen[0].id)

    @Slot()
    def _search_with(self) -> None:
        if chosen := self._selected_pictures():
            self.query_requested.emit(chosen[0])

    @Slot()
    def _reveal(self) -> None:
        if chosen := self._selected_pictures():
            self.reveal_requested.emit(str(Path(chosen[0].path)))

    @Slot()
    def _remove_pictures(self) -> None:
        if chosen := self._selected_pictures():
            self.pictures_removed.emit(tuple(picture.id for picture in chosen))

    @Slot()
    def _ask_for_pictures(self) -> None:
        if self._product_ids:
            self.pictures_requested.emit(self._product_ids[0])
