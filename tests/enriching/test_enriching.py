"""Looking closer at pictures: everything READY is described once, whatever comes between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from desktop_app.domain.errors import ModelUnavailable, StorageFull
from desktop_app.domain.evidence import Channel
from desktop_app.domain.evidence_ports import MOST_RECORD_BYTES, EvidenceChannels
from desktop_app.domain.images import RgbArray
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from desktop_app.services import enriching, evidence_publishing
from desktop_app.services.enriching import EnrichStep
from desktop_app.services.enriching_pictures import DEFECT
from tests.enriching.fakes import (
    CornerPrint,
    DictPrints,
    DictPrintStore,
    enricher,
    fake_channels,
    print_features,
    read_quickly,
)
from tests.indexing.fakes import add_products, write_picture

VERSION = fake_channels().version


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    left = [t.name for t in threading.enumerate() if t.name.startswith("describe-picture")]
    assert left == []


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enriching, "MAX_PICTURES", 8)
    monkeypatch.setattr(enriching, "MAX_SECONDS", 1000.0)


def fill(catalogue: SqliteCatalogue, folder: Path, count: int) -> list[Path]:
    """A catalogue of pictures that were read, one for each product."""
    paths = [write_picture(folder / f"{n:04}.png", n) for n in range(count)]
    add_products(catalogue, paths)
    read_quickly(catalogue)
    return paths


def run(catalogue: SqliteCatalogue, **options: object) -> list[EnrichStep]:
    return list(enricher(catalogue, **options).run(CancelToken()))  # type: ignore[arg-type]


def codes(catalogue: SqliteCatalogue) -> dict[int, bytes]:
    return {
        content_id: data
        for ids, records in catalogue.evidence.iterate(Channel.PRINT)
        for content_id, data in zip(ids.tolist(), records, strict=True)
    }


def content_of(catalogue: SqliteCatalogue, path: Path) -> int:
    (content_id,) = {
        picture.content_id
        for product in catalogue.products.ids_by_sku().values()
        for picture in catalogue.products.get(product).pictures
        if Path(picture.path) == path
    }
    assert content_id is not None
    return content_id


def first_pixel(path: Path) -> bytes:

    with Image.open(path) as picture:
        return bytes(picture.convert("RGB").getpixel((0, 0)))  # type: ignore[arg-type]


def test_every_picture_is_described_in_every_channel(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    paths = fill(catalogue, tmp_path, 20)
    steps = run(catalogue)
    assert catalogue.evidence.count(VERSION) == (20, 20)
    assert codes(catalogue) == {content_of(catalogue, p): first_pixel(p) for p in paths}
    shapes = catalogue.evidence.get(Channel.SHAPE, list(codes(catalogue)))
    assert shapes == codes(catalogue)
    assert catalogue.evidence.get(Channel.COLOUR, list(shapes)) == {}
    assert (steps[-1].described, steps[-1].progress.failed) == (20, 0)


def test_steps_report_what_was_committed(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    fill(catalogue, tmp_path, 20)
    done = []
    for step in enricher(catalogue).run(CancelToken()):
        assert catalogue.evidence.count(VERSION) == (step.described, 20)
        assert step.progress.total == 20
        done.append(step.progress.done)
    assert done == [8, 16, 20, 20]


def test_with_nothing_to_do_it_yields_nothing(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    assert run(catalogue) == []
    fill(catalogue, tmp_path, 3)
    assert enricher(catalogue).is_lacking()
    run(catalogue)
    assert not enricher(catalogue).is_lacking()
    assert run(catalogue) == []


def test_a_new_version_describes_everything_again(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    fill(catalogue, tmp_path, 5)
    run(catalogue)
    steps = run(catalogue, channels=lambda: fake_channels("whole:2"))
    assert steps[-1].described == 5


def test_copies_are_described_once(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    paths = [write_picture(tmp_path / f"{n:04}.png", n % 2) for n in range(10)]
    add_products(catalogue, paths)
    read_quickly(catalogue)
    assert run(catalogue)[-1].described == 2


def test_cancelling_keeps_what_was_done_and_the_next_run_goes_on(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    fill(catalogue, tmp_path, 30)
    token = CancelToken()
    steps = enricher(catalogue).run(token)
    first = next(steps)
    token.cancel()
    with pytest.raises(Cancelled):
        next(steps)
    assert catalogue.evidence.count(VERSION) == (first.described, 30)
    rest = run(catalogue)
    assert rest[0].progress.total == 30 - first.described
    assert rest[-1].described == 30 - first.described


def test_closing_in_the_middle_keeps_what_was_done(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    fill(catalogue, tmp_path, 30)
    steps = enricher(catalogue).run(CancelToken())
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert catalogue.evidence.count(VERSION) == (8, 30)


def test_others_may_write_between_two_steps(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    fill(catalogue, tmp_path, 20)
    for n, _ in enumerate(enricher(catalogue).run(CancelToken())):
        catalogue.saved.set_setting("step", str(n))
    assert catalogue.evidence.count(VERSION) == (20, 20)


def test_pictures_read_meanwhile_are_described_too(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    fill(catalogue, tmp_path, 300)
    steps = enricher(catalogue).run(CancelToken())
    next(steps)
    new = write_picture(tmp_path / "new.png", 1000)
    product = catalogue.products.ids_by_sku()["sku-0000"]
    catalogue.pictures.add(product, [(new, "")])
    read_quickly(catalogue)
    last = list(steps)[-1]
    assert last.described == 301
    assert catalogue.evidence.count(VERSION) == (301, 301)


def test_missing_files_are_passed_over_and_tried_again_by_the_next_run(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    paths = fill(catalogue, tmp_path / "drive", 10)
    paths[3].rename(tmp_path / "elsewhere.png")
    steps = run(catalogue)
    assert (steps[-1].described, steps[-1].progress.failed) == (9, 1)
    assert catalogue.evidence.count(VERSION) == (9, 10)
    (tmp_path / "elsewhere.png").rename(paths[3])
    assert run(catalogue)[-1].described == 1
    assert catalogue.evidence.count(VERSION) == (10, 10)


def test_a_drive_that_is_away_fails_every_picture_of_it(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    fill(catalogue, tmp_path / "drive", 10)
    (tmp_path / "drive").rename(tmp_path / "unplugged")
    steps = run(catalogue)
    assert (steps[-1].described, steps[-1].progress.failed) == (0, 10)


def test_a_file_that_is_not_what_it_was_is_asked_to_be_read_again(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    paths = fill(catalogue, tmp_path, 4)
    write_picture(paths[2], 99)
    steps = run(catalogue)
    assert [len(step.changes.product_ids) for step in steps] == [1, 0]
    assert catalogue.pictures.counts().pending == 1
    read_quickly(catalogue)
    assert run(catalogue)[-1].described == 1
    assert codes(catalogue)[content_of(catalogue, paths[2])] == first_pixel(paths[2])


class PickyPrint(CornerPrint):
    """Fails on one picture, and has far too much to tell of another."""

    def __init__(self, hated: bytes, loved: bytes) -> None:
        self.hated, self.loved = hated, loved

    def pack(self, features: object) -> bytes:
        code: bytes = super().pack(features)  # type: ignore[arg-type]
        if code == self.hated:
            raise ArithmeticError("no")
        return bytes(MOST_RECORD_BYTES) if code == self.loved else code


def test_a_picture_that_a_channel_fails_on_is_a_problem_and_stops_nothing(
    catalogue: SqliteCatalogue, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    paths = fill(catalogue, tmp_path, 10)

    def picky() -> EvidenceChannels:
        usual = fake_channels()
        channel = PickyPrint(first_pixel(paths[2]), first_pixel(paths[5]))
        return EvidenceChannels(usual.masker, channel, usual.shape, usual.colour, usual.copy)

    steps = run(catalogue, channels=picky)
    assert (steps[-1].described, steps[-1].progress.failed) == (8, 2)
    assert {r.message.split(" for ")[0].split("/")[-1] for r in caplog.records} == {
        "0002.png could not be described",
        f"{MOST_RECORD_BYTES + 3} bytes of evidence",
    }
    assert run(catalogue, channels=picky) == []
    database = catalogue.evidence._database  # type: ignore[attr-defined]
    with database.read() as connection:
        problems = connection.execute("SELECT problem FROM descriptions WHERE problem <> ''")
        assert problems.fetchall() == [(DEFECT,), (DEFECT,)]
    catalogue.pictures.mark_all_pending()
    read_quickly(catalogue)
    assert run(catalogue)[-1].described == 2


def test_damaged_files_are_problems(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    paths = fill(catalogue, tmp_path, 3)
    paths[0].write_bytes(b"\xff\xd8\xff damaged")
    run(catalogue)
    assert catalogue.pictures.counts().pending == 1
    read_quickly(catalogue)
    assert catalogue.pictures.counts().failed == 1
    assert run(catalogue) == []


def test_each_thread_has_channels_of_its_own(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    fill(catalogue, tmp_path, 40)
    both = threading.Barrier(2, timeout=20)
    users: dict[int, set[int]] = {}

    def make() -> EvidenceChannels:
        made = len(users)
        users[made] = set()
        free = threading.Lock()
        met: list[bool] = []

        def look(_rgb: RgbArray) -> None:
            assert free.acquire(blocking=False), "two threads in one masker"
            users[made].add(threading.get_ident())
            if not met:  # both threads are at work at once
                met.append(True)
                both.wait()
            free.release()

        return fake_channels(look=look)

    assert run(catalogue, channels=make)[-1].described == 40
    working = [threads for threads in users.values() if threads]
    assert len(working) == 2


def test_a_model_that_is_unavailable_ends_the_run(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    fill(catalogue, tmp_path, 3)

    def look(_rgb: RgbArray) -> None:
        raise ModelUnavailable("The mask model is missing.", remedy="Install it.")

    with pytest.raises(ModelUnavailable):
        run(catalogue, channels=lambda: fake_channels(look=look))
    assert catalogue.evidence.count(VERSION) == (0, 3)


def test_a_full_disk_ends_the_run(
    catalogue: SqliteCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(catalogue, tmp_path, 3)

    def refuse(*_arguments: object) -> None:
        raise StorageFull("The disk is full.", remedy="Free some space.")

    monkeypatch.setattr(catalogue.evidence, "record", refuse)
    with pytest.raises(StorageFull):
        run(catalogue)


def test_a_read_only_catalogue_is_left_alone(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    fill(catalogue, tmp_path, 3)
    catalogue.close()
    opened = open_catalogue(catalogue.folder, read_only=True)
    try:
        assert run(opened) == []
    finally:
        opened.close()


def test_what_was_described_is_proposed_at_the_end(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    paths = fill(catalogue, tmp_path, 20)
    prints = DictPrintStore()
    steps = run(catalogue, prints=prints)
    assert [step.evidence is None for step in steps] == [True, True, True, False]
    indexes = steps[-1].evidence
    assert indexes is not None
    assert indexes.print is not None
    assert indexes.copies is not None
    ids, _ = indexes.print.propose(print_features(first_pixel(paths[7])), 5)
    assert content_of(catalogue, paths[7]) in ids.tolist()
    assert prints.saved == [(20, catalogue.evidence.revision(Channel.PRINT))]


def test_what_is_described_is_published_now_and_then(
    catalogue: SqliteCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_publishing, "PUBLISH_EVERY_S", 0.0)
    monkeypatch.setattr(evidence_publishing, "MOST_OVERHEAD", 1e9)
    fill(catalogue, tmp_path, 20)
    prints = DictPrintStore()
    service = enricher(catalogue, prints=prints)
    service.publisher.load()
    sizes = []
    for step in service.run(CancelToken()):
        assert step.evidence is not None
        assert isinstance(step.evidence.print, DictPrints)
        sizes.append(len(step.evidence.print.content_ids))
    assert sizes == [8, 16, 20, 20]
    assert prints.opened == 1
    assert prints.extended == [8, 8, 4]


def test_a_stopped_run_publishes_what_it_has(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    fill(catalogue, tmp_path, 20)
    token = CancelToken()
    described = 0

    def stop_soon(_rgb: RgbArray) -> None:
        nonlocal described
        described += 1
        if described == 10:
            token.cancel()

    service = enricher(catalogue, lambda: fake_channels(look=stop_soon))
    published = None
    with pytest.raises(Cancelled):
        for step in service.run(token):
            published = step.evidence or published
    assert published is not None
    assert isinstance(published.print, DictPrints)
    assert published.print.codes == codes(catalogue)


def test_progress_tells_how_long_it_will_take(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    fill(catalogue, tmp_path, 20)
    first = next(steps := enricher(catalogue).run(CancelToken()))
    assert first.progress.fraction == pytest.approx(8 / 20)
    assert first.progress.seconds_left is not None
    steps.close()  # type: ignore[attr-defined]


def test_pending_pictures_wait_for_the_first_phase(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    add_products(catalogue, [write_picture(tmp_path / "a.png", 1)])
    assert catalogue.pictures.counts().pending == 1
    assert run(catalogue) == []
