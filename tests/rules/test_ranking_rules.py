"""Preferred products gain as much as the rules say, and nothing else does."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.rules import MOST_BONUS, RankingRule, RuleStrength
from desktop_app.domain.search import CategoryGuess
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.services.ranking_rules import (
    CATEGORY_LOG_ODDS,
    RankingBonus,
    bonus_of,
    category_bonus,
)

SLIGHT, CLEAR, STRONG = (strength.log_odds for strength in RuleStrength)


def ids(catalogue: SqliteCatalogue, skus: str) -> np.ndarray:
    known = catalogue.products.ids_by_sku()
    return np.array([known[sku.casefold()] for sku in skus], np.int64)


def test_products_that_meet_a_rule_gain_its_strength_whatever_the_case(
    catalogue: SqliteCatalogue,
) -> None:
    rules = [RankingRule("availability", "IN STOCK", RuleStrength.CLEAR)]
    assert bonus_of(rules, ids(catalogue, "CBA"), catalogue).tolist() == [CLEAR, 0, CLEAR]


def test_rules_add_up_and_a_product_may_come_several_times(catalogue: SqliteCatalogue) -> None:
    rules = [
        RankingRule("availability", "in stock", RuleStrength.SLIGHT),
        RankingRule("brand", "Nivo", RuleStrength.CLEAR),
    ]
    found = bonus_of(rules, ids(catalogue, "AABD"), catalogue)
    assert found.tolist() == [SLIGHT + CLEAR, SLIGHT + CLEAR, CLEAR, 0]


def test_a_disabled_rule_adds_nothing(catalogue: SqliteCatalogue) -> None:
    rules = [RankingRule("brand", "Nivo", enabled=False)]
    assert not bonus_of(rules, ids(catalogue, "AB"), catalogue).any()


def test_numbers_flags_and_own_columns_can_be_preferred(catalogue: SqliteCatalogue) -> None:
    rules = [RankingRule("price", "5", RuleStrength.SLIGHT), RankingRule("refill", "yes")]
    assert bonus_of(rules, ids(catalogue, "ABD"), catalogue).tolist() == [SLIGHT, 0, CLEAR]


@pytest.mark.parametrize("column, value", [("price", "cheap"), ("material", "glass")])
def test_a_rule_that_does_not_fit_the_catalogue_adds_nothing(
    catalogue: SqliteCatalogue, column: str, value: str
) -> None:
    assert not bonus_of([RankingRule(column, value)], ids(catalogue, "ABCD"), catalogue).any()


def test_many_rules_together_are_bounded(catalogue: SqliteCatalogue) -> None:
    rules = [RankingRule("brand", "Nivo", RuleStrength.STRONG)] * 5
    assert bonus_of(rules, ids(catalogue, "AC"), catalogue).tolist() == [MOST_BONUS, 0]


def test_an_edit_counts_at_once(catalogue: SqliteCatalogue) -> None:
    rules = [RankingRule("brand", "Nivo")]
    chosen = ids(catalogue, "C")
    assert not bonus_of(rules, chosen, catalogue).any()
    catalogue.products.update_fields([int(chosen[0])], {"brand": "Nivo"})
    assert bonus_of(rules, chosen, catalogue).tolist() == [CLEAR]


def test_a_rule_needs_a_column_and_a_value() -> None:
    with pytest.raises(ValueError, match="column and a value"):
        RankingRule("brand", "  ")


@pytest.mark.parametrize("rule", [RankingRule("brand", "Nivo", RuleStrength.STRONG, False)])
def test_a_rule_survives_being_written(rule: RankingRule) -> None:
    assert RankingRule.from_json(rule.to_json()) == rule


def test_stronger_rules_count_more_but_none_more_than_the_bound() -> None:
    assert 0 < SLIGHT < CLEAR < STRONG <= MOST_BONUS


def test_products_of_the_guessed_category_gain_by_its_probability(
    catalogue: SqliteCatalogue,
) -> None:
    guesses = [CategoryGuess("Jars", 0.75), CategoryGuess("Lids", 0.25)]
    found = category_bonus(guesses, ids(catalogue, "ABC"), catalogue)
    assert found == pytest.approx(CATEGORY_LOG_ODDS * np.array([0.75, 0.25, 0.75]))


def test_a_product_without_a_category_is_neither_preferred_nor_put_back(
    catalogue: SqliteCatalogue,
) -> None:
    guesses = [CategoryGuess("Jars", 0.75), CategoryGuess("Lids", 0.25)]
    of_lids, of_none, of_jars = category_bonus(guesses, ids(catalogue, "BDA"), catalogue)
    assert of_lids < of_none < of_jars


def test_another_column_can_be_the_category(catalogue: SqliteCatalogue) -> None:
    guesses = [CategoryGuess("Ordo", 1.0)]
    found = category_bonus(guesses, ids(catalogue, "AC"), catalogue, column="brand")
    assert found.tolist() == [0, CATEGORY_LOG_ODDS]


def test_without_a_guess_there_is_no_bonus(catalogue: SqliteCatalogue) -> None:
    assert not category_bonus((), ids(catalogue, "ABCD"), catalogue).any()


def test_rules_and_category_together_make_the_bonus_of_a_search(
    catalogue: SqliteCatalogue,
) -> None:
    bonus = RankingBonus(catalogue, lambda: "category")
    chosen = ids(catalogue, "ABD")
    assert not bonus(chosen, ()).any()
    bonus.use_rules([RankingRule("availability", "sold out", RuleStrength.SLIGHT)])
    of_jar, of_lid, of_none = bonus(chosen, (CategoryGuess("Jars", 0.5),)).tolist()
    assert of_jar == pytest.approx(0.5 * CATEGORY_LOG_ODDS)
    assert of_lid == pytest.approx(SLIGHT)
    assert 0 < of_none < of_jar
