"""Searching in every channel: who is a candidate, what counts, and why a hit is one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from desktop_app.domain.evidence import CHANNELS, Channel, ChannelWeights
from desktop_app.domain.fusion import LOOK_ALONE, Calibration, FusionModel
from desktop_app.domain.images import RgbArray
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture, SearchRequest, SearchResults
from desktop_app.services import search as search_module
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.search import SearchService
from tests.search.evidence_fakes import described, level_channels
from tests.search.fakes import ColourEmbedder, World, flat

EVEN_TRUST = LOOK_ALONE.trust[Channel.LOOK]


def fusion(**log_odds: tuple[float, float]) -> FusionModel:
    """Each channel's log-odds at scores 0 and 1, equal trust for every query."""
    return FusionModel(
        -2.0,
        {Channel(name): Calibration((0.0, 1.0), ends) for name, ends in log_odds.items()},
        {Channel(name): EVEN_TRUST for name in log_odds},
    )


EVERYTHING = fusion(look=(-3, 3), print=(-1, 9), shape=(-2, 2), colour=(-2, 2), copy=(-1, 8))


class Enriched(World):
    """A world whose pictures were looked at in every channel."""

    def __init__(self, model: FusionModel = EVERYTHING) -> None:
        super().__init__()
        self.channels = level_channels()
        self.service = SearchService(
            cast(Any, self.catalogue),
            cast(Any, self.reader),
            self._make_embedder,
            fusion=model,
            channels=lambda: self.channels,
        )

    def enrich(self) -> None:
        pictures = {
            content_id: self.reader.files[Path(f"{content_id}.png")]
            for content_id in self.catalogue.vectors.rows
        }
        store, indexes = described(self.channels, pictures)
        cast(Any, self.catalogue).evidence = store
        self.service.use_evidence(indexes)

    def ask(self, rgb: RgbArray, **more: Any) -> SearchResults:
        request = SearchRequest(QueryPicture("query", rgb=rgb), **more)
        return self.service.search(request, CancelToken())


@pytest.fixture
def world() -> Enriched:
    made = Enriched()
    for product_id, colour in ((10, (90, 60, 60)), (20, (90, 200, 60)), (30, (10, 60, 200))):
        made.add(product_id, flat(*colour))
    made.publish()
    made.enrich()
    return made


def found(results: SearchResults) -> list[int]:
    return [hit.product_id for hit in results.hits]


def test_every_channel_tells_what_it_saw(world: Enriched) -> None:
    best = world.ask(flat(90, 60, 60)).hits[0]
    assert best.product_id == 10
    assert best.evidence.readings.keys() == set(CHANNELS)
    for reading in best.evidence.readings.values():
        assert reading.score == pytest.approx(1, abs=1e-3)
        assert 0.4 < reading.probability <= 1
    assert 0.9 < best.score <= 1


def test_what_is_printed_on_it_finds_a_product_that_looks_quite_different(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search_module, "SMALL_GALLERY", 0)
    monkeypatch.setattr(search_module, "FETCHED", 4)
    world = Enriched()
    for product_id in range(100, 140):
        world.add(product_id, flat(120, 120, product_id))
    world.add(1, flat(77, 250, 0))
    world.publish()
    world.enrich()
    query = flat(77, 120, 120)
    assert found(world.ask(query, limit=1)) == [1]
    world.service.use_evidence(EvidenceIndexes())
    assert found(world.ask(query, limit=1)) != [1]


def test_a_mirrored_copy_is_found_and_said_to_be_mirrored(world: Enriched) -> None:
    upright = world.channels.copy.hashes

    class Mirrored:
        def hashes(self, image: Any) -> Any:
            return np.roll(upright(image), 4)

    world.channels = replace(world.channels, copy=Mirrored())
    best = world.ask(flat(90, 60, 60)).hits[0]
    assert best.product_id == 10
    assert best.evidence.readings[Channel.COPY].score == 1
    assert best.evidence.orientation.mirrored
    assert best.evidence.orientation.quarter_turns == 0


def test_sliders_rank_the_same_candidates_anew_without_a_new_query(world: Enriched) -> None:
    results = world.ask(flat(95, 70, 200), weights=ChannelWeights(print=0, surface=0))
    embedded = len(world.embedder.embedded)
    by_colour = world.service.rerank(results, ChannelWeights(shape=0, surface=0, print=0, colour=2))
    by_shape = world.service.rerank(results, ChannelWeights(shape=2, surface=0, print=0, colour=0))
    assert found(by_colour)[0] == 30
    assert found(by_shape)[0] in {10, 30}
    assert found(by_shape)[-1] == 20
    assert len(world.embedder.embedded) == embedded
    assert by_shape.request.weights.shape == 2


def test_a_channel_with_nothing_to_say_neither_helps_nor_harms() -> None:
    world = Enriched()
    world.add(10, flat(90, 60, 60))
    world.publish()
    world.enrich()
    full = world.ask(flat(90, 60, 60)).hits[0]
    cast(Any, world.catalogue).evidence.records[Channel.COLOUR].clear()
    cast(Any, world.catalogue).evidence.revised += 1
    without = world.ask(flat(90, 60, 60)).hits[0]
    assert Channel.COLOUR not in without.evidence.readings
    odds = [np.log(hit.score / (1 - hit.score)) for hit in (full, without)]
    assert odds[0] - odds[1] == pytest.approx(2, abs=0.01)


def test_silence_about_one_candidate_is_no_praise(world: Enriched) -> None:
    """Else a picture that was not looked at closely yet would pass those that were."""
    query = flat(95, 110, 120)
    model = fusion(shape=(-4, 4))
    world.service = SearchService(
        cast(Any, world.catalogue),
        cast(Any, world.reader),
        ColourEmbedder,
        fusion=model,
        channels=lambda: world.channels,
    )
    world.publish()
    before = [hit.product_id for hit in world.ask(query).hits]
    cast(Any, world.catalogue).evidence.records[Channel.SHAPE].pop(3)
    cast(Any, world.catalogue).evidence.revised += 1
    hits = {hit.product_id: hit for hit in world.ask(query).hits}
    assert Channel.SHAPE not in hits[30].evidence.readings
    assert hits[30].score == pytest.approx((hits[10].score + hits[20].score) / 2, abs=0.1)
    assert before[0] in {10, 30}


def test_damaged_features_count_as_none(world: Enriched) -> None:
    evidence = cast(Any, world.catalogue).evidence
    evidence.records[Channel.SHAPE] = dict.fromkeys(evidence.records[Channel.SHAPE], b"damaged")
    evidence.revised += 1
    assert Channel.SHAPE not in world.ask(flat(90, 60, 60)).hits[0].evidence.readings


def test_pictures_not_looked_at_closely_yet_are_found_by_look() -> None:
    world = Enriched(fusion(look=(-3, 3), shape=(-2, 2)))
    world.add(10, flat(10, 200, 200))
    world.publish()
    world.enrich()
    (content_id,) = world.add(40, flat(200, 20, 20))
    world.publish()
    best = world.ask(flat(200, 20, 20)).hits[0]
    assert (best.product_id, best.content_id) == (40, content_id)
    assert best.evidence.readings.keys() == {Channel.LOOK}


def test_several_pictures_of_one_item_make_one_query(world: Enriched) -> None:
    first, second = flat(90, 200, 60), flat(10, 60, 200)
    alone = world.ask(first)
    assert found(alone)[0] == 20
    both = world.ask(first, also=(QueryPicture("back", rgb=second),))
    assert set(found(both)[:2]) == {20, 30}
    by_product = {hit.product_id: hit.score for hit in both.hits}
    assert by_product[30] > {hit.product_id: hit.score for hit in alone.hits}[30]


def test_more_and_less_like_move_the_query(world: Enriched) -> None:
    picture = QueryPicture("query", rgb=flat(60, 120, 120))
    model = fusion(look=(-3, 3))
    service = SearchService(
        cast(Any, world.catalogue), cast(Any, world.reader), ColourEmbedder, fusion=model
    )
    world.service = service
    world.publish()

    def scores(**refined: Any) -> dict[int, float]:
        results = service.search(SearchRequest(picture, **refined), CancelToken())
        return {hit.product_id: hit.score for hit in results.hits}

    cast(Any, world.catalogue.products).get = lambda product_id: _product_of(world, product_id)
    plain = scores()
    assert scores(more_like=(30,))[30] > plain[30]
    assert scores(less_like=(30,))[30] < plain[30]
    assert scores() == plain


def _product_of(world: World, product_id: int) -> Any:
    content_id = next(content for content, product in world.pairs if product == product_id)

    class Owner:
        pictures = (type("P", (), {"content_id": content_id})(),)

    return Owner()


def test_a_query_is_read_once_for_all_that_is_asked_of_it(world: Enriched) -> None:
    picture = QueryPicture("query", rgb=flat(90, 60, 60))
    for limit in (1, 2, 3):
        world.service.search(SearchRequest(picture, limit=limit), CancelToken())
    assert cast(Any, world.channels.masker).asked == 1


def test_an_explanation_holds_what_both_pictures_show(world: Enriched) -> None:
    results = world.ask(flat(90, 60, 60))
    explanation = world.service.explain(results, 10, CancelToken())
    assert explanation is not None
    assert explanation.content_id == results.hits[0].content_id
    assert explanation.hit.colour == explanation.query.colour == bytes([60])
    assert explanation.print_match is not None
    assert world.service.explain(results, 999, CancelToken()) is None


def test_log_odds_of_rules_are_added(world: Enriched) -> None:
    query = flat(90, 60, 60)
    assert found(world.ask(query))[-1] == 30
    world.service.use_bonus(lambda ids, _guesses: np.where(ids == 30, 30.0, 0.0))
    assert found(world.ask(query))[0] == 30


def test_a_drawn_mask_is_used_as_it_is_and_a_mask_can_be_refused(world: Enriched) -> None:
    rgb = flat(90, 60, 60, width=40, height=20)
    drawn = np.zeros((10, 20), np.uint8)
    drawn[2:8, 5:15] = 255
    picture = QueryPicture("query", rgb=rgb, drawn_mask=drawn)
    results = world.service.search(SearchRequest(picture), CancelToken())
    assert results.analysis is not None and results.analysis.evidence.mask is not None
    mask = results.analysis.evidence.mask
    assert (mask.source.value, mask.alpha.shape, mask.coverage) == ("drawn", (20, 40), 0.3)
    whole = QueryPicture("query", rgb=rgb, use_mask=False)
    results = world.service.search(SearchRequest(whole), CancelToken())
    assert results.analysis is not None and results.analysis.evidence.mask is not None
    assert results.analysis.evidence.mask.source.value == "whole"
