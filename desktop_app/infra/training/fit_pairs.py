"""Learns what measured likeness of two pictures is worth; see
:mod:`desktop_app.infra.vision.pairs.weighing`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from desktop_app.infra.training.pair_sets import Relation
from desktop_app.infra.vision.pairs.measuring import Measured
from desktop_app.infra.vision.pairs.weighing import (
    FORMAT,
    STAGES,
    PairWeights,
    Stage,
    apart_figures,
    same_figures,
    stage_to_json,
    variant_figures,
)

RIDGE = 1e-3
"""On the squares of the weights of figures of unit spread, against the mean loss."""

ONE = frozenset({Relation.COPY, Relation.VIEW})
VERSIONS = frozenset({Relation.VARIANT})

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LearnedPair:
    """What was measured of two pictures, and what they have to do with each other."""

    measured: Measured
    relation: Relation


def fit_stages(pairs: Sequence[LearnedPair]) -> dict[str, Stage]:
    """The four stages by name. Deterministic. Raises ValueError where one has nothing to tell
    apart.

    Other views of a product count as the same where pictures cannot be laid on each other;
    where they can, they are left out: there a copy is asked for.
    """
    laid = [p for p in pairs if p.measured.differs is not None and p.relation is not Relation.VIEW]
    apart = [p for p in pairs if p.measured.differs is None]
    return {
        "same_laid": _stage_of(laid, _same_of, ONE),
        "variant_laid": _stage_of(_without(laid, ONE), _variant_of, VERSIONS),
        "same_apart": _stage_of(apart, _apart_of, ONE),
        "variant_apart": _stage_of(_without(apart, ONE), _apart_of, VERSIONS),
    }


def weights_of(stages: Mapping[str, Stage]) -> PairWeights:
    """For use before they are written."""
    return PairWeights(**stages, version="", card={})


def write_stages(stages: Mapping[str, Stage], card: Mapping[str, Any], path: Path) -> None:
    """As :func:`~desktop_app.infra.vision.pairs.weighing.load_weights` reads them."""
    data = {
        "format": FORMAT,
        "stages": {name: stage_to_json(stage, STAGES[name]) for name, stage in stages.items()},
        "card": dict(card),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def _same_of(pair: Measured) -> Rows:
    assert pair.differs is not None
    return same_figures(pair.differs, pair.stretch)


def _variant_of(pair: Measured) -> Rows:
    assert pair.differs is not None
    return variant_figures(pair.differs, pair.stretch, pair.scores)


def _apart_of(pair: Measured) -> Rows:
    return apart_figures(pair.scores)


def _without(pairs: Sequence[LearnedPair], relations: frozenset[Relation]) -> list[LearnedPair]:
    return [pair for pair in pairs if pair.relation not in relations]


def _stage_of(
    pairs: Sequence[LearnedPair],
    figures: Callable[[Measured], Rows],
    positive: frozenset[Relation],
) -> Stage:
    labels = np.array([pair.relation in positive for pair in pairs], np.bool_)
    if not 0 < labels.sum() < len(labels):
        raise ValueError("nothing to tell apart")
    return _fitted(np.array([figures(pair.measured) for pair in pairs]), labels)


def _fitted(figures: Rows, labels: NDArray[np.bool_]) -> Stage:
    """A logistic model with weights of 0 or more (L-BFGS-B), and a ridge."""
    is_known = ~np.isnan(figures)
    silent = np.array(
        [
            column[known].mean() if known.any() else 0.0
            for column, known in zip(figures.T, is_known.T, strict=True)
        ]
    )
    filled = np.where(is_known, figures, silent)
    spread = np.maximum(filled.std(axis=0), 1e-6)
    rows = np.column_stack([np.ones(len(filled)), (filled - silent) / spread])
    signs = np.where(labels, 1.0, -1.0)

    def loss(beta: Rows) -> tuple[float, Rows]:
        margins = signs * (rows @ beta)
        chance_of_error = 0.5 * (1 - np.tanh(0.5 * margins))
        gradient = -(rows * (signs * chance_of_error)[:, np.newaxis]).mean(axis=0)
        ridge = RIDGE * beta * np.r_[0.0, np.ones(len(beta) - 1)]
        value = np.logaddexp(0, -margins).mean() + 0.5 * float(ridge @ beta)
        return float(value), gradient + ridge

    bounds = [(None, None), *[(0.0, None)] * figures.shape[1]]
    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    weights = found.x[1:] / spread
    return Stage(
        float(found.x[0] - weights @ silent),
        tuple(float(weight) for weight in weights),
        tuple(float(value) for value in silent),
    )
