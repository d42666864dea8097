"""Why a result matched: from the chosen hit to what its channels say."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, Qt, Signal, Slot
from PySide6.QtGui import QImage, QTransform

from desktop_app.domain.evidence import Explanation
from desktop_app.domain.images import IdArray
from desktop_app.domain.search import Hit, QueryPicture, SearchResults
from desktop_app.services.workspace import Workspace
from desktop_app.ui.evidence_panel import EvidencePanel, ExplainedHit
from desktop_app.ui.evidence_window import EvidenceWindow
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.flows.search_flow import SearchFlow
from desktop_app.workers.images import to_qimage
from desktop_app.workers.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class _Preview:
    """The query's picture, neither turned nor cropped."""

    picture: QueryPicture
    image: QImage


class EvidenceFlow(QObject):
    """Explains the chosen result, or the best one while none is chosen.

    Signals: ``active_changed`` (whether there is a search to explain).
    """

    active_changed = Signal(bool)

    def __init__(
        self,
        session: Session,
        panes: Panes,
        searching: SearchFlow,
        panel: EvidencePanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._panel = panel
        self._window: EvidenceWindow | None = None
        self._results: SearchResults | None = None
        self._hit: Hit | None = None
        self._explanation: Explanation | None = None
        self._preview: _Preview | None = None
        self._query_image: QImage | None = None
        self._hit_image: QImage | None = None
        session.opened.connect(self._attach)
        session.closed.connect(self._leave)
        searching.answered.connect(self._take_results)
        searching.unanswered.connect(self._leave)
        panes.query.query_cleared.connect(self._leave)
        panes.query.recent_chosen.connect(self._leave)
        panes.results.products.selection_changed.connect(self._follow_selection)
        panes.results.model.dataChanged.connect(self._fill_in)
        panes.thumbnails.loaded.connect(self._fill_in)
        panel.enlarge_requested.connect(self._enlarge)

    @property
    def is_active(self) -> bool:
        """Whether a search is shown that can be explained."""
        return self._results is not None and bool(self._results.hits)

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        browser, searcher = self._session.browser, self._session.searcher
        assert browser is not None and searcher is not None
        browser.query_previewed.connect(self._keep_preview)
        browser.content_read.connect(self._show_hit_picture)
        searcher.explained.connect(self._show_explanation)

    @Slot()
    def _leave(self) -> None:
        self._results = self._hit = self._explanation = None
        self._query_image = self._hit_image = None
        self._panel.clear()
        self.active_changed.emit(False)

    @Slot(object)
    def _take_results(self, results: SearchResults) -> None:
        before, self._results = self._results, results
        if before is None or before.request.picture is not results.request.picture:
            self._query_image = self._view_of_query()
            self._explanation = None
        self._choose(self._selected_id())
        self.active_changed.emit(self.is_active)

    @Slot(object)
    def _follow_selection(self, product_ids: IdArray) -> None:
        if self._results is not None and len(product_ids) == 1:
            self._choose(int(product_ids[0]))

    def _selected_id(self) -> int | None:
        ids = self._panes.results.views.selected_ids
        return int(ids[0]) if len(ids) == 1 else None

    def _choose(self, product_id: int | None) -> None:
        """Explain a product found, the best one where this is none."""
        results = self._results
        if results is None or not results.hits:
            self._panel.clear()
            return
        chosen = (hit for hit in results.hits if hit.product_id == product_id)
        hit = next(chosen, results.hits[0])
        before, self._hit = self._hit, hit
        self._show_hit(hit)
        known = self._explanation
        is_known = known is not None and (known.product_id, known.content_id) == (
            hit.product_id,
            hit.content_id,
        )
        if before is None or before.content_id != hit.content_id:
            self._hit_image = None
            if (browser := self._session.browser) is not None:
                browser.read_content(hit.content_id)
        self._show_pictures()
        if is_known and known is not None:
            # The same pair under other weights.
            self._panel.show_explanation(known)
        elif (searcher := self._session.searcher) is not None:
            searcher.explain(results, hit.product_id)

    def _show_hit(self, hit: Hit) -> None:
        assert self._results is not None
        analysis = self._results.analysis
        card = self._panes.results.model.known_card(hit.product_id)
        words = (card.sku, card.title) if card is not None else ()
        self._panel.show_hit(
            ExplainedHit(
                hit.product_id,
                " · ".join(part for part in words if part),
                hit.score,
                hit.evidence,
                self._results.request.weights,
                analysis.trust if analysis is not None else {},
            )
        )

    @Slot(object)
    def _show_explanation(self, explanation: Explanation) -> None:
        if self._hit is None or self._hit.product_id != explanation.product_id:
            return
        self._explanation = explanation
        self._panel.show_explanation(explanation)
        self._show_in_window()

    @Slot()
    def _fill_in(self) -> None:
        """A card or thumbnail came that may be the one told of."""
        hit, shown = self._hit, self._panel.hit
        if hit is None or shown is None or self._results is None:
            return
        if not shown.title and self._panes.results.model.known_card(hit.product_id) is not None:
            self._show_hit(hit)
            if self._explanation is not None:
                self._panel.show_explanation(self._explanation)
        if self._hit_image is None:
            self._show_pictures()

    # Pictures

    @Slot(object, QImage)
    def _keep_preview(self, picture: QueryPicture, image: QImage) -> None:
        self._preview = _Preview(picture, image)
        if self._results is not None and self._query_image is None:
            self._query_image = self._view_of_query()
            self._show_pictures()

    @Slot(object, QImage)
    def _show_hit_picture(self, content_id: int, image: QImage) -> None:
        if self._hit is not None and self._hit.content_id == content_id:
            self._hit_image = image
            self._show_pictures()

    def _show_pictures(self) -> None:
        hit_image = self._hit_image or self._thumbnail()
        self._panel.pictures.set_pictures(self._query_image, hit_image)
        if self._window is not None and self._window.isVisible():
            self._window.set_pictures(self._query_image, hit_image)

    def _thumbnail(self) -> QImage | None:
        """What is at hand of the hit until its picture is read."""
        if self._hit is None:
            return None
        card = self._panes.results.model.known_card(self._hit.product_id)
        pixmap = self._panes.thumbnails.pixmap(card.thumbnail) if card is not None else None
        return pixmap.toImage() if pixmap is not None else None

    def _view_of_query(self) -> QImage | None:
        """The query as it was searched with; None while its picture is not here."""
        assert self._results is not None
        picture = self._results.request.picture
        if picture.rgb is not None:
            return searched_view(to_qimage(picture.rgb), picture)
        if self._preview is not None and _is_same_source(self._preview.picture, picture):
            return searched_view(self._preview.image, picture)
        return None

    # The large window

    @Slot()
    def _enlarge(self) -> None:
        if self._window is None:
            self._window = EvidenceWindow(self._panes.theme, self._panes.window)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self._show_in_window()

    def _show_in_window(self) -> None:
        shown = self._panel.hit
        if self._window is None or not self._window.isVisible():
            return
        if shown is not None and self._explanation is not None:
            self._window.show_match(shown, self._explanation)
            self._show_pictures()


def searched_view(image: QImage, picture: QueryPicture) -> QImage:
    """``image`` turned, then cropped, as ``picture`` says."""
    if picture.quarter_turns % 4:
        turn = QTransform().rotate(90 * (picture.quarter_turns % 4))
        image = image.transformed(turn, Qt.TransformationMode.FastTransformation)
    crop = picture.crop
    if crop.is_whole:
        return image
    width, height = image.width(), image.height()
    left, top = round(crop.left * width), round(crop.top * height)
    right, bottom = round(crop.right * width), round(crop.bottom * height)
    return image.copy(QRect(left, top, max(1, right - left), max(1, bottom - top)))


def _is_same_source(first: QueryPicture, second: QueryPicture) -> bool:
    return (
        first.path == second.path
        and first.encoded is second.encoded
        and first.content_id == second.content_id
        and second.rgb is None
    )
