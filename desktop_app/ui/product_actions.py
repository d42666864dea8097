"""What can be done with the products in view: one set of actions for keys, menus and tooltips."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from desktop_app.domain.products import ProductCard
from desktop_app.ui.theme import Theme

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True, eq=False)
class ProductActions:
    """The actions, enabled and worded for the present selection by :meth:`fit_to`."""

    quick_look: QAction
    open: QAction
    query: QAction
    shape: QAction
    more_like: QAction
    less_like: QAction
    bookmark: QAction
    compare: QAction
    copy: QAction
    edit: QAction
    open_page: QAction
    reveal: QAction
    remove: QAction

    @classmethod
    def make(cls, theme: Theme, owner: QWidget) -> ProductActions:
        """Actions whose shortcuts work while the focus is inside ``owner``."""

        def action(icon: str, text: str, *keys: str) -> QAction:
            made = QAction(theme.icons.icon(icon), text, owner)
            made.setShortcuts([QKeySequence(key) for key in keys])
            made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            if keys:
                native = made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                made.setToolTip(f"{text} ({native})")
            owner.addAction(made)
            return made

        return cls(
            quick_look=action("eye", translate("ProductActions", "Quick look"), "Space"),
            open=action(
                "maximize-2", translate("ProductActions", "Open product"), "Return", "Enter"
            ),
            query=action(
                "scan-search",
                translate("ProductActions", "Search with this picture"),
                "Shift+Return",
            ),
            shape=action("shapes", translate("ProductActions", "Search by this shape"), "S"),
            more_like=action("thumbs-up", translate("ProductActions", "More like this"), "+", "="),
            less_like=action("thumbs-down", translate("ProductActions", "Less like this"), "-"),
            bookmark=action("bookmark", translate("ProductActions", "Bookmark"), "B"),
            compare=action("columns-2", translate("ProductActions", "Compare with the query"), "C"),
            copy=action("copy", translate("ProductActions", "Copy SKU"), "Ctrl+C"),
            edit=action("pencil", translate("ProductActions", "Edit fields and notes"), "F2"),
            open_page=action(
                "external-link", translate("ProductActions", "Open product page"), "Ctrl+Return"
            ),
            reveal=action(
                "folder-open", translate("ProductActions", "Show picture file in its folder")
            ),
            remove=action(
                "trash-2", translate("ProductActions", "Remove from this catalogue"), "Del"
            ),
        )

    def all(self) -> list[QAction]:
        """Every action, in the order of the menu."""
        return [getattr(self, each.name) for each in fields(self)]

    def fit_to(
        self, count: int, card: ProductCard | None, *, read_only: bool, can_refine: bool = False
    ) -> None:
        """``count`` products are selected; ``card`` is the current one, as far as known.
        ``can_refine`` where they were found by a search."""
        for each in self.all():
            each.setEnabled(count > 0)
        one = card is not None and count > 0
        self.quick_look.setEnabled(one)
        self.open.setEnabled(one)
        for each in (self.query, self.shape):
            each.setEnabled(one and bool(card and card.picture_count))
        self.open_page.setEnabled(one and bool(card and card.url))
        self.reveal.setEnabled(one and bool(card and card.main_picture_path))
        for each in (self.more_like, self.less_like):
            each.setEnabled(count > 0 and can_refine)
        for each in (self.bookmark, self.edit, self.remove):
            each.setEnabled(count > 0 and not read_only)
        is_marked = card is not None and card.bookmarked
        self.bookmark.setText(
            translate("ProductActions", "Remove bookmark")
            if is_marked
            else translate("ProductActions", "Bookmark")
        )
        self.copy.setText(
            translate("ProductActions", "Copy SKU")
            if count < 2
            else translate("ProductActions", "Copy {0} SKUs").format(count)
        )
        self.remove.setText(
            translate("ProductActions", "Remove from this catalogue")
            if count < 2
            else translate("ProductActions", "Remove {0} products from this catalogue").format(
                count
            )
        )

    def menu(self, parent: QWidget) -> QMenu:
        """A context menu; delete it when it closed."""
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        for each in self.all():
            if each in (self.bookmark, self.copy, self.remove):
                menu.addSeparator()
            menu.addAction(each)
        return menu
