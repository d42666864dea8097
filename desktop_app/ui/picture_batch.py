"""Several pictures to search with: one after another, or all together as one item; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop_app.domain.search import QueryPicture
from desktop_app.ui.refinement import shows_the_same

MOST_TOGETHER = 12


@dataclass(frozen=True, slots=True, eq=False)
class PictureBatch:
    """At least one picture; ``position`` is of the one in view. With ``is_together`` all show
    one item, the one in view first."""

    pictures: tuple[QueryPicture, ...]
    position: int = 0
    is_together: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.position < len(self.pictures):
            raise ValueError(f"no picture {self.position} of {len(self.pictures)}")

    @property
    def current(self) -> QueryPicture:
        return self.pictures[self.position]

    @property
    def also(self) -> tuple[QueryPicture, ...]:
        """The further pictures of the item in view."""
        if not self.is_together:
            return ()
        return (*self.pictures[: self.position], *self.pictures[self.position + 1 :])

    @property
    def is_single(self) -> bool:
        return len(self.pictures) == 1

    @property
    def may_go_together(self) -> bool:
        return 1 < len(self.pictures) <= MOST_TOGETHER

    def at(self, position: int) -> PictureBatch:
        """Another one in view."""
        return replace(self, position=position)

    def edited(self, picture: QueryPicture) -> PictureBatch:
        """The one in view cut, turned or painted otherwise."""
        pictures = list(self.pictures)
        pictures[self.position] = picture
        return replace(self, pictures=tuple(pictures))

    def together(self, is_together: bool) -> PictureBatch:
        """All as one item, or one after another."""
        return replace(self, is_together=is_together and self.may_go_together)

    def with_more(self, pictures: Sequence[QueryPicture]) -> PictureBatch:
        """These as further pictures of the item: beside those already together, else beside
        the one in view. Pictures that are among them already, or too many, are left out."""
        kept = list(self.pictures) if self.is_together else [self.current]
        position = self.position if self.is_together else 0
        for picture in pictures:
            known = any(shows_the_same(picture, each) for each in kept)
            if not known and len(kept) < MOST_TOGETHER:
                kept.append(picture)
        return PictureBatch(tuple(kept), position, len(kept) > 1)

    def without(self, position: int) -> PictureBatch | None:
        """One picture fewer; None where it was the last."""
        pictures = (*self.pictures[:position], *self.pictures[position + 1 :])
        if not pictures:
            return None
        after = self.position - (position < self.position)
        return PictureBatch(
            pictures, min(after, len(pictures) - 1), self.is_together and len(pictures) > 1
        )
