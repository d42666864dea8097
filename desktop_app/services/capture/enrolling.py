"""A new product from pictures taken before the camera."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from desktop_app.domain.capture_ports import PictureEncoder
from desktop_app.domain.capturing import Burst, CaptureAnswer, Shot
from desktop_app.domain.errors import (
    CatalogueReadOnly,
    DuplicateSku,
    StorageFull,
    UserFacingError,
)
from desktop_app.domain.images import RgbArray
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import FieldKind, FieldValue, ProductFields
from desktop_app.domain.search import QueryPicture
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.capture.recognising import crop_of
from desktop_app.services.query_pictures import view_of

CAPTURES_FOLDER = "captures"
LAST_VALUES_SETTING = "capture.last_values"
REMEMBERED = ("brand", "category", "currency", "availability")
"""Fields that the next product often shares with the one before; the catalogue's own columns of
text are remembered too."""

LEAST_CATEGORY = 0.5
"""Probability from which a guessed category is filled in."""

SKU_START = "NEW-"
_SKU_DIGITS = 4
_DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT)
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\ud800-\udfff]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_MOST_NAME = 80
_MOST_NAMESAKES = 10_000


class Enroller:
    """Adds products to one catalogue. Belongs to the thread that writes, :meth:`prefilled` may
    be asked from any."""

    def __init__(self, catalogue: Catalogue, encoder: PictureEncoder) -> None:
        self._catalogue = catalogue
        self._encoder = encoder

    def prefilled(self, answer: CaptureAnswer) -> ProductFields:
        """What can be known of a new product before anybody types: its code, the category it
        looks like, what the last one had, and a SKU that is free."""
        last = self._last_values()
        core = {name: str(last[name]) for name in REMEMBERED if last.get(name)}
        own = {c.name for c in self._catalogue.products.columns() if c.kind is FieldKind.TEXT}
        if answer.categories and answer.categories[0].probability >= LEAST_CATEGORY:
            core["category"] = answer.categories[0].category
        code = "" if answer.barcode is None else answer.barcode.text.strip()
        return ProductFields(
            self._free_sku(code),
            barcode=code,
            extra={name: value for name, value in last.items() if name in own and value},
            **core,  # type: ignore[arg-type]
        )

    def enrol(self, burst: Burst, fields: ProductFields) -> ChangeSet:
        """Add a product with the burst's shots as its pictures, the best first, as one change
        that can be undone; its id is the only one of the result.

        The pictures are written into ``captures`` of the catalogue's folder, all or none, and
        never over a file that is there. Undoing takes the product out and leaves the files.
        Raises DuplicateSku, CatalogueReadOnly, StorageFull, and UserFacingError where there is
        no SKU or the folder cannot be written to; then nothing was added.
        """
        self._check(fields)
        fields = replace(fields, sku=fields.sku.strip())
        folder = self._written(burst, fields.sku)
        try:
            pictures = [(path, "") for path in sorted(folder.iterdir())]
            changes = self._catalogue.products.add(fields, pictures)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        with suppress(UserFacingError):
            self._remember(fields)
        return changes

    def _check(self, fields: ProductFields) -> None:
        if self._catalogue.read_only:
            raise CatalogueReadOnly(
                "This catalogue is open for reading only, so nothing can be enrolled.",
                remedy=self._catalogue.read_only_reason,
            )
        sku = fields.sku.strip()
        if not sku:
            raise UserFacingError("A product needs a SKU.", remedy="Type one and try again.")
        if (taken := self._catalogue.products.find_by_sku(sku)) is not None:
            title = f", {taken.fields.title}," if taken.fields.title else ""
            raise DuplicateSku(
                f"The SKU “{sku}” already belongs to another product{title} of this catalogue.",
                remedy="Choose another SKU.",
            )

    def _written(self, burst: Burst, sku: str) -> Path:
        """A new folder with the pictures; it appears with all of them or not at all."""
        captures = self._catalogue.folder / CAPTURES_FOLDER
        name = file_name(sku)
        part: Path | None = None
        try:
            captures.mkdir(exist_ok=True)
            part = Path(tempfile.mkdtemp(prefix=".new-", dir=captures))
            part.chmod(0o755)
            for number, shot in enumerate(burst.shots, 1):
                data = self._encoder.jpeg(_picture_of(shot))
                with (part / f"{name}-{number}.jpg").open("xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            return _in_place(part, captures / name)
        except OSError as error:
            if part is not None:
                shutil.rmtree(part, ignore_errors=True)
            if error.errno in _DISK_IS_FULL:
                raise StorageFull(
                    "The disk is full; the product was not added.",
                    remedy="Free some space and try again. The pictures are still here.",
                    details=str(error),
                ) from error
            raise UserFacingError(
                "The pictures cannot be written into the catalogue’s folder.",
                remedy="Check that its drive is connected and that you may write there.",
                details=str(error),
            ) from error

    def _free_sku(self, code: str) -> str:
        """The code where it is free; else the next number after those proposed before."""
        taken = self._catalogue.products.ids_by_sku()
        if code and code.casefold() not in taken:
            return code
        start = SKU_START.casefold()
        numbers = [
            int(sku.removeprefix(start))
            for sku in (*taken, *self._catalogue.products.removed_skus())
            if sku.startswith(start)
            and sku.removeprefix(start).isascii()
            and sku.removeprefix(start).isdigit()
        ]
        return f"{SKU_START}{max(numbers, default=0) + 1:0{_SKU_DIGITS}}"

    def _last_values(self) -> Mapping[str, FieldValue]:
        try:
            stored = json.loads(self._catalogue.saved.setting(LAST_VALUES_SETTING) or "{}")
        except ValueError:
            return {}
        return stored if isinstance(stored, dict) else {}

    def _remember(self, fields: ProductFields) -> None:
        values: dict[str, FieldValue] = {name: fields.value(name) for name in REMEMBERED}
        values |= {name: value for name, value in fields.extra.items() if isinstance(value, str)}
        kept = {name: value for name, value in values.items() if value}
        self._catalogue.saved.set_setting(LAST_VALUES_SETTING, json.dumps(kept))


def file_name(sku: str) -> str:
    """A name for files that every system takes."""
    name = _NOT_IN_NAMES.sub("_", sku).strip(" .")[:_MOST_NAME].strip(" .")
    return f"_{name}" if not name or _DEVICES.fullmatch(name) else name


def _picture_of(shot: Shot) -> RgbArray:
    """The object with some of what surrounds it, as a catalogue shows it."""
    return view_of(shot.rgb, QueryPicture("", rgb=shot.rgb, crop=crop_of(shot)))


def _in_place(part: Path, folder: Path) -> Path:
    """Give the folder its name, or the first numbered one that is free."""
    for number in range(1, _MOST_NAMESAKES):
        place = folder if number == 1 else folder.with_name(f"{folder.name} ({number})")
        if place.exists():
            continue
        try:
            return part.rename(place)
        except OSError:
            if not place.exists():
                raise
    raise FileExistsError(errno.EEXIST, "too many folders of this name", str(folder))
