"""Selected rows as numbers, without making an index object for each of half a million."""

from __future__ import annotations

import itertools

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QItemSelection, QItemSelectionModel

from desktop_app.domain.images import IdArray


def selected_rows(selection: QItemSelection) -> IdArray:
    """The rows that are at least partly selected, ascending."""
    if selection.isEmpty():
        return np.empty(0, np.int64)
    parts = sorted((part.top(), part.bottom()) for part in selection.toList())
    rows = np.concatenate([np.arange(top, bottom + 1, dtype=np.int64) for top, bottom in parts])
    if any(top <= before for (_, before), (top, _) in itertools.pairwise(parts)):
        rows.sort()
        rows = rows[np.flatnonzero(np.diff(rows, prepend=-1))]
    return rows


def select_rows(selection_model: QItemSelectionModel, rows: IdArray) -> None:
    """Select exactly these rows (ascending), whole, as few ranges."""
    model: QAbstractItemModel = selection_model.model()
    right = model.columnCount() - 1
    chosen = QItemSelection()
    for run in np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1):
        if len(run):
            chosen.select(model.index(int(run[0]), 0), model.index(int(run[-1]), right))
    selection_model.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
