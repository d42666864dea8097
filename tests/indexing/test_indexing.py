from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from desktop_app.domain.errors import ModelUnavailable, StorageFull
from desktop_app.domain.ports import IndexSnapshot
from desktop_app.domain.products import PictureState
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.storage import ChangeSet, ReadPicture, VectorFingerprint
from desktop_app.infra.index.numpy_index import NumpyIndexStore
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services import indexing, indexing_batches
from desktop_app.services.indexing import IndexingService, IndexingStep
from desktop_app.services.indexing_pace import WorkClock
from tests.indexing.fakes import GridEmbedder, add_products, write_picture


class CountingIndex(NumpyIndexStore):
    """Counts what it is asked to write."""

    def __init__(self) -> None:
        self.saved: list[tuple[int, VectorFingerprint]] = []
        self.extended: list[int] = []

    def extend(self, snapshot: IndexSnapshot, content_ids: Any, vectors: Any) -> Any:
        self.extended.append(len(content_ids))
        return super().extend(snapshot, content_ids, vectors)

    def save(self, snapshot: IndexSnapshot, fingerprint: VectorFingerprint) -> None:
        self.saved.append((snapshot.size, fingerprint))


class CountingReader(PillowImageReader):
    """Counts what it decodes."""

    def __init__(self) -> None:
        super().__init__()
        self.decoded = 0

    def decode(self, source: Path | bytes, *, max_side: int = 0) -> Any:
        self.decoded += 1
        return super().decode(source, max_side=max_side)


class World:
    """A catalogue with its indexing service."""

    def __init__(self, catalogue: SqliteCatalogue, folder: Path) -> None:
        self.catalogue = catalogue
        self.folder = folder
        self.reader = CountingReader()
        self.embedder = GridEmbedder()
        self.index = CountingIndex()
        self.service = self.with_model(self.embedder)

    def with_model(self, embedder: GridEmbedder) -> IndexingService:
        return IndexingService(
            self.catalogue,
            self.reader,
            lambda: embedder,
            self.index,
            model_key=embedder.key,
            threads=2,
        )

    def fill(self, count: int) -> list[Path]:
        paths = [write_picture(self.folder / f"{n:04}.png", n) for n in range(count)]
        self.product_ids = add_products(self.catalogue, paths)
        return paths

    def run(self, token: CancelToken | None = None) -> list[IndexingStep]:
        return list(self.service.run(token or CancelToken()))

    def states(self) -> list[PictureState]:
        return [
            self.catalogue.products.get(product_id).pictures[0].state
            for product_id in self.product_ids
        ]

    def nearest(self, path: Path, snapshot: IndexSnapshot) -> int:
        """The product found by the picture in ``path``."""
        vector = self.embedder.vector(self.reader.decode(path).rgb)
        ids, scores = snapshot.search(vector, 1)
        assert scores[0] > 0.99
        return self.catalogue.pictures.get_by_content(int(ids[0]))[0].product_id


@pytest.fixture
def world(catalogue: SqliteCatalogue, tmp_path: Path) -> World:
    return World(catalogue, tmp_path / "pictures")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing_batches, "MAX_PICTURES", 8)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    left = [t.name for t in threading.enumerate() if t.name.startswith("read-picture")]
    assert left == []


def test_every_picture_becomes_searchable_as_itself(world: World) -> None:
    paths = world.fill(40)
    steps = world.run()
    assert world.states() == [PictureState.READY] * 40
    last = steps[-1]
    assert last.snapshot is not None
    assert last.content_map is not None
    assert last.snapshot.size == 40
    assert len(last.content_map.content_ids) == 40
    for path, product_id in zip(paths, world.product_ids, strict=True):
        assert world.nearest(path, last.snapshot) == product_id


def test_failed_and_missing_pictures_do_not_shift_their_neighbours(world: World) -> None:
    paths = world.fill(30)
    paths[3].write_bytes(b"\xff\xd8\xff damaged")
    paths[11].write_bytes(b"")
    paths[12].unlink()
    steps = world.run()
    expected = [PictureState.READY] * 30
    expected[3] = expected[11] = PictureState.FAILED
    expected[12] = PictureState.OFFLINE
    assert world.states() == expected
    assert steps[-1].progress.done == 30
    assert steps[-1].progress.failed == 3
    snapshot = steps[-1].snapshot
    assert snapshot is not None
    for n, path in enumerate(paths):
        if expected[n] is PictureState.READY:
            assert world.nearest(path, snapshot) == world.product_ids[n]
            picture = world.catalogue.products.get(world.product_ids[n]).pictures[0]
            assert world.catalogue.pictures.thumbnail(picture.content_hash) is not None
    problems = world.catalogue.pictures.problems()
    assert all(picture.problem for picture in problems)


def test_steps_report_what_was_committed(world: World) -> None:
    world.fill(30)
    done: list[int] = []
    touched: set[int] = set()
    for step in world.service.run(CancelToken()):
        assert world.catalogue.pictures.counts().ready == step.progress.done
        assert step.progress.total == 30
        assert (step.snapshot is None) == (step.content_map is None)
        done.append(step.progress.done)
        touched.update(step.changes.product_ids)
    assert done == sorted(done)
    assert len(done) >= 4
    assert done[-1] == 30
    assert touched == set(world.product_ids)


def test_the_first_pictures_can_be_searched_at_once(world: World) -> None:
    world.fill(30)
    first = next(steps := world.service.run(CancelToken()))
    assert first.snapshot is not None
    assert first.snapshot.size == first.progress.done
    steps.close()  # type: ignore[attr-defined]


def test_publishing_is_paced(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "PUBLISH_EVERY_S", 1000.0)
    world.fill(60)
    published = [step for step in world.run() if step.snapshot is not None]
    assert len(published) == 2
    first, rest = world.index.extended
    assert 0 < first < rest
    assert first + rest == 60


def test_copies_are_embedded_once_and_belong_to_every_product(world: World) -> None:
    paths = world.fill(20)
    for path in paths[1:10]:
        path.write_bytes(paths[0].read_bytes())
    steps = world.run()
    assert world.embedder.embedded == 11
    assert world.states() == [PictureState.READY] * 20
    assert steps[-1].snapshot is not None
    assert steps[-1].snapshot.size == 11
    content_map = steps[-1].content_map
    assert content_map is not None
    assert len(content_map.content_ids) == 20


def test_a_known_content_is_neither_decoded_nor_embedded_again(world: World) -> None:
    world.fill(20)
    world.run()
    world.catalogue.pictures.mark_all_pending()
    world.reader.decoded = 0
    steps = world.run()
    assert world.reader.decoded == 0
    assert world.embedder.embedded == 20
    assert world.states() == [PictureState.READY] * 20
    assert steps[-1].progress.done == 20


def test_a_lost_thumbnail_is_made_again_without_embedding(world: World) -> None:
    world.fill(5)
    world.run()
    folder = world.catalogue.folder
    world.catalogue.close()
    for path in folder.glob("thumbnails.sqlite*"):
        path.unlink()
    world.catalogue = open_catalogue(folder)
    world.service = world.with_model(world.embedder)
    try:
        world.run()
        assert world.embedder.embedded == 5
        pictures = [world.catalogue.products.get(n).pictures[0] for n in world.product_ids]
        thumbnails = [world.catalogue.pictures.thumbnail(p.content_hash) for p in pictures]
        assert all(thumbnails)
    finally:
        world.catalogue.close()


def test_a_replaced_file_gets_a_new_vector(world: World) -> None:
    paths = world.fill(5)
    world.run()
    write_picture(paths[2], 999)
    world.catalogue.pictures.mark_all_pending([world.product_ids[2]])
    steps = world.run()
    assert steps[-1].snapshot is not None
    assert world.nearest(paths[2], steps[-1].snapshot) == world.product_ids[2]
    assert world.embedder.embedded == 6


def test_a_change_of_model_embeds_again_and_keeps_the_old_vectors(world: World) -> None:
    world.fill(20)
    world.run()
    world.reader.decoded = 0
    other = GridEmbedder("other")
    world.service = world.with_model(other)
    steps = world.run()
    assert other.embedded == 20
    assert steps[-1].progress.total == 20
    assert steps[-1].snapshot is not None
    assert steps[-1].snapshot.model_key == "other"
    assert world.catalogue.vectors.models() == {"grid": 20, "other": 20}


def test_with_another_model_an_offline_picture_keeps_its_state_and_stops_nothing(
    world: World,
) -> None:
    paths = world.fill(6)
    world.run()
    paths[0].unlink()
    world.service = world.with_model(GridEmbedder("other"))
    world.run()
    assert world.states() == [PictureState.OFFLINE] + [PictureState.READY] * 5
    assert world.run() == []


def test_where_nothing_waits_nothing_is_loaded(world: World) -> None:
    def unexpected() -> GridEmbedder:
        raise AssertionError("the model is not needed")

    service = IndexingService(
        world.catalogue, world.reader, unexpected, world.index, model_key="grid"
    )
    assert list(service.run(CancelToken())) == []


def test_the_model_is_loaded_once(world: World) -> None:
    provided: list[GridEmbedder] = []

    def provide() -> GridEmbedder:
        provided.append(GridEmbedder())
        return provided[-1]

    service = IndexingService(world.catalogue, world.reader, provide, world.index, model_key="grid")
    world.fill(3)
    for _ in range(2):
        assert list(service.run(CancelToken()))
        world.catalogue.pictures.mark_all_pending()
    assert len(provided) == 1


def test_a_read_only_catalogue_is_left_alone(world: World) -> None:
    world.fill(3)
    folder = world.catalogue.folder
    world.catalogue.close()
    world.catalogue = open_catalogue(folder, read_only=True)
    world.service = world.with_model(world.embedder)
    assert world.run() == []
    assert world.catalogue.pictures.counts().pending == 3
    world.catalogue.close()


def test_cancelling_keeps_what_was_committed_and_the_next_run_goes_on(world: World) -> None:
    world.fill(40)
    token = CancelToken()
    steps = world.service.run(token)
    next(steps)
    token.cancel()
    with pytest.raises(Cancelled):
        next(steps)
    ready = world.catalogue.pictures.counts().ready
    assert 0 < ready < 40
    assert world.embedder.open_streams == 0
    again = world.run()
    assert world.states() == [PictureState.READY] * 40
    assert again[-1].progress.done == 40 - ready
    assert again[-1].snapshot is not None
    assert again[-1].snapshot.size == 40


def test_what_was_committed_before_a_cancel_can_be_published(world: World) -> None:
    world.fill(40)
    token = CancelToken()
    steps = world.service.run(token)
    for _ in range(3):
        next(steps)
    steps.close()  # type: ignore[attr-defined]
    snapshot, _ = world.service.publish()
    assert snapshot.size == world.catalogue.pictures.counts().ready


def test_leaving_a_run_ends_its_threads_and_streams(world: World) -> None:
    world.fill(40)
    steps = world.service.run(CancelToken())
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert world.embedder.open_streams == 0


def test_a_pause_is_not_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 0.0

    class LongPauses(CancelToken):
        def checkpoint(self) -> None:
            nonlocal now_s
            now_s += 100
            super().checkpoint()

    monkeypatch.setattr(indexing, "WorkClock", lambda: WorkClock(lambda: now_s))
    world.fill(40)
    steps = world.run(LongPauses())
    assert now_s >= 500
    assert steps[-1].progress.elapsed_s == 0


def test_edits_between_steps_are_kept(world: World) -> None:
    world.fill(40)
    steps = world.service.run(CancelToken())
    next(steps)
    removed = world.product_ids[-1]
    world.catalogue.products.remove([removed])
    world.catalogue.products.update_fields([world.product_ids[0]], {"title": "Jar"})
    *_, last = steps
    assert last.content_map is not None
    assert removed not in last.content_map.product_ids
    assert world.catalogue.products.get(world.product_ids[0]).fields.title == "Jar"


def test_pictures_added_or_asked_for_meanwhile_are_read_too(world: World) -> None:
    world.fill(20)
    steps = world.service.run(CancelToken())
    next(steps)
    added = write_picture(world.folder / "late.png", 500)
    world.catalogue.pictures.add(world.product_ids[0], [(added, "back")])
    world.catalogue.pictures.mark_all_pending([world.product_ids[0]])
    *_, last = steps
    assert world.catalogue.pictures.counts().ready == 21
    assert last.progress.done == last.progress.total == 22


def test_the_index_is_saved_at_the_end_with_the_vectors_it_holds(world: World) -> None:
    world.fill(10)
    world.run()
    assert world.index.saved == [(10, world.catalogue.vectors.fingerprint("grid"))]
    world.service.save()
    assert len(world.index.saved) == 1


def test_a_long_run_saves_the_index_in_between(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "SAVE_EVERY_S", 0.0)
    monkeypatch.setattr(indexing, "MOST_OVERHEAD", 1e9)
    world.fill(30)
    world.run()
    assert len(world.index.saved) >= 3
    for size, fingerprint in world.index.saved:
        assert size == fingerprint.count


def test_a_full_disk_stops_the_run_and_loses_nothing(world: World) -> None:
    world.fill(30)
    pictures = world.catalogue.pictures
    record = pictures.record_read
    stored: list[ReadPicture] = []

    def record_until_full(model_key: str, batch: Sequence[ReadPicture]) -> ChangeSet:
        if len(stored) >= 16:
            raise StorageFull("The disk is full.", remedy="Free some space.")
        stored.extend(batch)
        return record(model_key, batch)

    pictures.record_read = record_until_full  # type: ignore[method-assign]
    with pytest.raises(StorageFull):
        world.run()
    assert pictures.counts().ready == len(stored)
    pictures.record_read = record  # type: ignore[method-assign]
    steps = world.run()
    assert world.states() == [PictureState.READY] * 30
    assert steps[-1].snapshot is not None
    assert steps[-1].snapshot.size == 30


def test_a_full_disk_under_the_index_leaves_the_catalogue_complete(world: World) -> None:
    class FullIndex(CountingIndex):
        def save(self, *_: object) -> None:
            raise StorageFull("The disk is full.", remedy="Free some space.")

    world.index = FullIndex()
    world.service = world.with_model(world.embedder)
    world.fill(10)
    with pytest.raises(StorageFull):
        world.run()
    assert world.states() == [PictureState.READY] * 10
    assert world.service.publish()[0].size == 10


def test_a_model_that_is_not_there_leaves_the_pictures_waiting(world: World) -> None:
    world.fill(3)

    def unavailable() -> GridEmbedder:
        raise ModelUnavailable("The model's weights are missing.", remedy="Install again.")

    service = IndexingService(
        world.catalogue, world.reader, unavailable, world.index, model_key="grid"
    )
    with pytest.raises(ModelUnavailable):
        list(service.run(CancelToken()))
    assert world.catalogue.pictures.counts().pending == 3


def test_an_embedder_of_another_model_is_refused(world: World) -> None:
    world.fill(1)
    service = IndexingService(
        world.catalogue, world.reader, lambda: GridEmbedder("b"), world.index, model_key="a"
    )
    with pytest.raises(ValueError, match="not a"):
        list(service.run(CancelToken()))


def test_a_defect_in_the_embedder_ends_the_run_with_its_threads(world: World) -> None:
    class Broken(GridEmbedder):
        def embed_stream(self, items: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
            yield next(iter(items))[0], np.ones(self.dimension, np.float32) / 7
            raise RuntimeError("device lost")

    world.fill(30)
    world.service = world.with_model(Broken())
    with pytest.raises(RuntimeError, match="device lost"):
        world.run()


def test_a_large_index_is_made_fast_in_the_end(world: World) -> None:
    from desktop_app.domain.ports import IndexStep
    from desktop_app.domain.progress import Progress

    class SlowIndex(CountingIndex):
        slow = True

        def is_slow(self, _snapshot: IndexSnapshot) -> bool:
            return self.slow

        def optimise(self, latest: Any, _token: CancelToken) -> Iterator[IndexStep]:
            yield IndexStep(Progress("x", 1, 2))
            self.slow = False
            self.faster = latest().without(np.empty(0, np.int64))
            yield IndexStep(Progress("x", 2, 2), self.faster)

    index = world.index = SlowIndex()
    world.service = world.with_model(world.embedder)
    world.fill(5)
    steps = world.run()
    assert steps[-1].progress.stage == indexing.OPTIMISING
    assert steps[-1].snapshot is index.faster
    assert world.service.snapshot() is index.faster
    assert len(index.saved) == 2


def test_a_picture_of_one_colour_is_read(world: World) -> None:
    world.folder.mkdir()
    path = world.folder / "white.png"
    Image.new("RGB", (10, 10), "white").save(path)
    world.product_ids = add_products(world.catalogue, [path])
    world.run()
    assert world.states() == [PictureState.READY]
