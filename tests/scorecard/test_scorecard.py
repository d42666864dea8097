"""The scorecard measures what a person would find, and does not flatter."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.services.scorecard import channel_ranking
from tests.scorecard.conftest import Shop

RED, RUST, GREEN, LIME = (220, 30, 30), (190, 60, 40), (30, 200, 60), (60, 210, 80)
BLUE, SKY = (40, 60, 210), (60, 90, 220)


def test_products_found_by_their_other_pictures_score_full_marks(shop: Shop) -> None:
    for sku, colours in (("A", (RED, RUST)), ("B", (GREEN, LIME)), ("C", (BLUE, SKY))):
        shop.add(sku, *colours)
    card = shop.measure()
    assert card.scores.keys() == {"fused", "look"}
    for scores in card.scores.values():
        assert (scores.recall_at_1, scores.map) == (1.0, 1.0)
    assert (card.n_queries, card.n_products, card.n_sampled_from) == (6, 3, 6)
    assert card.worst == ()
    assert 0 < card.ms_p50 <= card.ms_p95


def test_a_query_does_not_find_itself(shop: Shop) -> None:
    """Both pictures of A are nearer to another product than to each other."""
    a = shop.add("A", RED, GREEN)
    b, c = shop.add("B", RUST), shop.add("C", LIME)
    card = shop.measure()
    assert card.scores["fused"].recall_at_1 == 0.0
    assert card.scores["fused"].recall_at_5 == 1.0
    assert card.n_queries == 2
    assert {(query.product_id, query.first_product_id) for query in card.worst} == {(a, b), (a, c)}
    assert all(query.right_rank > 1 for query in card.worst)


def test_the_worst_queries_come_first(shop: Shop) -> None:
    shop.add("A", RED, GREEN)
    shop.add("B", BLUE, SKY)
    for number in range(6):
        shop.add(f"R{number}", (200 + number, 40, 40))
    shop.add("G", LIME)
    worst = shop.measure().worst
    assert len(worst) == 2
    assert worst[0].right_rank > worst[1].right_rank > 1


def test_a_copy_of_the_query_is_no_second_picture(shop: Shop) -> None:
    shop.add("A", RED, RED, looks=7)
    shop.add("B", GREEN)
    with pytest.raises(UserFacingError, match="no product has two different pictures"):
        shop.measure()


def test_copies_of_the_query_are_not_found(shop: Shop) -> None:
    shop.add("A", RED, RED, looks=7)
    a = shop.catalogue.products.ids_by_sku()["a"]
    b = shop.add("B", RUST)
    other = shop.add("C", GREEN)
    shop.catalogue.products.merge(a, [other], {})
    first = shop.measure().worst[0]
    assert (first.product_id, first.first_product_id) == (a, b)


def test_either_product_that_shows_the_query_is_right(shop: Shop) -> None:
    a, b = shop.add("A", RED, GREEN), shop.add("B", RUST)
    shop.share(a, b)
    shop.add("C", LIME)
    (shared, *_) = shop.catalogue.products.get(a).pictures
    wrong = {query.content_id for query in shop.measure().worst}
    assert wrong
    assert shared.content_id not in wrong


def test_of_many_pictures_the_same_few_are_drawn_each_time(shop: Shop) -> None:
    for number in range(8):
        shop.add(f"P{number}", (30 * number, 90, 30), (30 * number + 6, 90, 36))
    first, second = shop.measure(5), shop.measure(5)
    assert (first.n_queries, first.n_sampled_from) == (5, 16)
    assert first.is_sample
    assert first.scores == second.scores
    assert first.worst == second.worst


def test_a_picture_whose_file_is_away_is_searched_with_as_the_catalogue_knows_it(
    shop: Shop,
) -> None:
    shop.add("A", RED, RUST)
    shop.add("B", GREEN, LIME)
    for path in shop.folder.iterdir():
        path.unlink()
    assert shop.measure().scores["fused"].recall_at_1 == 1.0


def test_every_query_is_a_step_so_that_searches_can_go_between(shop: Shop) -> None:
    shop.add("A", RED, RUST)
    shop.add("B", GREEN, LIME)
    steps = list(shop.service().measure(CancelToken()))
    assert [step.progress.done for step in steps] == [0, 1, 2, 3, 4]
    assert {step.progress.total for step in steps} == {4}


def test_measuring_can_be_cancelled(shop: Shop) -> None:
    shop.add("A", RED, RUST)
    token = CancelToken()
    steps = shop.service().measure(token)
    next(steps)
    token.cancel()
    with pytest.raises(Cancelled):
        next(steps)


def test_a_channel_ranks_products_by_their_best_picture_and_leaves_out_what_it_cannot_tell() -> (
    None
):
    scores = np.array([0.2, 0.9, np.nan, 0.5, 0.0, 0.5], np.float32)
    products, pictures = channel_ranking(
        np.array([1, 2, 3, 4, 5, 6]), np.array([10, 20, 30, 10, 40, 20]), scores
    )
    assert products.tolist() == [20, 10]
    assert pictures.tolist() == [20, 10, 20, 10]
