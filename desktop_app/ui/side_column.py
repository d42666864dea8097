"""The column on the right: the query or the product, and why a result matched below it."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Signal, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.ui.evidence_panel import EvidencePanel

PAGES_SHARE, EVIDENCE_SHARE = 440, 400


class SideColumn(QWidget):
    """Shows one of several pages and, below it while a search is shown, the evidence.

    In a narrow window, where the query is a strip above the results, the evidence has the
    column to itself, once it was asked for. Signals: ``why_changed`` (whether the evidence is
    wanted at the present width).
    """

    why_changed = Signal(bool)

    def __init__(
        self, pages: tuple[QWidget, ...], evidence: EvidencePanel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.pages = QStackedWidget()
        for page in pages:
            self.pages.addWidget(page)
        self._evidence = evidence
        self._is_narrow = False
        self._wanted = {True: False, False: True}
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.pages)
        self._splitter.addWidget(evidence)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([PAGES_SHARE, EVIDENCE_SHARE])
        evidence.hide()
        evidence.expanded_changed.connect(self.want_why)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._splitter)

    @property
    def is_why_wanted(self) -> bool:
        """Whether the evidence is wanted at the present width."""
        return self._wanted[self._is_narrow]

    @property
    def is_wanted_when_wide(self) -> bool:
        """What is kept from one start to the next."""
        return self._wanted[False]

    @Slot(bool)
    def want_why(self, is_wanted: bool) -> None:
        """Open the evidence or fold it away; ``why_changed`` follows a change."""
        if is_wanted != self.is_why_wanted:
            self._wanted[self._is_narrow] = is_wanted
            self._evidence.set_expanded(is_wanted or self._is_narrow)
            self.why_changed.emit(is_wanted)

    def fit(self, *, is_search: bool, is_narrow: bool, has_evidence: bool) -> bool:
        """Arrange what belongs here now; False where that is nothing."""
        was_wanted = self.is_why_wanted
        self._is_narrow = is_narrow
        shows_pages = not (is_search and is_narrow)
        shows_why = is_search and has_evidence and (not is_narrow or self.is_why_wanted)
        self.pages.setVisible(shows_pages)
        self._evidence.setVisible(shows_why)
        self._evidence.set_expanded(self.is_why_wanted or is_narrow)
        if was_wanted != self.is_why_wanted:
            self.why_changed.emit(self.is_why_wanted)
        return shows_pages or shows_why

    def state(self) -> QByteArray:
        """How a person divided the column, for :meth:`restore`."""
        return self._splitter.saveState()

    def restore(self, state: object, *, is_why_wanted: bool) -> None:
        """Divide the column so; anything that is no such state changes nothing."""
        if isinstance(state, QByteArray):
            self._splitter.restoreState(state)
        self._wanted[False] = is_why_wanted
        self._evidence.set_expanded(self.is_why_wanted or self._is_narrow)
