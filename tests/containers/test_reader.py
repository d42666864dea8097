"""From a picture to its class and grey vector, by the networks there are."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from desktop_app import paths
from desktop_app.domain.container_classes import CONTAINER_CLASSES
from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.images import DecodedImage, FloatMatrix, RgbArray
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.domain.model_cards import ModelCard
from desktop_app.domain.ports import Embedder
from desktop_app.infra.vision.backbones import DEFAULT_MODEL, KNOWN_BACKBONES
from desktop_app.infra.vision.containers.backbone import BANDS, in_bands, pooled
from desktop_app.infra.vision.containers.grey_view import VIEW_VERSION, grey_view
from desktop_app.infra.vision.containers.head import FOLDER, read_classifier_card, read_head
from desktop_app.infra.vision.containers.reader import GreyBackbone, GreyContainerReader
from desktop_app.infra.vision.model_library import ModelLibrary
from tests.containers.test_head import DIMENSION, card, drawn_head

RESNET = replace(KNOWN_BACKBONES[0], sha256="a" * 64)
SMALL = replace(RESNET, name="small", sha256="b" * 64, dimension=DIMENSION)
CARD = replace(card(), backbone=SMALL.key, view_version=VIEW_VERSION, sha256="c" * 64)


class Stripes:
    """The Embedder port: means of columns; notes who used it and how large its pictures were."""

    key = "stripes"

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.sides: list[int] = []
        self.is_closed = False
        self.users: set[int] = set()
        self._busy = threading.Lock()

    def embed(self, images: Sequence[RgbArray]) -> FloatMatrix:
        assert self._busy.acquire(blocking=False), "two threads in one embedder"
        self.users.add(threading.get_ident())
        self.sides += [len(image) for image in images]
        rows = np.stack([image.mean(axis=(0, 2))[: self.dimension] for image in images])
        self._busy.release()
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    def close(self) -> None:
        self.is_closed = True


def backbone(model: ModelCard) -> tuple[GreyBackbone, list[Stripes]]:
    made: list[Stripes] = []

    def provide() -> Embedder:
        made.append(Stripes(min(model.dimension, 224)))
        return cast(Embedder, made[-1])

    return GreyBackbone(model, provide), made


def picture(tone: int = 60) -> SegmentedPicture:
    rgb = np.full((80, 120, 3), 250, np.uint8)
    rgb[10:70, 40:60] = tone
    alpha = np.where(rgb[:, :, 0] < 250, 255, 0).astype(np.uint8)
    mask = ObjectMask(alpha, MaskSource.DRAWN, confidence=1.0, clutter=0.0)
    return SegmentedPicture(DecodedImage(rgb, None, 120, 80), mask)


def test_class_and_grey_vector_come_from_one_network() -> None:
    classifying, made = backbone(SMALL)
    reader = GreyContainerReader(CARD, drawn_head(), classifying)
    reading = reader.read(picture())
    assert len(made) == 1 and made[0].sides == [224]
    assert reading.vector.shape == (DIMENSION // BANDS,)
    assert np.linalg.norm(reading.vector) == pytest.approx(1, abs=1e-5)
    assert reading.probabilities.sum() == pytest.approx(1, abs=1e-5)
    view = grey_view(picture().image.rgb, picture().mask)
    expected = drawn_head().probabilities(Stripes(DIMENSION).embed([view]))[0]
    np.testing.assert_allclose(reading.probabilities, expected, atol=1e-6)
    assert reader.backbone == SMALL.title
    reader.close()
    assert made[0].is_closed


def test_another_network_may_compare_while_the_class_stays() -> None:
    classifying, own = backbone(SMALL)
    comparing, other = backbone(RESNET)
    reader = GreyContainerReader(CARD, drawn_head(), classifying, comparing)
    alone = GreyContainerReader(CARD, drawn_head(), classifying)
    reading = reader.read(picture())
    assert len(own) == len(other) == 1
    assert len(reading.vector) == 224
    np.testing.assert_array_equal(reading.probabilities, alone.read(picture()).probabilities)
    assert reader.version != alone.version
    assert reader.backbone == "ResNet-50"


def test_the_version_follows_weights_and_network() -> None:
    def version(card: object, model: ModelCard) -> str:
        return GreyContainerReader(card, drawn_head(), backbone(model)[0]).version  # type: ignore[arg-type]

    retaught = replace(CARD, sha256="d" * 64)
    retuned = replace(SMALL, sha256="e" * 64)
    versions = {
        version(CARD, SMALL),
        version(retaught, SMALL),
        version(replace(CARD, backbone=retuned.key), retuned),
    }
    assert len(versions) == 3


def test_a_head_of_another_network_or_other_views_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match="another model"):
        GreyContainerReader(CARD, drawn_head(), backbone(RESNET)[0])
    with pytest.raises(ModelUnavailable, match="another model"):
        GreyContainerReader(replace(CARD, view_version=0), drawn_head(), backbone(SMALL)[0])


def test_threads_do_not_share_an_embedder_at_one_time() -> None:
    classifying, made = backbone(SMALL)
    reader = GreyContainerReader(CARD, drawn_head(), classifying)
    with ThreadPoolExecutor(4) as pool:
        readings = list(pool.map(lambda tone: reader.read(picture(tone)), range(20, 220, 5)))
    assert 1 <= len(made) <= 4
    assert sum(len(embedder.sides) for embedder in made) == len(readings) == 40


def test_guesses_name_what_is_likely() -> None:
    reading = GreyContainerReader(CARD, drawn_head(), backbone(SMALL)[0]).read(picture())
    guesses = reading.guesses()
    assert guesses[0].category == reading.container.value
    chances = [guess.probability for guess in guesses]
    assert chances == sorted(chances, reverse=True) and 1 <= len(guesses) <= 5


def test_thirds_of_a_view_together_are_its_average() -> None:
    import torch

    from desktop_app.infra.vision.network import EmbeddingNetwork

    library = ModelLibrary(paths.models_dir(), paths.models_dir(), paths.models_dir())
    shipped = library.card(DEFAULT_MODEL)
    banded = EmbeddingNetwork(in_bands(shipped)).eval()
    whole = EmbeddingNetwork(replace(shipped, projected=False)).eval()
    whole.load_state_dict(banded.state_dict())
    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 255, (1, 96, 96, 3), np.uint8))
    with torch.inference_mode():
        thirds = banded(pixels)[0].numpy()
        expected = whole(pixels)[0].numpy()
    assert thirds.shape == (in_bands(shipped).dimension,)
    np.testing.assert_allclose(pooled(thirds), expected / np.linalg.norm(expected), atol=1e-5)


def test_the_shipped_classifier_belongs_to_the_shipped_network() -> None:
    folder = paths.models_dir() / FOLDER
    shipped = read_classifier_card(folder)
    library = ModelLibrary(paths.models_dir(), folder / "none", folder / "none")
    model = in_bands(library.card(DEFAULT_MODEL))
    assert (shipped.backbone, shipped.view_version) == (model.key, VIEW_VERSION)
    assert read_head(folder, shipped).dimension == model.dimension
    report = shipped.report.by_product
    assert report.labels == tuple(container.value for container in CONTAINER_CLASSES)
    assert (report.matrix.sum(axis=1) > 0).all()
    assert sum(file.stat().st_size for file in folder.iterdir()) < 12_000_000
