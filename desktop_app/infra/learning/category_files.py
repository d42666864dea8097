"""What was learned of the categories, as safetensors: no code can hide in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
from safetensors.numpy import save

from desktop_app.domain.categories import (
    CategoryHead,
    CategoryReport,
    JudgedPictures,
    LearnedCategories,
)
from desktop_app.domain.errors import StorageFull, UserFacingError
from desktop_app.infra.whole_files import is_full, written_whole

FORMAT = 2
NOBODY = JudgedPictures(*(np.empty(0, np.int64) for _ in range(3)))


class SafetensorsCategoryFiles:
    """The CategoryFiles port."""

    def load(self, path: Path) -> LearnedCategories | None:
        """See CategoryFiles. What is wrong with a file does not matter: it is a cache."""
        try:
            with safetensors.safe_open(path, framework="numpy") as file:
                about = json.loads((file.metadata() or {})["about"])
                arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return _learned(about, arrays)
        except FileNotFoundError:
            return None
        except (OSError, KeyError, TypeError, ValueError, safetensors.SafetensorError):
            return None

    def save(self, path: Path, learned: LearnedCategories) -> None:
        """See CategoryFiles."""
        data = save(_arrays(learned), {"about": json.dumps(_about(learned))})
        try:
            with written_whole(path) as stream:
                stream.write(data)
        except OSError as error:
            if is_full(error):
                raise StorageFull(
                    f"The disk is full; “{path.name}” was not written.",
                    remedy="Free some space.",
                ) from error
            raise UserFacingError(
                f"“{path.name}” could not be written.",
                remedy=f"Check that {path.parent} can be written to.",
                details=str(error),
            ) from error


def _about(learned: LearnedCategories) -> dict[str, Any]:
    report = learned.report
    return {
        "format": FORMAT,
        "key": learned.key,
        "labels": list(learned.head.labels),
        "temperature": learned.head.temperature,
        "nearness": learned.head.nearness,
        "folds": report.folds,
        "n_sampled_from": report.n_sampled_from,
        "column": report.column,
    }


def _arrays(learned: LearnedCategories) -> dict[str, Any]:
    judged = learned.report.judged or NOBODY
    return {
        "judged": np.stack([judged.content_ids, judged.actual, judged.taken_for]),
        "weights": np.ascontiguousarray(learned.head.weights),
        "bias": learned.head.bias,
        "centres": np.ascontiguousarray(learned.head.centres),
        "matrix": learned.report.matrix,
        "content_ids": learned.content_ids,
        "targets": learned.targets,
    }


def _learned(about: dict[str, Any], arrays: dict[str, Any]) -> LearnedCategories:
    """Raises KeyError, TypeError or ValueError where it does not add up."""
    labels = tuple(map(str, about["labels"]))
    weights, bias, centres = arrays["weights"], arrays["bias"], arrays["centres"]
    matrix, content_ids, targets = arrays["matrix"], arrays["content_ids"], arrays["targets"]
    judged = arrays["judged"]
    count = len(labels)
    numbers = (weights, bias, centres)
    if (
        about["format"] != FORMAT
        or weights.ndim != 2
        or len(weights) != count
        or centres.shape != weights.shape
        or bias.shape != (count,)
        or matrix.shape != (count, count)
        or content_ids.shape != targets.shape
        or judged.ndim != 2
        or len(judged) != 3
        or any(array.dtype != np.float32 or not np.isfinite(array).all() for array in numbers)
        or any(array.dtype != np.int64 for array in (matrix, content_ids, targets, judged))
    ):
        raise ValueError("not of the written form")
    report = CategoryReport.of(
        labels,
        matrix,
        folds=int(about["folds"]),
        n_sampled_from=int(about["n_sampled_from"]),
        column=str(about["column"]),
        judged=JudgedPictures(judged[0].copy(), judged[1].copy(), judged[2].copy()),
    )
    head = CategoryHead(
        labels, weights, bias, float(about["temperature"]), centres, float(about["nearness"])
    )
    return LearnedCategories(str(about["key"]), head, report, content_ids, targets)
