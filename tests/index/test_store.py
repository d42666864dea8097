"""The store: what is on disk, what happens when it is not as it should be."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.errors import StorageFull, UserFacingError
from desktop_app.domain.ports import IndexStore
from desktop_app.infra.index import bundle as bundle_module
from desktop_app.infra.index.bundle import MANIFEST
from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.index.numpy_index import NumpyIndexStore
from desktop_app.infra.index.segment import Segment
from desktop_app.infra.index.snapshot import FaissSnapshot, Part
from tests.index.vectors import MODEL, DictVectors, ids, unit_vectors


@pytest.fixture
def vectors() -> DictVectors:
    store = DictVectors()
    store.put(np.arange(1, 201), unit_vectors(200))
    return store


@pytest.fixture
def folder(tmp_path: Path, vectors: DictVectors) -> Path:
    """A folder of indexes with a saved bundle of ``vectors``."""
    folder = tmp_path / "Índex ключ"
    FaissIndexStore(folder).open(vectors, MODEL)
    vectors.batches_read = 0
    return folder


def bundle_of(folder: Path) -> Path:
    (bundle,) = folder.iterdir()
    return bundle


def contents(snapshot: object) -> dict[int, list[float]]:
    assert isinstance(snapshot, FaissSnapshot)
    return {
        int(content_id): code.astype(np.float32).round(3).tolist()
        for part in snapshot.parts
        for content_id, code in zip(part.ids, part.codes, strict=True)
    }


def test_both_stores_keep_the_port() -> None:
    stores: list[IndexStore] = [NumpyIndexStore(), FaissIndexStore(Path("nowhere"))]
    vectors = DictVectors()
    vectors.put(ids(3, 5), unit_vectors(2))
    reference = stores[0].open(vectors, MODEL)
    reference = stores[0].extend(reference, ids(9), unit_vectors(1, seed=4))
    assert reference.search(unit_vectors(1, seed=4)[0], 1)[0].tolist() == [9]
    assert not stores[0].is_slow(reference)


def test_a_new_catalogue_opens_empty_and_without_a_problem(tmp_path: Path) -> None:
    store = FaissIndexStore(tmp_path)
    snapshot = store.open(DictVectors(), MODEL)
    assert (snapshot.size, snapshot.model_key, store.last_problem) == (0, MODEL, "")
    assert FaissIndexStore(tmp_path).open(DictVectors(), MODEL).size == 0


def test_what_was_saved_is_loaded_without_reading_the_vectors(
    folder: Path, vectors: DictVectors
) -> None:
    store = FaissIndexStore(folder)
    snapshot = store.open(vectors, MODEL)
    assert vectors.batches_read == 0
    assert store.last_problem == ""
    assert contents(snapshot).keys() == vectors.rows.keys()
    found, _ = snapshot.search(vectors.rows[17], 1)
    assert found.tolist() == [17]


def test_extended_and_saved_is_what_opens_next(folder: Path, vectors: DictVectors) -> None:
    store = FaissIndexStore(folder)
    snapshot = store.open(vectors, MODEL)
    for number in range(500, 540):
        row = unit_vectors(1, seed=number)
        vectors.put(ids(number), row)
        snapshot = store.extend(snapshot, ids(number), row)
    store.save(snapshot, vectors.fingerprint(MODEL))
    reopened = FaissIndexStore(folder).open(vectors, MODEL)
    assert vectors.batches_read == 0
    assert contents(reopened) == contents(snapshot)
    assert len(list(bundle_of(folder).iterdir())) == 3


def test_a_stale_bundle_is_brought_up_to_date(folder: Path, vectors: DictVectors) -> None:
    del vectors.rows[5]
    vectors.put(ids(7, 900), unit_vectors(2, seed=8))
    store = FaissIndexStore(folder)
    snapshot = store.open(vectors, MODEL)
    assert "older than the catalogue" in store.last_problem
    assert contents(snapshot).keys() == vectors.rows.keys()
    assert snapshot.search(unit_vectors(2, seed=8)[0], 1)[0].tolist() == [7]
    vectors.batches_read = 0
    again = FaissIndexStore(folder)
    assert contents(again.open(vectors, MODEL)) == contents(snapshot)
    assert (again.last_problem, vectors.batches_read) == ("", 0)


def test_a_missing_bundle_is_told_and_rebuilt(folder: Path, vectors: DictVectors) -> None:
    bundle = bundle_of(folder)
    for path in bundle.iterdir():
        path.unlink()
    store = FaissIndexStore(folder)
    assert store.open(vectors, MODEL).size == 200
    assert "missing" in store.last_problem


def change_manifest(bundle: Path, change: Callable[[dict[str, object]], object]) -> None:
    path = bundle / MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), "utf-8")


def truncate(bundle: Path) -> None:
    (path,) = bundle.glob("*.faiss")
    path.write_bytes(path.read_bytes()[:-7])


def flip_a_bit(bundle: Path) -> None:
    (path,) = bundle.glob("*.npy")
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)


def remove_a_file(bundle: Path) -> None:
    next(bundle.glob("*.faiss")).unlink()


def garble_manifest(bundle: Path) -> None:
    (bundle / MANIFEST).write_text("{", "utf-8")


def not_text(bundle: Path) -> None:
    (bundle / MANIFEST).write_bytes(b"\xff\xfe\x00")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "truncated": truncate,
    "bit flipped": flip_a_bit,
    "file missing": remove_a_file,
    "manifest garbled": garble_manifest,
    "manifest not text": not_text,
    "other format": lambda b: change_manifest(b, lambda m: m.update(format=99)),
    "other model": lambda b: change_manifest(b, lambda m: m.update(model_key="another")),
    "other dimension": lambda b: change_manifest(b, lambda m: m.update(dimension=8)),
    "other count": lambda b: change_manifest(b, lambda m: m.update(count=3)),
    "part without name": lambda b: change_manifest(b, lambda m: m["parts"][0].pop("rows")),  # type: ignore[index]
    "not a manifest": lambda b: (b / MANIFEST).write_text("[]", "utf-8") and None,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_told_and_the_index_rebuilt(
    folder: Path, vectors: DictVectors, damage: Callable[[Path], None]
) -> None:
    damage(bundle_of(folder))
    store = FaissIndexStore(folder)
    snapshot = store.open(vectors, MODEL)
    assert "damaged" in store.last_problem
    assert contents(snapshot).keys() == vectors.rows.keys()
    repaired = FaissIndexStore(folder)
    assert contents(repaired.open(vectors, MODEL)) == contents(snapshot)
    assert repaired.last_problem == ""


def test_a_vector_that_is_not_a_number_counts_as_damage(folder: Path, vectors: DictVectors) -> None:
    codes = np.zeros((2, 16), np.float16)
    codes[1, 3] = np.nan
    spoilt = FaissSnapshot(MODEL, [Part(Segment.exact(ids(1, 2), codes))], dimension=16)
    bundle_module.Bundle(bundle_of(folder)).save(spoilt, vectors.fingerprint(MODEL))
    store = FaissIndexStore(folder)
    assert store.open(vectors, MODEL).size == 200
    assert "not a number" in store.last_problem


def test_a_catalogue_opened_for_reading_is_never_written(
    folder: Path, vectors: DictVectors
) -> None:
    vectors.put(ids(900), unit_vectors(1, seed=8))
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in bundle_of(folder).iterdir()}
    store = FaissIndexStore(folder, read_only=True)
    snapshot = store.open(vectors, MODEL)
    store.save(snapshot, vectors.fingerprint(MODEL))
    assert snapshot.size == 201
    after = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in bundle_of(folder).iterdir()}
    assert after == before
    store.open(vectors, "another model")
    assert len(list(folder.iterdir())) == 1


def test_every_model_has_its_own_bundle(folder: Path, vectors: DictVectors) -> None:
    store = FaissIndexStore(folder)
    for key in ("net/1: weights#ab", "Net-1-weights-ab", "../../up", "COM1", "x" * 300):
        store.save(FaissSnapshot(key), vectors.fingerprint(key))
    assert len(list(folder.iterdir())) == 6
    assert contents(store.open(vectors, MODEL)).keys() == vectors.rows.keys()
    assert store.last_problem == ""


def test_damaged_stored_vectors_are_left_out_and_told(tmp_path: Path) -> None:
    vectors = DictVectors()
    vectors.put(np.arange(10), unit_vectors(10))
    vectors.rows[3] = np.zeros(16, np.float32)
    vectors.rows[4] = np.full(16, np.nan, np.float32)
    store = FaissIndexStore(tmp_path)
    assert store.open(vectors, MODEL).size == 8
    assert store.last_problem.startswith("2 stored pictures")


def test_vectors_of_another_length_replace_the_index(folder: Path) -> None:
    vectors = DictVectors(dimension=8)
    vectors.put(np.arange(30), unit_vectors(30, 8))
    snapshot = FaissIndexStore(folder).open(vectors, MODEL)
    assert snapshot.size == 30
    assert snapshot.search(unit_vectors(30, 8)[4], 1)[0].tolist() == [4]


class PowerCut(BaseException):
    """Ends the process in the middle of a save, as far as the disk can tell."""


@pytest.mark.parametrize("survived", range(10))
def test_a_crash_at_any_step_of_saving_leaves_a_valid_bundle(
    folder: Path, vectors: DictVectors, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    before = vectors.fingerprint(MODEL)
    store = FaissIndexStore(folder)
    snapshot = store.open(vectors, MODEL)
    vectors.put(ids(900), unit_vectors(1, seed=8))
    larger = store.extend(snapshot, ids(900), unit_vectors(1, seed=8))
    steps_left = survived
    for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink")):
        original = getattr(owner, name)

        def step(*arguments: object, original: Callable[..., object] = original) -> object:
            nonlocal steps_left
            if steps_left == 0:
                raise PowerCut
            steps_left -= 1
            return original(*arguments)

        monkeypatch.setattr(owner, name, step)
    cut = False
    try:
        store.save(larger, vectors.fingerprint(MODEL))
    except PowerCut:
        cut = True
    monkeypatch.undo()
    # Nine steps before anything old is removed: sync, rename and sync of folder, three times.
    assert cut
    loaded = bundle_module.Bundle(bundle_of(folder)).load(MODEL)
    assert loaded is not None
    committed = survived >= 8
    assert loaded.fingerprint == (vectors.fingerprint(MODEL) if committed else before)
    assert loaded.snapshot.size == (201 if committed else 200)
    FaissIndexStore(folder).save(larger, vectors.fingerprint(MODEL))
    assert len(list(bundle_of(folder).iterdir())) == 3


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
@pytest.mark.parametrize("refused", ["*.faiss.part", "*.npy.part", "manifest.json.part"])
def test_a_refused_write_is_told_and_leaves_the_former_bundle_alone(
    folder: Path,
    vectors: DictVectors,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    refused: str,
) -> None:
    files = sorted(path.name for path in bundle_of(folder).iterdir())
    store = FaissIndexStore(folder)
    snapshot = store.open(vectors, MODEL)
    original = Path.open

    def opened(path: Path, mode: str = "r", *arguments: object) -> object:
        file = original(path, mode, *arguments)  # type: ignore[call-overload]
        if path.match(refused):
            file.close()
            return FullDisk(file.name, number)
        return file

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(UserFacingError) as caught:
        store.save(snapshot, vectors.fingerprint(MODEL))
    assert isinstance(caught.value, StorageFull) == (number == errno.ENOSPC)
    monkeypatch.undo()
    assert sorted(path.name for path in bundle_of(folder).iterdir()) == files
    reopened = FaissIndexStore(folder)
    assert reopened.open(vectors, MODEL).size == 200
    assert reopened.last_problem == ""


class FullDisk:
    """A file that takes no byte."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self._number = number

    def __enter__(self) -> FullDisk:
        return self

    def __exit__(self, *exception: object) -> None:
        return None

    def write(self, _block: object) -> int:
        raise OSError(self._number, os.strerror(self._number), self.name)


def test_an_unwritable_folder_does_not_keep_the_index_from_opening(
    tmp_path: Path, vectors: DictVectors
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert FaissIndexStore(blocked / "index").open(vectors, MODEL).size == 200
