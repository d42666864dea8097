"""Searching a catalogue by outline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from desktop_app.domain.errors import ModelUnavailable, UserFacingError
from desktop_app.domain.evidence import Channel, Orientation
from desktop_app.domain.evidence_ports import DescribedPicture
from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.search import QueryPicture
from desktop_app.domain.shape_kinds import KindHit
from desktop_app.domain.shapes import DrawnOutline, Part, ShapeRequest, ShapeResults
from desktop_app.infra.index.shape_store import CachedShapeIndexStore
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.masks.masker import PictureMasker
from desktop_app.infra.vision.masks.saliency import Saliency
from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel
from desktop_app.services.evidence_publishing import EvidencePublisher
from desktop_app.services.shapes.search import ShapeSearch
from tests.enriching.fakes import read_quickly
from tests.indexing.conftest import catalogue, empty_catalogue_folder
from tests.indexing.fakes import add_products, write_picture
from tests.shapes.drawn import BOTTLE, COMPARER, DROPPER, JAR, STICK, features, jug, symmetric

__all__ = ["catalogue", "empty_catalogue_folder"]

CHANNEL = SilhouetteShapeChannel()
OUTLINES = [symmetric(BOTTLE), symmetric(JAR), symmetric(STICK), symmetric(DROPPER), jug()]
SKUS = [f"sku-{number:04}" for number in range(len(OUTLINES))]


def no_network() -> Saliency:
    raise ModelUnavailable("There is no network here.")


class World:
    """A catalogue of five products with one outline each, as it is searched."""

    def __init__(self, catalogue: SqliteCatalogue, folder: Path) -> None:
        self.catalogue = catalogue
        add_products(catalogue, [write_picture(folder / f"{n}.png", n) for n in range(5)])
        read_quickly(catalogue)
        by_sku = catalogue.products.ids_by_sku()
        self.products = [by_sku[sku] for sku in SKUS]
        self.contents = [
            content
            for product in self.products
            if (content := catalogue.products.get(product).pictures[0].content_id) is not None
        ]
        for content, outline in zip(self.contents, OUTLINES, strict=True):
            self.describe(content, CHANNEL.pack(features(outline)))
        self.publisher = EvidencePublisher(
            catalogue.evidence, None, shapes=CachedShapeIndexStore(folder / "shape", CHANNEL)
        )
        self.search = ShapeSearch(
            catalogue,
            PillowImageReader(),
            lambda: PictureMasker(no_network, weights_key=""),
            COMPARER,
            CHANNEL,
        )

    def describe(self, content: int, record: bytes) -> None:
        self.catalogue.evidence.record("1", [DescribedPicture(content, {Channel.SHAPE: record})])

    def publish(self) -> None:
        self.search.use(self.catalogue.pictures.content_map())
        self.search.use_evidence(self.publisher.publish())

    def find(self, place: int, **narrowing: object) -> ShapeResults:
        shape = features(OUTLINES[place])
        return self.search.search(ShapeRequest(shape, **narrowing), CancelToken())  # type: ignore[arg-type]


@pytest.fixture
def world(catalogue: SqliteCatalogue, tmp_path: Path) -> World:
    made = World(catalogue, tmp_path)
    made.publish()
    return made


@pytest.mark.parametrize("place", range(len(OUTLINES)))
def test_every_outline_finds_its_product(world: World, place: int) -> None:
    found = world.find(place)
    assert len(found.hits) == len(OUTLINES)
    assert found.hits[0].product_id == world.products[place]
    assert found.hits[0].score > 0.9
    assert found.hits[0].overlap > 0.9
    assert found.searched_products == found.allowed_products == len(OUTLINES)
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)


def test_before_anything_is_published_nothing_is_found(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    found = World(catalogue, tmp_path).find(0)
    assert found.hits == ()
    assert found.searched_products == 0


def test_a_filter_and_exclusions_narrow_what_is_found(world: World) -> None:
    only = ProductFilter(conditions=(Condition("sku", Operator.ANY_OF, (SKUS[1], SKUS[3])),))
    found = world.find(0, filter=only)
    assert {hit.product_id for hit in found.hits} == {world.products[1], world.products[3]}
    assert (found.searched_products, found.allowed_products) == (5, 2)
    found = world.find(0, exclude_products=(world.products[0],), limit=2)
    assert len(found.hits) == 2
    assert world.products[0] not in {hit.product_id for hit in found.hits}


def test_removed_products_are_not_found(world: World) -> None:
    world.catalogue.products.remove([world.products[2]])
    world.publish()
    assert world.products[2] not in {hit.product_id for hit in world.find(2).hits}


def test_what_is_described_later_is_found_once_published(world: World) -> None:
    turned = features(OUTLINES[4] * np.array([-1, 1], np.float32))
    world.describe(world.contents[0], CHANNEL.pack(turned))
    world.publish()
    found = world.find(4)
    assert {hit.product_id for hit in found.hits[:2]} == {world.products[0], world.products[4]}
    by_product = {hit.product_id: hit for hit in found.hits}
    assert by_product[world.products[0]].orientation == Orientation(mirrored=True)
    assert by_product[world.products[4]].orientation.is_upright


def test_damaged_records_and_doubtful_masks_are_left_out(world: World) -> None:
    world.describe(world.contents[0], b"damaged")
    doubtful = replace(features(OUTLINES[1]), trust=0.2)
    world.describe(world.contents[1], CHANNEL.pack(doubtful))
    world.publish()
    found = world.find(0)
    assert found.searched_products == 3
    assert not {hit.product_id for hit in found.hits} & set(world.products[:2])
    assert world.search.shape_of(world.contents[0]) is None
    assert set(world.search.shapes_of(world.contents)) == set(world.contents[1:])


def test_lying_objects_are_found_where_turns_are_asked_for(world: World) -> None:
    lying = features(OUTLINES[4] @ np.array([[0, 1], [-1, 0]], np.float32))
    upright = world.search.search(ShapeRequest(lying), CancelToken())
    turned = world.search.search(ShapeRequest(lying, turns=True), CancelToken())
    best = turned.hits[0]
    assert best.product_id == world.products[4]
    assert best.score > 0.9
    assert best.orientation.quarter_turns == 3
    assert max(hit.score for hit in upright.hits) < best.score


def test_a_picture_is_read_as_its_object(world: World, tmp_path: Path) -> None:
    picture = Image.new("RGB", (300, 400), "white")
    points = [(float(x) * 3 + 150, float(y) * 3 + 40) for x, y in OUTLINES[0]]
    ImageDraw.Draw(picture).polygon(points, fill=(40, 60, 90))
    path = tmp_path / "asked.png"
    picture.save(path)
    shape = world.search.read(QueryPicture("asked", path=path), CancelToken())
    assert shape is not None
    hits = world.search.search(ShapeRequest(shape), CancelToken()).hits
    assert hits[0].product_id == world.products[0]
    assert hits[0].score > 0.9
    blank = np.full((200, 200, 3), 255, np.uint8)
    assert world.search.read(QueryPicture("blank", rgb=blank), CancelToken()) is None


def test_a_hit_is_laid_under_the_query(world: World) -> None:
    found = world.find(3)
    laid = world.search.lay(found, world.products[3])
    assert laid is not None
    assert laid.overlap > 0.95
    assert np.abs(laid.deviation).mean() < 0.01
    assert (laid.hit.min(axis=0)[1], laid.hit.max(axis=0)[1]) == pytest.approx((-1, 0), abs=1e-6)
    assert laid.query.shape == (len(laid.deviation), 2)
    assert set(laid.by_part) >= {Part.CLOSURE, Part.BODY}
    other = world.search.lay(found, world.products[1])
    assert other is not None
    assert np.abs(other.deviation).mean() > 5 * np.abs(laid.deviation).mean()
    assert world.search.lay(found, 10**6) is None


def test_a_search_can_be_cancelled(world: World) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        world.search.search(ShapeRequest(features(OUTLINES[0])), token)


def test_an_outline_around_nothing_is_refused() -> None:
    flat = np.array([[0, 0], [100, 0.001], [200, 0]], np.float32)
    with pytest.raises(UserFacingError, match="Nothing is left"):
        COMPARER.of_outline(DrawnOutline(flat))


def test_what_was_found_another_way_keeps_its_order_and_tells_its_overlap(world: World) -> None:
    hits = [KindHit(world.products[n], world.contents[n], 0.9 - 0.1 * n) for n in (1, 0)]
    hits.append(KindHit(99, 10**6, 0.3))  # without an outline
    request = ShapeRequest(features(OUTLINES[0]))
    jar, bottle, unknown = world.search.laid_on(request, hits, CancelToken())
    assert [hit.product_id for hit in (jar, bottle, unknown)] == [*world.products[1::-1], 99]
    assert bottle.overlap > 0.98
    assert jar.overlap < 0.8
    assert bottle.score == 0.9
    assert np.isnan(unknown.overlap) and unknown.orientation.is_upright
    assert world.search.laid_on(request, [], CancelToken()) == ()
