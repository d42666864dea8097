"""Selected rows as numbers, without making an index object for each of half a million."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QItemSelection, QItemSelectionModel

from desktop_app.domain.images import IdArray


def selected_rows(selection: QItemSelection) -> IdArray:
    """The rows that are at least partly selected, ascending."""
    parts = [
        np.arange(part.top(), part.bottom() + 1, dtype=np.int64) for part in selection.toList()
    ]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)


def select_rows(selection_model: QItemSelectionModel, rows: IdArray) -> None:
    """Select exactly these rows (ascending), whole, as few ranges."""
    model: QAbstractItemModel = selection_model.model()
    right = model.columnCount() - 1
    chosen = QItemSelection()
    for run in np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1):
        if len(run):
            chosen.select(model.index(int(run[0]), 0), model.index(int(run[-1]), right))
    selection_model.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
