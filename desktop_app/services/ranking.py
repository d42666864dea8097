"""From compared candidates to products in order; quick enough to follow a slider."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import (
    CHANNELS,
    UPRIGHT,
    Channel,
    ChannelReading,
    ChannelWeights,
    HitEvidence,
)
from desktop_app.domain.fusion import FusionModel, logistic
from desktop_app.domain.search import CandidateTable, Hit, QueryAnalysis, ViewScore
from desktop_app.services.search_scope import ProductRanking

_LOOK = CHANNELS.index(Channel.LOOK)
_TIE_BREAK = 1e-4
"""Of the look against a unit of log-odds, so that equal confidences keep the nearer first."""


def rank(
    table: CandidateTable,
    analysis: QueryAnalysis,
    fusion: FusionModel,
    weights: ChannelWeights,
    *,
    limit: int,
    minimum: float = 0.0,
) -> tuple[Hit, ...]:
    """The best ``limit`` products with a confidence of at least ``minimum``, falling; ties by
    look, then product id. Products compared in LOOK alone, the tail of a very long list,
    come after all others."""
    log_odds = fusion.log_odds(table.scores, analysis.context, weights, table.bonus)
    confidences = logistic(log_odds)
    if not table.is_compared.all() and table.is_compared.any():
        lowest = confidences[table.is_compared].min()
        confidences = np.where(table.is_compared, confidences, np.minimum(confidences, lowest))
    order = log_odds + _TIE_BREAK * np.nan_to_num(table.scores[:, _LOOK])
    order = np.where(table.is_compared, order, order - 1e6)
    ranking = ProductRanking(table.content_ids, table.product_ids, order)
    probabilities = fusion.probabilities(table.scores)
    hits = []
    floor = minimum
    groups = ranking.groups(limit)
    if len(groups) == limit:
        floor = max(minimum, float(confidences[groups[-1][0]]))
    for rows in groups:
        best = int(rows[0])
        if confidences[best] < minimum:
            break
        views = tuple(
            ViewScore(int(table.content_ids[row]), float(confidences[row]))
            for row in rows
            if row == best or confidences[row] >= floor
        )
        hits.append(
            Hit(
                int(table.product_ids[best]),
                views[0].score,
                views,
                _evidence(table, best, probabilities[best]),
            )
        )
    return tuple(hits)


def _evidence(table: CandidateTable, row: int, probabilities: NDArray[np.float64]) -> HitEvidence:
    readings = {
        channel: ChannelReading(float(score), float(probability))
        for channel, score, probability in zip(
            CHANNELS, table.scores[row], probabilities, strict=True
        )
        if not np.isnan(score) and not np.isnan(probability)
    }
    orientation = table.orientations.get(int(table.content_ids[row]), UPRIGHT)
    return HitEvidence(readings, orientation)
