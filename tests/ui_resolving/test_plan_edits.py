"""What a person changed of a plan holds however the plan comes out."""

from __future__ import annotations

from desktop_app.domain.resolving import KeepRule, ResolvePlan
from desktop_app.services.duplicates.resolving import plan_resolution
from desktop_app.ui.resolving.plan_edits import PlanEdits, PlanTotals, members
from desktop_app.ui.resolving.words import decided_text, merge_words
from tests.duplicates.test_resolving import group, product

JARS = {
    1: product(1, title="Jar", brand="A"),
    2: product(2, title="Tall jar"),
    3: product(3, title="Cup", brand="B", size="L"),
    4: product(4, title="Mug"),
}


def planned(*rules: KeepRule) -> ResolvePlan:
    return plan_resolution([group(1, 2), group(3, 4)], JARS, rules)


def test_a_chosen_value_stays_chosen_when_another_product_is_kept() -> None:
    before = planned(KeepRule.MOST_COMPLETE)
    edits = PlanEdits().with_value(members(before.groups[0]), "title", 2)
    after = planned(KeepRule.NEWEST, KeepRule.LOWEST_SKU)
    for plan in (before, after):
        assert edits.on_plan(plan).groups[0].merge.values.get("title", "Tall jar") == "Tall jar"


def test_a_value_that_is_there_no_more_is_passed_over() -> None:
    plan = planned(KeepRule.MOST_COMPLETE)
    edits = PlanEdits().with_value(members(plan.groups[0]), "size", 2)
    assert edits.on_plan(plan) == plan


def test_groups_left_alone_are_not_merged_and_can_be_taken_up_again() -> None:
    plan = planned(KeepRule.MOST_COMPLETE)
    first = members(plan.groups[0])
    edits = PlanEdits().with_skipped(first, True)
    assert [members(each) for each in edits.on_plan(plan).groups] == [frozenset({3, 4})]
    assert edits.with_skipped(first, False).on_plan(plan) == plan


def test_the_button_names_what_happens() -> None:
    assert merge_words(2, 4) == "Merge 4 products into 2 — files stay on disk"
    assert merge_words(2, 4, files_to_trash=1) == "Merge 4 products into 2 — 1 file to the trash"
    assert decided_text(KeepRule.LOWEST_SKU) == "lowest SKU"


def test_totals_follow_ticks_as_if_counted_anew() -> None:
    plan, files = planned(KeepRule.MOST_COMPLETE), (2, 5)
    whole = PlanEdits().totals(plan, files)
    assert whole == PlanTotals(groups=2, products=4, files=7)
    without = PlanEdits().with_skipped(members(plan.groups[1]), True).totals(plan, files)
    assert without == whole.with_group(plan.groups[1], 5, sign=-1) == PlanTotals(1, 2, 2)
