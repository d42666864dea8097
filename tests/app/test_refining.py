"""From what a person changes about a query to what is searched, in the real window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from desktop_app.domain.evidence import (
    SAME_SHAPE,
    ChannelWeights,
    PictureEvidence,
    QueryContext,
    WeightPreset,
)
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.domain.progress import Progress
from desktop_app.domain.search import (
    CategoryGuess,
    QueryAnalysis,
    QueryPicture,
    SearchRequest,
    SearchResults,
)
from desktop_app.ui.query_pane import QueryPane
from desktop_app.workers.long_work import WorkKind, WorkStatus
from desktop_app.workers.searching import Searcher
from tests.app.conftest import Stage
from tests.app.test_window import search


class Asked:
    """What the searcher was asked for, in order; searches still run."""

    def __init__(self, searcher: Searcher) -> None:
        self.requests: list[SearchRequest] = []
        self.weights: list[ChannelWeights] = []
        searcher.started.connect(self.requests.append)

    @property
    def last(self) -> SearchRequest:
        return self.requests[-1]


@pytest.fixture
def found(stage: Stage, pictures: Path) -> Iterator[tuple[Stage, QueryPane, Asked]]:
    """A query with its results, all cards in view."""
    stage.open()
    stage.import_pictures(pictures)
    search(stage, pictures / "jars" / "sku-03.jpg")
    stage.until(lambda: len(stage.listed()) == 12)
    assert stage.session.searcher is not None
    yield stage, stage.window.query, Asked(stage.session.searcher)


def guessed(stage: Stage, *guesses: CategoryGuess, mask: ObjectMask | None = None) -> None:
    """As if the search had found this out about the query."""
    results = stage.window.searching.results
    assert results is not None
    analysis = QueryAnalysis(PictureEvidence(mask=mask), QueryContext(), {}, guesses)
    answer(stage, replace(results, analysis=analysis))


def answer(stage: Stage, results: SearchResults) -> None:
    assert stage.session.searcher is not None
    stage.session.searcher.found.emit(results)


def chips(pane: QueryPane) -> list[str]:
    return [chip.text for chip in pane.refinement.chips]


def test_more_like_one_result_and_less_like_another(found: tuple[Stage, QueryPane, Asked]) -> None:
    stage, pane, asked = found
    actions = stage.window.results.products.actions
    stage.window.results.views.go_to(2)
    liked = stage.window.results.model.id_at(2)
    actions.more_like.trigger()
    assert asked.last.more_like == (liked,)
    assert chips(pane) == [f"more like {stage.listed()[2]}"]
    assert pane.refinement.isVisible()
    stage.window.results.views.go_to(5)
    disliked = stage.window.results.model.id_at(5)
    stage.qtbot.keyClick(stage.window.results.views.grid, Qt.Key.Key_Minus)
    assert (asked.last.more_like, asked.last.less_like) == ((liked,), (disliked,))
    assert len(chips(pane)) == 2


def test_a_refinement_is_taken_back_with_its_cross_and_with_undo(
    found: tuple[Stage, QueryPane, Asked],
) -> None:
    stage, pane, asked = found
    undo = stage.window.commands.undo
    before = undo.text()
    stage.window.results.views.go_to(2)
    stage.window.results.products.actions.more_like.trigger()
    sku = stage.listed()[2]
    assert undo.text().endswith(f"More like {sku}")
    chip = pane.refinement.chips[0]
    chip.findChild(QToolButton).click()
    assert asked.last.more_like == ()
    assert not pane.refinement.isVisible()
    undo.trigger()
    assert chips(pane) == [f"more like {sku}"]
    undo.trigger()
    assert asked.last.more_like == ()
    assert undo.text() == before


def test_after_an_edit_undo_takes_the_edit_back(found: tuple[Stage, QueryPane, Asked]) -> None:
    stage, pane, _asked = found
    stage.window.results.views.go_to(2)
    stage.window.results.products.actions.more_like.trigger()
    product_id = stage.window.results.model.id_at(2)
    stage.window.results.products.bookmark_requested.emit((product_id,), True)
    stage.until(lambda: "More like" not in stage.window.commands.undo.text())
    assert len(chips(pane)) == 1
    workspace = stage.session.workspace
    assert workspace is not None
    marked = ProductFilter(bookmarked_only=True)
    stage.until(lambda: len(workspace.catalogue.products.list_ids(marked)) == 1)
    stage.until(stage.window.commands.undo.isEnabled)
    stage.window.commands.undo.trigger()
    stage.until(lambda: len(workspace.catalogue.products.list_ids(marked)) == 0)
    assert len(chips(pane)) == 1


def test_a_refinement_survives_a_crop_and_ends_with_the_query(
    found: tuple[Stage, QueryPane, Asked], pictures: Path
) -> None:
    stage, pane, asked = found
    stage.window.results.views.go_to(2)
    stage.window.results.products.actions.more_like.trigger()
    wanted = asked.last.more_like
    stage.until(lambda: pane._canvas.has_picture)
    pane._canvas.toggle_crop()
    pane._search_again.timeout.emit()
    assert not asked.last.picture.crop.is_whole
    assert asked.last.more_like == wanted
    stage.window.searching.query_file(QueryPicture("b", path=pictures / "bottles" / "sku-00.jpg"))
    assert asked.last.more_like == ()
    assert chips(pane) == []
    assert "More like" not in stage.window.commands.undo.text()


def test_a_listing_cannot_be_refined(found: tuple[Stage, QueryPane, Asked]) -> None:
    stage, pane, _asked = found
    stage.window.results.views.go_to(0)
    assert stage.window.results.products.actions.more_like.isEnabled()
    pane.clear()
    stage.until(lambda: not stage.window.results.products.actions.more_like.isEnabled())


def test_a_part_of_a_product_s_picture_still_leaves_the_product_out(
    found: tuple[Stage, QueryPane, Asked],
) -> None:
    stage, pane, asked = found
    product_id = stage.window.results.model.id_at(4)
    with stage.qtbot.waitSignal(stage.window.demo_answered, timeout=60_000):
        stage.window.searching.query_product(product_id)
    stage.until(lambda: pane._canvas.has_picture)
    pane.commands.turn_right.trigger()
    pane._search_again.timeout.emit()
    assert asked.last.exclude_products == (product_id,)


def test_sliders_rank_again_without_a_new_query(found: tuple[Stage, QueryPane, Asked]) -> None:
    stage, pane, asked = found
    before = len(asked.requests)
    stage.qtbot.keyClick(pane.likeness.presets.combo, Qt.Key.Key_End)
    searching = stage.window.searching
    stage.until(
        lambda: (
            searching.results is not None
            and searching.results.request.weights == SAME_SHAPE.weights
        )
    )
    assert len(asked.requests) == before
    pane.set_query(QueryPicture("again", path=Path("/nowhere.jpg")))
    assert asked.last.weights == SAME_SHAPE.weights


def test_while_one_ranking_is_made_only_the_newest_weights_wait(
    found: tuple[Stage, QueryPane, Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, pane, _asked = found
    assert stage.session.searcher is not None
    asked: list[ChannelWeights] = []
    monkeypatch.setattr(
        stage.session.searcher, "rerank", lambda _results, weights: asked.append(weights)
    )
    results = stage.window.searching.results
    assert results is not None
    for _ in range(4):
        stage.qtbot.keyClick(pane.likeness.shape, Qt.Key.Key_Right)
    assert asked == [ChannelWeights(shape=1.1)]
    answer(stage, replace(results, request=replace(results.request, weights=asked[0])))
    assert asked[1:] == [pane.likeness.weights]
    answer(stage, replace(results, request=replace(results.request, weights=asked[1])))
    assert len(asked) == 2


def test_saved_presets_are_kept_in_the_settings(found: tuple[Stage, QueryPane, Asked]) -> None:
    stage, pane, _asked = found
    mine = (WeightPreset("Mine", ChannelWeights(shape=1.5)),)
    with stage.qtbot.waitSignal(stage.window.settings_changed) as changed:
        pane.likeness.presets_changed.emit(mine)
    assert changed.args[0].weight_presets == mine


def test_a_probable_category_is_proposed_and_narrows_only_when_asked(
    found: tuple[Stage, QueryPane, Asked],
) -> None:
    stage, pane, asked = found
    guessed(stage, CategoryGuess("jars", 0.995), CategoryGuess("bottles", 0.005))
    assert pane.category.isVisible()
    assert pane.category.words == "Surely jars (99 %)"
    assert stage.window.browsing.filter.is_empty
    pane.category.accept.click()
    assert stage.window.browsing.filter.conditions[0].values == ("jars",)
    assert asked.last.filter == stage.window.browsing.filter
    assert not pane.category.isVisible()


def test_a_dismissed_proposal_does_not_come_back_for_this_query(
    found: tuple[Stage, QueryPane, Asked],
) -> None:
    stage, pane, _asked = found
    guessed(stage, CategoryGuess("jars", 0.92))
    assert pane.category.words == "Looks like jars (92 %)"
    pane.category.dismiss.trigger()
    assert not pane.category.isVisible()
    guessed(stage, CategoryGuess("jars", 0.92))
    assert not pane.category.isVisible()
    guessed(stage, CategoryGuess("bottles", 0.3))
    assert not pane.category.isVisible()


def test_the_mask_found_is_shown_on_the_query(found: tuple[Stage, QueryPane, Asked]) -> None:
    stage, pane, _asked = found
    stage.until(lambda: pane._canvas.has_picture)
    alpha = np.zeros((40, 30), np.uint8)
    alpha[10:30, 5:25] = 255
    guessed(stage, mask=ObjectMask(alpha, MaskSource.PLAIN_BACKGROUND, 0.9, 0.0))
    assert not pane._canvas.mask_image.isNull()
    assert "plain background" in pane._mask_bar.words


def test_a_brush_stroke_is_undone_before_anything_else(
    found: tuple[Stage, QueryPane, Asked],
) -> None:
    stage, pane, _asked = found
    stage.until(lambda: pane._canvas.has_picture)
    stage.window.results.views.go_to(2)
    stage.window.results.products.actions.more_like.trigger()
    pane.commands.paint.trigger()
    assert stage.window.commands.undo.text().endswith("brush stroke")
    stage.window.commands.undo.trigger()
    assert len(chips(pane)) == 1
    pane.commands.done.trigger()
    stage.window.commands.undo.trigger()
    assert chips(pane) == []


def test_pictures_together_are_searched_with_as_one_item(
    found: tuple[Stage, QueryPane, Asked], pictures: Path
) -> None:
    stage, pane, asked = found
    further = pictures / "jars" / "sku-05.jpg"
    pane.add_pictures((QueryPicture("further", path=further),))
    assert [each.path for each in asked.last.also] == [further]
    stage.until(lambda: all(not tile._image.isNull() for tile in pane.together._tiles))
    product_id = stage.window.results.model.id_at(6)
    pane.products_added.emit((product_id,))
    stage.until(lambda: len(asked.last.also) == 2)
    assert asked.last.exclude_products == (product_id,)


def test_what_is_not_known_of_all_pictures_is_said_at_the_sliders(
    found: tuple[Stage, QueryPane, Asked],
) -> None:
    stage, pane, _asked = found
    keeper = stage.session.keeper
    assert keeper is not None
    keeper.work_changed.emit(WorkStatus(WorkKind.ENRICH, Progress("Looking", 3, 10)))
    assert "known for 5 of 12 pictures" in pane.likeness.note
    keeper.enriched.emit()
    assert "known for" not in pane.likeness.note
