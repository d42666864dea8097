"""Why two pictures of the catalogue may show one product, and how one is laid on the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import (
    CHANNELS,
    Channel,
    ChannelReading,
    Explanation,
    HitEvidence,
    Orientation,
    PictureEvidence,
    ShapeFeatures,
)
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.fusion import FusionModel
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.print_features import PrintFeatures, PrintMatch
from desktop_app.domain.progress import CancelToken
from desktop_app.services.comparing import Comparer

SURE_PRINT = 0.5
"""The score from which matched print places one picture on the other."""
LEAST_POINTS = 8
"""Fewer points may agree under a homography that bends the rest of the picture."""

Placement = NDArray[np.float64]
"""(3, 3), maps places in fractions of one picture's width and height to the other's."""


class PlacedBy(Enum):
    """What two pictures were laid on one another by."""

    PRINT = "print"
    OUTLINE = "outline"
    FRAME = "frame"


@dataclass(frozen=True, slots=True, eq=False)
class PairDetails:
    """What is told of a pair. The explanation's query is content ``content_a``, its hit
    ``content_b``; ``placement`` maps the first picture to the second."""

    content_a: int
    content_b: int
    explanation: Explanation
    placement: Placement
    placed_by: PlacedBy


class PairExplainer:
    """Reads what the catalogue holds of two contents. Used by one thread at a time."""

    def __init__(
        self,
        catalogue: Catalogue,
        channels: Callable[[], EvidenceChannels],
        fusion: FusionModel,
    ) -> None:
        self._catalogue = catalogue
        self._provide_channels = channels
        self._fusion = fusion
        self._comparer: Comparer | None = None

    def explain(
        self,
        content_a: int,
        content_b: int,
        *,
        scores: Sequence[float],
        orientation: Orientation,
        token: CancelToken,
    ) -> PairDetails:
        """``scores`` are those of CHANNELS, NaN where one is silent; ``orientation`` is how
        the first picture must be changed to lie as the second. Raises ModelUnavailable,
        Cancelled."""
        if self._comparer is None:
            self._comparer = Comparer(self._catalogue, self._provide_channels())
        first, second = self._comparer.stored(content_a), self._comparer.stored(content_b)
        token.checkpoint()
        match = None
        if first.print is not None and second.print is not None:
            match = self._comparer.channels.print.match(first.print, second.print)
        known = self._completed(scores, first, second, match)
        evidence = HitEvidence(self._readings(known), orientation)
        explanation = Explanation(0, content_b, evidence, first, second, match)
        placement, placed_by = place(explanation)
        return PairDetails(content_a, content_b, explanation, placement, placed_by)

    def _completed(
        self,
        scores: Sequence[float],
        first: PictureEvidence,
        second: PictureEvidence,
        match: PrintMatch | None,
    ) -> list[float]:
        """With what the stored features say where nothing else did."""
        assert self._comparer is not None
        channels = self._comparer.channels
        own: dict[Channel, float] = {}
        if first.print is not None and second.print is not None:
            own[Channel.PRINT] = 0.0 if match is None else match.score
        if first.shape is not None and second.shape is not None:
            own[Channel.SHAPE] = float(channels.shape.compare(first.shape, [second.shape])[0])
        if first.colour is not None and second.colour is not None:
            own[Channel.COLOUR] = float(channels.colour.compare(first.colour, [second.colour])[0])
        return [
            own.get(channel, score) if np.isnan(score) else score
            for channel, score in zip(CHANNELS, scores, strict=True)
        ]

    def _readings(self, scores: Sequence[float]) -> dict[Channel, ChannelReading]:
        row = np.array([scores], np.float32)
        chances = self._fusion.probabilities(row)[0]
        return {
            channel: ChannelReading(float(score), float(chance))
            for channel, score, chance in zip(CHANNELS, row[0], chances, strict=True)
            if not (np.isnan(score) or np.isnan(chance))
        }


def place(explanation: Explanation) -> tuple[Placement, PlacedBy]:
    """Lay the first picture on the second: by their print where it surely matches, else so
    that the boxes of their outlines agree, else frame on frame."""
    match = explanation.print_match
    first, second = explanation.query.print, explanation.hit.print
    if match is not None and first is not None and second is not None:
        placement = _in_fractions(match.homography, first, second)
        if match.mirrored:
            placement = placement @ turned(Orientation(mirrored=True))
        if match.score >= SURE_PRINT and len(match) >= LEAST_POINTS and _is_sane(placement):
            return placement, PlacedBy.PRINT
    turn = turned(explanation.evidence.orientation)
    boxes = _boxes(explanation.query.shape, explanation.hit.shape, turn)
    if boxes is None:
        return turn, PlacedBy.FRAME
    (left, top, width, height), (to_left, to_top, to_width, to_height) = boxes
    across, down = to_width / width, to_height / height
    fit = np.array(
        [[across, 0, to_left - left * across], [0, down, to_top - top * down], [0, 0, 1]]
    )
    return fit @ turn, PlacedBy.OUTLINE


def turned(orientation: Orientation) -> Placement:
    """Mirroring, then quarter turns clockwise, in fractions of width and height."""
    placement: Placement = np.eye(3)
    if orientation.mirrored:
        placement = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])
    # What was at (x, y) comes to lie at (1 - y, x).
    quarter = np.array([[0.0, -1, 1], [1, 0, 0], [0, 0, 1]])
    for _ in range(orientation.quarter_turns % 4):
        placement = quarter @ placement
    return placement


def mapped(placement: Placement, points: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Points (n, 2) under a placement."""
    rows = np.column_stack([points, np.ones(len(points))]) @ placement.T
    found: NDArray[np.float64] = rows[:, :2] / rows[:, 2:]
    return found


def _in_fractions(
    homography: NDArray[np.float64], first: PrintFeatures, second: PrintFeatures
) -> Placement:
    from_fractions = np.diag([first.width, first.height, 1.0])
    to_fractions = np.diag([1 / second.width, 1 / second.height, 1.0])
    placement: Placement = to_fractions @ homography @ from_fractions
    return placement


def _is_sane(placement: Placement) -> bool:
    """Whether the frame keeps its sense and comes to lie within bearable bounds."""
    corners = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    behind = (np.column_stack([corners, np.ones(4)]) @ placement.T)[:, 2]
    if not np.isfinite(placement).all() or behind.min() * behind.max() <= 0:
        return False
    return bool(np.abs(mapped(placement, corners)).max() < 12)


def _boxes(
    first: ShapeFeatures | None, second: ShapeFeatures | None, turn: Placement
) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Left, top, width and height of both outlines, the first one turned."""
    if first is None or second is None:
        return None
    found = []
    for outline in (mapped(turn, first.contour), second.contour):
        if len(outline) < 3:
            return None
        low, high = outline.min(axis=0), outline.max(axis=0)
        if (high - low).min() < 0.01:
            return None
        found.append((*map(float, low), *map(float, high - low)))
    return found[0], found[1]
