"""What a person pointed at among the results: more like these, less like those; no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.domain.search import QueryPicture


@dataclass(frozen=True, slots=True)
class Refinement:
    """Product ids in the order they were pointed at; no id is in both."""

    more: tuple[int, ...] = ()
    less: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.more and not self.less

    def with_more(self, product_ids: tuple[int, ...]) -> Refinement:
        """These wanted, whatever was said of them before."""
        kept = self.without(product_ids)
        return Refinement((*kept.more, *product_ids), kept.less)

    def with_less(self, product_ids: tuple[int, ...]) -> Refinement:
        """These not wanted, whatever was said of them before."""
        kept = self.without(product_ids)
        return Refinement(kept.more, (*kept.less, *product_ids))

    def without(self, product_ids: tuple[int, ...]) -> Refinement:
        """Nothing said of these."""
        gone = set(product_ids)
        return Refinement(
            tuple(i for i in self.more if i not in gone),
            tuple(i for i in self.less if i not in gone),
        )


def shows_the_same(one: QueryPicture, other: QueryPicture) -> bool:
    """Whether both are of the same picture, whichever part of it and however turned."""
    return (
        one.path == other.path
        and one.content_id == other.content_id
        and one.encoded is other.encoded
        and one.rgb is other.rgb
    )
