"""What is handed to the process that teaches an adapter, and what it hands back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop_app.domain.learned_models import Projection
from desktop_app.domain.metric_learning import AttributeLabels, LabelledPictures, Recipe
from desktop_app.infra.metric_learning.projection_tensors import projection_from, tensors_of
from desktop_app.infra.metric_learning.tuning_files import Arrays, read_arrays, write_arrays

LESSON_FILE, PROJECTION_FILE = "lesson.safetensors", "projection.safetensors"
START_FILE = "start.safetensors"
_ABOUT = "about"


@dataclass(frozen=True, slots=True, eq=False)
class AdapterLesson:
    """The arguments of AdapterTeacher.teach, and how many threads it may take."""

    recipe: Recipe
    taught: LabelledPictures
    validation: LabelledPictures
    base_key: str
    threads: int

    def write(self, folder: Path) -> None:
        """Raises StorageFull, and UserFacingError where the folder cannot be written."""
        attributes = self.taught.attributes
        about = {
            "recipe": self.recipe.to_json(),
            "base_key": self.base_key,
            "threads": self.threads,
            "columns": list(attributes.columns),
            "names": [list(names) for names in attributes.names],
        }
        arrays = {**_arrays("taught", self.taught), **_arrays("validation", self.validation)}
        write_arrays(folder / LESSON_FILE, arrays, {_ABOUT: json.dumps(about)})

    @classmethod
    def read(cls, folder: Path) -> AdapterLesson:
        """Raises OSError, KeyError, TypeError or ValueError where ``folder`` holds none."""
        arrays, told = read_arrays(folder / LESSON_FILE)
        about = json.loads(told[_ABOUT])
        columns = tuple(about["columns"])
        names = tuple(tuple(of_column) for of_column in about["names"])
        return cls(
            Recipe.from_json(about["recipe"]),
            _pictures("taught", arrays, columns, names),
            _pictures("validation", arrays, columns, names),
            str(about["base_key"]),
            int(about["threads"]),
        )


def write_projection(path: Path, projection: Projection) -> None:
    """Raises StorageFull, and UserFacingError where the folder cannot be written."""
    write_arrays(path, tensors_of(projection), {})


def read_projection(path: Path, base_key: str) -> Projection:
    """Raises OSError, KeyError or ValueError where there is none, or a damaged one."""
    arrays, _ = read_arrays(path)
    return projection_from(arrays, base_key)


def _arrays(part: str, pictures: LabelledPictures) -> Arrays:
    found = {
        "content_ids": pictures.content_ids,
        "products": pictures.products,
        "groups": pictures.groups,
        "vectors": pictures.vectors,
        "attributes": pictures.attributes.values,
        "different": pictures.different,
    }
    return {f"{part}.{name}": np.ascontiguousarray(array) for name, array in found.items()}


def _pictures(
    part: str, arrays: Arrays, columns: tuple[str, ...], names: tuple[tuple[str, ...], ...]
) -> LabelledPictures:
    return LabelledPictures(
        arrays[f"{part}.content_ids"],
        arrays[f"{part}.products"],
        arrays[f"{part}.groups"],
        arrays[f"{part}.vectors"],
        AttributeLabels(columns, names, arrays[f"{part}.attributes"]),
        arrays[f"{part}.different"],
    )
