"""Keeping spreadsheet programs from running texts of a delimited file as formulas."""

from __future__ import annotations

import re

# Also behind apostrophes, so that the guard can be taken off again without a doubt.
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_NEGATIVE_NUMBER = re.compile(r"-\d+(\.\d+)?")


def guarded(text: str) -> str:
    """``text``, behind an apostrophe where a spreadsheet program would run it: then it is shown
    instead. Reading a product list takes the apostrophe off again."""
    is_dangerous = _DANGEROUS.match(text) and not _NEGATIVE_NUMBER.fullmatch(text)
    return f"'{text}" if is_dangerous else text
