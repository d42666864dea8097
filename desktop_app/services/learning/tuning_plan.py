"""What a run of tuning learns from, kept beside its checkpoint.

A run takes hours, and meanwhile a person adds products, edits columns and says what is the same.
None of that should cost the run: it goes on with what it was begun with, as long as all of it is
still there and shows the same products.
"""

from __future__ import annotations

import io
import json
import logging
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.metric_learning import AttributeLabels, Recipe
from desktop_app.services.exporting import written_whole
from desktop_app.services.learning.splitting import Split
from desktop_app.services.learning.supervision import Supervision

log = logging.getLogger(__name__)

PLAN_FILE = "plan.npz"


def kept_plan(
    folder: Path, recipe: Recipe, supervision: Supervision, split: Split
) -> tuple[Supervision, Split]:
    """What the run in ``folder`` was begun with by this very recipe, where that is still so; else
    ``supervision`` and ``split``, which are kept from now on. Raises StorageFull, and
    UserFacingError where the folder cannot be written."""
    known = _read(folder / PLAN_FILE, recipe, supervision)
    if known is not None:
        return known
    pictures = supervision.pictures
    columns = {"columns": pictures.attributes.columns, "names": pictures.attributes.names}
    data = io.BytesIO()
    np.savez(
        data,
        about=np.array([json.dumps({"recipe": recipe.to_json(), **columns})]),
        content_ids=pictures.content_ids,
        products=pictures.products,
        groups=pictures.groups,
        different=pictures.different,
        attributes=pictures.attributes.values,
        parts=split.parts,
    )
    folder.mkdir(parents=True, exist_ok=True)
    with written_whole(folder / PLAN_FILE) as part:
        part.write_bytes(data.getvalue())
    return supervision, split


def begun_recipe(folder: Path) -> Recipe | None:
    """What the run in ``folder`` was begun by; None where there is none, or it is damaged."""
    try:
        with (folder / PLAN_FILE).open("rb") as stream:
            about = np.load(stream, allow_pickle=False)["about"]
        return Recipe.from_json(json.loads(str(about[0]))["recipe"])
    except (OSError, KeyError, TypeError, ValueError, IndexError, EOFError, zipfile.BadZipFile):
        return None


def _read(path: Path, recipe: Recipe, supervision: Supervision) -> tuple[Supervision, Split] | None:
    """None where there is no plan, or none that still holds."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(str(arrays["about"][0]))
        if Recipe.from_json(about["recipe"]) != recipe:
            return None
        rows = _places(arrays["content_ids"], arrays["products"], supervision)
        if rows is None:
            return None
        names = tuple(tuple(map(str, of_column)) for of_column in about["names"])
        attributes = AttributeLabels(tuple(map(str, about["columns"])), names, arrays["attributes"])
        pictures = replace(
            supervision.pictures.only(rows),
            groups=arrays["groups"],
            different=arrays["different"],
            attributes=attributes,
        )
        split = Split(arrays["parts"])
    except FileNotFoundError:
        return None
    except (OSError, KeyError, TypeError, ValueError, IndexError, EOFError, zipfile.BadZipFile):
        log.warning("%s is damaged, tuning starts anew", path, exc_info=True)
        return None
    shown_by = supervision.shown_by[rows]
    return replace(supervision, pictures=pictures, shown_by=shown_by), split


def _places(
    content_ids: NDArray[np.int64], products: NDArray[np.int64], supervision: Supervision
) -> NDArray[np.intp] | None:
    """Rows of the contents among those there are now; None where one is gone or shows another
    product."""
    pictures = supervision.pictures
    order = np.argsort(pictures.content_ids, kind="stable")
    places = np.searchsorted(pictures.content_ids, content_ids, sorter=order)
    if (places >= len(order)).any():
        return None
    rows: NDArray[np.intp] = order[places]
    same = (pictures.content_ids[rows] == content_ids) & (pictures.products[rows] == products)
    return rows if bool(same.all()) else None
