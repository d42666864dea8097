"""Reading a manifest of labelled pictures."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from desktop_app.domain.errors import UnreadableTable


class Role(StrEnum):
    """What a picture is for: searched in, searched with, or learned from."""

    GALLERY = "gallery"
    QUERY = "query"
    TRAIN = "train"


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """``path`` is absolute. ``label`` is what a right answer shares with the query, '' where
    the picture has none."""

    path: Path
    label: str
    role: Role


def read_manifest(path: Path, label: str = "") -> tuple[LabelledPicture, ...]:
    """The pictures of a UTF-8 CSV with the columns path, sku and role, labelled by the column
    ``label`` ('' for sku). Paths are relative to the manifest's folder. An empty role means
    gallery; without the column, or without sku, ``label`` must be given.

    Raises UnreadableTable.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or ()
            _require_columns(path, columns, label)
            return tuple(
                _picture(path, line, row, label or "sku")
                for line, row in enumerate(reader, start=2)
                if row.get("path")
            )
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableTable(
            f"The manifest {path.name} cannot be read.",
            remedy="It must be a CSV file in UTF-8 with the columns path, sku and role.",
            details=str(error),
        ) from error


def _require_columns(path: Path, columns: object, label: str) -> None:
    found = set(columns) if isinstance(columns, list | tuple) else set()
    if "path" not in found:
        raise UnreadableTable(
            f"The manifest {path.name} has no column path.",
            remedy="Its first line must name the columns: path, sku, role.",
        )
    if label and label not in found:
        raise UnreadableTable(
            f"The manifest {path.name} has no column {label}.",
            remedy=f"Score by one of {', '.join(sorted(found - {'path', 'role'}))}.",
        )
    if not label and not {"sku", "role"} <= found:
        raise UnreadableTable(
            f"The manifest {path.name} lacks the column {'sku' if 'sku' not in found else 'role'}.",
            remedy="Say which column tells what belongs together, with --label.",
        )


def _picture(path: Path, line: int, row: Mapping[str, str | None], label: str) -> LabelledPicture:
    role = (row.get("role") or Role.GALLERY).strip().lower()
    if role not in set(Role):
        raise UnreadableTable(
            f"Line {line} of {path.name} has the role {role}.",
            remedy="A role is gallery, query or train.",
        )
    picture = path.parent.resolve() / (row["path"] or "").strip()
    return LabelledPicture(picture, (row.get(label) or "").strip(), Role(role))
