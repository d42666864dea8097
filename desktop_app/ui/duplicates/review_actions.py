"""The keys of a review, as actions of the page."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop_app.domain.duplicates import VERDICTS, Verdict
from desktop_app.ui.duplicates.overlay_view import Overlay
from desktop_app.ui.duplicates.words import VERDICT_KEYS, verdict_word

MOST_NUMBERED = 9


class ReviewActions(QObject):
    """Makes the actions and adds them to ``page``, within which they are heard.

    Signals: ``verdict_given`` (Verdict), ``group_verdict_given`` (Verdict) for all open pairs of
    the group, ``undo_wanted``, ``stepped`` (1 or -1) by pairs, ``group_stepped`` (1 or -1),
    ``mode_chosen`` (Overlay, None for side by side), ``product_numbered`` (1 and on),
    ``open_wanted``, ``merge_wanted``, ``find_text_wanted``.
    """

    verdict_given = Signal(object)
    group_verdict_given = Signal(object)
    undo_wanted = Signal()
    stepped = Signal(int)
    group_stepped = Signal(int)
    mode_chosen = Signal(object)
    product_numbered = Signal(int)
    open_wanted = Signal()
    merge_wanted = Signal()
    find_text_wanted = Signal()

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._told: dict[QAction, tuple[SignalInstance, object]] = {}
        self._all: list[QAction] = []
        for verdict in VERDICTS:
            self._add(verdict_word(verdict), (VERDICT_KEYS[verdict],), self.verdict_given, verdict)
        for verdict in (Verdict.SAME, Verdict.DIFFERENT):
            words = self.tr("All open pairs of the group: {0}").format(
                verdict_word(verdict).lower()
            )
            keys = (f"Shift+{VERDICT_KEYS[verdict]}",)
            self._add(words, keys, self.group_verdict_given, verdict)
        self._add(self.tr("Take the last verdict back"), ("U",), self.undo_wanted)
        self._add(self.tr("Next pair"), ("J",), self.stepped, 1)
        self._add(self.tr("Pair before"), ("K",), self.stepped, -1)
        self._add(self.tr("Next group"), ("Shift+J", "N"), self.group_stepped, 1)
        self._add(self.tr("Group before"), ("Shift+K", "P"), self.group_stepped, -1)
        self._add(self.tr("Side by side"), ("B",), self.mode_chosen, None)
        self._add(self.tr("Flicker"), ("F",), self.mode_chosen, Overlay.FLICKER)
        self._add(self.tr("Split"), ("X",), self.mode_chosen, Overlay.SPLIT)
        self._add(self.tr("Difference"), ("A",), self.mode_chosen, Overlay.DIFFERENCE)
        for number in range(1, MOST_NUMBERED + 1):
            words = self.tr("Compare with picture {0}").format(number)
            self._add(words, (str(number),), self.product_numbered, number)
        self._add(self.tr("Show the products"), ("Return", "Enter"), self.open_wanted)
        self._add(self.tr("Merge what is the same in this group"), ("M",), self.merge_wanted)
        self._add(self.tr("Find groups by words"), ("/",), self.find_text_wanted)

    def all(self) -> list[QAction]:
        """In order, but for the numbers, which are alike."""
        return [each for each in self._all if not each.shortcut().toString().isdigit()]

    def _add(
        self, words: str, keys: tuple[str, ...], signal: SignalInstance, value: object = ...
    ) -> None:
        action = QAction(words, self._page)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(self._triggered)
        self._page.addAction(action)
        self._told[action] = (signal, value)
        self._all.append(action)

    @Slot()
    def _triggered(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        signal, value = self._told[action]
        if value is ...:
            signal.emit()
        else:
            signal.emit(value)
