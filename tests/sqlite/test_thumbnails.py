"""The thumbnail cache heals itself."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from desktop_app.domain.storage import PictureCounts
from desktop_app.infra.sqlite.catalogue import create_catalogue, open_catalogue
from desktop_app.infra.sqlite.connection import Access
from desktop_app.infra.sqlite.thumbnails import THUMBNAILS_NAME, ThumbnailCache
from tests.sqlite.building import MODEL, content, import_products, picture_ids, read_all

HASH = content(1).content_hash


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed catalogue whose first picture was read, and whose second waits."""
    catalogue = create_catalogue(tmp_path, "x")
    first, _ = import_products(catalogue, "A", "B")
    read_all(catalogue, picture_ids(catalogue, first))
    catalogue.close()
    return tmp_path


@pytest.mark.parametrize("left", [None, b"", b"no database" * 1000])
def test_lost_thumbnails_make_the_pictures_wait_to_be_read_again(
    folder: Path, left: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = folder / THUMBNAILS_NAME
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    with caplog.at_level(logging.CRITICAL):
        catalogue = open_catalogue(folder)
    try:
        assert catalogue.pictures.counts() == PictureCounts(pending=2)
        known = catalogue.pictures.known_contents([HASH], MODEL)[HASH]
        assert (known.has_vector, known.has_thumbnail) == (True, False)
        assert len(catalogue.pictures.content_map().content_ids) == 1
        read_all(catalogue, [1])
        assert catalogue.pictures.thumbnail(HASH) == b"jpeg 1"
        assert catalogue.pictures.known_contents([HASH], MODEL)[HASH].has_thumbnail
    finally:
        catalogue.close()


def test_sound_thumbnails_stay(folder: Path) -> None:
    catalogue = open_catalogue(folder)
    try:
        assert catalogue.pictures.counts() == PictureCounts(pending=1, ready=1)
        assert catalogue.pictures.thumbnail(HASH) == b"jpeg 1"
    finally:
        catalogue.close()


@pytest.mark.parametrize("discovered_by", ["get", "known", "put"])
def test_damage_met_later_is_mended_once(
    tmp_path: Path, discovered_by: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / THUMBNAILS_NAME
    cache = ThumbnailCache(path, access=Access.READ_WRITE, on_lost=lambda: None)
    cache.prepare()
    cache.put([(f"{i}", b"x" * 5000) for i in range(100)])
    cache.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    lost: list[str] = []
    cache = ThumbnailCache(path, access=Access.READ_WRITE, on_lost=lambda: lost.append("lost"))
    cache.prepare()
    assert lost == []
    if discovered_by == "get":
        assert cache.get("5") is None
    elif discovered_by == "known":
        assert cache.known(["5"]) == set()
    else:
        cache.put([("5", b"new")])
        assert cache.get("5") == b"new"
    assert lost == ["lost"]
    assert "damaged" in caplog.text
    cache.put([("6", b"six")])
    assert cache.get("6") == b"six"
    assert lost == ["lost"]
    cache.close()
