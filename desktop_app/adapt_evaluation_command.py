"""``twinshelf evaluate --adapt``: what learning a manifest's own pictures gains."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import Channel
from desktop_app.domain.metric_learning import RECIPES, Depth, Recipe
from desktop_app.domain.metrics import RankingScores
from desktop_app.engines import Engines
from desktop_app.services.evaluate_adapted import AdaptedReport

ADAPTERS = {recipe.name: recipe for recipe in RECIPES if recipe.depth is Depth.ADAPTER}


def add_adapting_options(parser: argparse.ArgumentParser) -> None:
    """To the options of ``evaluate``."""
    parser.add_argument(
        "--adapt",
        nargs="?",
        const=next(iter(ADAPTERS)),
        metavar="RECIPE",
        help="learn from the rows of role train first and measure before and after; one of "
        f"{', '.join(ADAPTERS)} (default: %(const)s)",
    )
    parser.add_argument(
        "--adapt-unseen",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="learn nothing of this share of the products, and tell of them apart (such as 0.5)",
    )


def run_adapted(
    options: argparse.Namespace, engines: Engines, channels: Sequence[Channel]
) -> dict[str, Any]:
    """Measure, print and return what is written as JSON."""
    report = engines.evaluate_adapted(
        options.manifest,
        adapter_recipe(options.adapt),
        unseen=options.adapt_unseen,
        label=options.label,
        model=options.model,
        channels=channels,
    )
    _print(report)
    return report.to_json()


def adapter_recipe(name: str) -> Recipe:
    """Raises UserFacingError where there is none of this name."""
    if name not in ADAPTERS:
        raise UserFacingError(
            f"There is no recipe {name} for adapters.",
            remedy=f"Choose among {', '.join(ADAPTERS)}.",
        )
    return ADAPTERS[name]


def _print(report: AdaptedReport) -> None:
    print(
        f"{report.recipe}: learned {report.n_photos} pictures of {report.n_products} products in "
        f"{report.adapter_s:.1f} s, once they were read"
    )
    print(f"{'':24} {'queries':>7}  R@1    R@5    R@10   P@5    mAP")
    _print_pair("", report.before.scores, report.after.scores, report.before.n_queries)
    for name, gain in (("seen products", report.seen), ("unseen products", report.unseen)):
        if gain is not None:
            _print_pair(f"{name}, ", gain.before, gain.after, gain.n_queries)
    for name, before in report.before.channels.items():
        after = report.after.channels[name]
        _print_pair(f"{name} alone, ", before, after, report.before.n_queries)


def _print_pair(name: str, before: RankingScores, after: RankingScores, n_queries: int) -> None:
    for when, scores in (("before", before), ("after", after)):
        figures = (
            scores.recall_at_1,
            scores.recall_at_5,
            scores.recall_at_10,
            scores.precision_at_5,
            scores.map,
        )
        line = " ".join(f"{figure:.4f}" for figure in figures)
        print(f"{name + when:24} {n_queries:7}  {line}")


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share < 1:
        raise ValueError
    return share
