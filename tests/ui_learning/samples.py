"""What came of learning, made up: trials, riddles, maps and versions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.learned_models import (
    CategoryTrial,
    Comparison,
    HardPair,
    Held,
    HeldOutFigures,
    Interval,
    LearnedModel,
    Prospects,
    Refusal,
    Trial,
)
from desktop_app.domain.metric_learning import RECIPES, CurvePoint, Recipe
from desktop_app.domain.products import ProductCard
from desktop_app.services.learning.looking import Riddle, ShownEmbedding
from desktop_app.services.value_groups import grouped
from desktop_app.workers.learning import ShownTrial

PROSPECTS = Prospects(
    214,
    688,
    12,
    5,
    {"brand": 9, "Colour": 14, "Material": 6, "size": 11},
    advised=("Colour", "brand"),
)
TOO_FEW = Prospects(11, 22, n_lacking=13)


def around(value: float, reach: float = 0.03) -> Interval:
    return Interval(value, max(0.0, value - reach), min(1.0, value + reach))


def figures(first: float) -> HeldOutFigures:
    return HeldOutFigures(
        around(first),
        around(min(1.0, first + 0.08)),
        around(min(1.0, first + 0.11)),
        around(first * 0.55),
        around(first * 0.9),
        n_queries=180,
        n_products=64,
    )


def comparison(before: float, after: float) -> Comparison:
    gain = after - before
    return Comparison(
        figures(before),
        figures(after),
        Interval(gain, gain - 0.04, gain + 0.04),
        Interval(gain / 2, gain / 2 - 0.02, gain / 2 + 0.02),
    )


def curve(count: int = 40, *, recall: float = 0.84) -> tuple[CurvePoint, ...]:
    wobble = np.random.default_rng(1).normal(0, 0.008, count)
    return tuple(
        CurvePoint(
            epoch,
            0.7 * epoch,
            2.4 * np.exp(-epoch / 9) + 0.5 + abs(float(wobble[epoch])),
            0.76 + (recall - 0.76) * (1 - np.exp(-epoch / 7)) + float(wobble[epoch]),
        )
        for epoch in range(count)
    )


def categories() -> CategoryTrial:
    """Of ten pictures of five products six were told right, then eight."""
    actual = np.repeat([0, 1], [6, 4])
    before, after = actual.copy(), actual.copy()
    before[[0, 1, 6, 7]] ^= 1
    after[[0, 6]] ^= 1
    return CategoryTrial(
        ("Jars", "Tubes"), np.repeat(np.arange(41, 46), 2).astype(np.int64), actual, before, after
    )


def trial(*, refusal: Refusal | None = None, hard: Sequence[HardPair] = ()) -> Trial:
    after = 0.84 if refusal is None else 0.757
    reason = (
        "Better beyond chance on products it never saw, and no worse on the others."
        if refusal is None
        else "It does no better than before on products it never saw: what it learned does not "
        "carry over."
    )
    return Trial(
        {Held.UNSEEN: comparison(0.76, after), Held.SEEN: comparison(0.81, 0.9)},
        refusal,
        reason,
        curve(),
        tuple(hard),
        21.4,
    )


def learned(
    version: str = "3", *, is_offered: bool = True, recipe: Recipe = RECIPES[0], parent: str = ""
) -> LearnedModel:
    return LearnedModel(
        version,
        f"base+{version}",
        "base",
        "EfficientNet-Lite2",
        recipe,
        "2026-11-20T09:30:00+00:00",
        214,
        688,
        parent=parent,
        is_offered=is_offered,
        reason="Better beyond chance." if is_offered else "No better than before.",
        figures={"unseen_recall_gain": 0.08 if is_offered else -0.003},
    )


def card(product_id: int, *, thumbnail: str = "") -> ProductCard:
    return ProductCard(
        product_id,
        f"BTL-{product_id}",
        title="Calming tonic, round bottle, amber",
        thumbnail=thumbnail,
    )


def riddle(
    a: int, b: int, *, hashes: tuple[str, str] = ("a", "b"), verdict: Verdict | None = None
) -> Riddle:
    """Contents 10a and 10b of products a and b; of one product where those are equal."""
    pair = HardPair(10 * a, 10 * b + 1, a, b, a == b, 0.41 if a == b else 0.88, 0.37)
    return Riddle(pair, *hashes, card(a), card(b), 100 + a, 100 + b, verdict)


def shown(*riddles: Riddle, refusal: Refusal | None = None, version: str = "3") -> ShownTrial:
    made = trial(refusal=refusal, hard=[each.pair for each in riddles])
    return ShownTrial(learned(version, is_offered=refusal is None), made, tuple(riddles))


def embedding(
    n_products: int = 60,
    views: int = 3,
    *,
    column: str = "category",
    hashes: Sequence[str] = (),
) -> ShownEmbedding:
    """Products of three groups that draw together."""
    rng = np.random.default_rng(2)
    count = n_products * views
    product = np.repeat(np.arange(n_products), views)
    home = rng.uniform(-0.9, 0.9, (n_products, 2))
    before = 0.5 * home[product] + rng.normal(0, 0.22, (count, 2))
    after = home[product] + rng.normal(0, 0.03, (count, 2))
    names = [("Bottles", "Jars", "Candles")[i % 3] for i in product]
    group_of, groups = grouped(names)
    return ShownEmbedding(
        np.arange(1, count + 1),
        before.astype(np.float32),
        after.astype(np.float32),
        1000 + product,
        tuple(hashes[i % len(hashes)] if hashes else f"h{i}" for i in range(count)),
        group_of,
        groups,
        column,
    )
