"""The mask of the query as it is found, switched off, and painted by a person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QSignalBlocker, Signal, Slot
from PySide6.QtGui import QImage

from desktop_app.domain.images import CropBox
from desktop_app.domain.masks import ObjectMask
from desktop_app.domain.search import QueryPicture
from desktop_app.ui.brush_tool import SIZES_PX
from desktop_app.ui.drawn_mask import DrawnMask
from desktop_app.ui.mask_bar import MaskBar
from desktop_app.ui.mask_text import drawn_words, is_shown, mask_words
from desktop_app.ui.query_actions import QueryActions
from desktop_app.ui.query_canvas import QueryCanvas
from desktop_app.workers.images import mask_from_qimage, mask_to_qimage

FIRST_SIDE = 512


class QueryMasking(QObject):
    """Joins the canvas, the bar below it and the actions.

    Signals: ``changed`` (drawn mask as a uint8 array of the view or None, whether a mask is
    used at all) when a person changed it; ``undo_changed`` when there is more or less to undo.
    """

    changed = Signal(object, bool)
    undo_changed = Signal()

    def __init__(
        self, actions: QueryActions, canvas: QueryCanvas, bar: MaskBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._canvas = canvas
        self._bar = bar
        self._found: ObjectMask | None = None
        self._drawn: DrawnMask | None = None
        self._drawn_before: DrawnMask | None = None
        self._use_mask = True
        self._crop, self._quarter_turns = CropBox(), 0
        actions.show_mask.toggled.connect(canvas.set_mask_shown)
        actions.whole_picture.triggered.connect(self._use_whole)
        actions.paint.triggered.connect(self._toggle_painting)
        actions.erase.toggled.connect(self._set_erasing)
        actions.undo_stroke.triggered.connect(canvas.undo_stroke)
        actions.smaller.triggered.connect(self._smaller)
        actions.larger.triggered.connect(self._larger)
        actions.automatic.triggered.connect(self._forget_drawn)
        actions.done.triggered.connect(self.stop)
        canvas.mask_painted.connect(self._take_stroke)
        canvas.painting_left.connect(self.stop)
        canvas.brush_changed.connect(self._show_size)
        bar.brush_size.valueChanged.connect(self._set_size)
        self._show_size()
        self._refresh()

    @property
    def is_painting(self) -> bool:
        return self._canvas.is_painting

    def set_query(self, picture: QueryPicture) -> None:
        """Another picture is the query; nothing is known of its mask but what it brings."""
        self.stop()
        self._found = None
        self._use_mask = picture.use_mask
        self._crop, self._quarter_turns = picture.crop, picture.quarter_turns
        self._drawn = None
        if picture.drawn_mask is not None:
            self._drawn = DrawnMask(picture.drawn_mask, picture.crop, picture.quarter_turns)
        self.show()

    def change_view(self, picture: QueryPicture) -> QueryPicture:
        """The query was cropped or turned: ``picture`` with what of the drawn mask it shows."""
        self.stop()
        self._found = None
        self._crop, self._quarter_turns = picture.crop, picture.quarter_turns
        self.show()
        seen = None
        if self._drawn is not None:
            seen = self._drawn.seen_in(picture.crop, picture.quarter_turns)
        if seen is not None and not seen.any():
            seen = None
        return replace(picture, drawn_mask=seen, use_mask=self._use_mask)

    def show_result(self, mask: ObjectMask | None) -> None:
        """What a search with the present query took as the product."""
        self._found = mask
        if not self.is_painting:
            self.show()
        elif self._drawn is None and not self._canvas.brush.can_undo:
            self._canvas.start_painting(self._first_mask())

    def refresh_tools(self, ready: bool) -> None:
        """Whether there is a picture to do something with."""
        if not ready:
            self.stop()
        for action in (self._actions.paint, self._actions.whole_picture, self._actions.show_mask):
            action.setEnabled(ready)
        self._refresh()

    def undo(self) -> bool:
        """Take the last stroke back; False where nothing is painted now."""
        if not self.is_painting:
            return False
        self._canvas.undo_stroke()
        return True

    @Slot()
    def stop(self) -> None:
        """End the painting; what was painted stays."""
        if not self.is_painting:
            return
        self._canvas.stop_painting()
        self.show()
        self._refresh()
        self.undo_changed.emit()

    @Slot(bool)
    def _toggle_painting(self, wanted: bool) -> None:
        if not wanted:
            self.stop()
            return
        self._use_mask = True
        self._drawn_before = self._drawn
        self._canvas.start_painting(self._first_mask())
        self._canvas.setFocus()
        self._refresh()
        self.undo_changed.emit()

    def _first_mask(self) -> QImage:
        """What is painted on: the mask in view, or what was found though it was not believed,
        or nothing."""
        if self._drawn is not None:
            return mask_to_qimage(self._drawn.seen_in(self._crop, self._quarter_turns))
        if is_shown(self._found, use_mask=True) and self._found is not None:
            return mask_to_qimage(self._found.alpha)
        if self._found is not None:
            return mask_to_qimage(np.zeros_like(self._found.alpha))
        part = self._canvas.crop_rect()
        scale = FIRST_SIDE / max(part.width(), part.height(), 1.0)
        height, width = (max(1, round(side * scale)) for side in (part.height(), part.width()))
        return mask_to_qimage(np.zeros((height, width), np.uint8))

    @Slot()
    def _take_stroke(self) -> None:
        if self._canvas.brush.can_undo:
            alpha = mask_from_qimage(self._canvas.mask_image)
            self._drawn = DrawnMask(alpha, self._crop, self._quarter_turns) if alpha.any() else None
        else:
            self._drawn = self._drawn_before
        self._refresh()
        self._tell()
        self.undo_changed.emit()

    @Slot()
    def _forget_drawn(self) -> None:
        self._drawn = self._drawn_before = None
        self._use_mask = True
        self._found = None
        if self.is_painting:
            self._canvas.start_painting(self._first_mask())
        else:
            self.show()
        self._refresh()
        self._tell()
        self.undo_changed.emit()

    @Slot(bool)
    def _use_whole(self, whole: bool) -> None:
        self.stop()
        self._use_mask = not whole
        self.show()
        self._tell()

    def _tell(self) -> None:
        seen = None
        if self._drawn is not None:
            seen = self._drawn.seen_in(self._crop, self._quarter_turns)
        self.changed.emit(seen, self._use_mask)

    def show(self) -> None:
        """Draw and word the mask that is searched with; the canvas has a picture anew."""
        mask = None
        if self._drawn is not None and self._use_mask:
            seen = self._drawn.seen_in(self._crop, self._quarter_turns)
            mask, words = mask_to_qimage(seen), drawn_words(seen)
        else:
            if self._found is not None and is_shown(self._found, use_mask=self._use_mask):
                mask = mask_to_qimage(self._found.alpha)
            words = mask_words(self._found, use_mask=self._use_mask)
        self._canvas.set_mask(mask)
        self._bar.set_words(words)
        self._refresh()

    def _refresh(self) -> None:
        actions, painting = self._actions, self.is_painting
        actions.paint.setChecked(painting)
        actions.whole_picture.setChecked(not self._use_mask)
        for action in (actions.erase, actions.smaller, actions.larger, actions.done):
            action.setEnabled(painting)
        actions.undo_stroke.setEnabled(painting and self._canvas.brush.can_undo)
        actions.automatic.setEnabled(self._drawn is not None)
        self._bar.set_painting(painting)

    @Slot(bool)
    def _set_erasing(self, erasing: bool) -> None:
        self._canvas.brush.is_erasing = erasing
        self._canvas.update()

    @Slot()
    def _smaller(self) -> None:
        self._canvas.step_brush(-1)

    @Slot()
    def _larger(self) -> None:
        self._canvas.step_brush(1)

    @Slot(int)
    def _set_size(self, size: int) -> None:
        self._canvas.step_brush(size - SIZES_PX.index(self._canvas.brush.size_px))

    @Slot()
    def _show_size(self) -> None:
        with QSignalBlocker(self._bar.brush_size):
            self._bar.brush_size.setValue(SIZES_PX.index(self._canvas.brush.size_px))
