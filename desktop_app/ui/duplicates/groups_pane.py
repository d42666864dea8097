"""The list of groups on the left of the review: which are shown, found by words."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.duplicates.group_delegate import ROW_HEIGHT, GroupDelegate
from desktop_app.ui.duplicates.group_list_model import GroupListModel
from desktop_app.ui.duplicates.words import groups_text, progress_text, shown_word
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.review_lists import GroupListing, Shown
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

TYPING_MS = 250
LEAST_WIDTH = 216


class GroupsPane(QWidget):
    """Signals: ``group_chosen`` (row) by a person or by :meth:`choose`, ``shown_changed``
    (Shown) and ``text_changed`` by a person."""

    group_chosen = Signal(int)
    shown_changed = Signal(object)
    text_changed = Signal(str)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model = GroupListModel(thumbnails, self)
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(LEAST_WIDTH)
        self._shown = QComboBox()
        self._shown.setAccessibleName(self.tr("Which groups are listed"))
        self._shown.setToolTip(self.tr("Which groups are listed"))
        for shown in Shown:
            self._shown.addItem(shown_word(shown), shown)
        self._shown.setItemData(
            list(Shown).index(Shown.USEFUL),
            self.tr("The pairs whose verdict would teach most where the line lies"),
            Qt.ItemDataRole.ToolTipRole,
        )
        self._shown.activated.connect(self._choose_shown)
        self._text = QLineEdit()
        self._text.setPlaceholderText(self.tr("Find by number or words"))
        self._text.setToolTip(self.tr("Find groups by the words of their products (/)"))
        self._text.setAccessibleName(self.tr("Find groups by the words of their products"))
        self._text.setClearButtonEnabled(True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._typed)
        self._text.textEdited.connect(self._typing.start)
        self._text.textChanged.connect(self._cleared)
        self._count = QLabel()
        self._count.setProperty("role", "meta")
        self._progress = QLabel()
        self._progress.setProperty("role", "meta")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Groups decided"))
        self.view = _List(theme)
        self.view.setModel(self.model)
        self.view.selectionModel().currentRowChanged.connect(self._current_changed)
        self._empty = QLabel()
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._empty.setContentsMargins(Space.L, Space.XL, Space.L, 0)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        for change in (self.model.modelReset, self.model.decided_changed):
            change.connect(self._tell)
        self._lay_out()
        self._tell()

    @property
    def current_row(self) -> int:
        """The chosen group, -1 for none."""
        return self.view.currentIndex().row()

    @property
    def shown(self) -> Shown:
        return Shown(self._shown.currentData())

    @property
    def text(self) -> str:
        return self._text.text().strip()

    def set_shown(self, shown: Shown) -> None:
        """Show a choice made elsewhere; nothing is emitted."""
        self._shown.setCurrentIndex(list(Shown).index(shown))

    def show_listing(self, listing: GroupListing) -> None:
        """List these groups; the list stays where it was scrolled to as far as it can."""
        bar = self.view.verticalScrollBar()
        place = bar.value()
        self.model.set_listing(listing)
        bar.setValue(place)

    def choose(self, row: int) -> None:
        """Go to a group; ``group_chosen`` follows where it is another one."""
        index = self.model.index(row)
        if index.isValid():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.view.selectionModel().setCurrentIndex(index, flags)
            self.view.scrollTo(index)

    def set_empty_words(self, words: str) -> None:
        """Why nothing is listed."""
        self._empty.setText(words)

    def focus_text(self) -> None:
        """Begin to type words."""
        self._text.setFocus()
        self._text.selectAll()

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        head.setSpacing(Space.S)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self._shown)
        row.addWidget(self._count, 1, Qt.AlignmentFlag.AlignRight)
        head.addLayout(row)
        head.addWidget(self._text)
        foot = QVBoxLayout()
        foot.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        foot.setSpacing(Space.XS)
        foot.addWidget(self._progress)
        foot.addWidget(self._bar)
        line = QFrame()
        line.setProperty("role", "hairline")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        column.addWidget(line)
        column.addLayout(foot)

    @Slot()
    def _tell(self) -> None:
        """How many, and how far it is decided."""
        model = self.model
        count = model.rowCount()
        self._stack.setCurrentIndex(0 if count else 1)
        self._count.setText(groups_text(count))
        self._progress.setText(progress_text(model.decided, model.total))
        self._bar.setRange(0, max(1, model.total))
        self._bar.setValue(model.decided)

    @Slot(int)
    def _choose_shown(self, _place: int) -> None:
        self.shown_changed.emit(self.shown)

    @Slot()
    def _typed(self) -> None:
        self.text_changed.emit(self.text)

    @Slot(str)
    def _cleared(self, text: str) -> None:
        if not text:
            self._typing.stop()
            self.text_changed.emit("")

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.group_chosen.emit(current.row())


class _List(QTableView):
    """Rows of one height. A table, because a list view lays out every row anew whenever one of
    them changes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._delegate = GroupDelegate(theme, self)
        self.setItemDelegate(self._delegate)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT // 3)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Groups of likely duplicates"))
        theme.changed.connect(self.viewport().update)

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        self._delegate.begin_frame()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Left, right and space belong to the review.
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space):
            event.ignore()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are verdicts here."""
