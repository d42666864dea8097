"""What a person changed of a plan, kept while the plan is made anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from desktop_app.domain.resolving import GroupPlan, ResolvePlan

Members = frozenset[int]
"""The products of a group, which tell it from others in every plan."""


def members(group: GroupPlan) -> Members:
    return frozenset((group.keep_id, *group.drop_ids))


@dataclass(frozen=True, slots=True)
class PlanTotals:
    """How many groups are merged, of how many products, and how many files they leave."""

    groups: int = 0
    products: int = 0
    files: int = 0

    def with_group(self, group: GroupPlan, files: int, *, sign: int = 1) -> PlanTotals:
        """With one group more, or one less where ``sign`` is -1."""
        products = 1 + len(group.drop_ids)
        return PlanTotals(
            self.groups + sign, self.products + sign * products, self.files + sign * files
        )


@dataclass(frozen=True, slots=True)
class PlanEdits:
    """``kept`` says which product a group keeps whatever the rules say, ``values`` whose value
    a field takes, ``skipped`` which groups are not merged now."""

    kept: Mapping[Members, int] = field(default_factory=dict)
    values: Mapping[Members, Mapping[str, int]] = field(default_factory=dict)
    skipped: Set[Members] = frozenset()

    def with_kept(self, group: Members, product_id: int) -> PlanEdits:
        """The choices come in the order they were made."""
        others = {each: kept for each, kept in self.kept.items() if each != group}
        return replace(self, kept={**others, group: product_id})

    def with_value(self, group: Members, column: str, origin: int) -> PlanEdits:
        chosen = {**self.values.get(group, {}), column: origin}
        return replace(self, values={**self.values, group: chosen})

    def with_skipped(self, group: Members, is_skipped: bool) -> PlanEdits:
        skipped = self.skipped | {group} if is_skipped else self.skipped - {group}
        return replace(self, skipped=skipped)

    def on_group(self, group: GroupPlan) -> GroupPlan:
        """With the values that were chosen. Those that are there no more are passed over."""
        for column, origin in self.values.get(members(group), {}).items():
            choice = next((each for each in group.fields if each.column == column), None)
            if choice is not None and origin in dict(choice.candidates):
                group = group.with_choice(column, origin)
        return group

    def totals(self, plan: ResolvePlan, files: Sequence[int]) -> PlanTotals:
        """Of what is to be done; ``files`` are aligned with the groups."""
        if not self.skipped:
            return PlanTotals(len(plan.groups), len(plan.groups) + plan.dropped, sum(files))
        merged = [
            (1 + len(group.drop_ids), count)
            for group, count in zip(plan.groups, files, strict=True)
            if members(group) not in self.skipped
        ]
        return PlanTotals(len(merged), sum(n for n, _ in merged), sum(n for _, n in merged))

    def on_plan(self, plan: ResolvePlan) -> ResolvePlan:
        """What is to be done: without the groups that are left alone."""
        groups = tuple(
            self.on_group(group) for group in plan.groups if members(group) not in self.skipped
        )
        return replace(plan, groups=groups)
