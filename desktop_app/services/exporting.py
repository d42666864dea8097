"""Exporting products, search results and import issues as CSV, XLSX or JSON."""

from __future__ import annotations

import csv
import errno
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path

from desktop_app.domain.errors import StorageFull, UserFacingError
from desktop_app.domain.formula_guard import guarded
from desktop_app.domain.import_ports import SheetWriter
from desktop_app.domain.imports import ImportIssue
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import CORE_COLUMNS, Column, FieldKind, FieldValue, ProductCard
from desktop_app.domain.search import SearchResults
from desktop_app.services.import_values import text_of

EXPORT_SUFFIXES = (".csv", ".xlsx", ".json")
PICTURE_SEPARATOR = " | "
_BATCH = 500
_DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT)

_PRICE = next(column for column in CORE_COLUMNS if column.name == "price")
_PICTURES = Column("pictures", "Pictures")
_RANK = Column("rank", "Rank", FieldKind.NUMBER)
_SCORE = Column("score", "Score", FieldKind.NUMBER)

Cell = FieldValue | tuple[str, ...]
Row = tuple[Cell, ...]


class ExportService:
    """Writes what a catalogue holds into files of a person's choice."""

    def __init__(self, *, sheets: SheetWriter) -> None:
        self._sheets = sheets

    def export_products(self, catalogue: Catalogue, ids: Sequence[int], path: Path) -> int:
        """Write these products in their order, with all fields and picture paths.

        The ending of ``path`` chooses the format: .csv (UTF-8 with byte order mark), .xlsx or
        .json. Returns how many products were written; ids that are not live are left out. The
        file appears whole or not at all. Raises UserFacingError, StorageFull on a full disk.
        """
        columns = (*CORE_COLUMNS, *catalogue.products.columns(), _PICTURES)
        rows = [self._row(card, columns, files) for card, files in _products(catalogue, ids)]
        self._write(path, columns, rows)
        return len(rows)

    def export_hits(self, catalogue: Catalogue, results: SearchResults, path: Path) -> int:
        """Write the products found, with rank (from 1) and score, as :meth:`export_products`
        does."""
        columns = (*CORE_COLUMNS, *catalogue.products.columns(), _PICTURES)
        places = {hit.product_id: (rank, hit.score) for rank, hit in enumerate(results.hits, 1)}
        rows: list[Row] = []
        for card, files in _products(catalogue, list(places)):
            rank, score = places[card.id]
            rows.append((float(rank), score, *self._row(card, columns, files)))
        self._write(path, (_RANK, _SCORE, *columns), rows)
        return len(rows)

    @staticmethod
    def _row(card: ProductCard, columns: Sequence[Column], files: Sequence[str]) -> Row:
        return (*(card.value(column.name) for column in columns[:-1]), tuple(files))

    def _write(self, path: Path, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        suffix = path.suffix.lower()
        if suffix not in EXPORT_SUFFIXES:
            raise UserFacingError(
                f"“{path.name}” names no format that can be written.",
                remedy="End the name with " + ", ".join(EXPORT_SUFFIXES) + ".",
            )
        with written_whole(path) as temporary:
            if suffix == ".json":
                _write_json(temporary, columns, rows)
                return
            headers = [header_of(column) for column in columns]
            flat = ([_flat(cell) for cell in row] for row in rows)
            if suffix == ".xlsx":
                self._sheets.write(temporary, headers, flat)
                return
            price = columns.index(_PRICE)
            _write_csv(
                temporary,
                headers,
                ([*row[:price], _price_text(row[price]), *row[price + 1 :]] for row in flat),
            )


def write_issues_csv(issues: Iterable[ImportIssue], path: Path) -> None:
    """Write the issues of an import as CSV: what happened, where, and why. Raises
    UserFacingError, StorageFull on a full disk."""
    rows = ([issue.kind.value, issue.origin, issue.reason] for issue in issues)
    with written_whole(path) as temporary:
        _write_csv(temporary, ["Outcome", "Where", "Reason"], rows)


def header_of(column: Column) -> str:
    """A column's label with its unit; importing reads it back."""
    return f"{column.label} ({column.unit})" if column.unit else column.label


def _products(catalogue: Catalogue, ids: Sequence[int]) -> Iterator[tuple[ProductCard, list[str]]]:
    """Cards with the paths of their pictures, the main picture first."""
    wanted = set(ids)
    files: dict[int, list[str]] = defaultdict(list)
    for known in catalogue.pictures.known_files():
        if known.product_id in wanted:
            files[known.product_id].append(known.path)
    for start in range(0, len(ids), _BATCH):
        for card in catalogue.products.cards(list(ids[start : start + _BATCH])):
            paths = dict.fromkeys(files[card.id])
            main = [path for path in paths if path == card.main_picture_path]
            yield card, [*main, *(path for path in paths if path != card.main_picture_path)]


def _flat(cell: Cell) -> FieldValue:
    return PICTURE_SEPARATOR.join(cell) if isinstance(cell, tuple) else cell


def _price_text(price: FieldValue) -> FieldValue:
    """A price that nobody can take for thousands: 1.299 is written 1.2990."""
    if not isinstance(price, float):
        return price
    text = format(Decimal(repr(price)), "f").removesuffix(".0")
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


def _write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[FieldValue]]) -> None:
    # The byte order mark makes spreadsheet programs read UTF-8.
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_guarded(header) for header in headers])
        writer.writerows([_guarded(cell) for cell in row] for row in rows)


def _guarded(cell: FieldValue) -> str:
    return guarded(cell) if isinstance(cell, str) else text_of(cell)


def _write_json(path: Path, columns: Sequence[Column], rows: Iterable[Row]) -> None:
    products: list[Mapping[str, object]] = [
        {
            column.name: list(cell) if isinstance(cell, tuple) else cell
            for column, cell in zip(columns, row, strict=True)
        }
        for row in rows
    ]
    text = json.dumps({"products": products}, ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8", errors="replace")


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path`` to write to; it takes its place when all went well.

    Raises StorageFull and UserFacingError for what the disk refuses.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if error.errno in _DISK_IS_FULL:
            raise StorageFull(
                f"The disk is full; “{path.name}” was not written.",
                remedy="Free some space, or choose another folder.",
            ) from error
        raise UserFacingError(
            f"“{path.name}” could not be written.",
            remedy="Close it in other programs, or choose another folder.",
            details=str(error),
        ) from error
    finally:
        # Where nothing can be written nothing was left behind either.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
