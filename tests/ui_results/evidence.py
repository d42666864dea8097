"""Made-up evidence for tests of what shows it."""

from __future__ import annotations

import numpy as np

from desktop_app.domain.evidence import (
    Channel,
    ChannelReading,
    ColourFeatures,
    Explanation,
    HitEvidence,
    Orientation,
    PictureEvidence,
    ShapeFeatures,
)
from desktop_app.domain.print_features import PrintFeatures, PrintMatch


def print_features(count: int = 12) -> PrintFeatures:
    points = np.linspace(0.1, 0.9, 2 * count, dtype=np.float32).reshape(count, 2)
    ones = np.ones(count, np.float32)
    return PrintFeatures(points, ones, ones, np.zeros((count, 4), np.uint8), 100, 100)


def print_match(count: int = 12) -> PrintMatch:
    points = print_features(count).points
    rows = np.arange(count)
    return PrintMatch(
        query_points=points,
        hit_points=points[:, ::-1].copy(),
        query_rows=rows,
        hit_rows=rows,
        homography=np.eye(3),
        score=0.9,
    )


def shape() -> ShapeFeatures:
    contour = np.array([[0.2, 0.1], [0.8, 0.1], [0.8, 0.9], [0.2, 0.9]], np.float32)
    return ShapeFeatures(np.ones((64, 64), bool), contour, np.zeros(4, np.float32), 4 / 3, 0.9)


def colours() -> ColourFeatures:
    palette = np.array([[53.24, 80.09, 67.20], [100, 0, 0]], np.float32)
    shares = np.array([0.75, 0.25], np.float32)
    return ColourFeatures(palette, shares, np.ones(4, np.float32) / 4, 0.9)


FULL = PictureEvidence(print=print_features(), shape=shape(), colour=colours())
BARE = PictureEvidence()

STRONG = HitEvidence(
    {
        Channel.PRINT: ChannelReading(0.97, 0.98),
        Channel.LOOK: ChannelReading(0.75, 0.7),
        Channel.SHAPE: ChannelReading(0.98, 0.3),
        Channel.COLOUR: ChannelReading(0.3, 0.05),
        Channel.COPY: ChannelReading(0.6, 0.01),
    }
)
MIRRORED = HitEvidence(
    {Channel.COPY: ChannelReading(1.0, 0.99), Channel.LOOK: ChannelReading(0.9, 0.9)},
    Orientation(mirrored=True),
)


def explanation(
    evidence: HitEvidence = STRONG,
    *,
    product_id: int = 1,
    content_id: int = 10,
    query: PictureEvidence = FULL,
    hit: PictureEvidence = FULL,
    match: PrintMatch | None = None,
) -> Explanation:
    return Explanation(product_id, content_id, evidence, query, hit, match)
