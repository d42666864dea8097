"""The ways in which an object may lie when it is compared."""

from __future__ import annotations

from desktop_app.domain.evidence import UPRIGHT, Orientation

UPRIGHT_ORIENTATIONS = (UPRIGHT, Orientation(mirrored=True))
ALL_ORIENTATIONS = tuple(
    Orientation(mirrored, turns) for turns in range(4) for mirrored in (False, True)
)


def orientations(*, turns: bool) -> tuple[Orientation, ...]:
    """Those that count, the likeliest first: mirrored ones always do."""
    return ALL_ORIENTATIONS if turns else UPRIGHT_ORIENTATIONS
