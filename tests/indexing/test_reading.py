from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktop_app.domain.errors import MissingPicture
from desktop_app.domain.hashing import file_content_hash
from desktop_app.domain.images import READING_SIDE
from desktop_app.domain.products import PictureState
from desktop_app.domain.storage import PendingPicture
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.indexing_reading import GROUP, PictureLooker, read_ahead
from tests.indexing.fakes import write_picture


class CountingReader(PillowImageReader):
    """Counts what it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[Path] = []

    def read_file(self, path: Path) -> bytes:
        self.read.append(path)
        return super().read_file(path)


@pytest.fixture
def look(catalogue: SqliteCatalogue) -> PictureLooker:
    return PictureLooker(catalogue.pictures, PillowImageReader(), "grid")


def test_a_new_picture_gives_everything_that_is_stored(look: PictureLooker, tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.png", 1)
    found = look(PendingPicture(7, str(path)))
    assert found.picture_id == 7
    assert found.state is PictureState.READY
    assert found.content is not None
    assert found.content.content_hash == file_content_hash(path)
    assert (found.content.width, found.content.height) == (32, 32)
    assert len(found.content.perceptual_hash) == 8
    assert found.rgb is not None
    assert max(found.rgb.shape) <= READING_SIDE
    assert found.thumbnail is not None
    assert found.size_bytes == path.stat().st_size
    assert found.mtime_ns == path.stat().st_mtime_ns


def test_a_damaged_picture_fails_with_a_reason_and_is_not_read_again_unchanged(
    look: PictureLooker, tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\xd8\xff nothing behind it")
    found = look(PendingPicture(1, str(path)))
    assert found.state is PictureState.FAILED
    assert "damaged" in found.problem
    assert found.mtime_ns == path.stat().st_mtime_ns
    assert found.content is None


def test_a_missing_file_is_offline_and_named(look: PictureLooker, tmp_path: Path) -> None:
    found = look(PendingPicture(1, str(tmp_path / "gone.jpg")))
    assert found.state is PictureState.OFFLINE
    assert "“gone.jpg” is not there any more" in found.problem


def test_an_absent_folder_is_named_and_asked_for_once(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    reader = CountingReader()
    look = PictureLooker(catalogue.pictures, reader, "grid")
    drive = tmp_path / "stick"
    problems = {
        look(PendingPicture(n, str(drive / f"jars/{n % 2}/{n}.jpg"))).problem for n in range(6)
    }
    assert problems == {
        f"The folder {drive} is not there. Connect its drive or put the folder back."
    }
    assert len(reader.read) == 1


def test_an_absent_folder_does_not_take_its_neighbours_along(
    look: PictureLooker, tmp_path: Path
) -> None:
    look(PendingPicture(1, str(tmp_path / "stick" / "a.jpg")))
    path = write_picture(tmp_path / "shelf" / "b.png", 2)
    assert look(PendingPicture(2, str(path))).state is PictureState.READY


def test_a_drive_that_does_not_answer_is_offline(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    class Away(PillowImageReader):
        def read_file(self, _path: Path) -> bytes:
            raise MissingPicture("The drive of “a.jpg” does not answer.", remedy="Connect it.")

    path = write_picture(tmp_path / "a.png", 1)
    found = PictureLooker(catalogue.pictures, Away(), "grid")(PendingPicture(1, str(path)))
    assert found.state is PictureState.OFFLINE
    assert "does not answer" in found.problem


def test_reading_ahead_keeps_the_order_and_the_bound() -> None:
    started: list[int] = []
    gate = threading.Event()

    def work(n: int) -> int:
        if n == 0:
            assert gate.wait(10)
        return n * n

    def items() -> Iterator[int]:
        for n in range(20):
            started.append(n)
            if n == GROUP:
                gate.set()
            yield n

    with ThreadPoolExecutor(3) as executor:
        results = read_ahead(work, items(), executor, limit=2 * GROUP)
        assert next(results) == 0
        assert started == list(range(2 * GROUP))
        assert list(results) == [n * n for n in range(1, 20)]
