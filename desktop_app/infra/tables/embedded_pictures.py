"""Pictures that lie in the rows of an XLSX sheet: laid over cells, or placed in them.

Read from the parts of the workbook (ECMA-376, parts 1 and 4; cells that hold a picture:
MS-XLSX 2.3.6 and 2.6.205) without loading it whole.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse

_EMU_PER_POINT = 12_700
_DEFAULT_ROW_POINTS = 15.0
_LOCAL_IMAGE = "_localImage"
_IMAGE_KEY = "_rvRel:LocalImageIdentifier"
_RICH_VALUES = "xl/richData/rdrichvalue.xml"
_RICH_STRUCTURES = "xl/richData/rdrichvaluestructure.xml"
_RICH_RELATIONS = "xl/richData/richValueRel.xml"
_METADATA = "xl/metadata.xml"
_OUT_OF_PLACE = (KeyError, ValueError, IndexError)
_UNREADABLE = (ParseError, zipfile.BadZipFile, zlib.error, EOFError, OSError)
_LOCKED = (NotImplementedError, RuntimeError)
"""What zipfile raises for an unknown compression and for entries under a password."""
_DAMAGED = (*_OUT_OF_PLACE, *_UNREADABLE, *_LOCKED)


def pictures_by_row(content: bytes, sheet: str) -> dict[int, tuple[str, ...]]:
    """The entries of a workbook that are the pictures of each row of ``sheet``, from left to
    right, by row number from 1. A picture that reaches over several rows belongs to the one
    that its middle lies in. Empty where there are none or the workbook is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _Workbook(archive).pictures(sheet)
    except _DAMAGED:
        return {}


@dataclass(frozen=True, slots=True)
class _Lying:
    """A picture laid over cells; row and column from 0, lengths in EMU."""

    row: int
    column: int
    offset: int
    height: int | None
    end_row: int
    end_offset: int
    entry: str


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """What a sheet says of its rows: heights in EMU by row from 0, and which cells hold a rich
    value, as (row, column, number of the value's metadata from 1)."""

    heights: Mapping[int, float]
    default_height: float
    valued: Sequence[tuple[int, int, int]]

    def height(self, row: int) -> float:
        return self.heights.get(row, self.default_height)


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())

    def pictures(self, sheet: str) -> dict[int, tuple[str, ...]]:
        part = self._part_of(sheet)
        drawing = self._drawing_of(part)
        in_cells = self._rich_images() if _RICH_VALUES in self._names else {}
        if not drawing and not in_cells:
            return {}
        cells = self._cells(part)
        placed: list[tuple[int, int, str]] = [
            (row, column, in_cells[number])
            for row, column, number in cells.valued
            if number in in_cells
        ]
        placed.extend(
            (_middle_row(lying, cells), lying.column, lying.entry)
            for lying in (self._lying(drawing) if drawing else ())
        )
        rows: dict[int, dict[str, None]] = defaultdict(dict)
        for row, _, entry in sorted(placed):
            if entry in self._names:
                rows[row + 1][entry] = None
        return {row: tuple(entries) for row, entries in rows.items()}

    def _xml(self, part: str) -> Element:
        return fromstring(self._archive.read(part))

    def _relations(self, part: str) -> dict[str, str]:
        """Parts of the workbook that a part refers to, by the name it gives them."""
        folder, name = posixpath.split(part)
        relations = f"{folder}/_rels/{name}.rels"
        if relations not in self._names:
            return {}
        return {
            relation.get("Id", ""): posixpath.normpath(
                posixpath.join("/", folder, relation.get("Target", ""))
            ).lstrip("/")
            for relation in self._xml(relations)
            if relation.get("TargetMode") != "External"
        }

    def _part_of(self, sheet: str) -> str:
        parts = self._relations("xl/workbook.xml")
        for element in self._xml("xl/workbook.xml").iter():
            if _local(element.tag) == "sheet" and element.get("name") == sheet:
                return parts[_relation(element, "id")]
        raise KeyError(sheet)

    def _drawing_of(self, part: str) -> str:
        targets = self._relations(part).values()
        return next((target for target in targets if "/drawings/drawing" in target), "")

    def _cells(self, part: str) -> _Cells:
        heights: dict[int, float] = {}
        valued: list[tuple[int, int, int]] = []
        default = _DEFAULT_ROW_POINTS
        with self._archive.open(part) as stream:
            row = -1
            for event, element in iterparse(stream, events=("start", "end")):
                name = _local(element.tag)
                if event == "start":
                    if name == "row":
                        row = int(element.get("r", row + 2)) - 1
                        if height := element.get("ht"):
                            heights[row] = float(height) * _EMU_PER_POINT
                    elif name == "sheetFormatPr":
                        default = float(element.get("defaultRowHeight", default))
                    elif name == "c" and (number := element.get("vm")):
                        valued.append((row, _column(element.get("r", "A")), int(number)))
                elif name == "row":
                    element.clear()
        return _Cells(heights, default * _EMU_PER_POINT, valued)

    def _lying(self, drawing: str) -> Iterator[_Lying]:
        targets = self._relations(drawing)
        for anchor in self._xml(drawing):
            begin = _child(anchor, "from")
            names = [
                _relation(element, "embed")
                for element in anchor.iter()
                if _local(element.tag) == "blip"
            ]
            if begin is None or not names or names[0] not in targets:
                continue
            end, size = _child(anchor, "to"), _child(anchor, "ext")
            yield _Lying(
                row=_figure(begin, "row"),
                column=_figure(begin, "col"),
                offset=_figure(begin, "rowOff"),
                height=None if size is None else int(size.get("cy", "0")),
                end_row=_figure(end if end is not None else begin, "row"),
                end_offset=_figure(end if end is not None else begin, "rowOff"),
                entry=targets[names[0]],
            )

    def _rich_images(self) -> dict[int, str]:
        """Entries of pictures by the number of the metadata that cells refer to, from 1."""
        targets = self._relations(_RICH_RELATIONS)
        relations = [
            targets.get(_relation(element, "id"), "") for element in self._xml(_RICH_RELATIONS)
        ]
        keys = {
            place: [key.get("n", "") for key in structure].index(_IMAGE_KEY)
            for place, structure in enumerate(self._xml(_RICH_STRUCTURES))
            if structure.get("t") == _LOCAL_IMAGE
        }
        values = [
            relations[int(list(value)[keys[structure]].text or "0")]
            if (structure := int(value.get("s", "0"))) in keys
            else ""
            for value in self._xml(_RICH_VALUES)
        ]
        metadata = self._xml(_METADATA)
        blocks: list[int] = []
        numbers: dict[int, str] = {}
        for element in metadata:
            if _local(element.tag) == "futureMetadata" and element.get("name") == "XLRICHVALUE":
                blocks = [
                    int(found.get("i", "0"))
                    for found in element.iter()
                    if _local(found.tag) == "rvb"
                ]
        for element in metadata:
            if _local(element.tag) == "valueMetadata":
                for number, block in enumerate(element, 1):
                    numbers[number] = values[blocks[int(block[0].get("v", "0"))]]
        return {number: entry for number, entry in numbers.items() if entry}


def _middle_row(lying: _Lying, cells: _Cells) -> int:
    if lying.height is not None:
        height = float(lying.height)
    else:
        rows = range(lying.row, lying.end_row)
        height = sum(map(cells.height, rows)) - lying.offset + lying.end_offset
    left = lying.offset + height / 2
    row = lying.row
    while left > cells.height(row) > 0:
        left -= cells.height(row)
        row += 1
    return row


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _relation(element: Element, name: str) -> str:
    """An attribute of the namespace of relations, which has two addresses."""
    for key, value in element.attrib.items():
        if _local(key) == name and key.startswith("{"):
            return value
    return ""


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _local(child.tag) == name), None)


def _figure(element: Element, name: str) -> int:
    child = _child(element, name)
    return int((child.text or "0") if child is not None else "0")


def _column(reference: str) -> int:
    """``AB12`` is column 27, from 0."""
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1
