"""One group of a plan: which product is kept, what it says afterwards, and its pictures."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.domain.resolving import GroupPlan
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.product_text import count_text
from desktop_app.ui.resolving.fields_table import FieldsTable
from desktop_app.ui.resolving.picture_strip import PictureStrip
from desktop_app.ui.resolving.product_heads import ProductHeads
from desktop_app.ui.resolving.words import decided_text
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.resolving import Proposal
from desktop_app.workers.thumbnail_loader import ThumbnailLoader


class GroupDetail(QWidget):
    """Signals: ``keep_wanted`` (product id), ``value_chosen`` (column name, product id)."""

    keep_wanted = Signal(object)
    value_chosen = Signal(str, object)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._proposal: Proposal | None = None
        self._group: GroupPlan | None = None
        self._title = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._title.setProperty("role", "title")
        self._only = QCheckBox(self.tr("Only &differences"))
        self._only.toggled.connect(self._fill_table)
        self._warnings = QLabel()
        self._warnings.setProperty("role", "warn")
        self._warnings.setWordWrap(True)
        self._heads = ProductHeads(theme, thumbnails)
        self._heads.keep_wanted.connect(self.keep_wanted)
        self._table = FieldsTable(theme)
        self._table.value_chosen.connect(self.value_chosen)
        self._table.horizontalScrollBar().valueChanged.connect(self._heads.scroll_to)
        self._moved = PictureStrip(theme, thumbnails, self.tr("Pictures taken over"))
        self._left = PictureStrip(theme, thumbnails, self.tr("Pictures not needed"))
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._only)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(top)
        column.addWidget(self._warnings)
        column.addWidget(self._heads)
        column.addWidget(self._table, 1)
        column.addWidget(self._moved)
        column.addWidget(self._left)
        self.show_group(None, None)

    @property
    def group(self) -> GroupPlan | None:
        return self._group

    def show_group(
        self, proposal: Proposal | None, group: GroupPlan | None, *, is_chosen: bool = False
    ) -> None:
        """Show a group of a proposal, or nothing; ``is_chosen`` where a person chose the kept
        product."""
        self._proposal, self._group = proposal, group
        self._fill_table()
        self._heads.set_products(self._table.fields.products)
        for strip, pictures in (
            (self._moved, group.moved if group is not None else ()),
            (self._left, group.left if group is not None else ()),
        ):
            strip.set_pictures(pictures)
        warnings = group.warnings if group is not None else ()
        self._warnings.setText("\n".join(warnings))
        self._warnings.setVisible(bool(warnings))
        self.setEnabled(group is not None)
        if group is None or proposal is None:
            self._title.set_text("")
            return
        sku = proposal.products[group.keep_id].fields.sku
        reason = decided_text(group.decided_by, is_chosen=is_chosen)
        words = self.tr("{0} stays: {1}").format(sku, reason)
        if (conflicts := len(group.conflicts)) > 0:
            differ = (
                self.tr("1 field differs")
                if conflicts == 1
                else self.tr("{0} fields differ").format(count_text(conflicts))
            )
            words = f"{words} · {differ}"
        self._title.set_text(words)

    @Slot()
    def _fill_table(self) -> None:
        proposal = self._proposal
        bar = self._table.horizontalScrollBar()
        kept_at, current = bar.value(), self._table.currentIndex()
        self._table.fields.set_group(
            self._group,
            {} if proposal is None else proposal.products,
            () if proposal is None else proposal.columns,
            only_differences=self._only.isChecked(),
        )
        bar.setValue(kept_at)
        again = self._table.fields.index(current.row(), current.column())
        if current.isValid() and again.isValid():
            self._table.setCurrentIndex(again)
