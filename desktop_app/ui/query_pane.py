"""The query pane: a picture, which part of it, and every way to get one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
)
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import PICTURE_SUFFIXES, CropBox
from desktop_app.domain.masks import ObjectMask
from desktop_app.domain.search import QueryPicture, RecentQuery
from desktop_app.ui.camera_chooser import AskForVideo, ask_for_video
from desktop_app.ui.crop_editing import turned
from desktop_app.ui.drag_and_drop import (
    Declined,
    DropPlace,
    Intent,
    UsePictures,
    UseProducts,
    can_take,
    intent_of,
    pictures_from_paths,
)
from desktop_app.ui.picture_batch import MOST_TOGETHER, PictureBatch
from desktop_app.ui.query_masking import QueryMasking
from desktop_app.ui.query_pane_layout import QueryPaneLayout, Showing
from desktop_app.ui.query_tiles import QueryTiles
from desktop_app.ui.theme import Theme
from desktop_app.workers.images import to_qimage

SEARCH_AGAIN_AFTER_MS = 250
PAINTED_SEARCH_AFTER_MS = 600
"""After a stroke, which another one often follows."""

AskForPictures = Callable[[QWidget], Sequence[Path]]


def ask_for_pictures(parent: QWidget) -> Sequence[Path]:
    """Let a person choose picture files."""
    endings = " ".join(f"*{ending}" for ending in sorted(PICTURE_SUFFIXES))
    names, _ = QFileDialog.getOpenFileNames(
        parent, parent.tr("Open a picture"), "", f"{parent.tr('Pictures')} ({endings});;*"
    )
    return [Path(name) for name in names]


class QueryPane(QueryPaneLayout):
    """Where a query comes from and is cut to size.

    Signals: ``query_changed`` (QueryPicture) asks for a search, with :attr:`also` beside it: at
    once for a new picture, a moment after its crop, turn or mask was changed, answered by
    :meth:`set_mask`; ``query_cleared``; ``preview_requested`` (QueryPicture), answered by
    :meth:`set_preview` or :meth:`set_problem`; ``tile_requested`` (QueryPicture), answered by
    :meth:`set_tile`; ``products_dropped`` (tuple of product ids), answered by
    :meth:`set_query`; ``products_added`` (tuple of product ids) to the query, answered by
    :meth:`add_pictures`; ``recent_chosen`` (RecentQuery); ``recents_clear_requested``;
    ``undo_changed`` when there is more or less of the painting to undo. What counts as alike,
    proposals and refinements are told by ``likeness``, ``category`` and ``refinement``. Call
    :meth:`close_down` before the application ends.
    """

    query_changed = Signal(object)
    query_cleared = Signal()
    preview_requested = Signal(object)
    tile_requested = Signal(object)
    products_dropped = Signal(object)
    products_added = Signal(object)
    undo_changed = Signal()
    recent_chosen = Signal(object)
    recents_clear_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        feed: CameraFeed,
        *,
        ask_for_pictures: AskForPictures = ask_for_pictures,
        ask_for_video: AskForVideo = ask_for_video,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, feed, ask_for_video=ask_for_video, parent=parent)
        self._feed = feed
        self._ask_for_pictures = ask_for_pictures
        self._batch: PictureBatch | None = None
        self._tiles = QueryTiles(self.together, self)
        self._tiles.requested.connect(self.tile_requested)
        self._query: QueryPicture | None = None
        self._asked: QueryPicture | None = None
        self._from_camera = False
        self._search_again = QTimer(self)
        self._search_again.setSingleShot(True)
        self._search_again.setInterval(SEARCH_AGAIN_AFTER_MS)
        self._search_again.timeout.connect(self._tell_query)
        self.masking = QueryMasking(self.commands, self._canvas, self._mask_bar, self)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Query"))

        self._connect()
        self._show(Showing.NOTHING)

    def _connect(self) -> None:
        commands = self.commands
        commands.open.triggered.connect(self.open_pictures)
        commands.paste.triggered.connect(self.paste)
        commands.camera.triggered.connect(self.show_camera)
        commands.turn_left.triggered.connect(self.turn_left)
        commands.turn_right.triggered.connect(self.turn_right)
        commands.crop.triggered.connect(self._toggle_crop)
        commands.clear.triggered.connect(self.clear)
        commands.previous.triggered.connect(self._show_previous)
        commands.next.triggered.connect(self._show_next)
        commands.add.triggered.connect(self.add_from_files)
        commands.together.triggered.connect(self._go_together)
        self.together.chosen.connect(self._go_to_tile)
        self.together.removed.connect(self._remove_tile)
        self.masking.changed.connect(self._mask_changed)
        self.masking.undo_changed.connect(self.undo_changed)
        self.masking.undo_changed.connect(self.fit_stage)
        self._canvas.crop_changed.connect(self._crop_changed)
        self.camera.picture_taken.connect(self._use_frame)
        self.camera.left.connect(self._leave_camera)
        self.camera.open_wanted.connect(self.open_pictures)
        self.recents.chosen.connect(self.recent_chosen)
        self.recents.clear_wanted.connect(self.recents_clear_requested)

    # What the window tells

    def set_query(self, picture: QueryPicture, *, search: bool = True) -> None:
        """Show ``picture`` as the query, and ask for a search unless its results are known."""
        self._use((picture,), from_camera=False, search=search)

    @Slot(object, QImage)
    def set_preview(self, picture: QueryPicture, image: QImage) -> None:
        """The picture asked for by ``preview_requested``, neither turned nor cropped; an
        answer to an earlier request is ignored."""
        if picture is self._asked and self._query is not None:
            self._canvas.set_picture(
                image, quarter_turns=self._query.quarter_turns, crop=self._query.crop
            )
            self._refresh_tools()
            self.masking.show()

    @Slot(object, object)
    def set_mask(self, picture: QueryPicture, mask: ObjectMask | None) -> None:
        """What a search with ``picture`` took as the product, aligned with its view; an answer
        to an earlier query is ignored."""
        if picture is self._query:
            self.masking.show_result(mask)

    @Slot(object, QImage)
    def set_tile(self, picture: QueryPicture, image: QImage) -> None:
        """The small picture asked for by ``tile_requested``."""
        self._tiles.set_image(picture, image)

    def add_pictures(self, pictures: Sequence[QueryPicture]) -> None:
        """Further pictures of the item in the query; they are the query where there is none."""
        if self._batch is None:
            self._use(tuple(pictures), from_camera=False)
            self._go_together(True)
            return
        before = self._batch
        self._batch = before.with_more(pictures)
        if len(self._batch.pictures) == MOST_TOGETHER and len(pictures) > 1:
            self._notice.say(
                self.tr("At most {} pictures are searched with together.").format(MOST_TOGETHER), ""
            )
        self._batch_changed()

    @Slot(object, object)
    def set_problem(self, picture: QueryPicture, error: UserFacingError) -> None:
        """Why the picture asked for cannot be shown, or the query not be searched."""
        if picture is not self._asked and picture is not self._query:
            return
        self._search_again.stop()
        if self._canvas.has_picture:
            self._notice.say(error.what, error.remedy)
        else:
            self._canvas.set_problem(error.what, error.remedy)
        self._refresh_tools()

    def set_recent_queries(self, queries: Sequence[RecentQuery]) -> None:
        """The queries asked lately, newest first."""
        self.recents.set_queries(queries)
        self._make_room()

    @Slot(bool)
    def set_drag_active(self, active: bool, *, adding: bool = False) -> None:
        """Light up while something usable is dragged over the window, wherever in it; say
        that it is ``adding`` to the query."""
        self._drop_zone.set_lit(active)
        words = ""
        if active:
            words = (
                self.tr("Drop to add a picture of the same item")
                if adding
                else self.tr("Drop to search with this instead\nCtrl adds it to the query")
            )
        self._canvas.set_drop_words(words)

    def close_down(self) -> None:
        """Stop the camera and wait for everything that runs in the background."""
        self._search_again.stop()
        self._feed.close()
        self.recents.close_down()

    # What a person does

    @property
    def query(self) -> QueryPicture | None:
        """The query as it would be searched now."""
        return self._query

    @property
    def also(self) -> tuple[QueryPicture, ...]:
        """Further pictures of the same item to search with."""
        return () if self._batch is None else self._batch.also

    @Slot()
    def add_from_files(self) -> None:
        """Let a person choose further pictures of the item in the query."""
        paths = self._ask_for_pictures(self)
        if paths:
            self.add_pictures(pictures_from_paths(paths))

    @Slot()
    def open_pictures(self) -> None:
        """Let a person choose pictures, and search with the first."""
        paths = self._ask_for_pictures(self)
        if paths:
            self._use(pictures_from_paths(paths), from_camera=False)

    @Slot()
    def paste(self) -> None:
        """Search with what is in the clipboard."""
        mime = QGuiApplication.clipboard().mimeData()
        if mime is None or not self.take_data(mime):
            self._notice.say(
                self.tr("There is no picture in the clipboard."),
                self.tr("Copy a picture, a file or a part of the screen first."),
            )

    def take_data(self, mime: QMimeData, *, adding: bool = False) -> bool:
        """Make what can be made of dropped or pasted data; False where that is nothing. While
        ``adding``, it joins the query instead of taking its place."""
        intent = intent_of(mime, DropPlace.QUERY)
        if intent is None:
            return False
        self._follow(intent, adding=adding)
        return True

    @Slot(bool)
    def show_camera(self, shown: bool = True) -> None:
        """Look through the camera, or go back to what was shown before."""
        if shown:
            self._show(Showing.CAMERA)
            self.camera.take.setFocus()
        else:
            self._leave_camera()

    @Slot()
    def turn_left(self) -> None:
        self._turn(-1)

    @Slot()
    def turn_right(self) -> None:
        self._turn(1)

    @Slot()
    def clear(self) -> None:
        """Have no query."""
        had_query = self._query is not None
        if self.isAncestorOf(QApplication.focusWidget() or self):
            # Else what comes next would have the focus: forgetting the recent queries.
            self.setFocus()
        self._search_again.stop()
        self._batch = self._query = self._asked = None
        self._tiles.forget()
        self.masking.stop()
        self.propose(None)
        self._notice.dismiss()
        self._show(Showing.NOTHING)
        if had_query:
            self.query_cleared.emit()

    # Inside

    def _follow(self, intent: Intent, *, adding: bool) -> None:
        if isinstance(intent, UsePictures) and adding:
            self.add_pictures(intent.pictures)
        elif isinstance(intent, UsePictures):
            self._use(intent.pictures, from_camera=False)
        elif isinstance(intent, UseProducts):
            self._notice.dismiss()
            told = self.products_added if adding else self.products_dropped
            told.emit(intent.product_ids)
        elif isinstance(intent, Declined):
            self._notice.say(intent.what, intent.remedy)

    @Slot(object)
    def _use_frame(self, picture: QueryPicture) -> None:
        self._use((picture,), from_camera=True)
        self._canvas.setFocus()

    def _use(
        self, pictures: tuple[QueryPicture, ...], *, from_camera: bool, search: bool = True
    ) -> None:
        self._batch = PictureBatch(pictures)
        self._tiles.forget()
        self._from_camera = from_camera
        self._show_current(search=search)

    def _show_current(self, *, search: bool = True) -> None:
        assert self._batch is not None
        self._search_again.stop()
        self._notice.dismiss()
        self._query = self._asked = picture = self._batch.current
        self._tiles.show(self._batch)
        self.masking.set_query(picture)
        self._details.label.set_text(picture.label)
        self._show(Showing.PICTURE)
        if picture.rgb is not None:
            self.set_preview(picture, to_qimage(picture.rgb))
        else:
            self._canvas.await_picture()
            self._refresh_tools()
            self.preview_requested.emit(picture)
        if search:
            self.query_changed.emit(picture)

    def _show(self, showing: Showing) -> None:
        self.show_page(showing)
        if self._batch is not None:
            self._details.show_place(
                self._batch.position,
                len(self._batch.pictures),
                has_tiles=self._batch.is_together and not self.is_compact,
            )
        self._refresh_tools()

    def _refresh_tools(self) -> None:
        commands = self.commands
        is_picture = self.showing is Showing.PICTURE
        ready = is_picture and self._canvas.has_picture
        for action in (commands.turn_left, commands.turn_right, commands.crop):
            action.setEnabled(ready)
        self.masking.refresh_tools(ready)
        for action in (commands.clear, commands.adjust, commands.add):
            action.setEnabled(is_picture)
        batch = self._batch if is_picture else None
        commands.previous.setEnabled(batch is not None and batch.position > 0)
        commands.next.setEnabled(batch is not None and batch.position < len(batch.pictures) - 1)
        commands.together.setEnabled(batch is not None and batch.may_go_together)
        commands.together.setChecked(batch is not None and batch.is_together)
        commands.crop.setChecked(not self._canvas.crop.is_whole)

    @Slot(object)
    def _crop_changed(self, crop: CropBox) -> None:
        if self._query is not None:
            self._change(self.masking.change_view(replace(self._query, crop=crop)))
            self.commands.crop.setChecked(not crop.is_whole)

    @Slot(object, bool)
    def _mask_changed(self, drawn: NDArray[np.uint8] | None, use_mask: bool) -> None:
        if self._query is not None:
            pause = PAINTED_SEARCH_AFTER_MS if self.masking.is_painting else SEARCH_AGAIN_AFTER_MS
            changed = replace(self._query, drawn_mask=drawn, use_mask=use_mask)
            self._change(changed, pause_ms=pause)

    def _change(self, query: QueryPicture, *, pause_ms: int = SEARCH_AGAIN_AFTER_MS) -> None:
        """The same picture seen otherwise: search again after a pause."""
        assert self._batch is not None
        self._query = query
        self._batch = self._batch.edited(query)
        self._search_again.start(pause_ms)

    @Slot()
    def _toggle_crop(self) -> None:
        self._canvas.toggle_crop()
        self._canvas.setFocus()

    def _turn(self, quarter_turns: int) -> None:
        if self._query is None or not self._canvas.has_picture:
            return
        turns = (self._query.quarter_turns + quarter_turns) % 4
        crop = turned(self._query.crop, quarter_turns)
        self._query = replace(self._query, quarter_turns=turns, crop=crop)
        self._canvas.set_crop(crop)
        self._canvas.set_quarter_turns(turns)
        self._change(self.masking.change_view(self._query))

    @Slot()
    def _tell_query(self) -> None:
        if self._query is not None:
            self.query_changed.emit(self._query)

    @Slot()
    def _show_previous(self) -> None:
        self._step(-1)

    @Slot()
    def _show_next(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        if self._batch is not None:
            self._batch = self._batch.at(self._batch.position + by)
            self._show_current()

    # Several pictures of one item

    @Slot(bool)
    def _go_together(self, together: bool) -> None:
        if self._batch is None:
            return
        self._batch = self._batch.together(together)
        self._batch_changed()

    @Slot(int)
    def _go_to_tile(self, position: int) -> None:
        if self._batch is not None and position != self._batch.position:
            self._batch = self._batch.at(position)
            self._show_current()

    @Slot(int)
    def _remove_tile(self, position: int) -> None:
        if self._batch is None:
            return
        was_current = position == self._batch.position
        self._batch = self._batch.without(position)
        if self._batch is None:
            self.clear()
        elif was_current:
            self._show_current()
        else:
            self._batch_changed()

    def _batch_changed(self) -> None:
        """Other pictures beside the one in view: search anew."""
        self._search_again.stop()
        self._tiles.show(self._batch)
        self._show(Showing.PICTURE)
        self._tell_query()

    @Slot()
    def _leave_camera(self) -> None:
        self._show(Showing.NOTHING if self._query is None else Showing.PICTURE)
        self._canvas.setFocus()

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.showing is Showing.CAMERA:
            self._leave_camera()
        elif (
            event.key() == Qt.Key.Key_Space
            and self.showing is Showing.PICTURE
            and self._from_camera
        ):
            # The next product in front of the camera, without the mouse.
            self.show_camera()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if can_take(event.mimeData(), DropPlace.QUERY):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.set_drag_active(True, adding=_adds(event))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.set_drag_active(True, adding=_adds(event))

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.set_drag_active(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.set_drag_active(False)
        if self.take_data(event.mimeData(), adding=_adds(event)):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()


def _adds(event: QDropEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
