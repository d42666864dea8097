"""Finding out what a learned model is worth: with held-out pictures, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.learned_models import Comparison, Held, Projection, Trial
from desktop_app.domain.metric_learning import AttributeLabels, CurvePoint
from desktop_app.domain.progress import CancelToken
from desktop_app.services.learning.category_trial import category_trial
from desktop_app.services.learning.deciding import decide
from desktop_app.services.learning.hard import hard_pairs
from desktop_app.services.learning.measuring import compare, queries_among, score_queries
from desktop_app.services.learning.splitting import Part, Split
from desktop_app.services.learning.supervision import Supervision

HELD_OUT = {Held.UNSEEN: Part.TEST, Held.SEEN: Part.SEEN}


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """What came of teaching, in ``seconds`` of work: ``after`` (n, k) are the learned vectors of
    all pictures. ``base`` is key and name of the model that the projection stands on, where that
    is another than the catalogue's."""

    projection: Projection
    after: FloatMatrix
    curve: tuple[CurvePoint, ...]
    seconds: float
    base: tuple[str, str] | None = None


def compared(
    supervision: Supervision, split: Split, after: FloatMatrix, held: Held, token: CancelToken
) -> Comparison | None:
    """None where no such picture was held out. Raises Cancelled."""
    pictures = supervision.pictures
    queries = queries_among(pictures.products, split.rows(HELD_OUT[held]))
    if not len(queries):
        return None
    before_scores, after_scores = (
        score_queries(vectors, pictures.products, queries, token)
        for vectors in (pictures.vectors, after)
    )
    return compare(before_scores, after_scores, pictures.products[queries])


def trial_of(
    supervision: Supervision,
    split: Split,
    taught: Taught,
    token: CancelToken,
    *,
    categories: AttributeLabels | None = None,
) -> Trial:
    """What was held out is searched with before and after, and decided on; with the pictures
    that are a riddle still, those held out before others, and what ``categories``, the one column
    of them, are taken for. Raises Cancelled."""
    comparisons: dict[Held, Comparison] = {}
    for held in Held:
        if (found := compared(supervision, split, taught.after, held, token)) is not None:
            comparisons[held] = found
    refusal, reason = decide(comparisons)
    held_out = [split.rows(part) for part in (Part.TEST, Part.SEEN, Part.VALIDATION)]
    others = np.random.default_rng(0).permutation(split.rows(Part.TAUGHT))
    hard = hard_pairs(
        supervision.pictures,
        supervision.shown_by,
        taught.after,
        np.concatenate([*held_out, others]),
        token,
    )
    taken_for = None
    if categories is not None and categories.columns:
        taken_for = category_trial(
            supervision.pictures,
            supervision.shown_by,
            categories,
            split.rows(Part.TEST),
            after=taught.after,
            token=token,
        )
    return Trial(comparisons, refusal, reason, taught.curve, hard, taught.seconds, taken_for)


def figures_of(comparisons: Mapping[Held, Comparison]) -> dict[str, float]:
    """The trial's figures for lists, named such as "unseen_recall_at_1_before"."""
    told: dict[str, float] = {}
    for held, comparison in comparisons.items():
        for when, figures in (("before", comparison.before), ("after", comparison.after)):
            told[f"{held.value}_recall_at_1_{when}"] = figures.recall_at_1.value
            told[f"{held.value}_map_{when}"] = figures.mean_average_precision.value
        gain = comparison.recall_gain
        told[f"{held.value}_recall_gain"] = gain.value
        told[f"{held.value}_recall_gain_low"] = gain.low
        told[f"{held.value}_recall_gain_high"] = gain.high
    return told
