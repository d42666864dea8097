"""From what was measured of two pictures to the chances that they show one product.

Four logistic models, each a sum of a few figures with weights that are not negative, so that
more likeness never speaks against a match:

    same    = s(x)
    variant = (1 - s(x)) * v(x)

with one s and one v for pictures that could be laid on each other and another pair for those
that could not. A figure nobody could measure takes the value learned for silence.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.evidence import CHANNELS, Channel
from desktop_app.infra.vision.pairs.difference import Difference

FOLDER = "pairs"
WEIGHTS_FILE = "pairs.json"
FORMAT = 1

LAID_FIGURES = (
    "light",
    "colour",
    "mean_light",
    "mean_colour",
    "agreement",
    "edges",
    "overlap",
    "unstretched",
    "fineness",
    "look",
    "shape",
    "palette",
)
"""Of pictures laid on each other. The first four fall with the differences, ``fineness`` with
the size of the pictures, ``unstretched`` with how unevenly one had to be stretched."""
APART_FIGURES = ("look", "copy", "print", "shape", "palette")
"""Of pictures that could not be laid on each other."""

_MEAN_SCALE = 4.0
_FINE_PIXELS = 160


@dataclass(frozen=True, slots=True)
class Stage:
    """One logistic model: ``prior`` in log-odds, a weight and a value for silence per figure."""

    prior: float
    weights: tuple[float, ...]
    silent: tuple[float, ...]

    def chance(self, figures: NDArray[np.float64]) -> float:
        """In (0, 1); ``figures`` in the order of the weights, NaN where silent."""
        known = np.where(np.isnan(figures), self.silent, figures)
        log_odds = self.prior + float(np.dot(self.weights, known))
        return 0.5 * (1 + math.tanh(0.5 * log_odds))


@dataclass(frozen=True, slots=True)
class PairWeights:
    """The learned part. ``version`` changes with any weight; ``card`` tells where they are
    from."""

    same_laid: Stage
    variant_laid: Stage
    same_apart: Stage
    variant_apart: Stage
    version: str
    card: Mapping[str, Any]

    def of_laid(self, figures: NDArray[np.float64]) -> tuple[float, float]:
        """``same`` and ``variant`` for LAID_FIGURES."""
        return _chances(self.same_laid, self.variant_laid, figures)

    def of_apart(self, figures: NDArray[np.float64]) -> tuple[float, float]:
        """``same`` and ``variant`` for APART_FIGURES."""
        return _chances(self.same_apart, self.variant_apart, figures)


def laid_figures(
    found: Difference, stretch: float, scores: NDArray[np.float64]
) -> NDArray[np.float64]:
    """LAID_FIGURES; ``scores`` in the order of CHANNELS, NaN where one is silent."""
    return np.array(
        [
            -math.log1p(found.worst_light),
            -math.log1p(found.worst_colour),
            -math.log1p(_MEAN_SCALE * found.mean_light),
            -math.log1p(_MEAN_SCALE * found.mean_colour),
            found.agreement,
            found.edges,
            found.overlap,
            -stretch,
            math.log2(found.pixels / _FINE_PIXELS),
            _score(scores, Channel.LOOK),
            _score(scores, Channel.SHAPE),
            _score(scores, Channel.COLOUR),
        ]
    )


def apart_figures(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """APART_FIGURES; ``scores`` in the order of CHANNELS, NaN where one is silent."""
    order = (Channel.LOOK, Channel.COPY, Channel.PRINT, Channel.SHAPE, Channel.COLOUR)
    return np.array([_score(scores, channel) for channel in order])


def load_weights(folder: Path) -> PairWeights:
    """Those in ``folder``. Raises ModelUnavailable where they are missing or damaged."""
    path = folder / WEIGHTS_FILE
    try:
        text = path.read_text("utf-8")
        read = json.loads(text)
        if read["format"] != FORMAT:
            raise ValueError(f"weights of format {read['format']}")
        stages = read["stages"]
        return PairWeights(
            _stage(stages["same_laid"], LAID_FIGURES),
            _stage(stages["variant_laid"], LAID_FIGURES),
            _stage(stages["same_apart"], APART_FIGURES),
            _stage(stages["variant_apart"], APART_FIGURES),
            hashlib.sha256(json.dumps(stages, sort_keys=True).encode()).hexdigest()[:12],
            dict(read["card"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelUnavailable(
            "What was learned about duplicates is missing or damaged.",
            remedy="It came with the application: install it again.",
            details=f"{path}: {error}",
        ) from error


def stage_to_json(stage: Stage, names: tuple[str, ...]) -> dict[str, Any]:
    """A JSON-ready form, as :func:`load_weights` reads it."""
    return {
        "prior": round(stage.prior, 4),
        "weights": {n: round(w, 4) for n, w in zip(names, stage.weights, strict=True)},
        "silent": {n: round(s, 4) for n, s in zip(names, stage.silent, strict=True)},
    }


def _stage(data: Mapping[str, Any], names: tuple[str, ...]) -> Stage:
    weights, silent = data["weights"], data["silent"]
    if set(weights) != set(names) or set(silent) != set(names):
        raise ValueError(f"weights of {sorted(weights)}")
    stage = Stage(
        float(data["prior"]),
        tuple(float(weights[name]) for name in names),
        tuple(float(silent[name]) for name in names),
    )
    if not np.isfinite([stage.prior, *stage.weights, *stage.silent]).all():
        raise ValueError("weights that are no numbers")
    return stage


def _score(scores: NDArray[np.float64], channel: Channel) -> float:
    return float(scores[CHANNELS.index(channel)])


def _chances(same: Stage, variant: Stage, figures: NDArray[np.float64]) -> tuple[float, float]:
    chance = same.chance(figures)
    return chance, (1 - chance) * variant.chance(figures)
