"""The query and some of its results side by side, seen at the same place and size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.evidence import Channel, HitEvidence
from desktop_app.domain.products import CORE_COLUMNS, Column, ProductCard
from desktop_app.ui.confidence_pill import ConfidenceLabel
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.evidence_text import SHOWN_ORDER, channel_lines
from desktop_app.ui.fields_grid import LABEL_WIDTH, FieldsGrid, empty_grid
from desktop_app.ui.picture_view import PictureView, ViewPosition
from desktop_app.ui.product_text import (
    channel_name,
    rich_text,
    score_explanation,
)
from desktop_app.ui.theme import Space, Theme

MAX_COMPARED = 4
FULL_SIDE = 2048
FIELDS_HEIGHT = 190


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One column of the comparison: the query (``card`` None unless it is a product), or a
    result. ``picture`` is what is at hand; a sharper one is asked for by the card's path.
    """

    title: str
    card: ProductCard | None = None
    score: float | None = None
    evidence: HitEvidence | None = None
    picture: QImage | QPixmap | None = None


class CompareWindow(QWidget):
    """Two to four pictures with linked zoom, their fields below, differences marked.

    Signals: ``picture_requested`` (path, longest side in pixels), answered by
    :meth:`set_picture` or :meth:`set_picture_problem`.
    """

    picture_requested = Signal(str, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._theme = theme
        self._columns: tuple[Column, ...] = CORE_COLUMNS
        self._compared: tuple[Compared, ...] = ()
        self._views: list[PictureView] = []
        self.setWindowTitle(self.tr("Compare"))
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.resize(1080, 720)
        self._linked = QCheckBox(self.tr("Zoom together"))
        self._linked.setChecked(True)
        self._linked.setToolTip(self.tr("Zooming or moving one picture does so for all"))
        self._only_differences = QCheckBox(self.tr("Only differences"))
        self._only_differences.toggled.connect(self._fill_fields)
        bar = QHBoxLayout()
        bar.setSpacing(Space.XS)
        for name, tip, slot in (
            ("maximize", self.tr("Show the whole pictures (0)"), self.fit),
            ("scaling", self.tr("Full size, pixel by pixel (1)"), self.full_size),
        ):
            button = QToolButton()
            button.setIcon(theme.icons.icon(name))
            button.setIconSize(QSize(16, 16))
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(slot)
            bar.addWidget(button)
        bar.addSpacing(Space.S)
        bar.addWidget(self._linked)
        bar.addStretch()
        bar.addWidget(self._only_differences)
        self._pictures = QGridLayout()
        self._pictures.setSpacing(Space.S)
        self._fields = FieldsGrid()
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._fields)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFixedHeight(FIELDS_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.M)
        column.addLayout(bar)
        column.addLayout(self._pictures, 1)
        column.addWidget(self._scroll)

    def set_extra_columns(self, columns: Sequence[Column]) -> None:
        """The catalogue's own columns, compared after the core ones."""
        self._columns = (*CORE_COLUMNS, *columns)

    def compare(self, compared: Sequence[Compared]) -> None:
        """Show these, at most four, the query first; raises ValueError for none."""
        if not compared:
            raise ValueError("nothing to compare")
        self._compared = tuple(compared[:MAX_COMPARED])
        empty_grid(self._pictures)
        self._views = []
        for place, item in enumerate(self._compared):
            view = PictureView(self._theme)
            view.setAccessibleName(item.title)
            view.set_picture(item.picture)
            view.position_changed.connect(self._follow)
            self._views.append(view)
            self._pictures.addLayout(self._heading(item), 0, place + 1)
            self._pictures.addWidget(view, 1, place + 1)
            self._pictures.setColumnStretch(place + 1, 1)
        # A column with nothing in it gets no spacing of its own.
        self._pictures.setColumnMinimumWidth(0, LABEL_WIDTH + Space.S)
        self._pictures.setRowStretch(1, 1)
        self._fill_fields()
        self._views[0].setFocus()
        for item in self._compared:
            if item.card is not None and item.card.main_picture_path:
                self.picture_requested.emit(item.card.main_picture_path, FULL_SIDE)

    def set_picture(self, path: str, image: QImage) -> None:
        """The full picture of every column that shows this file."""
        for view in self._views_of(path):
            view.set_picture(image, keep_position=True)

    def set_picture_problem(self, path: str, words: str) -> None:
        """Why the picture cannot be shown; a thumbnail at hand stays."""
        for view in self._views_of(path):
            if not view.has_picture:
                view.set_message(words)

    @property
    def views(self) -> Sequence[PictureView]:
        """The pictures, left to right."""
        return tuple(self._views)

    @Slot()
    def fit(self) -> None:
        """Show all pictures whole."""
        for view in self._views:
            view.fit()

    @Slot()
    def full_size(self) -> None:
        """Show the pictures pixel by pixel: all at the first one's zoom while linked."""
        for view in self._views[:1] if self._linked.isChecked() else self._views:
            view.full_size()

    def _views_of(self, path: str) -> list[PictureView]:
        return [
            view
            for view, item in zip(self._views, self._compared, strict=True)
            if item.card is not None and item.card.main_picture_path == path
        ]

    @Slot(object)
    def _follow(self, position: ViewPosition) -> None:
        if self._linked.isChecked():
            for view in self._views:
                if view is not self.sender():
                    view.set_position(position)

    def _heading(self, item: Compared) -> QHBoxLayout:
        row = QHBoxLayout()
        title = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        title.setProperty("role", "title")
        title.set_text(item.title)
        row.addWidget(title, 1)
        if item.score is not None:
            match = ConfidenceLabel(self._theme)
            match.set_score(item.score, rich_text(score_explanation(item.score, item.evidence)))
            row.addWidget(match)
        return row

    @Slot()
    def _fill_fields(self) -> None:
        """What each channel says of the results, then one line per field of the products."""
        self._fields.clear()
        self._fill_evidence()
        cards = [item.card for item in self._compared]
        self._fields.add_products(
            cards, self._columns, only_differences=self._only_differences.isChecked()
        )
        self._scroll.setVisible(any(card is not None for card in cards))

    def _fill_evidence(self) -> None:
        said = [
            {} if item.evidence is None else _words_by_channel(item.evidence)
            for item in self._compared
        ]
        spoke = [channel for channel in SHOWN_ORDER if any(channel in words for words in said)]
        for channel in spoke:
            label = self.tr("Match: {0}").format(channel_name(channel).lower())
            values = [{label: words[channel]} if channel in words else {} for words in said]
            shown = [
                None if item.evidence is None else value
                for item, value in zip(self._compared, values, strict=True)
            ]
            self._fields.add_line(label, shown, differs=False)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)


def _words_by_channel(evidence: HitEvidence) -> dict[Channel, str]:
    """Only of the channels that said something."""
    return {
        line.channel: line.words
        for line in channel_lines(evidence)
        if line.channel in evidence.readings
    }
