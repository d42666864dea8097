"""The steps of the search by category, one after the other, in a small gallery."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from desktop_app.domain.category_first import CategoryFirstResults, PipelineSteps
from desktop_app.domain.container_classes import CONTAINER_CLASSES, ContainerClass
from desktop_app.domain.containers import ContainerReading
from desktop_app.domain.evidence import Channel, SegmentedPicture
from desktop_app.domain.evidence_ports import DescribedPicture
from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.images import DecodedImage, RgbArray
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.search import QueryPicture
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel
from desktop_app.services.shapes import category_first
from desktop_app.services.shapes.category_first import CategoryFirstSearch
from desktop_app.services.shapes.grey_galleries import GreyGalleries
from tests.enriching.fakes import read_quickly
from tests.indexing.conftest import catalogue, empty_catalogue_folder
from tests.indexing.fakes import add_products, write_picture
from tests.shapes.drawn import BOTTLE, COMPARER, JAR, STICK, features, symmetric

__all__ = ["catalogue", "empty_catalogue_folder"]

CHANNEL = SilhouetteShapeChannel()
BOTTLES, JARS = ContainerClass.BOTTLE, ContainerClass.JAR


def at(degrees: float) -> np.ndarray:
    """A unit vector; the distance of two grows with the angle between them."""
    return np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))], np.float32)


def read(container: ContainerClass, degrees: float, probability: float = 0.8) -> ContainerReading:
    others = (1 - probability) / (len(CONTAINER_CLASSES) - 1)
    probabilities = np.full(len(CONTAINER_CLASSES), others, np.float32)
    probabilities[CONTAINER_CLASSES.index(container)] = probability
    return ContainerReading(probabilities, at(degrees))


GALLERY = [
    (BOTTLES, 4, STICK),
    (BOTTLES, 8, BOTTLE),
    (BOTTLES, 60, BOTTLE),
    (JARS, 0, BOTTLE),
    (JARS, 30, JAR),
]
"""Class, grey angle and outline of the products 0 to 4."""


class ObjectMasker:
    """The Masker port: what is dark is the object."""

    version = "dark"

    def __init__(self) -> None:
        self.asked = 0

    def mask(self, image: DecodedImage) -> ObjectMask:
        self.asked += 1
        alpha = np.where(image.rgb[:, :, 0] < 128, 255, 0).astype(np.uint8)
        if not alpha.any():
            return ObjectMask.whole(*alpha.shape)
        return ObjectMask(alpha, MaskSource.NETWORK, confidence=0.9, clutter=0.0)

    def quick_mask(self, image: DecodedImage) -> ObjectMask | None:
        return self.mask(image)


class SaidReader:
    """The ContainerReader port: tells what it was told to."""

    version, backbone = "said:1", "Two numbers"

    def __init__(self) -> None:
        self.says = read(BOTTLES, 0)

    def read(self, picture: SegmentedPicture) -> ContainerReading:
        assert picture.mask.alpha.shape == picture.image.rgb.shape[:2]
        return self.says


def bottle_picture() -> RgbArray:
    outline = symmetric(BOTTLE) * 2 + (60, 20)
    picture = Image.new("RGB", (120, 240), "white")
    ImageDraw.Draw(picture).polygon([tuple(point) for point in outline.tolist()], fill="black")
    return np.asarray(picture)


class World:
    def __init__(self, catalogue: SqliteCatalogue, folder: Path) -> None:
        self.catalogue = catalogue
        add_products(catalogue, [write_picture(folder / f"{n}.png", n) for n in range(5)])
        read_quickly(catalogue)
        by_sku = catalogue.products.ids_by_sku()
        self.products = [by_sku[sku] for sku in sorted(by_sku)]
        self.contents = [
            catalogue.products.get(product).pictures[0].content_id or 0 for product in self.products
        ]
        for content, (container, degrees, outline) in zip(self.contents, GALLERY, strict=True):
            shape = CHANNEL.pack(features(symmetric(outline)))
            self.describe(content, read(container, degrees), shape)
        self.masker, self.reader = ObjectMasker(), SaidReader()
        self.search = CategoryFirstSearch(
            catalogue,
            PillowImageReader(),
            lambda: self.masker,
            lambda: self.reader,
            comparer=COMPARER,
            channel=CHANNEL,
        )
        self.query = QueryPicture("query", rgb=bottle_picture())

    def describe(self, content: int, reading: ContainerReading, shape: bytes | None) -> None:
        records = {} if shape is None else {Channel.SHAPE: shape}
        described = DescribedPicture(content, records, container=reading)
        self.catalogue.evidence.record("1", [described])

    def find(self, **narrowing: object) -> CategoryFirstResults:
        return self.search.search(self.query, CancelToken(), **narrowing)  # type: ignore[arg-type]

    def found(self, **narrowing: object) -> list[int]:
        return [self.products.index(hit.product_id) for hit in self.find(**narrowing).hits]


@pytest.fixture
def world(catalogue: SqliteCatalogue, tmp_path: Path) -> World:
    made = World(catalogue, tmp_path)
    made.search.use(catalogue.pictures.content_map())
    return made


def test_grey_neighbours_alone_are_those_of_all_classes(world: World) -> None:
    assert world.found(steps=PipelineSteps(within_class=False, by_overlap=False)) == [3, 0, 1, 4, 2]


def test_the_class_leaves_out_what_is_of_another(world: World) -> None:
    results = world.find(steps=PipelineSteps(by_overlap=False))
    assert [world.products.index(hit.product_id) for hit in results.hits] == [0, 1, 2]
    assert results.container is BOTTLES
    assert (results.searched_products, results.allowed_products) == (3, 3)
    distances = [results.grey_distances[hit.product_id] for hit in results.hits]
    expected = [2 * math.sin(math.radians(degrees) / 2) for degrees in (4, 8, 60)]
    assert distances == pytest.approx(expected, abs=2e-3)
    assert all(math.isnan(hit.overlap) for hit in results.hits)


def test_overlap_puts_the_same_outline_first_and_the_nearer_grey_before(world: World) -> None:
    results = world.find()
    assert [world.products.index(hit.product_id) for hit in results.hits] == [1, 2, 0]
    first, second, last = results.hits
    assert first.overlap == second.overlap > 0.9
    assert last.overlap < 0.6
    assert all(hit.score == (1 + hit.overlap) / 2 for hit in results.hits)


def test_only_the_nearest_in_grey_are_re_ranked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(category_first, "RE_RANKED", 1)
    results = world.find()
    assert [world.products.index(hit.product_id) for hit in results.hits] == [0, 1, 2]
    scores = [hit.score for hit in results.hits]
    assert scores == sorted(scores, reverse=True)


def test_a_wrong_class_finds_nothing_of_the_right_one(world: World) -> None:
    world.reader.says = read(JARS, 0)
    assert world.found() == [3, 4]
    world.query = QueryPicture("again", rgb=bottle_picture())
    world.reader.says = read(ContainerClass.PUFF, 0)
    results = world.find()
    assert results.hits == () and results.container is ContainerClass.PUFF


def test_filter_limit_and_left_out_products_narrow(world: World) -> None:
    sku = world.catalogue.products.get(world.products[2]).fields.sku
    only = ProductFilter(conditions=(Condition("sku", Operator.ANY_OF, (sku,)),))
    results = world.find(product_filter=only)
    assert [hit.product_id for hit in results.hits] == [world.products[2]]
    assert (results.searched_products, results.allowed_products) == (3, 1)
    assert world.found(limit=2) == [1, 2]
    assert world.found(exclude_products=(world.products[1],)) == [2, 0]


def test_the_query_is_read_once_and_guessed(world: World) -> None:
    guesses = world.search.guess(world.query, CancelToken())
    assert [guess.category for guess in guesses] == [BOTTLES.value]
    assert guesses[0].probability == pytest.approx(0.8)
    world.find()
    world.find(limit=1)
    assert world.masker.asked == 1
    assert world.find().backbone == "Two numbers"


def test_without_an_object_the_grey_order_stays(world: World) -> None:
    world.query = QueryPicture("blank", rgb=np.full((50, 40, 3), 255, np.uint8))
    assert world.found() == [0, 1, 2]


def test_the_shadow_under_the_object_is_no_part_of_the_outline(world: World) -> None:
    clean = world.find().hits[0].overlap
    rgb = np.full((280, 160, 3), 220, np.uint8)
    rgb[:240, 20:140][bottle_picture()[:, :, 0] < 128] = 0
    for depth in range(12):
        rgb[220 + depth, 30 - depth : 130 + depth] = 100 + 8 * depth
    world.query = QueryPicture("on a floor", rgb=rgb)
    assert world.find().hits[0].overlap == pytest.approx(clean, abs=0.02)


def test_what_has_no_outline_comes_last(world: World) -> None:
    world.describe(world.contents[1], read(BOTTLES, 8), None)
    assert world.found() == [2, 0, 1]


def test_new_readings_are_searched_at_once(world: World) -> None:
    assert 4 not in world.found()
    outline = CHANNEL.pack(features(symmetric(JAR)))
    world.describe(world.contents[4], read(BOTTLES, 1), outline)
    assert 4 in world.found()


def test_vectors_of_another_network_are_left_out(world: World) -> None:
    other = ContainerReading(read(BOTTLES, 0).probabilities, np.ones(3, np.float32))
    world.describe(world.contents[0], other, None)
    assert world.found() == [1, 2]


def test_nothing_is_found_before_anything_is_published(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    results = World(catalogue, tmp_path).find()
    assert results.hits == () and results.container is BOTTLES


def test_a_cancelled_search_ends(world: World) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        world.search.search(world.query, token)


def test_classes_in_memory_are_bounded(world: World) -> None:
    galleries = GreyGalleries(world.catalogue.containers, most_bytes=1)
    first = galleries.of([BOTTLES], 2)
    assert galleries.of([BOTTLES], 2) is first
    galleries.of([JARS], 2)
    again = galleries.of([BOTTLES], 2)
    assert again is not first
    np.testing.assert_array_equal(again.vectors, first.vectors)
