"""Scopes and rankings, compared with plain Python over random little catalogues."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.storage import ContentMap
from desktop_app.services.search_scope import ProductRanking, SearchScope

contents = st.integers(1, 12)
products = st.integers(1, 8)
pair_sets = st.sets(st.tuples(contents, products), max_size=30)


def scope_of(pairs: set[tuple[int, int]]) -> SearchScope:
    ordered = sorted(pairs)
    return SearchScope.of(
        ContentMap(
            np.array([content for content, _ in ordered], np.int64),
            np.array([product for _, product in ordered], np.int64),
        )
    )


def pairs_of(scope: SearchScope) -> set[tuple[int, int]]:
    content_map = scope.pairs
    return set(zip(content_map.content_ids.tolist(), content_map.product_ids.tolist(), strict=True))


@given(pair_sets, st.sets(contents), st.sets(products))
def test_restricting_keeps_the_pairs_that_pass(
    pairs: set[tuple[int, int]], kept_contents: set[int], kept_products: set[int]
) -> None:
    scope = scope_of(pairs)
    by_content = scope.with_contents(np.array(sorted(kept_contents), np.int64))
    by_product = scope.with_products(np.array(sorted(kept_products, reverse=True), np.int64))
    assert pairs_of(by_content) == {pair for pair in pairs if pair[0] in kept_contents}
    assert pairs_of(by_product) == {pair for pair in pairs if pair[1] in kept_products}
    for restricted in (scope, by_content, by_product):
        left = pairs_of(restricted)
        assert restricted.contents.tolist() == sorted({content for content, _ in left})
        assert restricted.product_count == len({product for _, product in left})


@settings(max_examples=200)
@given(
    pair_sets,
    st.dictionaries(st.integers(1, 15), st.sampled_from([-0.5, 0.0, 0.25, 0.5, 1.0]), max_size=15),
    st.sets(products, max_size=3),
    st.integers(1, 9),
)
def test_products_are_ranked_as_plain_python_ranks_them(
    pairs: set[tuple[int, int]],
    scores: dict[int, float],
    excluded: set[int],
    limit: int,
) -> None:
    views: dict[int, list[tuple[float, int]]] = {}
    for content, product in pairs:
        if content in scores and product not in excluded:
            views.setdefault(product, []).append((-scores[content], content))
    ranked = sorted((min(own)[0], product) for product, own in views.items())
    expected = [
        (product, [(c, s) for s, c in sorted(views[product])]) for _, product in ranked[:limit]
    ]
    rows = [
        (content, product)
        for content, product in sorted(pairs)
        if content in scores and product not in excluded
    ]
    content_ids = np.array([content for content, _ in rows], np.int64)
    product_ids = np.array([product for _, product in rows], np.int64)
    values = np.array([scores[content] for content, _ in rows], np.float32)
    ranking = ProductRanking(content_ids, product_ids, values)
    assert len(ranking) == len(views)
    groups = ranking.groups(limit)
    assert [
        (int(product_ids[own[0]]), [(int(content_ids[row]), float(-values[row])) for row in own])
        for own in groups
    ] == expected
