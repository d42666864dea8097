"""What is shown of a trial follows the catalogue as it is now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.learned_models import EmbeddingMap, HardPair
from desktop_app.domain.products import PictureState, ProductFields
from desktop_app.domain.storage import Content, ReadPicture
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue
from desktop_app.services.learning.looking import BY_VERDICT, TrialReader

MODEL = "test"


@pytest.fixture
def catalogue(tmp_path: Path, make_picture: Callable[..., Path]) -> SqliteCatalogue:
    """Three products with two pictures each, contents 1 to 6."""
    made = create_catalogue(tmp_path / "shelf", "shelf")
    for number in range(3):
        paths = [(make_picture(f"{number}{v}.jpg", seed=2 * number + v), "") for v in (0, 1)]
        made.products.add(ProductFields(f"P{number}", category="ab"[number % 2]), paths)
    vector = np.ones(4, np.float32) / 2
    made.pictures.record_read(
        MODEL,
        [
            ReadPicture(
                picture.id,
                PictureState.READY,
                content=Content(f"{number:032x}", 96, 128, b"12345678", 0),
                vector=vector,
                thumbnail=b"jpeg",
            )
            for number, picture in enumerate(made.pictures.pending())
        ],
    )
    return made


def ids(catalogue: SqliteCatalogue) -> tuple[list[int], list[int]]:
    shown = catalogue.pictures.content_map()
    return shown.content_ids.tolist(), shown.product_ids.tolist()


def pair(catalogue: SqliteCatalogue, a: int, b: int) -> HardPair:
    contents, products = ids(catalogue)
    is_same = products[a] == products[b]
    return HardPair(contents[a], contents[b], products[a], products[b], is_same, 0.9, 0.5)


def test_riddles_come_with_products_pictures_and_what_was_said(
    catalogue: SqliteCatalogue,
) -> None:
    reader = TrialReader(catalogue)
    (riddle,) = reader.riddles([pair(catalogue, 0, 2)])
    assert riddle.card_a is not None and riddle.card_b is not None
    assert (riddle.card_a.sku, riddle.card_b.sku) == ("P0", "P1")
    assert riddle.hash_a and riddle.hash_b and riddle.picture_a and riddle.picture_b
    assert riddle.verdict is None and riddle.key is not None
    catalogue.verdicts.decide([riddle.key], Verdict.VARIANT)
    (riddle,) = reader.riddles([pair(catalogue, 0, 2)])
    assert riddle.verdict is Verdict.VARIANT


def test_a_product_that_is_gone_leaves_its_riddle_without_a_card(
    catalogue: SqliteCatalogue,
) -> None:
    asked = pair(catalogue, 0, 2)
    catalogue.products.remove([asked.product_b])
    (riddle,) = TrialReader(catalogue).riddles([asked])
    assert riddle.card_a is not None and riddle.card_b is None and riddle.key is None
    assert riddle.picture_b == 0


def test_the_map_shows_what_a_product_shows_now_by_a_column(catalogue: SqliteCatalogue) -> None:
    contents, products = ids(catalogue)
    places = np.arange(2 * len(contents), dtype=np.float32).reshape(-1, 2) / 20
    layout = EmbeddingMap(np.array(contents, np.int64), places, -places)
    reader = TrialReader(catalogue)
    shown = reader.embedding(layout, "category")
    assert shown.content_ids.tolist() == contents and shown.product_ids.tolist() == products
    assert {group.name: group.size for group in shown.groups} == {"a": 4, "b": 2}
    assert all(shown.hashes)
    catalogue.products.remove([products[0]])
    fewer = reader.embedding(layout, "category")
    assert fewer.product_ids.tolist() == products[2:]
    assert np.array_equal(fewer.before, places[2:]) and np.array_equal(fewer.after, -places[2:])


def test_the_map_by_verdicts(catalogue: SqliteCatalogue) -> None:
    contents, _ = ids(catalogue)
    reader = TrialReader(catalogue)
    first, second = reader.riddles([pair(catalogue, 0, 2), pair(catalogue, 0, 4)])
    assert first.key is not None and second.key is not None
    catalogue.verdicts.decide([first.key], Verdict.DIFFERENT)
    catalogue.verdicts.decide([second.key], Verdict.SAME)
    nowhere = np.zeros((len(contents), 2), np.float32)
    shown = reader.embedding(EmbeddingMap(np.array(contents), nowhere, nowhere), BY_VERDICT)
    names = [shown.groups[group].name for group in shown.group_of]
    # Of a picture in both pairs the stronger word counts.
    assert names == ["same", "", "different", "", "same", ""]
