"""The search service: which products come back, in which order, and at what cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.errors import UnreadableImage, UserFacingError
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.search import QueryPicture, SearchRequest, SearchResults
from tests.search.fakes import MODEL, ColourEmbedder, World, flat, vector_of

RED, ORANGE, GREEN, BLUE = flat(230, 20, 20), flat(230, 120, 20), flat(20, 200, 40), flat(9, 9, 240)


@pytest.fixture
def world() -> World:
    """Four products; the second has two pictures."""
    world = World()
    world.add(10, RED, text="lid red")
    world.add(20, GREEN, ORANGE, text="jar")
    world.add(30, BLUE, text="lid blue")
    world.add(40, flat(128, 128, 128), text="pump")
    world.publish()
    return world


def search(
    world: World, picture: RgbArray | QueryPicture = RED, **narrowing: object
) -> SearchResults:
    if not isinstance(picture, QueryPicture):
        picture = QueryPicture("query", rgb=picture)
    return world.service.search(SearchRequest(picture, **narrowing), CancelToken())  # type: ignore[arg-type]


def found(results: SearchResults) -> list[int]:
    return [hit.product_id for hit in results.hits]


def colours(count: int, *, seed: int = 0) -> Sequence[RgbArray]:
    return [flat(*colour) for colour in np.random.default_rng(seed).integers(0, 256, (count, 3))]


def test_products_come_by_their_best_picture(world: World) -> None:
    results = search(world)
    assert found(results) == [10, 20, 40, 30]
    scores = [hit.score for hit in results.hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == pytest.approx(1, abs=2e-3)
    assert results.hits[1].content_id == 3
    assert [view.content_id for view in results.hits[1].views] == [3, 2]
    alike = float(vector_of(RED) @ vector_of(ORANGE))
    assert results.hits[1].score == pytest.approx(alike, abs=2e-3)
    assert (results.model_key, results.searched_products, results.allowed_products) == (MODEL, 4, 4)


def test_views_that_match_worse_than_the_last_hit_are_left_out(world: World) -> None:
    results = search(world, limit=2)
    assert found(results) == [10, 20]
    assert [view.content_id for view in results.hits[1].views] == [3]


def test_before_anything_is_indexed_nothing_is_found_and_no_model_loaded() -> None:
    world = World()
    assert search(world).hits == ()
    world.publish()
    results = search(world)
    assert (results.hits, results.searched_products) == ((), 0)


def test_a_query_may_be_a_file_bytes_pixels_or_a_picture_of_the_catalogue(world: World) -> None:
    world.reader.files[b"pasted"] = BLUE
    queries = [
        QueryPicture("file", path=Path("4.png")),
        QueryPicture("bytes", encoded=b"pasted"),
        QueryPicture("pixels", rgb=BLUE),
        QueryPicture("known", content_id=4),
    ]
    for query in queries:
        assert search(world, query, limit=1).hits[0].product_id == 30


def test_a_known_picture_is_searched_by_its_stored_vector(world: World) -> None:
    world.reader.files.clear()
    assert found(search(world, QueryPicture("known", content_id=1)))[0] == 10
    assert world.embedders_made == 0


def test_a_known_picture_that_is_cropped_or_turned_is_read_again(world: World) -> None:
    half_blue = np.hstack([RED, BLUE])
    (content_id,) = world.add(50, half_blue)
    world.publish()
    right_half = CropBox(left=0.5)
    cropped = QueryPicture("known", content_id=content_id, crop=right_half)
    assert found(search(world, cropped))[0] == 30
    # Half a turn brings the red half to the right.
    turned = QueryPicture("known", content_id=content_id, crop=right_half, quarter_turns=2)
    assert found(search(world, turned))[0] == 10
    whole_turn = QueryPicture("known", content_id=content_id, quarter_turns=4)
    assert found(search(world, whole_turn))[0] == 50
    assert len(world.embedder.embedded) == 2


def test_a_known_picture_without_a_vector_of_this_model_is_read_again(world: World) -> None:
    del world.catalogue.vectors.rows[4]
    assert found(search(world, QueryPicture("known", content_id=4)))[0] == 30
    world.catalogue.vectors.rows[4] = np.zeros(4, np.float32)
    assert found(search(world, QueryPicture("known", content_id=4)))[0] == 30
    assert len(world.embedder.embedded) == 2


def test_the_model_is_loaded_once_at_the_first_query_or_ahead_of_it(world: World) -> None:
    assert world.embedders_made == 0
    world.service.warm_up()
    for _ in range(3):
        search(world)
    assert world.embedders_made == 1


def test_after_a_change_of_model_the_new_one_is_asked_for(world: World) -> None:
    search(world)
    world.embedder = ColourEmbedder("another")
    world.publish(model_key="another")
    assert found(search(world))[0] == 10
    assert world.embedders_made == 2


def test_pictures_read_with_another_model_are_not_compared(world: World) -> None:
    world.publish(model_key="another")
    with pytest.raises(UserFacingError, match="another model"):
        search(world)


def test_an_unreadable_query_says_so(world: World) -> None:
    with pytest.raises(UnreadableImage):
        search(world, QueryPicture("gone", path=Path("gone.png")))


def test_a_filter_restricts_before_the_best_are_taken() -> None:
    world = World()
    for number, rgb in enumerate(colours(400)):
        world.add(number + 1, rgb, text="rare" if number % 40 == 0 else "common")
    world.publish()
    results = search(world, flat(90, 90, 90), filter=ProductFilter(text="rare"), limit=8)
    assert len(results.hits) == 8
    assert all(hit.product_id % 40 == 1 for hit in results.hits)
    assert (results.searched_products, results.allowed_products) == (400, 10)
    everything = search(world, flat(90, 90, 90), limit=400)
    assert found(results) == [i for i in found(everything) if i % 40 == 1][:8]


def test_a_filter_that_leaves_nothing_finds_nothing(world: World) -> None:
    results = search(world, filter=ProductFilter(text="spatula"))
    assert (results.hits, results.allowed_products) == ((), 0)


def test_a_shared_picture_finds_only_the_product_the_filter_leaves(world: World) -> None:
    world.show(30, 1)
    world.publish()
    assert found(search(world, limit=2)) == [10, 30]
    assert found(search(world, filter=ProductFilter(text="blue"))) == [30]


def test_as_many_products_as_asked_come_though_one_has_hundreds_of_alike_pictures() -> None:
    world = World()
    world.add(1, *[flat(200, shade, 10) for shade in range(250)])
    for number in range(2, 7):
        world.add(number, flat(10 * number, 10, 200))
    world.publish()
    assert found(search(world, flat(200, 0, 10), limit=6)) == [1, 6, 5, 4, 3, 2]
    assert found(search(world, flat(200, 0, 10), limit=60)) == [1, 6, 5, 4, 3, 2]


def test_equal_scores_are_ordered_by_product_however_many_there_are() -> None:
    world = World()
    for product_id in np.random.default_rng(0).permutation(200) + 1:
        world.add(int(product_id), RED)
    world.publish()
    assert found(search(world, limit=5)) == [1, 2, 3, 4, 5]
    assert found(search(world, limit=5, exclude_products=(2, 4))) == [1, 3, 5, 6, 7]


def test_hits_below_the_minimum_score_are_left_out(world: World) -> None:
    everything = search(world)
    minimum = everything.hits[1].score
    assert found(search(world, minimum_score=minimum)) == [10, 20]
    assert found(search(world, minimum_score=minimum + 1e-3)) == [10]
    assert found(search(world, BLUE, minimum_score=1.1)) == []


def test_excluded_products_make_room_for_others(world: World) -> None:
    query = QueryPicture("known", content_id=1)
    assert found(search(world, query, limit=2)) == [10, 20]
    assert found(search(world, query, limit=2, exclude_products=(10,))) == [20, 40]


@pytest.mark.parametrize("removed", [1, 300])
def test_removed_products_stay_away_while_their_vectors_are_still_indexed(removed: int) -> None:
    world = World()
    for number in range(removed):
        world.add(1000 + number, RED)
    for number, rgb in enumerate(colours(20)):
        world.add(number + 1, rgb)
    for number in range(removed):
        world.remove(1000 + number)
    world.publish()
    results = search(world, limit=10)
    assert len(results.hits) == 10
    assert max(found(results)) <= 20
    assert (results.searched_products, results.allowed_products) == (20, 20)


def test_products_whose_pictures_are_not_indexed_yet_do_not_count(world: World) -> None:
    world.show(60, 999)
    world.publish()
    results = search(world, limit=60)
    assert 60 not in found(results)
    assert results.searched_products == 4


def test_the_same_filter_is_asked_of_the_catalogue_once_until_something_changes(
    world: World,
) -> None:
    lids = ProductFilter(text="lid")
    for _ in range(3):
        assert found(search(world, filter=lids)) == [10, 30]
    assert world.catalogue.products.listings == 1
    world.catalogue.products.texts[40] = "lid too"
    world.catalogue.revision += 1
    assert found(search(world, filter=lids)) == [10, 40, 30]
    world.add(50, RED, text="lid fifty")
    world.publish()
    assert found(search(world, filter=lids)) == [10, 50, 40, 30]
    assert world.catalogue.products.listings == 3


def test_many_filters_do_not_pile_up(world: World) -> None:
    for number in range(50):
        search(world, filter=ProductFilter(text=f"lid{number}"))
    search(world, filter=ProductFilter(text="lid49"))
    assert world.catalogue.products.listings == 50
    search(world, filter=ProductFilter(text="lid0"))
    assert world.catalogue.products.listings == 51


def test_a_search_without_a_filter_asks_the_catalogue_nothing(world: World) -> None:
    search(world)
    assert world.catalogue.products.listings == 0


def test_what_is_published_is_searched_from_the_next_query_on(world: World) -> None:
    world.add(50, flat(231, 20, 20))
    assert found(search(world)) == [10, 20, 40, 30]
    world.publish()
    assert found(search(world))[:2] == [10, 50]


def test_a_cancelled_search_stops_before_the_model_is_asked(world: World) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        world.service.search(SearchRequest(QueryPicture("query", rgb=RED)), token)
    assert world.embedder.embedded == []


def test_the_time_of_every_step_is_told(world: World) -> None:
    timing = search(world, filter=ProductFilter(text="lid")).timing
    steps = asdict(timing).values()
    assert all(step > 0 for step in steps)
    assert timing.total_ms == pytest.approx(sum(steps))


def test_a_query_is_remembered_as_it_was_searched_with(world: World) -> None:
    picture = QueryPicture(
        "Photo 1",
        rgb=flat(230, 20, 20, width=40, height=20),
        crop=CropBox(0, 0, 0.5, 1),
        quarter_turns=1,
    )
    results = search(world, picture)
    remembered = world.service.remember(results)
    assert remembered is not None
    assert world.catalogue.saved.queries == [remembered]
    assert remembered.label == "Photo 1"
    assert remembered.thumbnail == b"10x40 in 256"
    assert remembered.hits == tuple((hit.product_id, hit.score) for hit in results.hits)


def test_a_read_only_catalogue_remembers_nothing(world: World) -> None:
    world.catalogue.read_only = True
    assert world.service.remember(search(world)) is None
    assert world.catalogue.saved.queries == []
