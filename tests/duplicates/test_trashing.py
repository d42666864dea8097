"""Files of merged products go to the trash where asked, and never one too many."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_app.domain.duplicates import DuplicateGroup
from desktop_app.domain.errors import CatalogueReadOnly, UserFacingError
from desktop_app.domain.hashing import file_content_hash
from desktop_app.domain.products import PictureState
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.resolving import KeepRule, PictureRule, ResolvePlan
from desktop_app.domain.storage import Content, ReadPicture
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from desktop_app.services.duplicates.resolving import apply_plan, plan_resolution, products_of
from desktop_app.services.duplicates.trash_journal import FILE_NAME, FileState, TrashJournal
from desktop_app.services.duplicates.trashing import (
    IS_ABSENT,
    IS_CHANGED,
    IS_LAST,
    IS_SHOWN,
    forget_unfinished,
    resume_trash,
    trash_files,
    unfinished_trash,
)
from tests.sqlite.building import add_product


class FolderTrash:
    """The Trash port: moves files into a folder. ``before`` is called with each first."""

    def __init__(self, folder: Path, before: Callable[[Path], None] | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self._before = before

    def send(self, path: Path) -> None:
        if self._before is not None:
            self._before(path)
        path.rename(self.folder / path.name)

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


class Shelf:
    """A catalogue of products with files."""

    def __init__(self, catalogue: SqliteCatalogue, folder: Path) -> None:
        self.catalogue = catalogue
        self.folder = folder
        folder.mkdir()

    def path(self, name: str) -> Path:
        return self.folder / name

    def add(self, sku: str, **files: bytes) -> int:
        """A product with files of these names and bytes, all read."""
        paths = [self.path(f"{name}.jpg") for name in files]
        for path, data in zip(paths, files.values(), strict=True):
            path.write_bytes(data)
        product_id = add_product(self.catalogue, sku, *map(str, paths))
        self.catalogue.pictures.record_read(
            "m",
            [
                ReadPicture(
                    picture.id,
                    PictureState.READY,
                    content=Content(file_content_hash(Path(picture.path)), 9, 9, bytes(8), 0),
                )
                for picture in self.catalogue.products.get(product_id).pictures
            ],
        )
        return product_id

    def plan(self, *ids: int, pictures: PictureRule = PictureRule.NEW) -> ResolvePlan:
        """The lowest SKU is kept."""
        groups = [DuplicateGroup(ids, 1.0, 1.0, (), ids[0], True)]
        known = products_of(self.catalogue, groups)
        return plan_resolution(groups, known, [KeepRule.LOWEST_SKU], pictures=pictures)

    @property
    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.iterdir())


@pytest.fixture
def shelf(catalogue: SqliteCatalogue, tmp_path: Path) -> Shelf:
    return Shelf(catalogue, tmp_path / "files")


@pytest.fixture
def trash(tmp_path: Path) -> FolderTrash:
    return FolderTrash(tmp_path / "trash")


def told(steps) -> dict[str, tuple[FileState, str]]:
    return {
        Path(step.entry.file.path).stem: (step.entry.state, step.entry.reason) for step in steps
    }


def states(shelf: Shelf) -> list[tuple[str, str]]:
    return [
        (Path(entry.file.path).stem, entry.state.value)
        for entry in TrashJournal(shelf.catalogue.folder).entries()
    ]


def test_what_the_kept_product_does_not_take_over_goes(shelf: Shelf, trash: FolderTrash) -> None:
    plan = shelf.plan(shelf.add("A", a=b"1"), shelf.add("B", copy=b"1", b=b"2"))
    apply_plan(shelf.catalogue, plan)
    steps = list(trash_files(shelf.catalogue, plan, trash, CancelToken()))
    assert told(steps) == {"copy": (FileState.SENT, "")}
    assert (shelf.names, trash.names) == (["a", "b"], ["copy.jpg"])
    assert states(shelf) == [("copy", "planned"), ("copy", "sending"), ("copy", "sent")]


def test_nothing_goes_before_the_plan_is_applied_or_after_it_was_taken_back(
    shelf: Shelf, trash: FolderTrash
) -> None:
    plan = shelf.plan(shelf.add("A", a=b"1"), shelf.add("B", copy=b"1"))
    for act in (
        lambda: None,
        lambda: (apply_plan(shelf.catalogue, plan), shelf.catalogue.history.undo()),
    ):
        act()
        steps = list(trash_files(shelf.catalogue, plan, trash, CancelToken()))
        assert told(steps) == {"copy": (FileState.KEPT, IS_SHOWN)}
    assert trash.names == []


def test_a_file_that_another_product_shows_stays(shelf: Shelf, trash: FolderTrash) -> None:
    one, two = shelf.add("A", a=b"1"), shelf.add("B", b=b"2")
    other = add_product(shelf.catalogue, "C", str(shelf.path("b.jpg")))
    plan = shelf.plan(one, two, pictures=PictureRule.NONE)
    apply_plan(shelf.catalogue, plan)
    assert shelf.catalogue.products.get(other).pictures[0].content_hash == ""
    steps = list(trash_files(shelf.catalogue, plan, trash, CancelToken()))
    assert told(steps) == {"b": (FileState.KEPT, IS_SHOWN)}


def test_the_last_file_of_a_picture_that_a_product_shows_stays(
    shelf: Shelf, trash: FolderTrash
) -> None:
    plan = shelf.plan(shelf.add("A", a=b"1"), shelf.add("B", copy=b"1"))
    apply_plan(shelf.catalogue, plan)
    shelf.path("a.jpg").write_bytes(b"overwritten meanwhile")
    steps = list(trash_files(shelf.catalogue, plan, trash, CancelToken()))
    assert told(steps) == {"copy": (FileState.KEPT, IS_LAST)}
    shelf.path("a.jpg").unlink()
    steps = list(trash_files(shelf.catalogue, plan, trash, CancelToken()))
    assert told(steps) == {"copy": (FileState.KEPT, IS_LAST)}


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_another_name_of_a_file_is_not_another_copy(shelf: Shelf, trash: FolderTrash) -> None:
    one = shelf.add("A", a=b"1")
    shelf.path("b.jpg").symlink_to(shelf.path("a.jpg"))
    two = add_product(shelf.catalogue, "B", str(shelf.path("b.jpg")))
    (picture,) = shelf.catalogue.products.get(two).pictures
    digest = file_content_hash(shelf.path("a.jpg"))
    content = Content(digest, 9, 9, bytes(8), 0)
    shelf.catalogue.pictures.record_read(
        "m", [ReadPicture(picture.id, PictureState.READY, content=content)]
    )
    plan = shelf.plan(one, two)
    apply_plan(shelf.catalogue, plan)
    steps = list(trash_files(shelf.catalogue, plan, trash, CancelToken()))
    assert told(steps) == {"b": (FileState.KEPT, IS_SHOWN)}


def test_files_that_changed_or_are_gone_stay_as_they_are(shelf: Shelf, trash: FolderTrash) -> None:
    plan = shelf.plan(shelf.add("A", a=b"1"), shelf.add("B", b=b"1", c=b"1"))
    apply_plan(shelf.catalogue, plan)
    shelf.path("b.jpg").write_bytes(b"another picture under the same name")
    shelf.path("c.jpg").unlink()
    steps = list(trash_files(shelf.catalogue, plan, trash, CancelToken()))
    assert told(steps) == {"b": (FileState.KEPT, IS_CHANGED), "c": (FileState.KEPT, IS_ABSENT)}
    assert shelf.names == ["a", "b"]


def test_what_the_trash_refuses_is_told_and_the_rest_goes(shelf: Shelf, tmp_path: Path) -> None:
    def refuse(path: Path) -> None:
        if path.stem == "b":
            raise UserFacingError("It is on a drive without a trash.")

    trash = FolderTrash(tmp_path / "trash", refuse)
    plan = shelf.plan(shelf.add("A", a=b"1"), shelf.add("B", b=b"1", c=b"1"))
    apply_plan(shelf.catalogue, plan)
    steps = list(trash_files(shelf.catalogue, plan, trash, CancelToken()))
    assert told(steps) == {
        "b": (FileState.FAILED, "It is on a drive without a trash."),
        "c": (FileState.SENT, ""),
    }
    assert (steps[-1].progress.done, steps[-1].progress.failed) == (2, 1)
    assert unfinished_trash(shelf.catalogue) == []


class PowerCutError(BaseException):
    """Nothing catches it."""


@pytest.mark.parametrize("is_moved", [False, True])
def test_what_was_under_way_at_a_crash_is_finished_later(
    shelf: Shelf, tmp_path: Path, is_moved: bool
) -> None:
    def cut(path: Path) -> None:
        if path.stem == "c":
            if is_moved:
                path.rename(tmp_path / "trash" / path.name)
            raise PowerCutError

    plan = shelf.plan(shelf.add("A", a=b"1"), shelf.add("B", b=b"1", c=b"1", d=b"1"))
    apply_plan(shelf.catalogue, plan)
    with pytest.raises(PowerCutError):
        list(
            trash_files(shelf.catalogue, plan, FolderTrash(tmp_path / "trash", cut), CancelToken())
        )
    journal = shelf.catalogue.folder / FILE_NAME
    journal.write_bytes(journal.read_bytes() + b'{"state": "se')
    left = [Path(file.path).stem for file in unfinished_trash(shelf.catalogue)]
    assert left == ["c", "d"]
    trash = FolderTrash(tmp_path / "trash")
    steps = list(resume_trash(shelf.catalogue, trash, CancelToken()))
    assert told(steps) == {"c": (FileState.SENT, ""), "d": (FileState.SENT, "")}
    assert trash.names == ["b.jpg", "c.jpg", "d.jpg"]
    assert shelf.names == ["a"]
    assert list(resume_trash(shelf.catalogue, trash, CancelToken())) == []


def test_what_was_cancelled_can_be_gone_on_with_or_forgotten(
    shelf: Shelf, trash: FolderTrash
) -> None:
    plan = shelf.plan(shelf.add("A", a=b"1"), shelf.add("B", b=b"1", c=b"1"))
    apply_plan(shelf.catalogue, plan)
    token = CancelToken()
    steps = trash_files(shelf.catalogue, plan, trash, token)
    next(steps)
    token.cancel()
    with pytest.raises(Cancelled):
        next(steps)
    assert [Path(file.path).stem for file in unfinished_trash(shelf.catalogue)] == ["c"]
    forget_unfinished(shelf.catalogue)
    assert unfinished_trash(shelf.catalogue) == []
    assert shelf.names == ["a", "c"]


def test_a_file_planned_again_goes_again(shelf: Shelf, trash: FolderTrash) -> None:
    plan = shelf.plan(shelf.add("A", a=b"1"), shelf.add("B", b=b"1"))
    apply_plan(shelf.catalogue, plan)
    for _ in range(2):
        shelf.path("b.jpg").write_bytes(b"1")
        steps = list(trash_files(shelf.catalogue, plan, trash, CancelToken()))
        assert told(steps) == {"b": (FileState.SENT, "")}


def test_pictures_that_were_never_read_are_no_candidates(shelf: Shelf, trash: FolderTrash) -> None:
    one = shelf.add("A", a=b"1")
    shelf.path("b.jpg").write_bytes(b"2")
    two = add_product(shelf.catalogue, "B", str(shelf.path("b.jpg")))
    plan = shelf.plan(one, two, pictures=PictureRule.NONE)
    apply_plan(shelf.catalogue, plan)
    assert list(trash_files(shelf.catalogue, plan, trash, CancelToken())) == []
    assert not (shelf.catalogue.folder / FILE_NAME).exists()


def test_nothing_goes_that_cannot_be_written_down(shelf: Shelf, trash: FolderTrash) -> None:
    plan = shelf.plan(shelf.add("A", a=b"1"), shelf.add("B", b=b"1"))
    apply_plan(shelf.catalogue, plan)
    (shelf.catalogue.folder / FILE_NAME).mkdir()
    with pytest.raises(UserFacingError, match="written down"):
        list(trash_files(shelf.catalogue, plan, trash, CancelToken()))
    assert trash.names == []


def test_a_catalogue_open_for_reading_only_sends_nothing(shelf: Shelf, trash: FolderTrash) -> None:
    plan = shelf.plan(shelf.add("A", a=b"1"), shelf.add("B", b=b"1"))
    apply_plan(shelf.catalogue, plan)
    folder = shelf.catalogue.folder
    shelf.catalogue.close()
    reading = open_catalogue(folder, read_only=True)
    try:
        with pytest.raises(CatalogueReadOnly):
            list(trash_files(reading, plan, trash, CancelToken()))
    finally:
        reading.close()
    assert trash.names == []


def test_the_journal_is_lines_that_other_programs_can_read(
    shelf: Shelf, trash: FolderTrash
) -> None:
    plan = shelf.plan(shelf.add("A", a=b"1"), shelf.add("B", **{"über": b"1"}))
    apply_plan(shelf.catalogue, plan)
    list(trash_files(shelf.catalogue, plan, trash, CancelToken()))
    lines = (shelf.catalogue.folder / FILE_NAME).read_text("ascii").splitlines()
    last = json.loads(lines[-1])
    assert last["path"] == str(shelf.path("über.jpg"))
    assert last["state"] == "sent"
    assert last["at"].endswith("+00:00")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it would be the user's own trash")
def test_the_systems_own_trash_takes_a_file(tmp_path: Path) -> None:
    home, path = tmp_path / "home", tmp_path / "home" / "jar.jpg"
    home.mkdir()
    path.write_bytes(b"jar")
    code = (
        "import sys; from pathlib import Path; "
        "from desktop_app.infra.system_trash import SystemTrash; "
        "SystemTrash().send(Path(sys.argv[1]))"
    )
    environment = os.environ | {"HOME": str(home), "XDG_DATA_HOME": str(home / "share")}
    subprocess.run([sys.executable, "-c", code, str(path)], env=environment, check=True, timeout=60)
    assert not path.exists()
    trashed = home / "share" / "Trash"
    assert (trashed / "files" / "jar.jpg").read_bytes() == b"jar"
    assert str(path) in (trashed / "info" / "jar.jpg.trashinfo").read_text()


def test_what_the_system_refuses_is_told_in_words(tmp_path: Path) -> None:
    from desktop_app.infra.system_trash import SystemTrash

    with pytest.raises(UserFacingError, match="cannot be moved to the trash"):
        SystemTrash().send(tmp_path / "absent.jpg")
