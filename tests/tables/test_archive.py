"""ZIP files that are damaged or hostile do no harm."""

from __future__ import annotations

import errno
import stat
import zipfile
from pathlib import Path

import pytest

from desktop_app.domain.errors import StorageFull, UserFacingError
from desktop_app.domain.imports import IssueKind
from desktop_app.infra.tables.archive import ZipArchiveReader


def make_zip(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def reader() -> ZipArchiveReader:
    return ZipArchiveReader()


def test_nested_entries_are_listed_in_order_and_unpacked(
    tmp_path: Path, reader: ZipArchiveReader
) -> None:
    archive = make_zip(tmp_path / "a.zip", {"b/c/2.jpg": b"two", "1.jpg": b"one", "b/": b""})
    entries = reader.list_entries(archive).entries
    assert [entry.path for entry in entries] == ["1.jpg", "b/c/2.jpg"]
    targets = [(entry, tmp_path / "out" / entry.path) for entry in entries]
    assert not reader.extract(archive, targets)
    assert (tmp_path / "out/b/c/2.jpg").read_bytes() == b"two"
    assert sorted(p.name for p in (tmp_path / "out").rglob("*")) == ["1.jpg", "2.jpg", "b", "c"]
    assert reader.read(archive, entries[0]) == b"one"


@pytest.mark.parametrize(
    "name",
    ["../evil.jpg", "a/../../evil.jpg", "/evil.jpg", "C:\\evil.jpg", "..\\evil.jpg"],
)
def test_names_that_point_outside_are_refused(
    tmp_path: Path, reader: ZipArchiveReader, name: str
) -> None:
    archive = make_zip(tmp_path / "a.zip", {name: b"x", "good.jpg": b"y"})
    listing = reader.list_entries(archive)
    assert [entry.path for entry in listing.entries] == ["good.jpg"]
    (issue,) = listing.issues
    assert issue.kind is IssueKind.FAILED
    assert "outside" in issue.reason


def test_links_are_refused(tmp_path: Path, reader: ZipArchiveReader) -> None:
    info = zipfile.ZipInfo("link.jpg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    listing = reader.list_entries(tmp_path / "a.zip")
    assert not listing.entries
    assert "link" in listing.issues[0].reason


def test_entries_with_a_password_are_named(tmp_path: Path, reader: ZipArchiveReader) -> None:
    data = bytearray(make_zip(tmp_path / "a.zip", {"a.jpg": b"x"}).read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert "password" in reader.list_entries(tmp_path / "a.zip").issues[0].reason


def test_a_bomb_is_refused_as_a_whole(tmp_path: Path, reader: ZipArchiveReader) -> None:
    archive = make_zip(tmp_path / "a.zip", {"a.jpg": bytes(20 << 20), "b.jpg": b"x"})
    with pytest.raises(UserFacingError, match="far more than it holds"):
        reader.list_entries(archive)


def test_entries_that_share_their_bytes_are_refused(
    tmp_path: Path, reader: ZipArchiveReader
) -> None:
    data = bytearray(make_zip(tmp_path / "a.zip", {"a.jpg": b"x"}).read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 20 : at + 24] = (10_000_000).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(UserFacingError):
        reader.list_entries(tmp_path / "a.zip")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive_is_refused(
    tmp_path: Path, reader: ZipArchiveReader, content: bytes
) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(UserFacingError, match="cannot be opened"):
        reader.list_entries(tmp_path / "a.zip")


def test_a_damaged_entry_is_reported_and_leaves_nothing_behind(
    tmp_path: Path, reader: ZipArchiveReader
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.jpg", b"the bytes of a picture")
        archive.writestr("b.jpg", b"fine")
    data = (tmp_path / "a.zip").read_bytes().replace(b"the bytes", b"teh bytes")
    (tmp_path / "a.zip").write_bytes(data)
    entries = reader.list_entries(tmp_path / "a.zip").entries
    out = tmp_path / "out"
    problems = reader.extract(tmp_path / "a.zip", [(e, out / e.path) for e in entries])
    assert list(problems) == [out / "a.jpg"]
    assert [path.name for path in out.iterdir()] == ["b.jpg"]
    with pytest.raises(UserFacingError, match="damaged"):
        reader.read(tmp_path / "a.zip", entries[0])


def test_names_forbidden_on_some_system_are_made_portable(
    tmp_path: Path, reader: ZipArchiveReader
) -> None:
    names = {"a:b?.jpg": b"1", "con.jpg": b"2", "dir. /x.jpg": b"3", "back\\slash.jpg": b"4"}
    archive = make_zip(tmp_path / "a.zip", names)
    paths = [entry.path for entry in reader.list_entries(archive).entries]
    assert paths == ["_con.jpg", "a_b_.jpg", "back/slash.jpg", "dir/x.jpg"]


def test_names_in_utf_8_are_read_with_and_without_the_flag(
    tmp_path: Path, reader: ZipArchiveReader
) -> None:
    flagged = make_zip(tmp_path / "a.zip", {"größe.jpg": b"x"})
    data = flagged.read_bytes()
    unflagged = bytearray(data)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = unflagged.index(magic) + offset
        unflagged[at : at + 2] = (0).to_bytes(2, "little")
    (tmp_path / "b.zip").write_bytes(unflagged)
    for path in (flagged, tmp_path / "b.zip"):
        (entry,) = reader.list_entries(path).entries
        assert entry.path == "größe.jpg"


def test_names_in_the_old_code_page_are_read(tmp_path: Path, reader: ZipArchiveReader) -> None:
    data = make_zip(tmp_path / "a.zip", {"groXe.jpg": b"x"}).read_bytes()
    (tmp_path / "a.zip").write_bytes(data.replace(b"groXe", b"gro\xe1e"))
    (entry,) = reader.list_entries(tmp_path / "a.zip").entries
    assert entry.path == "große.jpg"


def test_a_full_disk_says_so_and_leaves_no_partial_file(
    tmp_path: Path, reader: ZipArchiveReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make_zip(tmp_path / "a.zip", {"a.jpg": b"x"})
    (entry,) = reader.list_entries(archive).entries

    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StorageFull):
        reader.extract(archive, [(entry, tmp_path / "out" / "a.jpg")])
    assert not list((tmp_path / "out").iterdir())
