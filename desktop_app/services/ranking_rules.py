"""What the person's rules, and the category a query seems to be of, add to a ranking."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.images import IdArray
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.rules import MOST_BONUS, RankingRule
from desktop_app.domain.search import CategoryGuess

CATEGORY_LOG_ODDS = 0.25
"""What a category that is certain adds for the products of it: enough to settle ties. The guess
is made from the same vector that LOOK compares, so it is hardly news: with 1.0, other views of
the products of a shop were found less often at the first place, not more."""


class RankingBonus:
    """What a search adds to its candidates: see :class:`desktop_app.services.search.Bonus`.

    ``column`` tells which column the guessed categories are of. May be asked from any thread.
    """

    def __init__(self, catalogue: Catalogue, column: Callable[[], str]) -> None:
        self._catalogue = catalogue
        self._column = column
        self._rules: tuple[RankingRule, ...] = ()

    def use_rules(self, rules: Sequence[RankingRule]) -> None:
        """Prefer products by these from the next query on."""
        self._rules = tuple(rules)

    def __call__(
        self, product_ids: IdArray, guesses: tuple[CategoryGuess, ...]
    ) -> NDArray[np.float64]:
        """The log-odds of rules and category together, aligned with ``product_ids``."""
        by_rules = bonus_of(self._rules, product_ids, self._catalogue)
        return by_rules + category_bonus(
            guesses, product_ids, self._catalogue, column=self._column()
        )


def bonus_of(
    rules: Sequence[RankingRule], product_ids: IdArray, catalogue: Catalogue
) -> NDArray[np.float64]:
    """The log-odds that the enabled ``rules`` add for each of these products (which may
    repeat), shape (len(product_ids),), in [0, MOST_BONUS]. Rules that do not fit the
    catalogue's columns, such as a word for a number, add nothing. One question to the
    catalogue for each rule, about these products only."""
    bonus = np.zeros(len(product_ids))
    enabled = [rule for rule in rules if rule.enabled]
    if not enabled or not len(product_ids):
        return bonus
    distinct, places = np.unique(product_ids, return_inverse=True)
    for rule in enabled:
        bonus += rule.strength.log_odds * _has(catalogue, rule.column, rule.value, distinct)[places]
    return np.minimum(bonus, MOST_BONUS)


def category_bonus(
    guesses: Sequence[CategoryGuess],
    product_ids: IdArray,
    catalogue: Catalogue,
    *,
    column: str = "category",
) -> NDArray[np.float64]:
    """The log-odds, in [0, CATEGORY_LOG_ODDS], that the ``guesses`` add for each of these
    products: the probability of the product's category, scaled. A product that names no
    category gets what is to be expected of one whose category is not known."""
    bonus = np.zeros(len(product_ids))
    if not guesses or not len(product_ids):
        return bonus
    distinct, places = np.unique(product_ids, return_inverse=True)
    for guess in guesses:
        bonus += guess.probability * _has(catalogue, column, guess.category, distinct)[places]
    expected = sum(guess.probability**2 for guess in guesses)
    bonus += expected * _has(catalogue, column, "", distinct)[places]
    return CATEGORY_LOG_ODDS * np.clip(bonus, 0.0, 1.0)


def _has(catalogue: Catalogue, column: str, value: str, product_ids: IdArray) -> NDArray[np.bool_]:
    """Which of these distinct products have the value; none where it does not fit."""
    condition = Condition(column, Operator.ANY_OF, (value,))
    try:
        passing = catalogue.products.passing(ProductFilter(conditions=(condition,)), product_ids)
    except ValueError:  # a word where the column holds numbers
        return np.zeros(len(product_ids), np.bool_)
    return np.isin(product_ids, passing)
