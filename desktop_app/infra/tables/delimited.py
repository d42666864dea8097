"""Delimited text: which sign parts the cells, and the records."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable

from desktop_app.domain.errors import UnreadableTable
from desktop_app.domain.progress import CancelToken

DELIMITERS = ("\t", ";", "|", ",")
"""In the order of preference where the evidence is equal; the comma also parts decimals."""

_EXCEL_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_SAMPLE_CHARS = 64 * 1024
_SAMPLE_RECORDS = 200
_CHECK_EVERY = 2000
_LONGEST_CELL = 1 << 24


def parse_delimited(
    text: str, *, name: str, delimiter: str, token: CancelToken
) -> tuple[list[list[str]], str]:
    """All records (blank lines as empty lists) and the delimiter used.

    ``delimiter`` is detected where empty. Raises UnreadableTable and Cancelled.
    """
    hint = _EXCEL_HINT.match(text)
    if hint:
        text = text[hint.end() :]
    if len(delimiter) > 1 or delimiter in ('"', "\r", "\n"):
        raise UnreadableTable(
            f"“{delimiter}” cannot part the columns of a table.",
            remedy="Choose a single sign such as a comma, semicolon or tab.",
        )
    used = delimiter or (hint.group(1) if hint else sniff_delimiter(text))
    return _records(text, used, name, token), used


def sniff_delimiter(text: str) -> str:
    """The most plausible delimiter; a comma where the table has one column only."""
    sample = text[:_SAMPLE_CHARS]
    if len(text) > _SAMPLE_CHARS:
        # The cut-off last record would look narrower than it is.
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, best_score = ",", 0.0
    for candidate in DELIMITERS:
        score = _plausibility(sample, candidate)
        if score > best_score + 1e-9:
            best, best_score = candidate, score
    return best


def _plausibility(sample: str, delimiter: str) -> float:
    """In [0, 2): the share of records of the usual width, with a bonus where the first
    record is one of them (decimal commas part values, not headers) and, less, for width."""
    widths = []
    try:
        for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if record:
                widths.append(len(record))
            if len(widths) >= _SAMPLE_RECORDS:
                break
    except csv.Error:
        return 0.0
    usual, count = _usual_width(widths)
    if not count:
        return 0.0
    headed = 0.6 if widths[0] == usual else 0.0
    return count / len(widths) + headed + 0.3 * (1 - 1 / usual)


def _usual_width(widths: Iterable[int]) -> tuple[int, int]:
    """The most frequent number of cells above one, and how many records have it."""
    wide = Counter(width for width in widths if width > 1)
    return max(wide.items(), key=lambda item: (item[1], item[0]), default=(0, 0))


def _records(text: str, delimiter: str, name: str, token: CancelToken) -> list[list[str]]:
    """Quoting is a convention some exports break. A stray quotation mark (``"12 jar``) must
    not swallow the rows after it, so a file that is not well-formed is read both leniently
    and without quoting, and the reading with more regular records wins."""
    previous_limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        with contextlib.suppress(csv.Error):
            return _checked(csv.reader(_lines(text), delimiter=delimiter, strict=True), token)
        lenient = _checked(csv.reader(_lines(text), delimiter=delimiter), token)
        literal = _checked(
            csv.reader(_lines(text), delimiter=delimiter, quoting=csv.QUOTE_NONE), token
        )
    except (csv.Error, ValueError) as error:
        raise UnreadableTable(
            f"“{name}” cannot be read as a table.",
            remedy="Save the list as XLSX and import that file.",
            details=str(error),
        ) from error
    finally:
        csv.field_size_limit(previous_limit)
    if _usual_width(map(len, literal))[1] <= _usual_width(map(len, lenient))[1]:
        return lenient
    return [[_unquoted(cell) for cell in record] for record in literal]


def _lines(text: str) -> io.StringIO:
    return io.StringIO(text, newline="")


def _checked(reader: Iterable[list[str]], token: CancelToken) -> list[list[str]]:
    records = []
    for number, record in enumerate(reader):
        if number % _CHECK_EVERY == 0:
            token.checkpoint()
        records.append(record)
    return records


def _unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell
