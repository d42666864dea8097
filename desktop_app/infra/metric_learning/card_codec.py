"""The card of a learned model as JSON that may come from anywhere."""

from __future__ import annotations

import json
import math
import typing
from collections.abc import Mapping
from dataclasses import fields
from itertools import pairwise

from desktop_app.domain.fusion import Calibration
from desktop_app.domain.learned_models import LearnedModel
from desktop_app.domain.metric_learning import Recipe

MOST_BYTES = 1_000_000
MOST_LETTERS = 4_000


def card_text(model: LearnedModel) -> str:
    """:func:`card_from_text` is its inverse."""
    return json.dumps(model.to_json(), indent=1, ensure_ascii=False)


def card_from_text(text: str) -> LearnedModel:
    """Raises KeyError, TypeError or ValueError (RecursionError for what is nested beyond reason
    counts as that) where the text is no card, or one with values of another kind than they
    should be."""
    if len(text) > MOST_BYTES:
        raise ValueError("too long for a card")
    try:
        card = LearnedModel.from_json(json.loads(text))
    except (AttributeError, RecursionError) as error:
        raise ValueError("not a card") from error
    _check(card)
    _check(card.recipe)
    if card.look is not None:
        _check_look(card.look)
    return card


def _check(holder: LearnedModel | Recipe) -> None:
    kinds = typing.get_type_hints(type(holder))
    for entry in fields(holder):
        value, kind = getattr(holder, entry.name), kinds[entry.name]
        if kind is float:
            is_right = isinstance(value, int | float) and math.isfinite(value)
        elif kind in {int, bool, str}:
            is_right = type(value) is kind
        elif typing.get_origin(kind) is Mapping:
            is_right = isinstance(value, Mapping) and all(
                isinstance(name, str) and isinstance(number, int | float) and math.isfinite(number)
                for name, number in value.items()
            )
        else:
            continue  # made by from_json, which cannot make another
        if not is_right or (isinstance(value, str) and len(value) > MOST_LETTERS):
            raise ValueError(f"{entry.name} is not what it should be")


def _check_look(look: Calibration) -> None:
    scores, log_odds = look.scores, look.log_odds
    numbers = [*scores, *log_odds]
    if not all(isinstance(number, int | float) and math.isfinite(number) for number in numbers):
        raise ValueError("a calibration that is not of numbers")
    if not scores or len(scores) != len(log_odds):
        raise ValueError("a calibration that does not add up")
    for rising in (scores, log_odds):
        if any(b < a for a, b in pairwise(rising)):
            raise ValueError("a calibration that falls")
