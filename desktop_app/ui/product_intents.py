"""What a person wants done with the products in view."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage

from desktop_app.ui.compare_window import MAX_COMPARED
from desktop_app.ui.item_models.product_list_model import Role
from desktop_app.ui.product_actions import ProductActions
from desktop_app.ui.product_text import count_text
from desktop_app.ui.product_views import ProductViews
from desktop_app.ui.quick_look import QuickLook
from desktop_app.ui.theme import Theme

FULL_SIDE = 2048


class ProductIntents(QObject):
    """Turns keys, clicks and menus over the views into intents; copies SKUs and shows the
    quick look by itself.

    ``open_requested``, ``query_requested`` and ``shape_requested`` (ProductCard),
    ``more_like_requested`` and ``less_like_requested`` (tuple of ids), ``compare_requested``
    (tuple of one to three ProductCards), ``bookmark_requested`` (tuple of ids, whether to set it),
    ``edit_requested`` and ``remove_requested`` (tuple of ids), ``copy_requested`` (tuple of
    ids) only where not all cards are here, ``page_open_requested`` (link),
    ``reveal_requested`` (path), ``picture_requested`` (path, longest side in pixels) answered
    by :meth:`set_picture` or :meth:`set_picture_problem`, ``selection_changed`` (int64 array
    of ids).
    """

    open_requested = Signal(object)
    query_requested = Signal(object)
    shape_requested = Signal(object)
    more_like_requested = Signal(object)
    less_like_requested = Signal(object)
    compare_requested = Signal(object)
    bookmark_requested = Signal(object, bool)
    copy_requested = Signal(object)
    edit_requested = Signal(object)
    remove_requested = Signal(object)
    page_open_requested = Signal(str)
    reveal_requested = Signal(str)
    picture_requested = Signal(str, int)
    selection_changed = Signal(object)

    def __init__(self, theme: Theme, views: ProductViews, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._views = views
        self._model = views.model
        self._is_read_only = False
        self._can_refine = False
        self._quick_look: QuickLook | None = None
        self.actions = ProductActions.make(theme, views)
        actions = self.actions
        for action, slot in (
            (actions.quick_look, self._look),
            (actions.open, self._open),
            (actions.query, self._query),
            (actions.shape, self._ask_by_shape),
            (actions.more_like, self._more_like),
            (actions.less_like, self._less_like),
            (actions.bookmark, self._bookmark),
            (actions.compare, self._compare),
            (actions.copy, self._copy),
            (actions.edit, self._edit),
            (actions.open_page, self._open_page),
            (actions.reveal, self._reveal),
            (actions.remove, self._remove),
        ):
            action.triggered.connect(slot)
        views.selection_changed.connect(self._selection_moved)
        views.opened.connect(self._open)
        views.bookmark_clicked.connect(self._bookmark_row)
        views.query_clicked.connect(self._query_row)
        views.menu_requested.connect(self._show_menu)
        self._fit_actions()

    def set_read_only(self, is_read_only: bool) -> None:
        """Whether bookmarks, edits and removals are possible."""
        self._is_read_only = is_read_only
        self._fit_actions()

    def set_refinable(self, can_refine: bool) -> None:
        """Whether the products were found by a search, which can be refined by them."""
        self._can_refine = can_refine
        self._fit_actions()

    def set_picture(self, path: str, image: QImage) -> None:
        """A picture asked for by ``picture_requested``."""
        if self._quick_look is not None:
            self._quick_look.set_picture(path, image)

    def set_picture_problem(self, path: str, words: str) -> None:
        """Why a picture asked for by ``picture_requested`` cannot be had."""
        if self._quick_look is not None:
            self._quick_look.set_picture_problem(path, words)

    @property
    def quick_look(self) -> QuickLook | None:
        """The overlay, once it was opened."""
        return self._quick_look

    @property
    def _chosen_ids(self) -> tuple[int, ...]:
        """The selected products, else the current one."""
        ids = tuple(self._views.selected_ids.tolist())
        row = self._views.current_row
        return ids if ids or row < 0 else (self._model.id_at(row),)

    @Slot()
    def _selection_moved(self) -> None:
        self._fit_actions()
        self.selection_changed.emit(self._views.selected_ids)

    def _fit_actions(self) -> None:
        row = self._views.current_row
        count = max(len(self._views.selected_ids), int(row >= 0))
        self.actions.fit_to(
            count,
            self._views.current_card,
            read_only=self._is_read_only,
            can_refine=self._can_refine,
        )

    @Slot()
    def _open(self) -> None:
        if (card := self._views.current_card) is not None:
            self.open_requested.emit(card)

    @Slot()
    def _query(self) -> None:
        if (card := self._views.current_card) is not None:
            self.query_requested.emit(card)

    @Slot()
    def _ask_by_shape(self) -> None:
        if (card := self._views.current_card) is not None:
            self.shape_requested.emit(card)

    @Slot(int)
    def _query_row(self, row: int) -> None:
        if (card := self._model.card(row)) is not None:
            self.query_requested.emit(card)

    @Slot()
    def _more_like(self) -> None:
        self.more_like_requested.emit(self._chosen_ids)

    @Slot()
    def _less_like(self) -> None:
        self.less_like_requested.emit(self._chosen_ids)

    @Slot()
    def _bookmark(self) -> None:
        if (card := self._views.current_card) is not None:
            self.bookmark_requested.emit(self._chosen_ids, not card.bookmarked)

    @Slot(int)
    def _bookmark_row(self, row: int) -> None:
        card = self._model.card(row)
        if card is not None and not self._is_read_only:
            self.bookmark_requested.emit((card.id,), not card.bookmarked)

    @Slot()
    def _compare(self) -> None:
        known = (self._model.known_card(i) for i in self._chosen_ids[: MAX_COMPARED - 1])
        cards = tuple(card for card in known if card is not None)
        if cards:
            self.compare_requested.emit(cards)

    @Slot()
    def _copy(self) -> None:
        ids = self._chosen_ids
        cards = [self._model.known_card(product_id) for product_id in ids]
        if None in cards:
            self.copy_requested.emit(ids)
        else:
            skus = "\n".join(card.sku for card in cards if card is not None)
            QGuiApplication.clipboard().setText(skus)

    @Slot()
    def _edit(self) -> None:
        self.edit_requested.emit(self._chosen_ids)

    @Slot()
    def _remove(self) -> None:
        self.remove_requested.emit(self._chosen_ids)

    @Slot()
    def _open_page(self) -> None:
        if (card := self._views.current_card) is not None and card.url:
            self.page_open_requested.emit(card.url)

    @Slot()
    def _reveal(self) -> None:
        if (card := self._views.current_card) is not None and card.main_picture_path:
            self.reveal_requested.emit(card.main_picture_path)

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        menu = self.actions.menu(self._views)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    # Quick look

    @Slot()
    def _look(self) -> None:
        if self._quick_look is None:
            self._quick_look = QuickLook(self._theme, self._views.window())
            self._quick_look.moved.connect(self._look_further)
            self._quick_look.picture_wanted.connect(self._want_picture)
            self._quick_look.closed.connect(self._views.setFocus)
        self._show_in_quick_look()

    @Slot(int)
    def _look_further(self, step: int) -> None:
        row = max(0, min(self._model.rowCount() - 1, self._views.current_row + step))
        self._views.go_to(row)
        self._show_in_quick_look()

    def _show_in_quick_look(self) -> None:
        row, card = self._views.current_row, self._views.current_card
        if self._quick_look is None or card is None:
            return
        index = self._model.index(row, 0)
        place = self.tr("{0} of {1}").format(
            count_text(row + 1), count_text(self._model.rowCount())
        )
        self._quick_look.show_product(
            card,
            place=place,
            score=index.data(Role.SCORE),
            thumbnail=index.data(Qt.ItemDataRole.DecorationRole),
        )

    @Slot(str)
    def _want_picture(self, path: str) -> None:
        self.picture_requested.emit(path, FULL_SIDE)
