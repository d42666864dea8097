"""File names are read as SKU and view, and how they are read is suggested."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from desktop_app.domain.errors import UserFacingError
from desktop_app.services.import_pattern import NamePattern, suggest_pattern, view_rank


@pytest.mark.parametrize(
    ("pattern", "path", "read"),
    [
        ("{sku}", "jars/A 12.jpg", ("A 12", "")),
        ("{sku}_{view}", "A_12_front.jpg", ("A_12", "front")),
        ("{sku}_{view}", "A12.jpg", None),
        ("{view}-{sku}", "front-A-12.jpg", ("A-12", "front")),
        ("img {sku} ({view})", "IMG A12 (3).png", ("A12", "3")),
        ("{sku}/{view}", "jars/A12/front.jpg", ("A12", "front")),
        ("{sku}/{view}", "front.jpg", None),
        ("{sku}_{view}.jpg", "A12_front.png", ("A12", "front")),
        ("{sku}.{view}", "A.12.front.jpg", ("A.12", "front")),
        ("", "A12.jpg", ("A12", "")),
    ],
)
def test_names_are_read_by_their_pattern(
    pattern: str, path: str, read: tuple[str, str] | None
) -> None:
    assert NamePattern(pattern).match(PurePosixPath(path)) == read


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("{name}", "{name} is not known"),
        ("{sku", "brace"),
        ("{sku}{view}", "Nothing parts"),
        ("{view}", "{sku} once"),
        ("{sku}_{sku}", "{sku} once"),
        ("photo", "{sku} once"),
    ],
)
def test_a_pattern_that_cannot_be_understood_is_explained(pattern: str, said: str) -> None:
    with pytest.raises(UserFacingError) as caught:
        NamePattern(pattern)
    assert said in caught.value.what
    assert caught.value.remedy


def test_the_category_is_the_first_folder_that_the_pattern_leaves() -> None:
    assert NamePattern("{sku}").category(PurePosixPath("jars/small/a.jpg")) == "jars"
    assert NamePattern("{sku}").category(PurePosixPath("a.jpg")) == ""
    assert NamePattern("{sku}").category(PurePosixPath("Images/a.jpg")) == ""
    assert NamePattern("{sku}").category(PurePosixPath("Images/jars/a.jpg")) == "jars"
    assert NamePattern("{sku}/{view}").category(PurePosixPath("jars/a/1.jpg")) == "jars"
    assert NamePattern("{sku}/{view}").category(PurePosixPath("a/1.jpg")) == ""


def named(*stems: str) -> list[str]:
    return [f"{stem}.jpg" for stem in stems]


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (named("A1_front", "A1_back", "A2_front", "A2_back"), "{sku}_{view}"),
        (named("A-1-1", "A-1-2", "A-2-1", "A-2-2"), "{sku}-{view}"),
        (named("A1", "A1_2", "A2", "A2_2"), "{sku}_{view}"),
        (named("A1_front", "A1_back"), "{sku}_{view}"),
        (named("A1 vorne", "A1 hinten", "B1 vorne"), "{sku} {view}"),
        (named("front_A1", "back_A1", "front_A2", "back_A2"), "{view}_{sku}"),
        (named("a/front", "a/back", "b/front", "b/back"), "{sku}/{view}"),
        (named("jars/a/1", "jars/a/2", "jars/b/1", "jars/b/2"), "{sku}/{view}"),
        (named("A1_a", "A1_b", "A2_a", "A2_b"), "{sku}_{view}"),
        (named("A1", "A2", "A3"), "{sku}"),
        (named(*(f"IMG_{n:04}" for n in range(40))), "{sku}"),
        (named(*(f"IMG_{n}" for n in range(1, 9))), "{sku}"),
        (named(*(f"{s}-{n}" for s in "AB" for n in range(10, 20))), "{sku}"),
        (named("jar_red", "jar_blue", "tin_red", "tin_blue"), "{sku}"),
        (named("jars/101", "jars/102", "tins/101"), "{sku}"),
        (named("A1_front", "B2", "C3", "D4", "E5"), "{sku}"),
        (named(*(f"foam-roller-{n}" for n in (1, 2, 3)), "yoga-ball", "mat-1", "mat-2"), "{sku}"),
        ([], "{sku}"),
    ],
)
def test_a_pattern_is_suggested(names: list[str], pattern: str) -> None:
    assert suggest_pattern(names) == pattern


def test_front_views_make_the_main_picture() -> None:
    views = ["back", "Front", "detail", "1", "2"]
    assert sorted(views, key=view_rank)[:2] == ["Front", "1"]
