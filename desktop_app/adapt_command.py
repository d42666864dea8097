"""The command that learns a catalogue's own products, and looks after what was learned."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.learned_models import (
    Held,
    HeldOutFigures,
    Interval,
    LearnedModel,
    LearnStep,
    Prospects,
    Refusal,
    Trial,
)
from desktop_app.domain.metric_learning import RECIPES, Recipe
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.services.workspace import Workspace

Show = Callable[[Progress], None]

_HELD = {
    Held.UNSEEN: "products it has not seen",
    Held.SEEN: "other pictures of products it learned",
}
_FIGURES: Mapping[str, Callable[[HeldOutFigures], Interval]] = {
    "R@1": lambda figures: figures.recall_at_1,
    "R@5": lambda figures: figures.recall_at_5,
    "R@10": lambda figures: figures.recall_at_10,
    "P@5": lambda figures: figures.precision_at_5,
    "mAP": lambda figures: figures.mean_average_precision,
}


def add_adapt_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes beside the common options."""
    parser.add_argument(
        "--recipe",
        choices=[recipe.name for recipe in RECIPES],
        default=RECIPES[0].name,
        help="how it is learned (default: %(default)s)",
    )
    parser.add_argument(
        "--attributes",
        default="",
        metavar="COLUMNS",
        help="columns for the recipes that use some, comma-separated (default: those advised)",
    )
    parser.add_argument(
        "--fresh",
        action="store_true",
        help="begin anew where a thorough recipe was stopped, instead of going on from there",
    )
    parser.add_argument("--note", default="", help="kept with the version")
    parser.add_argument(
        "--accept", action="store_true", help="search with the new version where it is offered"
    )
    others = parser.add_mutually_exclusive_group()
    others.add_argument("--list", action="store_true", help="what was learned, and nothing else")
    others.add_argument("--use", metavar="VERSION", help="search with this version")
    others.add_argument(
        "--back", action="store_true", help="search with the version before, or with none"
    )
    parser.add_argument(
        "--version", metavar="VERSION", help="which to export (default: the one in use, or last)"
    )
    others.add_argument("--export", type=Path, metavar="FILE", help="write a version to a file")
    others.add_argument(
        "--import", type=Path, metavar="FILE", dest="import_from", help="add a version from a file"
    )


def run_adapt(options: argparse.Namespace, workspace: Workspace, show: Show) -> dict[str, Any]:
    """Learn, or do what was asked for instead."""
    workspace.load_index()
    learning = workspace.learning
    if options.list:
        return _listed(workspace)
    if options.use is not None:
        return _used(workspace, options.use, show)
    if options.back:
        return _used(workspace, _former(workspace), show)
    if options.export is not None:
        version = options.version or learning.active or _last(learning.versions())
        learning.export(version, options.export)
        print(f"Version {version} written to {options.export}")
        return {"version": version, "file": str(options.export)}
    if options.import_from is not None:
        model = learning.import_from(options.import_from)
        print(f"Added as version {model.version}; nothing is searched with it yet.")
        return {"version": model.version, "model": model.to_json()}
    return _learned(options, workspace, show)


def _learned(options: argparse.Namespace, workspace: Workspace, show: Show) -> dict[str, Any]:
    learning, recipe = workspace.learning, _recipe(options)
    prospects = learning.prospects()
    _print_prospects(prospects)
    if options.fresh:
        learning.forget_tuning(recipe)
    elif learning.has_begun(recipe):
        print("Going on from where it was stopped; --fresh begins anew.")
    model, trial = _end_of(learning.learn(recipe, CancelToken()), show)
    if trial.refusal is Refusal.TOO_FEW and model is None:
        raise UserFacingError(
            trial.reason,
            remedy="Add a second picture to some products, or say which products are the same.",
        )
    if model is not None and options.note:
        model = learning.annotate(model.version, options.note)
    result: dict[str, Any] = {
        "recipe": recipe.name,
        "prospects": {**asdict(prospects), "attributes": dict(prospects.attributes)},
        "offered": trial.refusal is None,
        "refusal": None if trial.refusal is None else trial.refusal.value,
        "reason": trial.reason,
        "taught_s": round(trial.taught_s, 3),
        "version": None if model is None else model.version,
        "model": None if model is None else model.to_json(),
        **_scorecard(trial),
        "curve": [asdict(point) for point in trial.curve],
    }
    _print_trial(trial)
    if model is None:
        return {**result, "active": learning.active}
    print(
        f"Kept as version {model.version}, learned in {trial.taught_s:.1f} s from "
        f"{model.n_pictures} pictures of {model.n_products} products."
    )
    if options.accept and trial.refusal is None:
        _take_up(workspace, model.version, show)
    elif trial.refusal is None:
        print(f"Search with it: twinshelf adapt -c … --use {model.version}")
    return {**result, "active": learning.active}


def _end_of(steps: Iterable[LearnStep], show: Show) -> tuple[LearnedModel | None, Trial]:
    model, trial = None, None
    for step in steps:
        show(step.progress)
        model, trial = step.model, step.trial
    assert trial is not None
    return model, trial


def _recipe(options: argparse.Namespace) -> Recipe:
    recipe = next(known for known in RECIPES if known.name == options.recipe)
    columns = tuple(name.strip() for name in options.attributes.split(",") if name.strip())
    if columns and recipe.attribute_weight <= 0:
        using = [known.name for known in RECIPES if known.attribute_weight > 0]
        raise UserFacingError(
            f"The recipe {recipe.name} does not use columns.",
            remedy=f"Choose {' or '.join(using)}, or leave --attributes out.",
        )
    return replace(recipe, attributes=columns) if columns else recipe


def _used(workspace: Workspace, version: str, show: Show) -> dict[str, Any]:
    _take_up(workspace, version, show)
    return {"active": workspace.learning.active}


def _take_up(workspace: Workspace, version: str, show: Show) -> None:
    model = workspace.model_for(version)
    for step in workspace.take_up(version, CancelToken()):
        show(step.progress)
    if model != workspace.model_name:
        print(f"The catalogue is read with the model {model}.")
    if version:
        print(f"Version {version} is searched with from now on.")
    else:
        print("The model is searched with as it came.")


def _former(workspace: Workspace) -> str:
    """The version that the one in use was learned after, where it is still there. Raises
    UserFacingError where none is in use."""
    learning = workspace.learning
    models = {model.version: model for model in learning.versions()}
    if not (active := learning.active):
        raise UserFacingError(
            "There is nothing to go back from: no learned version is in use.",
            remedy="See what there is with --list.",
        )
    parent = models[active].parent if active in models else ""
    return parent if parent in models else ""


def _last(models: Iterable[LearnedModel]) -> str:
    versions = [model.version for model in models]
    if not versions:
        raise UserFacingError("Nothing was learned yet.", remedy="Run twinshelf adapt first.")
    return versions[-1]


def _listed(workspace: Workspace) -> dict[str, Any]:
    learning = workspace.learning
    models, active = learning.versions(), learning.active
    for model in models:
        mark = "*" if model.version == active else " "
        figures = model.figures
        told = "not tried here"
        if "unseen_recall_at_1_after" in figures:
            before, after = (figures[f"unseen_recall_at_1_{when}"] for when in ("before", "after"))
            told = f"R@1 {before:.3f} → {after:.3f}"
        offered = "offered" if model.is_offered else "refused"
        print(
            f"{mark} {model.version:>3}  {model.made_at[:16]}  {model.recipe.name:<22}"
            f"{offered:<9}{told}  {model.note}".rstrip()
        )
    if not models:
        print("Nothing was learned yet.")
    return {"active": active, "versions": [model.to_json() for model in models]}


def _print_prospects(prospects: Prospects) -> None:
    print(
        f"{prospects.n_pictures} pictures of {prospects.n_products} products with several · "
        f"{prospects.n_same} pairs called the same, {prospects.n_different} different"
    )


def _print_trial(trial: Trial) -> None:
    for held, comparison in trial.comparisons.items():
        before, after = comparison.before, comparison.after
        print(f"{_HELD[held]}: {before.n_queries} pictures of {before.n_products}")
        print(f"  {'':5} {'before':<24} after")
        for name, of in _FIGURES.items():
            print(f"  {name:5} {_interval(of(before)):<24} {_interval(of(after))}")
        gain = comparison.recall_gain
        print(f"  gain  R@1 {100 * gain.value:+.1f} points, from {_points(gain)}")
    verb = "Offered" if trial.refusal is None else "Refused"
    print(f"{verb}: {trial.reason}")


def _interval(figure: Interval) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def _points(gain: Interval) -> str:
    return f"{100 * gain.low:+.1f} to {100 * gain.high:+.1f} with 95 % confidence"


def _scorecard(trial: Trial) -> dict[str, Any]:
    """Held-out figures before and after, by what was held out."""
    return {held.value: asdict(told) for held, told in trial.comparisons.items()}
