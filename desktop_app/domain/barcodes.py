"""Under which numbers a code may be kept in a catalogue (GS1 General Specifications, 2024).

A GTIN has 8, 12, 13 or 14 digits, the last a check digit; a shorter one is the same number as a
longer one with zeros before it. UPC-A is GTIN-12, EAN-13 is GTIN-13.
"""

from __future__ import annotations

import re

from desktop_app.domain.capturing import Barcode

GTIN_LENGTHS = (8, 12, 13, 14)
_SEPARATORS = re.compile(r"[\s\-]+")
_LINK_GTIN = re.compile(r"/(?:01|gtin)/(\d{14}|\d{13}|\d{12}|\d{8})(?=[/?#;]|$)", re.IGNORECASE)
"""GTIN of a GS1 Digital Link (GS1 Digital Link standard: URI syntax, 1.2)."""
_BRACKETED_GTIN = re.compile(r"\(01\)\s?(\d{14})")
_PLAIN_GTIN = re.compile(r"^(?:\][A-Za-z]\d|[\x1d\x1e])?01(\d{14})")
"""An element string as it stands in the code: identifier 01, 14 digits, then others or none."""


def check_digit(digits: str) -> int:
    """Of the digits before it. Raises ValueError where something else is among them."""
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"not digits: {digits!r}")
    weighted = (int(d) * (3 if k % 2 == 0 else 1) for k, d in enumerate(reversed(digits)))
    return -sum(weighted) % 10


def is_gtin(text: str) -> bool:
    """Whether this is 8, 12, 13 or 14 digits of which the last checks the others."""
    return (
        len(text) in GTIN_LENGTHS
        and text.isascii()
        and text.isdigit()
        and check_digit(text[:-1]) == int(text[-1])
    )


def gtin_of(text: str) -> str | None:
    """The GTIN in a code's text, in 14 digits: the text itself (blanks and hyphens are
    overlooked), the (01) of a GS1 element string, or that of a GS1 Digital Link. None where
    there is none with the right check digit."""
    stripped = text.strip()
    joined = _SEPARATORS.sub("", stripped)
    found = [joined] if joined.isdigit() else []
    for pattern in (_LINK_GTIN, _BRACKETED_GTIN, _PLAIN_GTIN):
        found += pattern.findall(stripped)[:1]
    return next((digits.zfill(14) for digits in found if is_gtin(digits)), None)


def barcode_keys(text: str) -> tuple[str, ...]:
    """Under which texts to look a code up, the likeliest first, each once: the text itself,
    then its GTIN as 13, 12, 14 and 8 digits, and last without any leading zero, as a
    spreadsheet leaves it. Empty for an empty text. Texts with a key in common are the same
    code, with hardly an exception."""
    stripped = text.strip()
    if not stripped:
        return ()
    keys = [stripped]
    joined = _SEPARATORS.sub("", stripped)
    if joined.isascii() and joined.isdigit():
        keys.append(joined)
    if (gtin := gtin_of(stripped)) is not None:
        forms = [gtin[14 - length :] for length in (13, 12, 14, 8) if _fits(gtin, length)]
        bare = gtin.lstrip("0")
        keys += forms
        if len(bare) > 6:
            keys.append(bare)
    return tuple(dict.fromkeys(keys))


def are_other_products(one: tuple[Barcode, ...], other: tuple[Barcode, ...]) -> bool:
    """Whether codes name different products: both have GTINs, and none in common. Codes without
    one (an address, a lot) say nothing."""
    first, second = ({gtin_of(code.text) for code in codes} - {None} for codes in (one, other))
    return bool(first) and bool(second) and not first & second


def _fits(gtin: str, length: int) -> bool:
    return gtin[: 14 - length].strip("0") == ""
