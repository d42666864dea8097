"""Hard pairs, and what can be done about them: often a label is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.duplicates import Verdict
from desktop_app.services.learning.looking import Riddle
from desktop_app.ui.duplicates.words import VERDICT_ICONS, VERDICT_KEYS, verdict_word
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.learning.riddles_model import card_text
from desktop_app.ui.learning.riddles_view import RiddlesView
from desktop_app.ui.pane_actions import mode_button
from desktop_app.ui.product_text import count_text
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

SAYABLE = (Verdict.SAME, Verdict.VARIANT, Verdict.DIFFERENT)


class RiddlesPane(QWidget):
    """Signals: ``products_wanted`` (product ids) to be listed, ``product_wanted`` (product id)
    whose fields are to be looked at, ``verdict_given`` (Riddle, Verdict or None to take it
    back), ``removal_wanted`` (picture id) of a picture that is not of its product."""

    products_wanted = Signal(object)
    product_wanted = Signal(object)
    verdict_given = Signal(object, object)
    removal_wanted = Signal(int)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._riddles: tuple[Riddle, ...] = ()
        self._is_read_only = False
        self.view = RiddlesView(theme, thumbnails)
        self.view.opened.connect(self._open)
        self.view.menu_wanted.connect(self._show_menu)
        self.far = mode_button(theme.icons.icon("columns-2"), "", "")
        self.near = mode_button(theme.icons.icon("copy"), "", "")
        self._group = QButtonGroup(self)
        for button in (self.far, self.near):
            self._group.addButton(button)
            button.clicked.connect(self._fill)
        self.far.setChecked(True)
        self._about = QLabel()
        self._about.setProperty("role", "meta")
        self._about.setWordWrap(True)
        self._both = QPushButton(self.tr("&Open both"))
        self._both.setToolTip(self.tr("List the products of the pair (Return)"))
        self._both.clicked.connect(self._open_current)
        self.fix = QPushButton(self.tr("&Fix"))
        self.fix.setToolTip(self.tr("Say what is true of this pair, or take a picture out"))
        self.fix.clicked.connect(self._show_fixes)
        self._none = EmptyState(theme, icon="circle-check", title="", text="")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._none)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.view.riddles.modelReset.connect(self._current_changed)
        self._lay_out()
        for verdict in SAYABLE:
            shortcut = QShortcut(QKeySequence(VERDICT_KEYS[verdict]), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self._say_of_current, verdict))
        self.show_riddles(())

    def show_riddles(self, riddles: Sequence[Riddle]) -> None:
        """Show these; the chosen one stays chosen where it is among them."""
        before = self.view.current
        self._riddles = tuple(riddles)
        far = sum(riddle.pair.is_same for riddle in self._riddles)
        words = self.tr("One product, far apart ({0})").format(count_text(far))
        self.far.setText(words)
        self.far.setToolTip(self.tr("Pictures of one product that still do not look alike"))
        near = len(self._riddles) - far
        self.near.setText(self.tr("Two products, near ({0})").format(count_text(near)))
        self.near.setToolTip(self.tr("Pictures of two products, nearer than any of their own"))
        if not far and near:
            self.near.setChecked(True)
        self._fill()
        if before is not None:
            self._choose(before)

    def set_read_only(self, is_read_only: bool) -> None:
        """Nothing can be fixed in a catalogue that cannot be written."""
        self._is_read_only = is_read_only
        self._current_changed()

    def menu(self, riddle: Riddle) -> QMenu:
        """What can be done with a pair."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open both"), partial(self._open, riddle))
        seen = set()
        for card in (riddle.card_a, riddle.card_b):
            if card is not None and card.id not in seen:
                seen.add(card.id)
                words = self.tr("Fields of {0}").format(card.sku)
                menu.addAction(words, partial(self.product_wanted.emit, card.id))
        menu.addSeparator()
        self._add_fixes(menu, riddle)
        return menu

    def _add_fixes(self, menu: QMenu, riddle: Riddle) -> None:
        """A picture of one product is taken out; of two products a verdict is given."""
        icons = self._theme.icons
        if riddle.pair.product_a == riddle.pair.product_b:
            for number, picture in enumerate((riddle.picture_a, riddle.picture_b)):
                words = (
                    self.tr("Take the first picture out of {0}")
                    if number == 0
                    else self.tr("Take the second picture out of {0}")
                )
                action = menu.addAction(
                    icons.icon("image-off"),
                    words.format(riddle.card_a.sku if riddle.card_a else ""),
                    partial(self.removal_wanted.emit, picture),
                )
                action.setEnabled(picture > 0 and not self._is_read_only)
            return
        for verdict in SAYABLE:
            action = menu.addAction(
                icons.icon(VERDICT_ICONS[verdict]),
                f"{verdict_word(verdict)}\t{VERDICT_KEYS[verdict]}",
                partial(self.verdict_given.emit, riddle, verdict),
            )
            action.setCheckable(True)
            action.setChecked(riddle.verdict is verdict)
            action.setEnabled(riddle.key is not None and not self._is_read_only)
        if riddle.verdict is not None:
            back = menu.addAction(
                icons.icon("undo"),
                self.tr("Take back what was said"),
                partial(self.verdict_given.emit, riddle, None),
            )
            back.setEnabled(not self._is_read_only)

    @Slot()
    def _fill(self) -> None:
        is_far = self.far.isChecked()
        listed = [riddle for riddle in self._riddles if riddle.pair.is_same is is_far]
        self.view.riddles.set_things(listed)
        self._about.setText(
            self.tr(
                "Is one of the two in the wrong place? Take it out, or open the product. "
                "Otherwise a view between them helps."
            )
            if is_far
            else self.tr(
                "Are they one product listed twice, or variants? Say so, and learn again: wrong "
                "labels hold learning back most."
            )
        )
        self._stack.setCurrentIndex(0 if listed else 1)
        self._none.set_words(
            self.tr("Nothing hard here"),
            self.tr("No pair of this sort stands out among the products that were tested."),
        )
        if listed:
            self.view.setCurrentIndex(self.view.riddles.index(0))

    def _choose(self, riddle: Riddle) -> None:
        model = self.view.riddles
        for row in range(model.rowCount()):
            if model.thing(row).pair == riddle.pair:
                self.view.setCurrentIndex(model.index(row))
                return

    @Slot()
    def _current_changed(self) -> None:
        riddle = self.view.current
        self._both.setEnabled(riddle is not None)
        self.fix.setEnabled(riddle is not None and not self._is_read_only)
        if riddle is not None:
            self.view.setAccessibleDescription(
                f"{card_text(riddle.card_a)}, {card_text(riddle.card_b)}"
            )

    @Slot(object)
    def _open(self, riddle: Riddle) -> None:
        cards = (riddle.card_a, riddle.card_b)
        ids = tuple(dict.fromkeys(card.id for card in cards if card is not None))
        if ids:
            self.products_wanted.emit(ids)

    @Slot()
    def _open_current(self) -> None:
        if (riddle := self.view.current) is not None:
            self._open(riddle)

    def _say_of_current(self, verdict: Verdict) -> None:
        riddle = self.view.current
        is_of_two = riddle is not None and riddle.pair.product_a != riddle.pair.product_b
        if riddle is not None and is_of_two and riddle.key and not self._is_read_only:
            self.verdict_given.emit(riddle, verdict)

    @Slot(object, QPoint)
    def _show_menu(self, riddle: Riddle, where: QPoint) -> None:
        self.menu(riddle).popup(where)

    @Slot()
    def _show_fixes(self) -> None:
        riddle = self.view.current
        if riddle is not None:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._add_fixes(menu, riddle)
            menu.popup(self.fix.mapToGlobal(QPoint(0, self.fix.height())))

    def _lay_out(self) -> None:
        modes = QHBoxLayout()
        modes.setSpacing(Space.XS)
        for button in (self.far, self.near):
            modes.addWidget(button)
        modes.addStretch(1)
        modes.addWidget(self._both)
        modes.addWidget(self.fix)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.S, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(modes)
        column.addWidget(self._about)
        column.addWidget(self._stack, 1)
