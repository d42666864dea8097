"""What the workspace for shapes is asked with: products, pictures, drawings, and the board."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.search import QueryPicture
from desktop_app.domain.shapes import DrawnOutline
from desktop_app.domain.sketch_fitting import fitted
from desktop_app.domain.sketching import Sketch
from desktop_app.services.workspace import Workspace
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.shapes.page import ShapesMode, ShapesPage
from desktop_app.workers.drafting import Drawing
from desktop_app.workers.session import Session
from desktop_app.workers.shaping import PictureShape, ProductShape, ShapeQuery


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """A silhouette that was put on the board as a sketch, and whose it is in words. While the
    sketch is not changed, it is the silhouette itself that is asked with."""

    sketch: Sketch
    query: ShapeQuery
    words: str


class ShapeAskingFlow(QObject):
    """Puts what is asked with on the board of ``page``, and tells it.

    Signals: ``asked`` (ShapeQuery, and in words whose outline it is), ``emptied`` where nothing
    is drawn, ``sketched`` (Sketch) before either, ``product_taken`` (ProductShape), ``failed``
    (UserFacingError).
    """

    asked = Signal(object, str)
    emptied = Signal()
    sketched = Signal(object)
    product_taken = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        session: Session,
        panes: Panes,
        page: ShapesPage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._page = page
        self._taken: _Taken | None = None
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)
        page.picture_dropped.connect(self.read_picture)
        page.product_dropped.connect(self.read_product)
        page.editor.sketch_changed.connect(self._ask_by_sketch)
        page.editor.product_wanted.connect(self._take_chosen)
        page.editor.picture_wanted.connect(self._take_picture)

    def ask_by_board(self) -> None:
        """Ask with what lies there."""
        self._ask_by_sketch(self._page.editor.sketch)

    @Slot(int)
    def read_product(self, product_id: int) -> None:
        """Ask with the outline of a product."""
        if (shaper := self._session.shaper) is not None:
            self._page.busy.start()
            shaper.read_product(product_id)

    @Slot(int)
    def read_content(self, content_id: int) -> None:
        """Ask with the outline of one picture of a product."""
        if (shaper := self._session.shaper) is not None:
            self._page.choose_mode(ShapesMode.DRAW)
            self._page.busy.start()
            shaper.read_content(content_id)

    @Slot(object)
    def read_picture(self, picture: QueryPicture) -> None:
        """Ask with the outline of what a picture shows."""
        if (shaper := self._session.shaper) is not None:
            self._page.busy.start()
            shaper.read_picture(picture)

    @Slot(object)
    def ask_by_outline(self, outline: DrawnOutline) -> None:
        """Put an outline on the board as a sketch, and ask with it."""
        self._page.choose_mode(ShapesMode.DRAW)
        self._page.editor.open_sketch(fitted(outline))

    @Slot(object)
    def ask_by_drawing(self, found: Drawing) -> None:
        """Ask with the outline of a drawing, as it is."""
        words = self.tr("Shape in {0}").format(found.path.name)
        self._take(_Taken(found.sketch, ShapeQuery(outline=found.outline), words))

    @Slot(object)
    def ask_by_picture(self, found: PictureShape) -> None:
        """Ask with an outline that was read, or tell that there is none."""
        if found.shape is None:
            self.failed.emit(
                UserFacingError(
                    self.tr("No outline was found in this picture."),
                    remedy=self.tr(
                        "Mark the product with the brush in the query pane, or draw its outline."
                    ),
                )
            )
            return
        words = self.tr("Shape in {0}").format(found.picture.label)
        query = ShapeQuery(shape=found.shape, picture=found.picture)
        self._take(_Taken(found.sketch, query, words))

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        shaper = self._session.shaper
        assert shaper is not None
        shaper.product_read.connect(self._ask_by_product)
        shaper.picture_read.connect(self.ask_by_picture)

    @Slot()
    def _detach(self) -> None:
        self._taken = None

    @Slot(object)
    def _ask_by_product(self, found: ProductShape) -> None:
        fields = found.product.fields
        if found.shape is None:
            self.failed.emit(
                UserFacingError(
                    self.tr("No outline of {0} is known.").format(fields.sku),
                    remedy=self.tr(
                        "Its pictures wait to be looked at closer, or show no object that "
                        "stands out."
                    ),
                )
            )
            return
        words = self.tr("Shape of {0}").format(fields.title or fields.sku)
        query = ShapeQuery(
            shape=found.shape,
            exclude_products=(found.product.id,),
            picture=QueryPicture(fields.sku, content_id=found.content_id),
        )
        self.product_taken.emit(found)
        self._take(_Taken(found.sketch, query, words))

    def _take(self, taken: _Taken) -> None:
        self._taken = taken
        if taken.sketch == self._page.editor.sketch:
            self._ask_by_sketch(taken.sketch)
        else:
            self._page.editor.open_sketch(taken.sketch)

    @Slot(object)
    def _ask_by_sketch(self, sketch: Sketch) -> None:
        self.sketched.emit(sketch)
        if self._taken is not None and sketch == self._taken.sketch:
            self.asked.emit(self._taken.query, self._taken.words)
        elif sketch.outline is None:
            self.emptied.emit()
        else:
            self.asked.emit(ShapeQuery(outline=sketch.outline), self.tr("Your outline"))

    @Slot()
    def _take_chosen(self) -> None:
        """Start from the product that is chosen here, else in the lists."""
        chosen = self._page.results.current_id
        if chosen is None:
            row = self._panes.results.views.current_row
            chosen = self._panes.results.model.id_at(row) if row >= 0 else None
        if chosen is not None:
            self.read_product(chosen)

    @Slot()
    def _take_picture(self) -> None:
        picture = self._panes.query.query
        if picture is not None:
            self.read_picture(picture)
