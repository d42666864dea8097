"""What becomes of products that are one: which is kept, what it takes over, what goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from desktop_app.domain.products import FieldValue, Picture


class KeepRule(StrEnum):
    """Which product of a group is kept: that which is first by the first rule that tells.

    PROTECTED: one that may not be dropped. MOST_COMPLETE: the most fields with a value.
    LARGEST_PICTURE: the picture with the most pixels. NEWEST and OLDEST: last and first to
    come into the catalogue. MOST_VIEWS: the most pictures. CHEAPEST: the lowest price, after
    which come those without. LOWEST_SKU: numbers in a SKU count as numbers.
    """

    PROTECTED = "protected"
    MOST_COMPLETE = "most_complete"
    LARGEST_PICTURE = "largest_picture"
    NEWEST = "newest"
    MOST_VIEWS = "most_views"
    OLDEST = "oldest"
    CHEAPEST = "cheapest"
    LOWEST_SKU = "lowest_sku"


USUAL_RULES: tuple[KeepRule, ...] = (
    KeepRule.PROTECTED,
    KeepRule.MOST_COMPLETE,
    KeepRule.LARGEST_PICTURE,
    KeepRule.NEWEST,
    KeepRule.MOST_VIEWS,
    KeepRule.LOWEST_SKU,
)


class PictureRule(StrEnum):
    """Which pictures the kept product takes over: all, those it does not show already byte by
    byte, or none (unless it has none of its own)."""

    ALL = "all"
    NEW = "new"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Merge:
    """Products that become one.

    Pictures of ``drop_ids`` move to ``keep_id`` but for those of ``left_pictures``, which go
    with the product they belong to; ``values`` are set on the kept one. ``seen`` says when each
    product was last changed as far as the plan knows; where it is not empty and that is no
    longer so, nothing is merged.
    """

    keep_id: int
    drop_ids: tuple[int, ...]
    values: Mapping[str, FieldValue] = field(default_factory=dict)
    left_pictures: tuple[int, ...] = ()
    seen: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One field of the kept product.

    ``candidates`` are the different values there are, each with the first product that has it:
    the kept one's own first, the others in the order of the keep rules. ``origin`` is the
    product whose value was chosen.
    """

    column: str
    candidates: tuple[tuple[int, FieldValue], ...]
    origin: int

    @property
    def value(self) -> FieldValue:
        return dict(self.candidates)[self.origin]

    @property
    def is_conflict(self) -> bool:
        """Whether there was something to choose from."""
        return len(self.candidates) > 1


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """What becomes of one group. ``decided_by`` is the rule that told the kept product from
    the next best, None where none did and the SKU decided. ``fields`` are those that any of
    the products has. ``warnings`` are in words for the user."""

    keep_id: int
    drop_ids: tuple[int, ...]
    fields: tuple[FieldChoice, ...]
    moved: tuple[Picture, ...]
    left: tuple[Picture, ...]
    seen: Mapping[int, str]
    decided_by: KeepRule | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.keep_id in self.drop_ids or not self.drop_ids:
            raise ValueError("one product of a group is kept, and the others are dropped")

    @property
    def filled(self) -> tuple[FieldChoice, ...]:
        """Fields that the kept product takes over from another."""
        return tuple(choice for choice in self.fields if choice.origin != self.keep_id)

    @property
    def conflicts(self) -> tuple[FieldChoice, ...]:
        """Fields in which the products differ; the SKU, which always does, aside."""
        return tuple(c for c in self.fields if c.is_conflict and c.column != "sku")

    @property
    def merge(self) -> Merge:
        return Merge(
            self.keep_id,
            self.drop_ids,
            {choice.column: choice.value for choice in self.filled},
            tuple(picture.id for picture in self.left),
            self.seen,
        )

    def with_choice(self, column: str, origin: int) -> GroupPlan:
        """With the value of another product. Raises ValueError where it is none of the
        candidates."""
        changed = []
        for choice in self.fields:
            if choice.column != column:
                changed.append(choice)
            elif origin in dict(choice.candidates):
                changed.append(replace(choice, origin=origin))
            else:
                raise ValueError(f"product {origin} has no value of its own in {column}")
        if column not in {choice.column for choice in changed}:
            raise ValueError(f"no product of the group has a value in {column}")
        return replace(self, fields=tuple(changed))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Products of a group that are not merged, and why, in words for the user."""

    product_ids: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ResolvePlan:
    """What would become of many groups; nothing happens until it is applied. No product is in
    two of its groups."""

    groups: tuple[GroupPlan, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def merges(self) -> tuple[Merge, ...]:
        return tuple(group.merge for group in self.groups)

    @property
    def dropped(self) -> int:
        """How many products go."""
        return sum(len(group.drop_ids) for group in self.groups)

    def with_group(self, place: int, group: GroupPlan) -> ResolvePlan:
        """With another plan for the same products. Raises ValueError where they are others."""
        before = self.groups[place]
        if {group.keep_id, *group.drop_ids} != {before.keep_id, *before.drop_ids}:
            raise ValueError("the plan is for other products")
        groups: Sequence[GroupPlan] = self.groups
        return replace(self, groups=(*groups[:place], group, *groups[place + 1 :]))


class Trash(Protocol):
    """Where files go that are not wanted any more, and can be had back from."""

    def send(self, path: Path) -> None:
        """Raises UserFacingError where the file cannot be put there; it is still in its
        place then."""
        ...
