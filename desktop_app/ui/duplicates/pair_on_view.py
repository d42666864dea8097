"""What a review shows of one pair of a group, put together from the list's model."""

from __future__ import annotations

from desktop_app.domain.duplicates import DuplicateGroup
from desktop_app.services.duplicates.board import Board
from desktop_app.ui.duplicates.group_list_model import GroupListModel
from desktop_app.ui.duplicates.pair_matrix import MOST as MOST_IN_MATRIX
from desktop_app.ui.duplicates.pair_matrix import Edge
from desktop_app.ui.duplicates.review_pane import PairOnView
from desktop_app.ui.duplicates.side_by_side import MOST as MOST_PICTURES
from desktop_app.ui.duplicates.side_by_side import ShownProduct
from desktop_app.ui.duplicates.words import place_text, variant_text

NO_CARD = "…"


def pair_on_view(model: GroupListModel, board: Board, row: int, pair_row: int) -> PairOnView:
    """The pair in the group at ``row``; what the model does not know yet is left blank."""
    group, pairs = model.group(row), board.pairs
    ends = int(pairs.product_a[pair_row]), int(pairs.product_b[pair_row])
    contents = _contents(board, group, pair_row)
    others = [each for each in group.product_ids if each not in ends]
    chosen = {*ends, *others[: MOST_PICTURES - 2]}
    ids = [each for each in group.product_ids if each in chosen]
    products = tuple(
        ShownProduct(
            each,
            contents[each],
            group.product_ids.index(each) + 1,
            _name(model, each),
            each in ends,
        )
        for each in ids
    )
    return PairOnView(
        pair_row,
        float(pairs.same[pair_row]),
        model.verdict_of(pair_row),
        products,
        tuple(model.known_card(each) for each in ids),
        ids.index(ends[0]),
        ids.index(ends[1]),
        tuple(_name(model, each) for each in group.product_ids),
        _edges(model, board, group),
        place_text(
            row + 1, model.rowCount(), group.pair_rows.index(pair_row) + 1, len(group.pair_rows)
        ),
        variant_text(float(pairs.variant[pair_row])),
    )


def _name(model: GroupListModel, product_id: int) -> str:
    card = model.known_card(product_id)
    return card.sku if card is not None else NO_CARD


def _contents(board: Board, group: DuplicateGroup, pair_row: int) -> dict[int, int]:
    """Which picture of each product is shown: that of the pair on view, else that of the pair
    it makes with one of those, else any."""
    pairs = board.pairs
    ends = {int(pairs.product_a[pair_row]), int(pairs.product_b[pair_row])}
    found: dict[int, int] = {}

    def shared(each: int) -> int:
        return -len({int(pairs.product_a[each]), int(pairs.product_b[each])} & ends)

    for each in sorted(group.pair_rows, key=shared):
        found.setdefault(int(pairs.product_a[each]), int(pairs.content_a[each]))
        found.setdefault(int(pairs.product_b[each]), int(pairs.content_b[each]))
    return found


def _edges(model: GroupListModel, board: Board, group: DuplicateGroup) -> tuple[Edge, ...]:
    pairs = board.pairs
    places = {each: place for place, each in enumerate(group.product_ids[:MOST_IN_MATRIX])}
    edges = []
    for each in group.pair_rows:
        first = places.get(int(pairs.product_a[each]))
        second = places.get(int(pairs.product_b[each]))
        if first is not None and second is not None:
            chance, said = float(pairs.same[each]), model.verdict_of(each)
            edges.append(Edge(first, second, each, chance, said))
    return tuple(edges)
