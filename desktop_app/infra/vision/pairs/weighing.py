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
FORMAT = 2

SAME_FIGURES = ("worst", "mean", "agreement", "edges", "overlap", "unstretched", "coarseness")
"""Of pictures laid on each other, for the chance that both are one. ``worst`` and ``mean`` fall
with what differs, light and colour taken together, so that grey goods gain nothing by having no
colour to differ in; ``coarseness`` with the pixels that were compared (copies of few pixels
differ more), ``unstretched`` with how unevenly one had to be stretched."""
VARIANT_FIGURES = (
    *("agreement", "edges", "overlap", "unstretched", "mean"),
    *("look", "shape", "palette"),
)
"""Of pictures laid on each other, for the chance that they are versions of one."""
APART_FIGURES = ("look", "copy", "print", "shape", "palette")
"""Of pictures that could not be laid on each other."""

STAGES: dict[str, tuple[str, ...]] = {
    "same_laid": SAME_FIGURES,
    "variant_laid": VARIANT_FIGURES,
    "same_apart": APART_FIGURES,
    "variant_apart": APART_FIGURES,
}
"""The figures of each model, in their order."""

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

    def of_laid(
        self, found: Difference, stretch: float, scores: NDArray[np.float64]
    ) -> tuple[float, float]:
        """``same`` and ``variant`` of pictures laid on each other."""
        same = self.same_laid.chance(same_figures(found, stretch))
        return same, (1 - same) * self.variant_laid.chance(variant_figures(found, stretch, scores))

    def of_apart(self, scores: NDArray[np.float64]) -> tuple[float, float]:
        """``same`` and ``variant`` of pictures that could not be laid on each other."""
        figures = apart_figures(scores)
        same = self.same_apart.chance(figures)
        return same, (1 - same) * self.variant_apart.chance(figures)


def same_figures(found: Difference, stretch: float) -> NDArray[np.float64]:
    """SAME_FIGURES."""
    return np.array(
        [
            -math.log1p(math.hypot(found.worst_light, found.worst_colour)),
            _mean(found),
            found.agreement,
            found.edges,
            found.overlap,
            -stretch,
            math.log2(_FINE_PIXELS / found.pixels),
        ]
    )


def variant_figures(
    found: Difference, stretch: float, scores: NDArray[np.float64]
) -> NDArray[np.float64]:
    """VARIANT_FIGURES; ``scores`` in the order of CHANNELS, NaN where one is silent."""
    return np.array(
        [
            found.agreement,
            found.edges,
            found.overlap,
            -stretch,
            _mean(found),
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
        known = {name: _stage(stages[name], names) for name, names in STAGES.items()}
        return PairWeights(
            **known,
            version=hashlib.sha256(json.dumps(stages, sort_keys=True).encode()).hexdigest()[:12],
            card=dict(read["card"]),
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


def _mean(found: Difference) -> float:
    return -math.log1p(_MEAN_SCALE * math.hypot(found.mean_light, found.mean_colour))


def _score(scores: NDArray[np.float64], channel: Channel) -> float:
    return float(scores[CHANNELS.index(channel)])
