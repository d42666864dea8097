"""Searches, in the search lane; the newest query wins."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ChannelWeights, Explanation
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import SearchRequest, SearchResults
from desktop_app.services.search import SearchService
from desktop_app.workers.lane import Lane


class Searcher(QObject):
    """Runs queries one at a time.

    Signals: ``started`` (SearchRequest), ``found`` (SearchResults), ``failed``
    (SearchRequest, UserFacingError), ``explained`` (Explanation).
    """

    started = Signal(object)
    found = Signal(object)
    failed = Signal(object, object)
    explained = Signal(object)

    def __init__(self, lane: Lane, service: SearchService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self._service = service

    def warm_up(self) -> None:
        """Load the model ahead of the first query."""
        self._lane.call(lambda _token: self._service.warm_up())

    def search(self, request: SearchRequest) -> None:
        """Ask for ``found`` or ``failed``; a search under way is cancelled."""

        def work(token: CancelToken) -> SearchResults:
            return self._service.search(request, token)

        def fail(error: UserFacingError) -> None:
            self.failed.emit(request, error)

        self.started.emit(request)
        self._lane.call(work, key="search", on_done=self.found.emit, on_failed=fail)

    def rerank(self, results: SearchResults, weights: ChannelWeights) -> None:
        """Ask for ``found``: the same candidates in the order of other weights. The newest of
        these wins."""
        self._lane.call(
            lambda _token: self._service.rerank(results, weights),
            key="rerank",
            on_done=self.found.emit,
        )

    def explain(self, results: SearchResults, product_id: int) -> None:
        """Ask for ``explained``, unless there is nothing to say; the newest wins. Pictures that
        cannot be read are left unexplained."""

        def done(explanation: Explanation | None) -> None:
            if explanation is not None:
                self.explained.emit(explanation)

        self._lane.call(
            lambda token: self._service.explain(results, product_id, token),
            key="explain",
            on_done=done,
        )
