"""What is said about learning a catalogue."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.learned_models import (
    Comparison,
    Held,
    Interval,
    LearnedModel,
    Prospects,
    Trial,
)
from desktop_app.domain.metric_learning import Depth, Recipe
from desktop_app.ui.product_text import count_text

FIGURES = ("recall_at_1", "recall_at_5", "recall_at_10", "precision_at_5", "mean_average_precision")
"""Names of the figures of HeldOutFigures, in the order they are told."""


class LearnState(Enum):
    """What can be begun now, or why nothing."""

    NO_CATALOGUE = "no catalogue"
    LOADING = "loading"
    READING = "reading"
    READ_ONLY = "read only"
    TOO_FEW = "too few"
    READY = "ready"
    RUNNING = "running"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Learning", text)


def state_words(state: LearnState) -> tuple[str, str]:
    """Why nothing can be begun, and what to do."""
    return {
        LearnState.NO_CATALOGUE: (
            _tr("No catalogue is open"),
            _tr("Open one, and the search can learn from its own products here."),
        ),
        LearnState.LOADING: (_tr("Looking what there is to learn from"), ""),
        LearnState.READING: (
            _tr("Pictures are still being read"),
            _tr("Learning can begin once all of them were read. It goes on by itself."),
        ),
        LearnState.READ_ONLY: (
            _tr("This catalogue is open for reading only"),
            _tr("What was learned before can be looked at and compared, but nothing new learned."),
        ),
    }.get(state, ("", ""))


# Recipes


def recipe_title(recipe: Recipe) -> str:
    """What a recipe is called."""
    return {
        "adapter": _tr("Quick"),
        "adapter-robust": _tr("Quick, for untidy data"),
        "adapter-granularity": _tr("Quick, with columns"),
        "triplet-128": _tr("Triplet network, 128 numbers"),
        "fine-tune": _tr("Thorough"),
        "fine-tune-granularity": _tr("Thorough, with columns"),
    }.get(recipe.name, recipe.title)


def recipe_summary(recipe: Recipe) -> str:
    """What a recipe does, in plain words."""
    return {
        "adapter": _tr(
            "Rearranges what is known of the pictures so that those of one product lie together. "
            "The right start."
        ),
        "adapter-robust": _tr(
            "The same, but pictures that cannot be of one product are taken for wrong labels and "
            "left out. For catalogues nobody tidied up."
        ),
        "adapter-granularity": _tr(
            "Columns such as brand and colour say how far apart two products should lie."
        ),
        "triplet-128": _tr(
            "Learns from the hardest picture of the same product and of another one. Half the "
            "memory or less when searching."
        ),
        "fine-tune": _tr(
            "Changes the network itself, on varied copies of your pictures. Finds more than the "
            "quick ones where there are many products; goes on in the background."
        ),
        "fine-tune-granularity": _tr("The same, and it learns to tell your columns as well."),
    }.get(recipe.name, recipe.summary)


def expected_text(recipe: Recipe, seconds: float) -> str:
    """How long a recipe may take."""
    if recipe.depth is Depth.ADAPTER:
        return _tr("up to {0}").format(duration_text(seconds))
    return _tr("about {0}").format(duration_text(seconds))


def duration_text(seconds: float) -> str:
    """``40 seconds``, ``3 minutes``, ``2 hours``."""
    if seconds < 90:
        tens = max(5, round(seconds / 5) * 5)
        return _tr("{0} seconds").format(count_text(tens))
    if seconds < 90 * 60:
        return _tr("{0} minutes").format(count_text(round(seconds / 60)))
    hours = round(seconds / 3600)
    return _tr("1 hour") if hours == 1 else _tr("{0} hours").format(count_text(hours))


# What there is to learn from


def products_with_views_text(count: int) -> str:
    if count == 1:
        return _tr("1 product with two pictures or more")
    return _tr("{0} products with two pictures or more").format(count_text(count))


def pictures_text(count: int) -> str:
    return _tr("1 picture") if count == 1 else _tr("{0} pictures").format(count_text(count))


def verdicts_text(prospects: Prospects) -> str:
    """How many verdicts there are, '' for none."""
    parts = []
    if prospects.n_same:
        parts.append(_tr("{0} “same product”").format(count_text(prospects.n_same)))
    if prospects.n_different:
        parts.append(_tr("{0} “different” or “variant”").format(count_text(prospects.n_different)))
    return _tr("verdicts: {0}").format(", ".join(parts)) if parts else ""


def lacking_words(prospects: Prospects) -> tuple[str, str]:
    """How many more are needed, and how they come."""
    lacking = prospects.n_lacking
    title = (
        _tr("1 more product with two pictures is needed")
        if lacking == 1
        else _tr("{0} more products with two pictures are needed").format(count_text(lacking))
    )
    have = products_with_views_text(prospects.n_products)
    text = _tr(
        "There are {0}. Learning compares pictures of one product with each other, and what it "
        "learned is tested on products it never saw; with fewer, nobody could tell luck from "
        "learning.\n\nAdd further views to products, or decide duplicates: products you call the "
        "same count as one with several pictures."
    )
    return title, text.format(have)


# Figures


def figure_name(name: str) -> str:
    return {
        "recall_at_1": _tr("Found first"),
        "recall_at_5": _tr("Among the first 5"),
        "recall_at_10": _tr("Among the first 10"),
        "precision_at_5": _tr("Right ones of the first 5"),
        "mean_average_precision": _tr("All of them at the front"),
    }[name]


def figure_term(name: str) -> str:
    """What it is called in the trade."""
    return {
        "recall_at_1": _tr("Recall@1"),
        "recall_at_5": _tr("Recall@5"),
        "recall_at_10": _tr("Recall@10"),
        "precision_at_5": _tr("Precision@5"),
        "mean_average_precision": _tr("Mean average precision"),
    }[name]


def percent(value: float, *, decimals: int = 1) -> str:
    """A share in [0, 1] as a bare number of per cent."""
    return QLocale().toString(100 * float(value), "f", decimals)


def interval_text(interval: Interval) -> str:
    """``84.2 %``, and between what it lies with 95 % confidence."""
    return _tr("{0} %  ({1} to {2})").format(
        percent(interval.value),
        percent(interval.low, decimals=0),
        percent(interval.high, decimals=0),
    )


def signed(value: float) -> str:
    """A difference of shares in points, with its sign."""
    sign = "+" if value >= 0 else "−"
    return f"{sign}{percent(abs(value))}"


def held_title(held: Held) -> str:
    return {
        Held.UNSEEN: _tr("Products it never saw"),
        Held.SEEN: _tr("Products it learned from, by other pictures"),
    }[held]


def held_text(held: Held, comparison: Comparison) -> str:
    """Whose figures these are."""
    return _tr("{0}, {1}").format(
        _tr("{0} queries").format(count_text(comparison.after.n_queries)),
        _tr("{0} products").format(count_text(comparison.after.n_products)),
    ) + ("" if held is Held.UNSEEN else _tr(" · nothing should get worse here"))


def headline(trial: Trial) -> str:
    """What came of it, in a few words."""
    comparison = trial.comparisons.get(Held.UNSEEN)
    if trial.refusal is not None:
        return _tr("Not offered")
    if comparison is None:
        return _tr("Learned")
    return more_text(comparison.recall_gain.value)


def more_text(gain: float) -> str:
    """``Finds 8 of 100 more``."""
    count = round(100 * gain)
    if count == 0:
        return _tr("Finds as many, with the right ones nearer to the front")
    if count < 0:
        return _tr("Finds {0} of 100 fewer").format(count_text(-count))
    return _tr("Finds {0} of 100 more").format(count_text(count))


def told_right_text(before: float, after: float) -> str:
    """How many pictures' category is told right."""
    words = _tr("{0} % of pictures are taken for what they are, {1} % before")
    return words.format(percent(after, decimals=0), percent(before, decimals=0))


def category_cell_text(actual: str, taken_for: str) -> str:
    """Which products a cell of the matrix of categories holds."""
    if actual == taken_for:
        return _tr("“{0}”, told right").format(actual)
    return _tr("“{0}” taken for “{1}”").format(actual, taken_for)


# Versions


def version_name(version: str) -> str:
    """``Version 3``; the model as it came for ''."""
    return _tr("Version {0}").format(version) if version else _tr("As it came")


def date_text(iso: str) -> str:
    """A moment in ISO 8601 in the user's format and time zone."""
    moment = QDateTime.fromString(iso, Qt.DateFormat.ISODate)
    if not moment.isValid():
        return iso
    return QLocale().toString(moment.toLocalTime(), QLocale.FormatType.ShortFormat)


def model_text(model: LearnedModel) -> str:
    """What a version was learned with."""
    return _tr("{0} · {1} products, {2} pictures").format(
        recipe_title(model.recipe), count_text(model.n_products), count_text(model.n_pictures)
    )


def group_name(name: str, *, is_verdict: bool) -> str:
    """What a group of a map is called."""
    if not is_verdict:
        return name or _tr("no value")
    return {
        Verdict.SAME.value: _tr("in a pair called the same"),
        Verdict.VARIANT.value: _tr("in a pair called variants"),
        Verdict.DIFFERENT.value: _tr("in a pair called different"),
        "": _tr("no verdict"),
    }.get(name, name)


def gain_of(model: LearnedModel) -> float | None:
    """The gain in Recall@1 on products it never saw; None where it was not measured."""
    return model.figures.get("unseen_recall_gain")


# Comparing


def moved_text(rank: int, other_rank: int) -> str:
    """Where a hit stands on the other side, '' where at the same place."""
    if other_rank == 0:
        return _tr("only here")
    if other_rank == rank:
        return ""
    return _tr("number {0} on the other side").format(count_text(other_rank))


def agreement_text(n_shared: int, n_shown: int, *, is_same_first: bool) -> str:
    """How far two versions agree on a query."""
    if not n_shown:
        return _tr("Neither finds anything")
    first = _tr("The same product comes first") if is_same_first else _tr("Another comes first")
    return _tr("{0}; {1} of {2} products are shown on both sides.").format(
        first, count_text(n_shared), count_text(n_shown)
    )


def shortcut_entries() -> tuple[tuple[str, str], ...]:
    """What the keyboard does in the workspace: (keys, what)."""
    return (
        (_tr("S, V, D"), _tr("Say of a hard pair: same, variant, different")),
        (
            _tr("Return"),
            _tr("Open the products of a pair, one of the map, a version"),
        ),
        (_tr("Arrows"), _tr("Go to the next picture of the map that way")),
        (_tr("+ − 0"), _tr("Nearer, further away, the whole map")),
        (_tr("Del"), _tr("Remove a version")),
    )
