"""Searches follow the drawing: the newest is asked, and none is given up on the way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import CategoryGuess, QueryPicture
from desktop_app.domain.shape_kinds import KindHit, KindResults, KindShapeResults
from desktop_app.domain.shapes import (
    DrawnOutline,
    ShapeHit,
    ShapeMethod,
    ShapeRequest,
    ShapeResults,
)
from desktop_app.services.workspace import Workspace
from desktop_app.workers.lane import Lane
from desktop_app.workers.shaping import ShapeQuery, Shaper

PATIENCE_MS = 60_000


class GatedSearch:
    """A search that stands still at its gate; ``asked`` holds the widths it was asked for."""

    proposals = None

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.reached = threading.Event()
        self.asked: list[float] = []

    def of_outline(self, outline: DrawnOutline) -> ShapeFeatures:
        width = float(np.ptp(outline.points[:, 0]))
        if width > 900:
            raise UserFacingError("Too wide.", remedy="Make it less wide.")
        return cast(ShapeFeatures, SimpleNamespace(aspect=width))

    def search(self, request: ShapeRequest, _token: CancelToken) -> ShapeResults:
        self.asked.append(request.shape.aspect)
        self.reached.set()
        assert self.gate.wait(PATIENCE_MS / 1000)
        return ShapeResults(request, (), 1, 1)


def query(width: float) -> ShapeQuery:
    points = np.array([(0, 0), (width, 0), (0, 9)], np.float32)
    return ShapeQuery(outline=DrawnOutline(points))


@pytest.fixture
def search() -> GatedSearch:
    return GatedSearch()


@pytest.fixture
def shaper(qapp: object, search: GatedSearch) -> Iterator[Shaper]:
    owner = QObject()
    lane = Lane("search")
    workspace = cast(Workspace, cast(Any, SimpleNamespace(shapes=search, catalogue=None)))
    yield Shaper(workspace, searching=lane, browsing=lane, parent=owner)
    search.gate.set()
    lane.close()
    owner.deleteLater()


def test_of_many_outlines_the_first_and_the_newest_are_searched(
    qtbot: QtBot, shaper: Shaper, search: GatedSearch
) -> None:
    found: list[ShapeQuery] = []
    shaper.found.connect(lambda asked, _results: found.append(asked))
    queries = [query(width) for width in range(1, 51)]
    shaper.search(queries[0])
    assert search.reached.wait(PATIENCE_MS / 1000)
    for each in queries[1:]:
        shaper.search(each)
    search.gate.set()
    qtbot.waitUntil(lambda: len(found) == 2, timeout=PATIENCE_MS)
    # The one under way was answered, so a long drag shows results on its way.
    assert found == [queries[0], queries[-1]]
    assert search.asked == [1, 50]
    assert not shaper.is_searching


def test_a_search_that_fails_holds_nothing_up(
    qtbot: QtBot, shaper: Shaper, search: GatedSearch
) -> None:
    failures: list[UserFacingError] = []
    found: list[object] = []
    shaper.failed.connect(failures.append)
    shaper.found.connect(lambda asked, _results: found.append(asked))
    search.gate.set()
    shaper.search(query(1000))
    qtbot.waitUntil(lambda: len(failures) == 1, timeout=PATIENCE_MS)
    shaper.search(query(10))
    qtbot.waitUntil(lambda: len(found) == 1, timeout=PATIENCE_MS)


def test_what_waits_can_be_forgotten(qtbot: QtBot, shaper: Shaper, search: GatedSearch) -> None:
    found: list[object] = []
    shaper.found.connect(lambda asked, _results: found.append(asked))
    shaper.search(query(1))
    assert search.reached.wait(PATIENCE_MS / 1000)
    shaper.search(query(2))
    shaper.forget()
    search.gate.set()
    qtbot.waitUntil(lambda: len(found) == 1 and not shaper.is_searching, timeout=PATIENCE_MS)
    assert search.asked == [1]


def test_a_query_has_one_source() -> None:
    with pytest.raises(ValueError, match="asked with"):
        ShapeQuery()


def test_only_a_picture_can_be_searched_category_first(
    qtbot: QtBot, shaper: Shaper, search: GatedSearch
) -> None:
    asked: list[object] = []

    def by_category(picture: object, _token: object, **_narrowed: object) -> object:
        asked.append(picture)
        return ShapeResults(ShapeRequest(cast(ShapeFeatures, None)), (), 1, 1)

    shaper._workspace.category_first = cast(Any, SimpleNamespace(search=by_category))
    search.gate.set()
    picture = QueryPicture("seen", encoded=b"")
    found: list[object] = []
    shaper.found.connect(lambda query, _results: found.append(query))
    drawn = replace(query(5), method=ShapeMethod.CATEGORY_FIRST)
    shaper.search(drawn)
    qtbot.waitUntil(lambda: found == [drawn], timeout=PATIENCE_MS)
    assert asked == [] and search.asked == [5]
    seen = replace(drawn, picture=picture)
    shaper.search(seen)
    qtbot.waitUntil(lambda: found == [drawn, seen], timeout=PATIENCE_MS)
    assert asked == [picture] and search.asked == [5]


def test_only_a_picture_of_the_catalogue_can_be_searched_by_kind(
    qtbot: QtBot, shaper: Shaper, search: GatedSearch
) -> None:
    asked: list[int] = []
    hit = ShapeHit(4, 40, 0.7, 0.9, 1.0)

    def by_kind(content_id: int, _token: object, **_narrowed: object) -> KindResults:
        asked.append(content_id)
        return KindResults((KindHit(4, 40, 0.7),), (CategoryGuess("Jars", 0.8),), 9, 8)

    shaper._workspace.kinds = cast(Any, SimpleNamespace(search=by_kind))
    cast(Any, search).laid_on = lambda _request, hits, _token: (hit,) * len(hits)
    search.gate.set()
    found: list[ShapeResults] = []
    shaper.found.connect(lambda _query, results: found.append(results))
    shape = cast(ShapeFeatures, SimpleNamespace(aspect=7.0))
    own = ShapeQuery(
        shape=shape, picture=QueryPicture("own", content_id=3), method=ShapeMethod.KIND
    )
    shaper.search(replace(own, picture=QueryPicture("file", encoded=b"")))
    qtbot.waitUntil(lambda: len(found) == 1, timeout=PATIENCE_MS)
    assert asked == [] and search.asked == [7.0]
    shaper.search(own)
    qtbot.waitUntil(lambda: len(found) == 2, timeout=PATIENCE_MS)
    results = found[1]
    assert asked == [3] and isinstance(results, KindShapeResults)
    assert results.hits == (hit,) and results.guesses[0].category == "Jars"
    assert (results.searched_products, results.allowed_products) == (9, 8)


def test_a_list_that_goes_on_keeps_what_was_listed_in_its_place() -> None:
    def results(*products: int, limit: int) -> ShapeResults:
        hits = tuple(ShapeHit(product, product, 0.5, 0.5, 1.0) for product in products)
        return ShapeResults(ShapeRequest(cast(ShapeFeatures, None), limit=limit), hits, 9, 9)

    more = results(2, 5, 1, 4, limit=4).after(results(1, 2, limit=2))
    assert [hit.product_id for hit in more.hits] == [1, 2, 5, 4]
    # What is not found any more is listed still, but no more than were asked for.
    more = results(5, 4, limit=3).after(results(1, 2, limit=2))
    assert [hit.product_id for hit in more.hits] == [1, 2, 5]
