"""Verdicts in a file, so that the work of two people can be put together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop_app.domain.duplicates import PairKey, StoredVerdict, Verdict, VerdictConflict
from desktop_app.domain.errors import UserFacingError
from desktop_app.services.exporting import written_whole

FORMAT = "twinshelf verdicts"
VERSION = 1
MOST_BYTES = 256 * 1024 * 1024

_HASH = re.compile(r"[0-9a-f]{32}")
_MOST_TEXT = 1000


class UnreadableVerdicts(UserFacingError):
    """A file that holds no verdicts, or not only whole ones."""


@dataclass(frozen=True, slots=True)
class VerdictMerge:
    """What taking over the verdicts of a file would do.

    ``added`` are those on pairs of which nothing is decided here yet; ``unchanged`` those that
    say what is known, or less: *later* does not stand against a decision. ``conflicts`` are
    decided here in another way.
    """

    added: tuple[StoredVerdict, ...] = ()
    unchanged: tuple[StoredVerdict, ...] = ()
    conflicts: tuple[VerdictConflict, ...] = ()

    @property
    def others(self) -> tuple[StoredVerdict, ...]:
        """Everything the file says."""
        return (*self.added, *self.unchanged, *(conflict.other for conflict in self.conflicts))


def merged(own: Iterable[StoredVerdict], others: Iterable[StoredVerdict]) -> VerdictMerge:
    """Of several verdicts of the others on one pair the latest counts."""
    known = {verdict.key: verdict for verdict in own}
    latest: dict[PairKey, StoredVerdict] = {}
    for other in others:
        before = latest.get(other.key)
        if before is None or before.decided_at <= other.decided_at:
            latest[other.key] = other
    added, unchanged, conflicts = [], [], []
    for key, other in latest.items():
        mine = known.get(key)
        if mine is not None and (mine.verdict is other.verdict or other.verdict is Verdict.LATER):
            unchanged.append(other)
        elif mine is None or mine.verdict is Verdict.LATER:
            added.append(other)
        else:
            conflicts.append(VerdictConflict(mine, other))
    return VerdictMerge(tuple(added), tuple(unchanged), tuple(conflicts))


def write_verdicts(
    path: Path,
    verdicts: Sequence[StoredVerdict],
    *,
    catalogue: str,
    skus: Mapping[str, Sequence[str]],
) -> None:
    """``skus`` are those of the products that show a content now, by its hash: for whoever
    reads the file, reading it back passes them over. Raises StorageFull and UserFacingError
    for what the disk refuses."""
    written = {
        "format": FORMAT,
        "version": VERSION,
        "catalogue": catalogue,
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "verdicts": [
            {
                "hash_a": verdict.key.hash_a,
                "hash_b": verdict.key.hash_b,
                "sku_a": verdict.key.sku_a,
                "sku_b": verdict.key.sku_b,
                "verdict": verdict.verdict.value,
                "decided_at": verdict.decided_at,
                "decided_by": verdict.decided_by,
                "products_a": list(skus.get(verdict.key.hash_a, ())),
                "products_b": list(skus.get(verdict.key.hash_b, ())),
            }
            for verdict in verdicts
        ],
    }
    with written_whole(path) as temporary:
        text = json.dumps(written, ensure_ascii=False, indent=1)
        temporary.write_text(text, encoding="utf-8", errors="replace")


def read_verdicts(path: Path) -> list[StoredVerdict]:
    """Raises UnreadableVerdicts where the file cannot be read, holds something else, or is
    damaged in any place: verdicts are taken over whole or not at all."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _unreadable(path, "is too large to hold verdicts")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnreadableVerdicts(
            f"“{path.name}” cannot be read.",
            remedy="Check that it is there and that you may read it.",
            details=str(error),
        ) from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "holds no verdicts", str(error)) from error
    try:
        written = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, "holds no verdicts, or is damaged", str(error)) from error
    if not isinstance(written, dict) or written.get("format") != FORMAT:
        raise _unreadable(path, "holds no verdicts")
    version = written.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise UnreadableVerdicts(
            f"“{path.name}” was written by a newer version of Twinshelf.",
            remedy="Update Twinshelf to read it.",
        )
    rows = written.get("verdicts")
    if not isinstance(rows, list):
        raise _unreadable(path, "is damaged")
    verdicts = []
    for number, row in enumerate(rows, 1):
        try:
            verdicts.append(_verdict(row))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise _unreadable(
                path, f"is damaged: verdict {number} of {len(rows)} cannot be read", repr(error)
            ) from error
    return verdicts


def _verdict(row: Any) -> StoredVerdict:
    """Raises KeyError, TypeError, ValueError and OverflowError where that is none."""
    hash_a, hash_b = _text(row["hash_a"]), _text(row["hash_b"])
    if not (_HASH.fullmatch(hash_a) and _HASH.fullmatch(hash_b)):
        raise ValueError("not content hashes")
    key = PairKey.of(hash_a, hash_b, _text(row["sku_a"]), _text(row["sku_b"]))
    if key.hash_a == key.hash_b and (not key.sku_a or key.sku_a == key.sku_b):
        raise ValueError("one picture without two SKUs")
    at = datetime.fromisoformat(_text(row["decided_at"]))
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return StoredVerdict(
        key,
        Verdict(row["verdict"]),
        at.astimezone(UTC).isoformat(timespec="milliseconds"),
        _text(row["decided_by"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise TypeError("not a short text")
    return value


def _unreadable(path: Path, what: str, details: str = "") -> UnreadableVerdicts:
    return UnreadableVerdicts(
        f"“{path.name}” {what}.",
        remedy="Choose a file that Twinshelf has written verdicts to. Nothing was changed.",
        details=details,
    )
