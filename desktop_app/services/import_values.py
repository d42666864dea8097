"""Cells of a table as numbers, prices, flags and dates; and which of these a column holds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from desktop_app.domain.products import FieldKind, FieldValue

NO_VALUE_WORDS = frozenset(
    {"-", "–", "—", "--", "n/a", "#n/a", "na", "n.a.", "k.a.", "k. a.", "none", "null", "nan", "?"}
)
"""Texts that stand for an empty cell where a number, flag or date is expected."""

_YES = frozenset({"yes", "y", "true", "ja", "j", "wahr", "oui", "vrai", "sí", "si", "x", "✓", "✔"})
_NO = frozenset({"no", "n", "false", "nein", "falsch", "non", "faux", "✗", "✘"})
_FLAG_FIGURES = {"1": True, "0": False}

_SIGNS = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "¥": "JPY", "₽": "RUB", "₹": "INR"} | {
    **{"zł": "PLN", "kč": "CZK", "ft": "HUF", "₺": "TRY", "₩": "KRW", "r$": "BRL", "fr.": "CHF"},
    **{"a$": "AUD", "c$": "CAD", "us$": "USD", "sfr": "CHF", "euro": "EUR", "euros": "EUR"},
}
_CODES = frozenset(
    {
        *("EUR", "USD", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK", "ISK", "PLN", "CZK", "HUF"),
        *("RON", "BGN", "TRY", "RUB", "UAH", "CNY", "HKD", "TWD", "KRW", "INR", "IDR", "MYR"),
        *("SGD", "THB", "VND", "PHP", "AUD", "NZD", "CAD", "MXN", "BRL", "ARS", "CLP", "COP"),
        *("PEN", "ZAR", "AED", "SAR", "ILS", "EGP", "MAD"),
    }
)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_FIGURE = re.compile(r"[+-]?(\d[\d.,]*|[.,]\d+)")
_EXPONENT = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_PRICE = re.compile(r"(?P<before>\D*?)(?P<figure>[+-]?(?:\d[\d.,]*|[.,]\d+))(?P<after>\D*)")
_ABBREVIATION = re.compile(r"([^\W\d_])\.")
_NO_CENTS = re.compile(r"[.,](-{1,2}|–|—)")
_WHOLE = re.compile(r"[+-]?(?:\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}|\d*)")
_SEPARATORS = (".", ",")
_DATE_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_DATE_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_DATE_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")


class NotConvertible(ValueError):
    """The text is not a value of the column's kind; the message says why."""


def format_number(value: float) -> str:
    """The shortest text that reads back as ``value``; whole numbers without ``.0``."""
    if value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return repr(value)


def text_of(value: FieldValue) -> str:
    """A cell as a person would type it; '' where it is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format_number(value) if isinstance(value, float) else str(value)


def guess_decimal_sign(values: Iterable[FieldValue]) -> str:
    """The decimal sign that the texts of one column must be using, '' where all could be either.

    ``12,50`` proves a comma, ``1,299.00`` a point, ``1.299`` neither.
    """
    for value in values:
        if not isinstance(value, str):
            continue
        figure = _SPACES.sub("", value)
        found = _PRICE.fullmatch(figure)
        text = found["figure"].strip("+-") if found else ""
        last = max((text.rfind(sign), sign) for sign in _SEPARATORS)[1]
        other = "," if last == "." else "."
        if last not in text:
            continue
        if other in text:
            return last
        if text.count(last) > 1:
            return other
        whole, _, fraction = text.partition(last)
        if len(fraction) != 3 or len(whole) > 3 or whole in ("", "0"):
            return last
    return ""


def parse_number(text: str, decimal_sign: str = "", *, ambiguous: str = ".") -> float:
    """A number with either decimal sign and any thousands sign.

    ``decimal_sign`` settles texts such as ``1.299``; where it is empty too, ``ambiguous``
    is taken for the decimal sign. Raises NotConvertible.
    """
    plain = _SPACES.sub("", text).replace("−", "-")
    if _EXPONENT.fullmatch(plain):
        return _finite(plain, text)
    if not _FIGURE.fullmatch(plain):
        raise NotConvertible(f"“{text}” is not a number")
    sign = _decimal_sign_of(plain, decimal_sign or ambiguous)
    whole, _, fraction = plain.rpartition(sign) if sign else (plain, "", "")
    if sign in whole if sign else len(set(whole) & set(_SEPARATORS)) > 1:
        raise NotConvertible(f"“{text}” is not a number")
    if not _WHOLE.fullmatch(whole):
        raise NotConvertible(f"“{text}” is not a number")
    return _finite(f"{whole.replace('.', '').replace(',', '')}.{fraction}", text)


def _decimal_sign_of(plain: str, presumed: str) -> str:
    """The sign that parts the fraction in this text, '' where it has none; ``presumed``
    decides where it could be either."""
    dot, comma = plain.rfind("."), plain.rfind(",")
    if dot >= 0 and comma >= 0:
        return "." if dot > comma else ","
    sign = "." if dot >= 0 else "," if comma >= 0 else ""
    if not sign or plain.count(sign) > 1:
        return ""
    whole, _, fraction = plain.strip("+-").partition(sign)
    could_be_thousands = len(fraction) == 3 and 1 <= len(whole) <= 3 and whole != "0"
    return sign if sign == presumed or not could_be_thousands else ""


def _finite(plain: str, text: str) -> float:
    number = float(plain)
    if number in (float("inf"), float("-inf")):
        raise NotConvertible(f"“{text}” is too large a number")
    return number


def parse_price(value: FieldValue, decimal_sign: str = "") -> tuple[float | None, str]:
    """Amount and ISO 4217 code ('' where none is named): ``1.299,00 €``, ``$12.50``.

    Raises NotConvertible.
    """
    if value is None or (isinstance(value, str) and value.casefold() in NO_VALUE_WORDS):
        return None, ""
    if not isinstance(value, str):
        return float(value), ""
    plain = _SPACES.sub("", _ABBREVIATION.sub(r"\1", value)).replace("−", "-")
    plain = _NO_CENTS.sub("", plain)
    match = _PRICE.fullmatch(plain)
    if not match:
        raise NotConvertible(f"“{value}” is not a price")
    currency = ""
    for sign in (match["before"], match["after"]):
        if sign:
            currency = currency_of(sign) or currency
            if not currency:
                raise NotConvertible(f"“{value}” is not a price")
    # Three digits after a lone separator are thousands: prices have two decimals or none.
    amount = parse_number(match["figure"], decimal_sign, ambiguous="")
    return amount, currency


def currency_of(text: str) -> str:
    """The ISO 4217 code that a sign, a code or a header's ending names, '' where none."""
    plain = text.strip(" ()[].:/").casefold()
    if plain.upper() in _CODES:
        return plain.upper()
    return _SIGNS.get(plain, _SIGNS.get(plain + ".", ""))


def parse_flag(text: str) -> bool:
    """Raises NotConvertible."""
    plain = text.casefold()
    if plain in _FLAG_FIGURES:
        return _FLAG_FIGURES[plain]
    if plain in _YES or plain in _NO:
        return plain in _YES
    raise NotConvertible(f"“{text}” is neither yes nor no")


def parse_date(text: str) -> str:
    """ISO 8601 date of the common ways to write one. Raises NotConvertible, also where day
    and month could be swapped."""
    if match := _DATE_YEAR_FIRST.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]), text)
    if match := _DATE_DOTTED.fullmatch(text):
        return _date(int(match[3]), int(match[2]), int(match[1]), text)
    if match := _DATE_SLASHED.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        if first <= 12 and second <= 12 and first != second:
            raise NotConvertible(f"“{text}” does not say which is the day; write {year}-MM-DD")
        return _date(year, min(first, second), max(first, second), text)
    raise NotConvertible(f"“{text}” is not a date")


def _date(year: int, month: int, day: int, text: str) -> str:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        raise NotConvertible(f"“{text}” is not a date") from None


def convert(value: FieldValue, kind: FieldKind, *, decimal_sign: str = "") -> FieldValue:
    """A cell as a value of the column's kind; None where it is empty. Raises NotConvertible."""
    if kind is FieldKind.TEXT:
        return text_of(value) or None
    if value is None or (isinstance(value, str) and value.casefold() in NO_VALUE_WORDS):
        return None
    if kind is FieldKind.NUMBER:
        return parse_number(value, decimal_sign) if isinstance(value, str) else float(value)
    if kind is FieldKind.FLAG:
        return value if isinstance(value, bool) else parse_flag(text_of(value))
    return parse_date(text_of(value))


def guess_kind(values: Sequence[FieldValue]) -> FieldKind:
    """The narrowest kind that every filled cell fits; TEXT where there are none.

    Texts with leading zeros and long digit strings are codes, not numbers; single letters
    are grades or sizes more often than flags.
    """
    filled = [
        value
        for value in values
        if value is not None and not (isinstance(value, str) and value.casefold() in NO_VALUE_WORDS)
    ]
    if not filled or any(_is_code(value) for value in filled):
        return FieldKind.TEXT
    decimal_sign = guess_decimal_sign(filled)
    for kind in (FieldKind.NUMBER, FieldKind.FLAG, FieldKind.DATE):
        if all(_fits(value, kind, decimal_sign) for value in filled):
            return kind
    return FieldKind.TEXT


def _fits(value: FieldValue, kind: FieldKind, decimal_sign: str) -> bool:
    if isinstance(value, bool) != (kind is FieldKind.FLAG) and not isinstance(value, str):
        return False
    if kind is FieldKind.FLAG and isinstance(value, str) and len(value) == 1:
        return False
    try:
        convert(value, kind, decimal_sign=decimal_sign)
    except NotConvertible:
        return False
    return True


def _is_code(value: FieldValue) -> bool:
    if not isinstance(value, str):
        return False
    return (value[0] == "0" and value[1:].isdigit() and len(value) > 1) or (
        value.isdigit() and len(value) > 9
    )
