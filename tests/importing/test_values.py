"""Cells become numbers, prices, flags and dates as their writer meant them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.products import FieldKind, FieldValue
from desktop_app.services.import_values import (
    NotConvertible,
    convert,
    currency_of,
    format_number,
    guess_decimal_sign,
    guess_kind,
    parse_date,
    parse_number,
    parse_price,
    text_of,
)


@pytest.mark.parametrize(
    ("text", "price", "currency"),
    [
        ("1.299,00 €", 1299.0, "EUR"),
        ("$12.50", 12.5, "USD"),
        ("12,50 EUR", 12.5, "EUR"),
        ("EUR 1 299,00", 1299.0, "EUR"),
        ("CHF 1'299.50", 1299.5, "CHF"),
        ("1,23,456.00 ₹", 123456.0, "INR"),
        ("Fr. 5", 5.0, "CHF"),
        ("1 299,90 zł", 1299.9, "PLN"),
        ("5,-", 5.0, ""),
        ("5.--", 5.0, ""),
        ("1.299", 1299.0, ""),
        ("12.99", 12.99, ""),
        ("-4,5", -4.5, ""),
        ("n/a", None, ""),
    ],
)
def test_prices_are_read_with_their_currency(text: str, price: float | None, currency: str) -> None:
    assert parse_price(text) == (price, currency)


@pytest.mark.parametrize(
    "text", ["on request", "12 bottles", "1,2,3.4.5", "12.34.5", "12.50,", "."]
)
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(NotConvertible):
        parse_price(text)


def test_a_price_that_is_a_number_already_stays_it() -> None:
    assert parse_price(1.299) == (1.299, "")


@pytest.mark.parametrize(
    ("text", "hint", "number"),
    [
        ("1.299", "", 1.299),
        ("1,299", "", 1299.0),
        ("1.299", ",", 1299.0),
        ("1,299", ",", 1.299),
        ("12.50", ",", 12.5),
        ("0,125", "", 0.125),
        ("0.125", ",", 0.125),
        ("1.299.000", "", 1299000.0),
        ("1 234,5", "", 1234.5),
        ("−3", "", -3.0),
        ("1e5", "", 100000.0),
        (".5", "", 0.5),
    ],
)
def test_numbers_are_read_with_either_decimal_sign(text: str, hint: str, number: float) -> None:
    assert parse_number(text, hint) == number


@pytest.mark.parametrize(
    ("values", "sign"),
    [
        (["1.299", "12,5"], ","),
        (["1,299.00"], "."),
        (["1.299.000"], ","),
        (["1.299", "7"], ""),
        ([3.5, None, "0.125"], "."),
        (["12,50 €"], ","),
    ],
)
def test_a_column_tells_its_decimal_sign(values: list[FieldValue], sign: str) -> None:
    assert guess_decimal_sign(values) == sign


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_written_is_read_back(number: float) -> None:
    assert parse_number(format_number(number), ".") == number


@given(st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False))
def test_prices_survive_every_common_way_to_write_them(amount: object) -> None:
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    expected = float(str(amount))
    for text in (english, german, f"{german} €", f"${english}", german.replace(".", " ")):
        assert parse_price(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-03-04", "2024-03-04"),
        ("2024/3/4", "2024-03-04"),
        ("4.3.2024", "2024-03-04"),
        ("04. 03. 2024", "2024-03-04"),
        ("13/04/2024", "2024-04-13"),
        ("04/13/2024", "2024-04-13"),
        ("2024-03-04T10:00:00", "2024-03-04"),
    ],
)
def test_dates_are_read(text: str, iso: str) -> None:
    assert parse_date(text) == iso


@pytest.mark.parametrize("text", ["03/04/2024", "2024-13-01", "soon", "31.2.2024"])
def test_dates_that_are_none_or_ambiguous_are_refused(text: str) -> None:
    with pytest.raises(NotConvertible):
        parse_date(text)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["12", "3,5", None, "n/a"], FieldKind.NUMBER),
        ([1.0, 2.5], FieldKind.NUMBER),
        (["yes", "No"], FieldKind.FLAG),
        ([True, False], FieldKind.FLAG),
        (["2024-01-02", "3.4.2024"], FieldKind.DATE),
        (["0012", "13"], FieldKind.TEXT),
        (["4006381333931"], FieldKind.TEXT),
        (["x", "y"], FieldKind.TEXT),
        (["12", "twelve"], FieldKind.TEXT),
        ([True, 1.0], FieldKind.TEXT),
        ([None, "-"], FieldKind.TEXT),
        ([], FieldKind.TEXT),
    ],
)
def test_the_kind_of_a_column_is_the_narrowest_that_fits(
    values: list[FieldValue], kind: FieldKind
) -> None:
    assert guess_kind(values) is kind


def test_cells_are_converted_to_the_kind_of_their_column() -> None:
    assert convert(4006381333931.0, FieldKind.TEXT) == "4006381333931"
    assert convert("12,5", FieldKind.NUMBER) == 12.5
    assert convert("ja", FieldKind.FLAG) is True
    assert convert(0.0, FieldKind.FLAG) is False
    assert convert("4.3.2024", FieldKind.DATE) == "2024-03-04"
    assert convert("n/a", FieldKind.NUMBER) is None
    assert convert("n/a", FieldKind.TEXT) == "n/a"
    with pytest.raises(NotConvertible, match="neither yes nor no"):
        convert("maybe", FieldKind.FLAG)


def test_texts_of_values_are_what_a_person_would_type() -> None:
    assert [text_of(v) for v in (None, True, 12.0, 0.1, "x")] == ["", "yes", "12", "0.1", "x"]


def test_currencies_are_known_by_sign_code_and_name() -> None:
    assert [currency_of(t) for t in ("€", "eur", "(USD)", "euro", "Kč", "mm", "")] == [
        *("EUR", "EUR", "USD", "EUR", "CZK"),
        *("", ""),
    ]
