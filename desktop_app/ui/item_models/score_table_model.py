"""The rankings of a scorecard as a table: one row each, one column a figure."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import (
    QAbstractTableModel,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from desktop_app.domain.evidence import CHANNELS
from desktop_app.domain.metrics import RankingScores
from desktop_app.domain.scorecards import FUSED
from desktop_app.ui.product_text import channel_name

Index = QModelIndex | QPersistentModelIndex

VALUE = Qt.ItemDataRole.UserRole
IS_BEST = Qt.ItemDataRole.UserRole + 1
FIGURES = ("recall_at_1", "recall_at_5", "recall_at_10", "precision_at_5", "map")


class ScoreTableModel(QAbstractTableModel):
    """What a search shows comes first, then each channel alone. VALUE is the figure in [0, 1],
    IS_BEST whether it is the best of its column."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, RankingScores]] = []
        self._best: dict[str, float] = {}

    def set_scores(self, scores: Mapping[str, RankingScores]) -> None:
        """Show these, by FUSED and the names of channels."""
        self.beginResetModel()
        order = (FUSED, *(channel.value for channel in CHANNELS))
        self._rows = [(name, scores[name]) for name in order if name in scores]
        self._rows += [entry for entry in scores.items() if entry[0] not in order]
        self._best = {
            figure: max(getattr(scored, figure) for _, scored in self._rows)
            for figure in FIGURES
            if self._rows
        }
        self.endResetModel()

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(FIGURES) + 1

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        heading = self._headings()[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return heading[0]
        if role == Qt.ItemDataRole.ToolTipRole:
            return heading[1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        name, scores = self._rows[index.row()]
        if index.column() == 0:
            return self._name(name) if role == Qt.ItemDataRole.DisplayRole else None
        figure = FIGURES[index.column() - 1]
        value = float(getattr(scores, figure))
        answers: dict[int, object] = {
            Qt.ItemDataRole.DisplayRole: share_text(value),
            Qt.ItemDataRole.TextAlignmentRole: (
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            ),
            VALUE: value,
            IS_BEST: value >= self._best[figure] and len(self._rows) > 1,
        }
        return answers.get(role)

    def _name(self, name: str) -> str:
        if name == FUSED:
            return self.tr("All together")
        known = {channel.value: channel_name(channel) for channel in CHANNELS}
        return self.tr("{0} alone").format(known.get(name, name))

    def _headings(self) -> tuple[tuple[str, str], ...]:
        return (
            (self.tr("Ranked by"), ""),
            (self.tr("Recall@1"), self.tr("How often the right product came first")),
            (self.tr("Recall@5"), self.tr("How often it was among the first five")),
            (self.tr("Recall@10"), self.tr("How often it was among the first ten")),
            (self.tr("Precision@5"), self.tr("The share of right ones among the first five")),
            (
                self.tr("mAP"),
                self.tr("Mean average precision: how far at the front all right ones stood"),
            ),
        )


def share_text(value: float) -> str:
    """A share in [0, 1] in per cent with one decimal."""
    return f"{QLocale().toString(float(value) * 100, 'f', 1)} %"
