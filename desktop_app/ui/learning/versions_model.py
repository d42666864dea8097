"""What was learned, as rows: the newest first, and the model as it came last."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from desktop_app.domain.learned_models import LearnedModel
from desktop_app.ui.learning.words import (
    date_text,
    gain_of,
    recipe_title,
    signed,
    version_name,
)
from desktop_app.ui.product_text import NO_VALUE, count_text
from desktop_app.workers.learning import Versions

Index = QModelIndex | QPersistentModelIndex

NAME, STATE, DATE, RECIPE, PRODUCTS, GAIN, PARENT, NOTE = range(8)
IS_ACTIVE = Qt.ItemDataRole.UserRole


class VersionsModel(QAbstractTableModel):
    """Signals: ``note_edited`` (version, text)."""

    note_edited = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models: tuple[LearnedModel | None, ...] = (None,)
        self._active = ""
        self._texts = self._all_texts()
        self.is_read_only = False

    def set_versions(self, versions: Versions) -> None:
        """Show these instead."""
        models = (*reversed(versions.models), None)
        if (models, versions.active) == (self._models, self._active):
            return
        self.beginResetModel()
        self._models, self._active = models, versions.active
        self._texts = self._all_texts()
        self.endResetModel()

    def version(self, row: int) -> str:
        """The version of a row, '' for the model as it came."""
        model = self._models[row]
        return model.version if model is not None else ""

    def model(self, row: int) -> LearnedModel | None:
        """That of a row, None for the model as it came."""
        return self._models[row]

    def row_of(self, version: str) -> int:
        """Where a version stands; -1 where there is none such."""
        return next((row for row in range(len(self._models)) if self.version(row) == version), -1)

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt calls it
        return 0 if parent.isValid() else len(self._models)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 8

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                self.tr("Version"),
                "",
                self.tr("Learned"),
                self.tr("How"),
                self.tr("Products"),
                self.tr("Gain"),
                self.tr("Came after"),
                self.tr("Note"),
            )[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return {
                GAIN: self.tr("Points of Recall@1 on products it never saw"),
                PARENT: self.tr("The version that was in use when it was learned"),
            }.get(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            is_figure = section in (PRODUCTS, GAIN)
            side = Qt.AlignmentFlag.AlignRight if is_figure else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        is_editable = index.column() == NOTE and self._models[index.row()] is not None
        return (
            flags | Qt.ItemFlag.ItemIsEditable if is_editable and not self.is_read_only else flags
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        model = self._models[row]
        is_active = self.version(row) == self._active
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._texts[row][column]
            case Qt.ItemDataRole.TextAlignmentRole if column in (PRODUCTS, GAIN):
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.EditRole if model is not None and column == NOTE:
                return model.note
            case Qt.ItemDataRole.ToolTipRole if model is not None:
                return model.note if column == NOTE and model.note else model.reason
        return is_active if role == IS_ACTIVE else None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        model = self._models[index.row()]
        if role != Qt.ItemDataRole.EditRole or model is None or str(value) == model.note:
            return False
        self.note_edited.emit(model.version, str(value))
        return True

    def _all_texts(self) -> list[tuple[str, ...]]:
        """Of every row: a table asks for each of them many times."""
        return [self._texts_of(model) for model in self._models]

    def _texts_of(self, model: LearnedModel | None) -> tuple[str, ...]:
        is_active = (model.version if model is not None else "") == self._active
        is_refused = model is not None and not model.is_offered
        state = self.tr("not offered") if is_refused else ""
        if is_active:
            state = self.tr("in use")
        if model is None:
            return (version_name(""), state, *[""] * 6)
        gain = gain_of(model)
        return (
            version_name(model.version),
            state,
            date_text(model.made_at),
            recipe_title(model.recipe),
            count_text(model.n_products),
            signed(gain) if gain is not None else NO_VALUE,
            version_name(model.parent),
            model.note,
        )
