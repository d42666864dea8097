from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from desktop_app.domain.images import RgbArray
from desktop_app.domain.products import PictureState
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.storage import Content, ReadPicture
from desktop_app.services.indexing_batches import MAX_PICTURES, MAX_SECONDS, Batches
from desktop_app.services.indexing_reading import Look
from tests.indexing.fakes import GridEmbedder


class ManualClock:
    """Moves on by ``step_s`` whenever it is asked."""

    def __init__(self, step_s: float = 0.0) -> None:
        self.now_s = 0.0
        self.step_s = step_s

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


def picture(seed: int) -> RgbArray:
    return np.random.default_rng(seed).integers(0, 255, (8, 8, 3)).astype(np.uint8)


def content(digest: str) -> Content:
    return Content(digest, 8, 8, bytes(8), 0)


def good(seed: int, digest: str = "") -> Look:
    return Look(seed, PictureState.READY, content=content(digest or str(seed)), rgb=picture(seed))


def known(seed: int) -> Look:
    return Look(seed, PictureState.READY, content=content(str(seed)))


def bad(seed: int) -> Look:
    return Look(seed, PictureState.FAILED, problem=f"problem {seed}")


def batches(
    looks: list[Look],
    embedder: GridEmbedder | None = None,
    token: CancelToken | None = None,
    clock: ManualClock | None = None,
) -> Iterator[list[ReadPicture]]:
    return iter(
        Batches(
            iter(looks),
            embedder or GridEmbedder(),
            token or CancelToken(),
            clock=clock or ManualClock(),
        )
    )


def flattened(found: Iterator[list[ReadPicture]]) -> list[ReadPicture]:
    return [read for batch in found for read in batch]


def test_a_failed_picture_does_not_shift_its_neighbours() -> None:
    embedder = GridEmbedder()
    looks = [good(n) if n % 3 else bad(n) for n in range(200)]
    reads = flattened(batches(looks, embedder))
    assert [read.picture_id for read in reads] == list(range(200))
    for n, read in enumerate(reads):
        if n % 3:
            assert read.state is PictureState.READY
            assert read.content == content(str(n))
            assert read.vector is not None
            assert np.array_equal(read.vector, embedder.vector(picture(n)))
        else:
            assert read.state is PictureState.FAILED
            assert read.problem == f"problem {n}"
            assert read.vector is None
            assert read.content is None


def test_a_content_that_occurs_twice_is_embedded_once() -> None:
    embedder = GridEmbedder()
    looks = [good(0, "same"), good(1), good(2, "same"), good(3, "same")]
    reads = flattened(batches(looks, embedder))
    assert embedder.embedded == 2
    assert [read.vector is not None for read in reads] == [True, True, False, False]
    assert all(read.state is PictureState.READY for read in reads)


def test_a_content_the_catalogue_knows_is_not_embedded() -> None:
    embedder = GridEmbedder()
    reads = flattened(batches([known(0), good(1), known(2)], embedder))
    assert embedder.embedded == 1
    assert [read.picture_id for read in reads] == [0, 1, 2]


def test_a_batch_is_bounded_in_number() -> None:
    sizes = [len(batch) for batch in batches([good(n) for n in range(MAX_PICTURES * 2 + 10)])]
    assert max(sizes) <= MAX_PICTURES
    assert sum(sizes) == MAX_PICTURES * 2 + 10


@pytest.mark.parametrize("make", [good, known, bad])
def test_a_batch_is_bounded_in_time(make: type) -> None:
    """Also where there is nothing to embed, which would otherwise keep the stream busy."""
    clock = ManualClock(step_s=MAX_SECONDS / 10)
    found = list(batches([make(n) for n in range(60)], clock=clock))
    assert len(found) >= 4
    assert [read.picture_id for batch in found for read in batch] == list(range(60))


def test_what_needs_no_vector_waits_for_those_before_it() -> None:
    reads = flattened(batches([good(0), bad(1), bad(2), good(3), bad(4)]))
    assert [read.picture_id for read in reads] == [0, 1, 2, 3, 4]


def test_a_pause_or_cancel_hands_over_what_is_complete() -> None:
    token = CancelToken()
    found = batches([good(n) for n in range(30)], GridEmbedder(in_flight=2), token)
    token.cancel()
    assert 0 < len(next(found)) < 30


def test_a_vector_that_is_not_a_number_fails_its_picture_only() -> None:
    class Broken(GridEmbedder):
        def vector(self, image: RgbArray) -> np.ndarray:
            found = super().vector(image)
            return found * np.float32(np.nan) if np.array_equal(image, picture(1)) else found

    reads = flattened(batches([good(0), good(1), good(2)], Broken()))
    assert [read.state for read in reads] == [
        PictureState.READY,
        PictureState.FAILED,
        PictureState.READY,
    ]
    assert reads[1].vector is None
    assert reads[1].problem


def test_leaving_early_ends_the_stream() -> None:
    embedder = GridEmbedder()
    found = batches([good(n) for n in range(200)], embedder)
    next(found)
    assert embedder.open_streams == 1
    found.close()  # type: ignore[attr-defined]
    assert embedder.open_streams == 0


def test_nothing_gives_no_batch() -> None:
    assert list(batches([])) == []
