"""Both adapters, on a tiny network with random weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.images import RgbArray
from desktop_app.domain.ports import Embedder
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, read_card
from desktop_app.infra.vision.openvino_embedder import OpenVinoEmbedder, Precision
from desktop_app.infra.vision.torch_embedder import TorchEmbedder
from desktop_app.infra.vision.weights import read_tensors

ENGINES = ("openvino", "torch")


@pytest.fixture(scope="module")
def make(tiny_folder: Path, tiny_ir: Path) -> Callable[[str], Embedder]:
    def made(engine: str) -> Embedder:
        card = read_card(tiny_folder)
        if engine == "openvino":
            return OpenVinoEmbedder(card, tiny_ir, precision=Precision.F32)
        return TorchEmbedder(
            card, read_tensors(tiny_folder / WEIGHTS_FILE), device="cpu", threads=1
        )

    return made


@pytest.fixture(params=ENGINES)
def embedder(request: pytest.FixtureRequest, make: Callable[[str], Embedder]) -> Iterator[Embedder]:
    made = make(request.param)
    yield made
    made.close()


def test_pictures_become_unit_rows(embedder: Embedder, pictures: list[RgbArray]) -> None:
    vectors = embedder.embed(pictures)
    assert vectors.shape == (len(pictures), embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_pictures_become_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_a_stream_keeps_tags_and_order(embedder: Embedder, pictures: list[RgbArray]) -> None:
    many = pictures * 6
    streamed = list(embedder.embed_stream((f"p{n}", picture) for n, picture in enumerate(many)))
    assert [tag for tag, _ in streamed] == [f"p{n}" for n in range(len(many))]
    alone = np.concatenate([embedder.embed([picture]) for picture in pictures])
    np.testing.assert_allclose(
        np.stack([vector for _, vector in streamed]), np.tile(alone, (6, 1)), atol=1e-4
    )


def test_vectors_do_not_change_when_more_are_made(
    embedder: Embedder, pictures: list[RgbArray]
) -> None:
    first = embedder.embed(pictures[:1])[0]
    kept = first.copy()
    embedder.embed(pictures[1:])
    np.testing.assert_array_equal(first, kept)


def test_a_stream_left_early_leaves_the_embedder_usable(
    embedder: Embedder, pictures: list[RgbArray]
) -> None:
    stream = embedder.embed_stream(enumerate(pictures * 3))
    tag, vector = next(stream)
    assert tag == 0
    del stream
    np.testing.assert_allclose(embedder.embed(pictures[:1])[0], vector, atol=1e-4)


def test_a_search_may_fall_into_an_open_stream(
    embedder: Embedder, pictures: list[RgbArray]
) -> None:
    stream = embedder.embed_stream(enumerate(pictures * 2))
    next(stream)
    between = embedder.embed(pictures[1:2])[0]
    rest = dict(stream)
    np.testing.assert_allclose(rest[1], between, atol=1e-4)
    assert len(rest) == 2 * len(pictures) - 1


def test_trouble_of_the_source_comes_through(embedder: Embedder, pictures: list[RgbArray]) -> None:
    def source() -> Iterator[tuple[int, RgbArray]]:
        yield 0, pictures[0]
        raise OSError("unplugged")

    with pytest.raises(OSError, match="unplugged"):
        list(embedder.embed_stream(source()))
    assert len(embedder.embed(pictures)) == len(pictures)


def test_the_source_is_not_read_far_ahead(embedder: Embedder, pictures: list[RgbArray]) -> None:
    taken = 0

    def source() -> Iterator[tuple[int, RgbArray]]:
        nonlocal taken
        for taken in range(1, 1001):
            yield taken, pictures[0]

    stream = embedder.embed_stream(source())
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert taken < 200


def test_a_closed_embedder_says_so(
    make: Callable[[str], Embedder], pictures: list[RgbArray]
) -> None:
    for engine in ENGINES:
        embedder = make(engine)
        embedder.close()
        with pytest.raises(RuntimeError, match="closed"):
            embedder.embed(pictures[:1])


def test_both_engines_give_the_same_vectors(
    make: Callable[[str], Embedder], pictures: list[RgbArray]
) -> None:
    one, two = make("openvino"), make("torch")
    assert one.key == two.key
    cosines = (one.embed(pictures) * two.embed(pictures)).sum(axis=1)
    assert cosines.min() >= 0.999


def test_mean_and_spread_of_the_card_are_applied(tiny_folder: Path) -> None:
    import torch

    from desktop_app.infra.vision.network import load_network

    network = load_network(read_card(tiny_folder), read_tensors(tiny_folder / WEIGHTS_FILE))
    seen: list[torch.Tensor] = []
    network.backbone.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    network(torch.full((1, 64, 64, 3), 255, dtype=torch.uint8))
    expected = torch.tensor([(1 - 0.5) / 0.5, (1 - 0.4) / 0.25, (1 - 0.3) / 0.2])
    torch.testing.assert_close(seen[0][0, :, 0, 0], expected)
