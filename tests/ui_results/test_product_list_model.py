"""The model holds ids, fetches cards by pages, and says precisely what changed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from desktop_app.domain.evidence import HitEvidence, Orientation
from desktop_app.domain.products import Column, FieldKind, PictureState
from desktop_app.ui.item_models.card_cache import CardCache
from desktop_app.ui.item_models.product_list_model import (
    MATCH,
    PAGE_SIZE,
    PICTURE,
    ProductListModel,
    Role,
)
from tests.ui_results.conftest import Store, ids_of, make_card

DECORATION = Qt.ItemDataRole.DecorationRole


@pytest.fixture
def model(loader) -> ProductListModel:
    return ProductListModel(loader)


@pytest.fixture
def store(model) -> Store:
    return Store(model, make=make_card)


def changes_of(model: ProductListModel) -> list[tuple[int, int, list[int]]]:
    seen: list[tuple[int, int, list[int]]] = []

    def note(first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        seen.append((first.row(), last.row(), list(roles)))

    model.dataChanged.connect(note)
    return seen


def test_the_model_keeps_the_rules_of_qt(qtbot, model, store) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    assert tester.model() is model
    model.set_products(ids_of(100))
    qtbot.waitUntil(lambda: len(store.asked) > 0)
    model.set_extra_columns((Column("height", "Height"),))
    model.set_products(ids_of(130))
    model.set_products(ids_of(7)[::-1], np.linspace(1, 0, 7, dtype=np.float32))
    model.set_products(ids_of(0))


def test_a_page_is_asked_for_once_after_the_event_loop_turned(qtbot, model, store) -> None:
    model.set_products(ids_of(1000))
    for row in range(200, 230):
        assert model.index(row, 0).data(Role.CARD) is None
    assert store.asked == []
    qtbot.waitUntil(lambda: len(store.asked) == 1)
    assert store.asked[0] == tuple(ids_of(1000)[192:256].tolist())
    assert model.index(210, 0).data(Role.CARD).id == ids_of(1000)[210]


def test_a_list_that_goes_on_is_not_laid_out_anew(qtbot, model, store) -> None:
    model.set_products(ids_of(10), np.linspace(1, 0.5, 10, dtype=np.float32), is_ranked=True)
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.rowsInserted) as added:
        model.set_products(ids_of(25), np.linspace(1, 0.1, 25, dtype=np.float32), is_ranked=True)
    assert added.args[1:] == [10, 24]
    assert [model.index(row, 0).data(Role.RANK) for row in (0, 24)] == [1, 25]
    assert model.rows_of(ids_of(25)[[3, 20]].tolist()).tolist() == [3, 20]


def test_what_has_no_score_shows_none(model) -> None:
    model.set_products(ids_of(2), np.array([0.9, np.nan], np.float32), is_ranked=True)
    match = model.column_of(MATCH)
    assert model.index(1, 0).data(Role.SCORE) is None
    assert model.index(0, match).data() and not model.index(1, match).data()


def test_ids_beyond_32_bits_arrive_unharmed(model) -> None:
    model.set_products(np.array([2**40 + 7]))
    assert model.index(0, 0).data(Role.ID) == 2**40 + 7


def test_the_newest_wish_goes_first_and_only_two_are_outstanding(qtbot, model, store) -> None:
    store.is_prompt = False
    model.set_products(ids_of(2000))
    for page in range(6):
        model.card(page * PAGE_SIZE)
    qtbot.waitUntil(lambda: len(store.asked) == 2)
    pages = [model.row_of(asked[0]) // PAGE_SIZE for asked in store.asked]
    assert pages == [5, 4]
    store.answer(store.asked[0])
    qtbot.waitUntil(lambda: len(store.asked) == 3)
    assert model.row_of(store.asked[2][0]) // PAGE_SIZE == 3


def test_an_empty_answer_frees_the_way_for_the_next_page(qtbot, model, store) -> None:
    store.is_prompt = False
    model.set_products(ids_of(2000))
    for page in range(3):
        model.card(page * PAGE_SIZE)
    qtbot.waitUntil(lambda: len(store.asked) == 2)
    model.receive_cards([])
    qtbot.waitUntil(lambda: len(store.asked) == 3)


def test_removed_products_are_not_asked_for_again_and_again(qtbot, model, store) -> None:
    store.is_prompt = False
    model.set_products(ids_of(3))
    model.card(0)
    qtbot.waitUntil(lambda: len(store.asked) == 1)
    store.answer(store.asked[0][:2])
    assert model.card(2) is None
    assert model.card(0) is not None
    with qtbot.assertNotEmitted(model.page_requested, wait=20):
        model.card(2)


def test_received_cards_change_their_rows_only(model) -> None:
    model.set_products(ids_of(100))
    seen = changes_of(model)
    wanted = ids_of(100)
    model.receive_cards([make_card(int(wanted[row])) for row in (4, 5, 6, 20)])
    assert [(first, last) for first, last, _ in seen] == [(4, 6), (20, 20)]
    model.receive_cards([make_card(int(wanted[5]))])
    assert len(seen) == 2


def test_a_thumbnail_changes_only_the_decoration_of_its_rows(qtbot, model, loader) -> None:
    model.set_products(ids_of(10))
    ids = ids_of(10)
    model.receive_cards(
        [make_card(int(ids[2]), thumbnail="same"), make_card(int(ids[7]), thumbnail="same")]
    )
    assert model.index(2, 0).data(DECORATION) is None
    seen = changes_of(model)
    with qtbot.waitSignal(loader.loaded):
        model.index(7, 0).data(DECORATION)
    assert seen == [(2, 2, [DECORATION]), (7, 7, [DECORATION])]
    assert not model.index(2, 0).data(DECORATION).isNull()
    assert model.index(2, 2).data(DECORATION) is None


def test_thumbnails_out_of_view_are_no_longer_fetched(model, loader, monkeypatch) -> None:
    cancelled: list[set[str]] = []
    monkeypatch.setattr(loader, "request", lambda content_hash: None)
    monkeypatch.setattr(loader, "cancel", lambda hashes: cancelled.append(set(hashes)))
    model.set_products(ids_of(10))
    model.receive_cards([make_card(product_id) for product_id in ids_of(10).tolist()])
    for row in range(4):
        model.index(row, 0).data(DECORATION)
    model.keep_thumbnails(2, 8)
    ids = ids_of(10)
    assert cancelled == [{f"hash-{ids[0]}", f"hash-{ids[1]}"}]


def test_scores_give_ranks_whatever_the_order_of_the_rows(model) -> None:
    model.set_products(ids_of(3), np.array([0.5, 0.9, -0.1], np.float32))
    ranks = [model.index(row, 0).data(Role.RANK) for row in range(3)]
    assert ranks == [2, 1, 3]
    match = model.column_of(MATCH)
    assert [model.index(row, match).data() for row in range(3)] == [
        "50 % · perhaps",
        "90 % · likely",
        "0 % · unlikely",
    ]
    assert model.index(1, 0).data(Role.SCORE) == pytest.approx(0.9)


def test_the_same_ids_again_do_not_reset_the_views(qtbot, model) -> None:
    model.set_products(ids_of(5))
    seen = changes_of(model)
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_products(ids_of(5), np.linspace(1, 0, 5, dtype=np.float32))
    assert [(first, last) for first, last, _ in seen] == [(0, 4)]


def test_known_cards_survive_a_new_listing(qtbot, model, store) -> None:
    model.set_products(ids_of(20))
    model.card(0)
    qtbot.waitUntil(lambda: model.card(0) is not None)
    model.set_products(ids_of(20)[::-1])
    assert model.card(19).id == ids_of(20)[0]
    assert len(store.asked) == 1


def test_changed_cards_stay_on_view_until_the_new_ones_come(qtbot, model, store) -> None:
    model.set_products(ids_of(20))
    model.card(3)
    qtbot.waitUntil(lambda: model.card(3) is not None)
    changed = int(ids_of(20)[3])
    store.make = lambda product_id: make_card(product_id, bookmarked=True)
    seen = changes_of(model)
    model.invalidate([changed])
    assert [(first, last) for first, last, _ in seen] == [(3, 3)]
    assert model.card(3).bookmarked is False
    qtbot.waitUntil(lambda: model.card(3).bookmarked)
    assert store.asked[-1] == (changed,)


def test_cells_are_worded_by_kind(model) -> None:
    columns = (Column("height", "Height", FieldKind.NUMBER, "mm"), Column("vegan", "Vegan"))
    model.set_extra_columns(columns)
    model.set_products(np.array([1, 2]))
    model.receive_cards(
        [
            make_card(1, extra={"height": 42.0, "vegan": "yes"}, state=PictureState.OFFLINE),
            make_card(2, price=None, currency="EUR"),
        ]
    )
    texts = {
        column.name: model.index(0, place).data() for place, column in enumerate(model.columns)
    }
    assert texts["height"] == "42 mm"
    assert texts["price"] == "12.50 EUR"
    assert texts["pictures"] == "1 · File not found"
    assert texts[PICTURE] == ""
    assert model.index(1, model.column_of("price")).data() == ""
    header = model.headerData(model.column_of("height"), Qt.Orientation.Horizontal)
    assert header == "Height"


def test_a_row_is_spoken_in_one_sentence(model) -> None:
    model.set_products(np.array([1]), np.array([0.87], np.float32))
    model.receive_cards([make_card(1, bookmarked=True)])
    spoken = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "SKU-1, rank 1, 87 % · likely, Jar 1, Halden, 12.50 EUR, bookmarked"


def test_a_row_tells_its_evidence_and_how_its_picture_lies(model) -> None:
    evidence = HitEvidence(orientation=Orientation(mirrored=True, quarter_turns=3))
    model.set_products(np.array([1, 2]), np.array([0.9, 0.8], np.float32), {1: evidence})
    model.receive_cards([make_card(1, is_other_view=True, view="back"), make_card(2)])
    assert model.index(0, 0).data(Role.EVIDENCE) is evidence
    assert model.index(1, 0).data(Role.EVIDENCE) is None
    spoken = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.endswith("mirrored, turned 90°, other view")


def test_new_evidence_for_the_same_products_is_told_without_a_reset(qtbot, model) -> None:
    scores = np.array([0.9, 0.8], np.float32)
    model.set_products(np.array([1, 2]), scores)
    seen = changes_of(model)
    evidence = HitEvidence(orientation=Orientation(mirrored=True))
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_products(np.array([1, 2]), scores, {1: evidence})
        model.set_products(np.array([1, 2]), scores, {1: evidence})
    assert [(first, last) for first, last, _ in seen] == [(0, 1)]


def test_rows_are_found_by_id_and_unknown_ids_are_not(model) -> None:
    model.set_products(np.array([30, 10, 20]))
    assert model.row_of(10) == 1
    assert model.row_of(11) == -1
    assert model.row_of(99) == -1
    assert model.rows_of([20, 30, 5]).tolist() == [0, 2]


def test_the_cache_forgets_the_longest_unused_card() -> None:
    cache = CardCache(max_cards=2)
    cache.store([make_card(1), make_card(2)])
    cache.use(1)
    cache.store([make_card(3)])
    assert cache.peek(2) is None
    assert cache.peek(1) is not None
    assert cache.showing("hash-2") == ()
    assert cache.is_wanted(2)
