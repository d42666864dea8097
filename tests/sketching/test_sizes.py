"""Which columns hold sizes, and filters by them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.filters import Condition, Operator
from desktop_app.domain.products import Column, FieldKind
from desktop_app.domain.sizes import SizeColumn, SizeKind, find_sizes

NUMBER, TEXT = FieldKind.NUMBER, FieldKind.TEXT


def number(name: str, label: str = "", unit: str = "") -> Column:
    return Column(name, label or name, NUMBER, unit)


@pytest.mark.parametrize(
    ("kind", "column", "factor"),
    [
        (SizeKind.HEIGHT, number("height", "Height", "mm"), 1),
        (SizeKind.HEIGHT, number("hoehe_cm", "Höhe (cm)"), 10),
        (SizeKind.HEIGHT, number("hauteur", "Hauteur totale", "mm"), 1),
        (SizeKind.HEIGHT, number("altura"), 1),
        (SizeKind.HEIGHT, number("h_mm"), 1),
        (SizeKind.HEIGHT, number("c1", "高さ"), 1),
        (SizeKind.HEIGHT, number("c1", "Wysokość [mm]"), 1),
        (SizeKind.HEIGHT, number("height_in", "Height", "in"), 25.4),
        (SizeKind.WIDTH, number("dia", "Ø", "mm"), 1),
        (SizeKind.WIDTH, number("durchmesser"), 1),
        (SizeKind.WIDTH, number("x", "Diamètre (mm)"), 1),
        (SizeKind.VOLUME, number("fuellmenge", "Füllmenge", "ml"), 1),
        (SizeKind.VOLUME, number("capacity", "Capacity", "fl oz"), 29.5735),
        (SizeKind.VOLUME, number("c2", "容量"), 1),
        (SizeKind.NECK, Column("neck_finish", "Neck finish", TEXT), 1),
        (SizeKind.NECK, number("neck_diameter", "Neck diameter", "mm"), 1),
    ],
)
def test_columns_are_known_by_their_words(kind: SizeKind, column: Column, factor: float) -> None:
    noise = [number("price"), number("moq", "Minimum order"), Column("colour", "Colour", TEXT)]
    found = find_sizes([*noise, column])
    assert found == {kind: SizeColumn(kind, column.name, factor, column.kind is NUMBER)}


@pytest.mark.parametrize(
    "column",
    [
        number("cap_height", "Cap height", "mm"),
        number("carton_height", "Karton Höhe", "cm"),
        number("h", "H"),
        number("weight", "Weight", "g"),
        Column("height", "Height", TEXT),
        number("height", "Height", "ml"),
    ],
)
def test_what_is_no_size_of_the_container_is_left_alone(column: Column) -> None:
    assert not find_sizes([column])


def test_the_clearer_column_wins_and_none_is_taken_twice() -> None:
    found = find_sizes(
        [
            number("height_without_closure", "Height without the closure", "mm"),
            number("overall_height", "Height", "mm"),
            number("size", "Diameter height", "mm"),
        ]
    )
    assert found[SizeKind.HEIGHT].column == "overall_height"
    assert found[SizeKind.WIDTH].column == "size"


def test_a_person_may_choose_another_or_none() -> None:
    columns = [number("height", unit="mm"), number("a", unit="cm"), number("width", unit="mm")]
    found = find_sizes(columns, {SizeKind.HEIGHT: "a", SizeKind.WIDTH: ""})
    assert found == {SizeKind.HEIGHT: SizeColumn(SizeKind.HEIGHT, "a", 10.0)}
    # One that is gone is as if there were none.
    assert SizeKind.HEIGHT not in find_sizes(columns, {SizeKind.HEIGHT: "gone"})


def test_ranges_in_the_columns_own_unit() -> None:
    column = SizeColumn(SizeKind.HEIGHT, "height_cm", 10.0)
    assert column.around(120, 5) == (
        Condition("height_cm", Operator.AT_LEAST, (11.5,)),
        Condition("height_cm", Operator.AT_MOST, (12.5,)),
    )
    assert column.around(3, 5)[0].values == (0.0,)


@given(st.floats(0.1, 3000), st.floats(0, 100), st.sampled_from([1.0, 10.0, 25.4, 29.5735]))
def test_what_is_asked_around_passes_its_own_filter(
    size: float, plus_minus: float, factor: float
) -> None:
    column = SizeColumn(SizeKind.HEIGHT, "height", factor)
    least, most = column.around(size, plus_minus)
    assert float(least.values[0]) <= size / factor + 1e-4
    assert float(most.values[0]) >= size / factor - 1e-4


def test_fields_without_a_size() -> None:
    column = SizeColumn(SizeKind.HEIGHT, "height", 10.0)
    assert column.of(12.5) == 125
    assert [column.of(value) for value in (None, "12", True, 0.0, -3.0, float("nan"))] == [None] * 6
