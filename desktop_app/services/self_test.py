"""Whether this installation works: every engine is used on pictures made in memory."""

from __future__ import annotations

import hashlib
import json
import logging
import struct
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

from desktop_app import paths
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import STORED_CHANNELS, Channel
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.images import RgbArray
from desktop_app.domain.ports import ImageReader
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture, SearchRequest
from desktop_app.services.workspace import Workspace

log = logging.getLogger(__name__)

PRODUCTS = 12
SIDE = 240
CARDS = ("model.json", "codebook.json", "classes.json")
TABLE_SUFFIXES = (".csv", ".xlsx")
_COLOURS = ((190, 40, 50), (40, 110, 180), (50, 140, 70), (220, 160, 30))
_REINSTALL = "Reinstall Twinshelf; if it happens again, report it with this list."

Check = Callable[[], str]


class Installation(Protocol):
    """What is tested. See :class:`desktop_app.engines.Engines`."""

    @property
    def reader(self) -> ImageReader: ...

    def workspace(self, folder: Path, *, create: bool = False) -> Workspace: ...


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check. ``detail`` says what was found, or what went wrong."""

    name: str
    passed: bool
    seconds: float
    detail: str


class CheckFailed(UserFacingError):
    """Something works otherwise than it must."""

    def __init__(self, what: str) -> None:
        super().__init__(what, remedy=_REINSTALL)


def run_self_test(
    engines: Installation, *, more_checks: Sequence[tuple[str, Check]] = ()
) -> list[CheckResult]:
    """Run every check, also after one has failed; nothing is left behind.

    Works in a temporary folder on generated pictures. The first run on a machine converts the
    model, which takes some ten seconds. ``more_checks`` are run last; a check returns its
    detail, or raises.
    """
    with tempfile.TemporaryDirectory(
        prefix="twinshelf-self-test-", ignore_cleanup_errors=True
    ) as folder:
        rehearsal = _Rehearsal(engines, Path(folder))
        checks: list[tuple[str, Check]] = [
            ("resources", check_resources),
            ("models", check_models),
            ("pictures", rehearsal.read_pictures),
            ("import", rehearsal.import_pictures),
            ("indexing", rehearsal.index_pictures),
            ("enriching", rehearsal.enrich_pictures),
            ("search", rehearsal.search_pictures),
            ("thumbnails", rehearsal.look_at_thumbnails),
            ("tables", rehearsal.write_and_read_tables),
            ("reopening", rehearsal.reopen),
            *more_checks,
        ]
        try:
            return [_outcome(name, check) for name, check in checks]
        finally:
            rehearsal.close()


def check_resources() -> str:
    """The files that the window needs are there."""
    folder = paths.resources_dir()
    icons = sum(1 for _ in (folder / "icons").glob("*.svg"))
    if not icons:
        raise CheckFailed(f"There are no icons in {folder}.")
    demo = sum(1 for _ in (folder / "demo").rglob("*.jpg"))
    if not demo:
        raise CheckFailed(f"The demo catalogue is not in {folder}.")
    return f"{icons} icons, {demo} demo pictures"


def check_models() -> str:
    """What was learned and ships is whole: each file has the checksum on its card."""
    files = sorted(paths.models_dir().glob("*/*.safetensors"))
    if not files:
        raise CheckFailed(f"There is no model in {paths.models_dir()}.")
    for path in files:
        cards = [card for name in CARDS if (card := path.with_name(name)).is_file()]
        if not cards:
            raise CheckFailed(f"{path.name} in {path.parent} has no card.")
        card = json.loads(cards[0].read_text("utf-8"))
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != card["sha256"]:
            raise CheckFailed(f"The weights of {card['name']} are damaged.")
    return ", ".join(path.parent.name for path in files)


class _Rehearsal:
    """The way of a picture through the application, step by step in a catalogue of its own."""

    def __init__(self, engines: Installation, folder: Path) -> None:
        self._engines = engines
        self._folder = folder
        self._pictures = [product_picture(number) for number in range(PRODUCTS)]
        self._is_open = False

    @cached_property
    def _workspace(self) -> Workspace:
        workspace = self._engines.workspace(self._folder / "catalogue", create=True)
        self._is_open = True
        return workspace

    def close(self) -> None:
        if self._is_open:
            self._workspace.close()
            self._is_open = False
            del self._workspace

    def read_pictures(self) -> str:
        reader = self._engines.reader
        for rgb in self._pictures:
            decoded = reader.decode(encoded_png(rgb))
            if not np.array_equal(decoded.rgb, rgb):
                raise CheckFailed("A picture is not decoded as it was written.")
            small = reader.decode(reader.encode_thumbnail(decoded, side=64))
            if max(small.rgb.shape) != 64:
                raise CheckFailed("A thumbnail has the wrong size.")
        hashes = {reader.perceptual_hash(reader.decode(encoded_png(p))) for p in self._pictures}
        return f"{len(self._pictures)} decoded, {len(hashes)} different hashes"

    def import_pictures(self) -> str:
        source = self._folder / "pictures"
        for number, rgb in enumerate(self._pictures):
            path = source / f"group {number % 3}" / f"{sku_of(number)}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encoded_png(rgb))
        _import(self._workspace, source)
        count = self._workspace.catalogue.products.count()
        if count != PRODUCTS:
            raise CheckFailed(f"{count} products were made of {PRODUCTS} pictures.")
        return f"{count} products"

    def index_pictures(self) -> str:
        self._workspace.load_index()
        for _ in self._workspace.index(CancelToken()):
            pass
        counts = self._workspace.catalogue.pictures.counts()
        if counts.ready != PRODUCTS:
            raise CheckFailed(f"{counts.ready} of {PRODUCTS} pictures can be searched.")
        return f"{counts.ready} pictures, {self._workspace.model_name}"

    def enrich_pictures(self) -> str:
        described = failed = 0
        for step in self._workspace.enrich(CancelToken()):
            described, failed = step.described, step.progress.failed
        if failed or described != PRODUCTS:
            raise CheckFailed(f"{described} of {PRODUCTS} pictures could be looked at closer.")
        evidence = self._workspace.catalogue.evidence
        found = {
            channel: sum(len(ids) for ids, _ in evidence.iterate(channel))
            for channel in STORED_CHANNELS
        }
        for channel in (Channel.SHAPE, Channel.COLOUR):
            if found[channel] != PRODUCTS:
                raise CheckFailed(f"The {channel.value} of some pictures was not found.")
        return ", ".join(f"{channel.value} of {count}" for channel, count in found.items())

    def search_pictures(self) -> str:
        times_ms = []
        for number, rgb in enumerate(self._pictures):
            query = QueryPicture("changed", encoded=encoded_png(seen_otherwise(rgb)))
            results = self._workspace.search.search(SearchRequest(query, limit=3), CancelToken())
            times_ms.append(results.timing.total_ms)
            cards = self._workspace.catalogue.products.cards([h.product_id for h in results.hits])
            if not cards or cards[0].sku != sku_of(number):
                raise CheckFailed(f"Searching with a picture of {sku_of(number)} finds another.")
        return f"{PRODUCTS} of {PRODUCTS} found first, {np.median(times_ms):.0f} ms each"

    def look_at_thumbnails(self) -> str:
        catalogue = self._workspace.catalogue
        cards = catalogue.products.cards(catalogue.products.list_ids(ProductFilter()).tolist())
        for card in cards:
            thumbnail = catalogue.pictures.thumbnail(card.thumbnail)
            if thumbnail is None:
                raise CheckFailed(f"{card.sku} has no thumbnail.")
            self._engines.reader.decode(thumbnail)
        return f"{len(cards)} kept"

    def write_and_read_tables(self) -> str:
        catalogue = self._workspace.catalogue
        ids = catalogue.products.list_ids(ProductFilter()).tolist()
        catalogue.products.update_fields(ids, {"title": "Tiegel 50 ml, “weiß”", "price": 12.5})
        for suffix in TABLE_SUFFIXES:
            table = self._folder / f"products{suffix}"
            self._workspace.exporting.export_products(catalogue, ids, table)
            with self._engines.workspace(self._folder / suffix[1:], create=True) as other:
                _import(other, table)
                read = other.catalogue.products
                cards = read.cards(read.list_ids(ProductFilter()).tolist())
            found = [(card.sku, card.title, card.price, card.picture_count) for card in cards]
            if found != [
                (sku_of(number), "Tiegel 50 ml, “weiß”", 12.5, 1) for number in range(PRODUCTS)
            ]:
                raise CheckFailed(f"A {suffix} list is not read as it was written.")
        return f"{', '.join(TABLE_SUFFIXES)}, {len(ids)} rows each"

    def reopen(self) -> str:
        self.close()
        if problem := self._workspace.load_index():
            raise CheckFailed(f"The stored index is not sound: {problem}")
        _, content_map = self._workspace.indexing.publish()
        if len(content_map.content_ids) != PRODUCTS:
            raise CheckFailed("The catalogue has lost pictures while it was closed.")
        return "catalogue and index as they were"


def sku_of(number: int) -> str:
    """The SKU of a generated product."""
    return f"TEST-{number:02}"


def product_picture(number: int) -> RgbArray:
    """A container on white: its colour, proportions and label differ from every other's.

    Shape (SIDE, SIDE, 3), for ``number`` below :data:`PRODUCTS`.
    """
    rgb = np.full((SIDE, SIDE, 3), 255, np.uint8)
    colour = np.array(_COLOURS[number % len(_COLOURS)], np.uint8)
    half_width = 28 + 26 * (number // len(_COLOURS))
    y, x = np.mgrid[:SIDE, :SIDE]
    across, top, bottom = np.abs(x - SIDE // 2), 60, SIDE - 16
    shade = 1 - 0.5 * (across / half_width).clip(0, 1) ** 2
    body = (across < half_width) & (y >= top) & (y < bottom)
    rgb[body] = (colour * shade[..., None]).astype(np.uint8)[body]
    rgb[(across < half_width * 0.5) & (y >= 24) & (y < top)] = (70, 70, 76)
    label = (across < half_width * 0.7) & (y >= 120) & (y < 180)
    stripes = (y // (4 + 3 * (number // len(_COLOURS)))) % 2 == 0
    rgb[label] = 245
    rgb[label & stripes] = 255 - colour
    return rgb


def seen_otherwise(rgb: RgbArray) -> RgbArray:
    """The same thing cut a little, off the centre, darker, on grey."""
    part = rgb[: SIDE - 8, 8:]
    height, width = part.shape[:2]
    seen = np.full((height + 40, width + 40, 3), 232, np.uint8)
    seen[28 : 28 + height, 12 : 12 + width] = (part * 0.92).astype(np.uint8)
    return seen


def encoded_png(rgb: RgbArray) -> bytes:
    """A picture as a PNG file. RFC 2083, without filters."""
    height, width, _ = rgb.shape

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    rows = b"".join(b"\0" + row.tobytes() for row in rgb)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _import(workspace: Workspace, source: Path) -> None:
    token = CancelToken()
    plan = workspace.importing.preview(workspace.importing.classify([source]), token)
    for _ in workspace.importing.apply(plan, token):
        pass


def _outcome(name: str, check: Check) -> CheckResult:
    started = time.perf_counter()
    try:
        passed, detail = True, check()
    except UserFacingError as error:
        passed, detail = False, str(error)
    except Exception as error:
        # Whatever is wrong with this installation is what the list is for.
        log.exception("self-test: %s", name)
        passed, detail = False, f"{type(error).__name__}: {error}"
    return CheckResult(name, passed, time.perf_counter() - started, detail)
