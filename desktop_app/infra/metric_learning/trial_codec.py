"""What came of learning once, as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from desktop_app.domain.learned_models import (
    CategoryTrial,
    Comparison,
    HardPair,
    Held,
    HeldOutFigures,
    Interval,
    Refusal,
    Trial,
)
from desktop_app.domain.metric_learning import CurvePoint

FORMAT = 1
_PLACES = ("products", "actual", "before", "after")
_INTERVALS = (
    "recall_at_1",
    "recall_at_5",
    "recall_at_10",
    "precision_at_5",
    "mean_average_precision",
)


def trial_to_json(trial: Trial) -> dict[str, Any]:
    """A JSON-ready form, without numbers that JSON has not; :func:`trial_from_json` is its
    inverse."""
    return {
        "format": FORMAT,
        "comparisons": {
            held.value: asdict(comparison) for held, comparison in trial.comparisons.items()
        },
        "refusal": None if trial.refusal is None else trial.refusal.value,
        "reason": trial.reason,
        "curve": [
            [p.epoch, p.seconds, p.loss if math.isfinite(p.loss) else None, p.recall_at_1]
            for p in trial.curve
        ],
        "hard": [list(asdict(pair).values()) for pair in trial.hard],
        "taught_s": trial.taught_s,
        "categories": None if trial.categories is None else _categories_told(trial.categories),
    }


def trial_from_json(data: Mapping[str, Any]) -> Trial:
    """Raises KeyError, TypeError or ValueError where ``data`` is not of the written form."""
    if data["format"] != FORMAT:
        raise ValueError(f"a trial of format {data['format']}")
    refusal = data["refusal"]
    return Trial(
        {Held(name): _comparison(told) for name, told in data["comparisons"].items()},
        None if refusal is None else Refusal(refusal),
        str(data["reason"]),
        tuple(
            CurvePoint(
                int(epoch), float(seconds), math.nan if loss is None else float(loss), float(recall)
            )
            for epoch, seconds, loss, recall in data["curve"]
        ),
        tuple(
            HardPair(int(a), int(b), int(c), int(d), bool(is_same), float(now), float(before))
            for a, b, c, d, is_same, now, before in data["hard"]
        ),
        float(data["taught_s"]),
        _categories(told) if (told := data.get("categories")) is not None else None,
    )


def _categories_told(categories: CategoryTrial) -> dict[str, Any]:
    return {
        "labels": list(categories.labels),
        **{name: getattr(categories, name).tolist() for name in _PLACES},
    }


def _categories(data: Mapping[str, Any]) -> CategoryTrial:
    labels = tuple(map(str, data["labels"]))
    arrays = [np.array(data[name], np.int64) for name in _PLACES]
    if any(array.shape != (len(arrays[0]),) for array in arrays) or not len(arrays[0]):
        raise ValueError("not as many pictures each")
    for places in arrays[1:]:
        if places.min() < 0 or places.max() >= len(labels):
            raise ValueError("a category there is not")
    return CategoryTrial(labels, *arrays)


def _comparison(data: Mapping[str, Any]) -> Comparison:
    return Comparison(
        _figures(data["before"]),
        _figures(data["after"]),
        _interval(data["recall_gain"]),
        _interval(data["precision_gain"]),
    )


def _figures(data: Mapping[str, Any]) -> HeldOutFigures:
    return HeldOutFigures(
        **{name: _interval(data[name]) for name in _INTERVALS},
        n_queries=int(data["n_queries"]),
        n_products=int(data["n_products"]),
    )


def _interval(data: Mapping[str, Any]) -> Interval:
    return Interval(float(data["value"]), float(data["low"]), float(data["high"]))
