"""Watched sources are due once they have come to rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_app.domain.imports import ImportRequest, Source, SourceKind, TableRules
from desktop_app.infra.watch import WatchdogWatcher, file_system_of
from desktop_app.services.watching import PATIENCE_S, QUIET_S, RETRY_S, WatchService


class HandWatcher:
    """A watcher whose events are made by the test."""

    def __init__(self) -> None:
        self.watched: dict[Path, tuple[Callable[[Path], None], bool]] = {}

    def watch(self, folder: Path, on_change: Callable[[Path], None], *, recursive: bool) -> None:
        if not folder.is_dir():
            raise FileNotFoundError(folder)
        self.watched[folder] = (on_change, recursive)

    def stop(self) -> None:
        self.watched.clear()

    def change(self, path: Path) -> None:
        for folder, (on_change, _) in list(self.watched.items()):
            if path.is_relative_to(folder):
                on_change(path)


class HandClock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def watcher() -> HandWatcher:
    return HandWatcher()


@pytest.fixture
def service(watcher: HandWatcher, clock: HandClock, source: Path) -> WatchService:
    return WatchService(watcher, own_folder=source / "catalogue", clock=clock)


def folder_source(folder: Path, *, watch: bool = True, source_id: int = 1) -> Source:
    return Source(source_id, ImportRequest(SourceKind.FOLDER, (folder,), watch=watch), "")


def test_a_source_is_due_once_when_it_has_been_quiet(
    service: WatchService, watcher: HandWatcher, clock: HandClock, source: Path
) -> None:
    service.start([folder_source(source)])
    assert service.due() == []
    watcher.change(source / "a.jpg")
    clock.now += QUIET_S - 0.1
    watcher.change(source / "b.jpg")
    clock.now += QUIET_S - 0.1
    assert service.due() == []
    clock.now += 0.1
    assert service.due() == [1]
    assert service.due() == []


def test_a_source_that_never_rests_is_due_all_the_same(
    service: WatchService, watcher: HandWatcher, clock: HandClock, source: Path
) -> None:
    service.start([folder_source(source)])
    for _ in range(int(PATIENCE_S)):
        assert service.due() == []
        watcher.change(source / "a.jpg")
        clock.now += 1
    assert service.due() == [1]


def test_only_sources_that_ask_for_it_are_watched(
    service: WatchService, watcher: HandWatcher, source: Path
) -> None:
    service.start([folder_source(source, watch=False)])
    assert watcher.watched == {}


@pytest.mark.parametrize("name", ["jars/a.JPG", "jars", "gone.d"])
def test_pictures_and_folders_matter(
    service: WatchService, watcher: HandWatcher, clock: HandClock, source: Path, name: str
) -> None:
    service.start([folder_source(source)])
    watcher.change(source / name)
    clock.now += QUIET_S
    assert service.due() == [1]


def test_other_files_and_the_catalogue_itself_do_not_matter(
    service: WatchService, watcher: HandWatcher, clock: HandClock, source: Path
) -> None:
    (source / "notes.txt").write_text("x")
    service.start([folder_source(source)])
    for name in ("notes.txt", ".hidden/a.jpg", ".a.jpg.part", "catalogue/pictures/a.jpg"):
        watcher.change(source / name)
    clock.now += QUIET_S
    assert service.due() == []


def test_of_a_list_only_the_file_and_its_pictures_matter(
    service: WatchService, watcher: HandWatcher, clock: HandClock, source: Path
) -> None:
    (source / "pictures").mkdir()
    rules = TableRules(picture_root=source / "pictures")
    request = ImportRequest(SourceKind.TABLE, (source / "list.csv",), table_rules=rules, watch=True)
    service.start([Source(7, request, "")])
    assert [recursive for _, recursive in watcher.watched.values()] == [False, True]
    for name, expected in (("other.csv", []), ("list.csv", [7]), ("pictures/a.jpg", [7])):
        watcher.change(source / name)
        clock.now += QUIET_S
        assert service.due() == expected


def test_chosen_files_of_one_folder_take_one_watch(
    service: WatchService, watcher: HandWatcher, clock: HandClock, source: Path
) -> None:
    files = tuple(source / name for name in ("a.jpg", "b.jpg"))
    service.start([Source(1, ImportRequest(SourceKind.FILES, files, watch=True), "")])
    assert list(watcher.watched) == [source]
    watcher.change(source / "c.jpg")
    clock.now += QUIET_S
    assert service.due() == []
    watcher.change(source / "b.jpg")
    clock.now += QUIET_S
    assert service.due() == [1]


def test_a_drive_that_comes_back_is_watched_and_read_again(
    service: WatchService, watcher: HandWatcher, clock: HandClock, source: Path
) -> None:
    drive = source / "drive"
    service.start([folder_source(drive)])
    assert watcher.watched == {}
    for _ in range(2):
        drive.mkdir()
        clock.now += RETRY_S
        service.due()
        clock.now += QUIET_S
        assert service.due() == [1]
        assert list(watcher.watched) == [drive]
        drive.rmdir()
        watcher.watched.clear()
        clock.now += RETRY_S
        assert service.due() == []


def test_stopping_forgets_what_was_not_told(
    service: WatchService, watcher: HandWatcher, clock: HandClock, source: Path
) -> None:
    service.start([folder_source(source)])
    watcher.change(source / "a.jpg")
    service.stop()
    clock.now += QUIET_S
    assert service.due() == []
    assert watcher.watched == {}


@pytest.mark.parametrize("native", [True, False])
def test_changes_on_disk_are_noticed_and_no_thread_is_left(source: Path, native: bool) -> None:
    (source / "jars").mkdir()
    (source / "old.jpg").write_bytes(b"x")
    before = set(threading.enumerate())
    seen: set[str] = set()
    complete = threading.Event()

    def note(path: Path) -> None:
        seen.add(path.name)
        if {"a.jpg", "old.jpg", "new.jpg"} <= seen:
            complete.set()

    watcher = WatchdogWatcher(poll_interval_s=0.05, sends_no_events=lambda _: not native)
    watcher.watch(source, note, recursive=True)
    (source / "old.jpg").read_bytes()
    (source / "jars" / "a.jpg").write_bytes(b"x")
    (source / "old.jpg").rename(source / "new.jpg")
    noticed = complete.wait(timeout=20)
    watcher.stop()
    assert noticed
    assert set(threading.enumerate()) <= before


def test_reading_files_is_no_change(source: Path) -> None:
    (source / "a.jpg").write_bytes(b"x")
    seen: list[str] = []
    marker = threading.Event()

    def note(path: Path) -> None:
        seen.append(path.name)
        marker.set()

    watcher = WatchdogWatcher(sends_no_events=lambda _: False)
    watcher.watch(source, note, recursive=True)
    (source / "a.jpg").read_bytes()
    (source / "marker.jpg").write_bytes(b"x")
    assert marker.wait(timeout=20)
    watcher.stop()
    assert set(seen) == {"marker.jpg"}


def test_where_the_system_refuses_to_watch_the_folder_is_polled(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from watchdog.observers import Observer

    def refuse(self: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(Observer, "start", refuse)
    noticed = threading.Event()
    watcher = WatchdogWatcher(poll_interval_s=0.05, sends_no_events=lambda _: False)
    watcher.watch(source, lambda _: noticed.set(), recursive=True)
    (source / "a.jpg").write_bytes(b"x")
    assert noticed.wait(timeout=20)
    watcher.stop()


def test_a_folder_that_is_not_there_is_refused(source: Path) -> None:
    with pytest.raises(OSError, match="not a folder"):
        WatchdogWatcher().watch(source / "absent", lambda _: None, recursive=True)


def test_network_drives_are_known_by_their_mount() -> None:
    mounts = (
        "/dev/sda1 / ext4 rw 0 0\n"
        "server:/share /mnt/my\\040share nfs4 rw 0 0\n"
        "/dev/sdb1 /mnt/my\\040share/local ext4 rw 0 0\n"
    )
    assert file_system_of(Path("/home/a"), mounts) == "ext4"
    assert file_system_of(Path("/mnt/my share/pictures"), mounts) == "nfs4"
    assert file_system_of(Path("/mnt/my share/local/x"), mounts) == "ext4"
