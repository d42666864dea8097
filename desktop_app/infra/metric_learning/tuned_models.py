"""What comes of tuning: a model of the library, with a card that says where it is from."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np

from desktop_app.domain.learned_models import Projection
from desktop_app.domain.model_cards import ModelCard
from desktop_app.infra.metric_learning.projection_tensors import projection_from
from desktop_app.infra.metric_learning.tuning_files import TuningJob

TUNED_FROM = "Tuned from "
"""How the origin of a tuned model begins."""


def card_of_result(
    job: TuningJob, result: dict[str, Any], *, name: str, catalogue: str
) -> ModelCard:
    """Of the model that came of ``job``, as ``result`` tells: licence and lineage on it."""
    base, recipe = job.card, job.recipe
    what = "all of it" if recipe.stages == 0 else f"its last {recipe.stages} stages"
    note = f"Tuned on the pictures of the catalogue {catalogue}, which are not part of the model."
    return replace(
        base,
        name=name,
        title=f"{base.title}, {catalogue}",
        summary=f"Learned from the products of {catalogue}.",
        dimension=int(result["dimension"]),
        projected=bool(result["projected"]),
        licence_note=f"{base.licence_note} {note}".strip(),
        origin=f"{TUNED_FROM}{base.key} ({base.origin})",
        source_url="",
        source_sha256=base.sha256,
        download_mb=0,
        sha256=str(result["sha256"]),
        recipe=(
            f"{recipe.title}: {what} tuned on {len(job.taught)} pictures of "
            f"{len(np.unique(job.taught.products))} products, {result['steps']} steps at "
            f"{recipe.side} pixels. {json.dumps(recipe.to_json(), sort_keys=True)}"
        ),
        metrics={
            key: float(result[key])
            for key in ("validation_recall_at_1_before", "validation_recall_at_1")
        },
    )


def free_name(base: str, catalogue: str, taken: Collection[str]) -> str:
    """``<base>-<catalogue>-<n>``, with the least n that nobody has. What an earlier tuning to the
    catalogue added to the base's name does not count."""
    slug = re.sub(r"[^a-z0-9]+", "-", catalogue.casefold()).strip("-")[:40].strip("-")
    slug = slug or "catalogue"
    stem = re.sub(rf"-{re.escape(slug)}-\d+$", "", base)
    number = 1
    while f"{stem}-{slug}-{number}" in taken:
        number += 1
    return f"{stem}-{slug}-{number}"


def unchanged(base_key: str, dimension: int) -> Projection:
    """Leaves the vectors of a model as they are, under a key of their own."""
    return projection_from(
        {
            "linear": np.eye(dimension, dtype=np.float32),
            "hidden": np.empty((0, dimension), np.float32),
            "hidden_bias": np.empty(0, np.float32),
            "output": np.empty((dimension, 0), np.float32),
        },
        base_key,
    )
