"""Why a product was found: the panel beside the results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.evidence import Channel, ChannelWeights, Explanation, HitEvidence
from desktop_app.ui.confidence_pill import ConfidenceLabel
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.evidence_bars import EvidenceBars
from desktop_app.ui.evidence_pictures import EvidencePictures
from desktop_app.ui.evidence_text import channel_lines
from desktop_app.ui.product_text import rich_text, score_explanation
from desktop_app.ui.theme import ICON_SIZE, Space, Theme

QWIDGETSIZE_MAX = 16777215
HEADER = 38
PICTURES_LEAST = 150


@dataclass(frozen=True, slots=True, eq=False)
class ExplainedHit:
    """A hit as the panel shows it at once, before it is looked at closely. ``trust`` is that of
    the query's analysis."""

    product_id: int
    title: str
    score: float
    evidence: HitEvidence
    weights: ChannelWeights
    trust: Mapping[Channel, float]

    @property
    def is_steered(self) -> bool:
        return self.weights != ChannelWeights()


class EvidencePanel(QWidget):
    """Tells of one hit what each channel says, and shows it; folds to its heading.

    Signals: ``expanded_changed`` (whether it is open) by a person; ``enlarge_requested``.
    """

    expanded_changed = Signal(bool)
    enlarge_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hit: ExplainedHit | None = None
        self._is_expanded = True
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Why this matched"))
        self._fold = QToolButton()
        self._fold.setIconSize(ICON_SIZE)
        self._fold.clicked.connect(self._toggle)
        self._enlarge = QToolButton()
        self._enlarge.setIcon(theme.icons.icon("maximize-2"))
        self._enlarge.setIconSize(ICON_SIZE)
        self._enlarge.setToolTip(self.tr("Show larger"))
        self._enlarge.setAccessibleName(self.tr("Show larger"))
        self._enlarge.clicked.connect(self.enlarge_requested)
        heading = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        heading.setProperty("role", "title")
        heading.set_text(self.tr("Why this matched"))
        header = QWidget()
        header.setFixedHeight(HEADER)
        row = QHBoxLayout(header)
        row.setContentsMargins(Space.M, Space.XS, Space.S, Space.XS)
        row.setSpacing(Space.XS)
        row.addWidget(heading, 1)
        row.addWidget(self._enlarge)
        row.addWidget(self._fold)
        self._title = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._title.setFont(theme.font(semibold=True))
        self._pill = ConfidenceLabel(theme)
        self.bars = EvidenceBars(theme)
        self.pictures = EvidencePictures(theme)
        self.pictures.setMinimumHeight(PICTURES_LEAST)
        self._empty = QLabel()
        self._empty.setProperty("role", "meta")
        self._empty.setWordWrap(True)
        self._area = self._make_body()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(_hairline())
        column.addWidget(header)
        column.addWidget(self._area, 1)
        self.clear()
        self._dress_fold()

    @property
    def is_expanded(self) -> bool:
        return self._is_expanded

    @property
    def hit(self) -> ExplainedHit | None:
        """What is told of; None where nothing is."""
        return self._hit

    def set_expanded(self, is_expanded: bool) -> None:
        """Open, or fold to the heading; nothing is emitted."""
        if is_expanded != self._is_expanded:
            self._is_expanded = is_expanded
            self._dress_fold()

    def show_hit(self, hit: ExplainedHit) -> None:
        """Tell what is known at once; pictures of another hit go."""
        is_same = self._hit is not None and self._hit.product_id == hit.product_id
        self._hit = hit
        self._title.set_text(hit.title)
        words = score_explanation(hit.score, hit.evidence, is_steered=hit.is_steered)
        self._pill.set_score(hit.score, rich_text(words))
        self.bars.show_lines(channel_lines(hit.evidence, weights=hit.weights, trust=hit.trust))
        if not is_same:
            self.pictures.setEnabled(False)
            self.pictures.set_pictures(None, None)
            self.pictures.points.set_match(None)
        self._show_body(True)

    def show_explanation(self, explanation: Explanation) -> None:
        """What a closer look at the hit gave; ignored where it is about another one."""
        hit = self._hit
        if hit is None or hit.product_id != explanation.product_id:
            return
        lines = channel_lines(
            explanation.evidence, explanation, weights=hit.weights, trust=hit.trust
        )
        self.bars.show_lines(lines)
        self.pictures.setEnabled(True)
        self.pictures.show_explanation(explanation)

    def clear(self, words: str = "") -> None:
        """Nothing is told of, for the reason given."""
        self._hit = None
        self._empty.setText(words or self.tr("Choose a result to see what speaks for it."))
        self._show_body(False)

    def _show_body(self, is_hit: bool) -> None:
        for part in (self._title, self.bars, self.pictures):
            part.setVisible(is_hit)
        if not is_hit:
            self._pill.set_score(None)
        self._enlarge.setEnabled(is_hit)
        self._empty.setVisible(not is_hit)

    def _make_body(self) -> QScrollArea:
        body = QWidget()
        body.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(self._title, 1)
        line.addWidget(self._pill)
        column = QVBoxLayout(body)
        column.setContentsMargins(Space.M, 0, Space.M, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(self._empty)
        column.addLayout(line)
        column.addWidget(self.bars)
        column.addWidget(self.pictures, 1)
        column.addStretch(0)
        area = QScrollArea()
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    @Slot()
    def _toggle(self) -> None:
        self.set_expanded(not self._is_expanded)
        self.expanded_changed.emit(self._is_expanded)

    def _dress_fold(self) -> None:
        is_open = self._is_expanded
        self._area.setVisible(is_open)
        self._enlarge.setVisible(is_open)
        tip = self.tr("Fold (W)") if is_open else self.tr("Show what speaks for a match (W)")
        self._fold.setIcon(self._theme.icons.icon("chevron-down" if is_open else "chevron-up"))
        self._fold.setToolTip(tip)
        self._fold.setAccessibleName(tip)
        self.setMinimumHeight(HEADER + 1)
        self.setMaximumHeight(QWIDGETSIZE_MAX if is_open else HEADER + 1)


def _hairline() -> QWidget:
    line = QWidget()
    line.setProperty("role", "hairline")
    line.setFixedHeight(1)
    return line
