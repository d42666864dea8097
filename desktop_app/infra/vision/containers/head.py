"""The classifier of containers: three layers on the features of a network, by numpy alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
from numpy.typing import NDArray
from safetensors.numpy import load

from desktop_app.domain.categories import CategoryReport
from desktop_app.domain.container_classes import CONTAINER_CLASSES
from desktop_app.domain.containers import ContainerModelReport
from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.images import FloatMatrix

FOLDER = "container-classes"
CARD_FILE = "classes.json"
WEIGHTS_FILE = "weights.safetensors"
FORMAT = 1
WIDTHS = (1024, 512)
"""Outputs of the two hidden layers, as in the paper."""

LAYERS = tuple(f"{kind}_{number}" for number in range(3) for kind in ("weights", "bias"))


@dataclass(frozen=True, slots=True, eq=False)
class ContainerHead:
    """The head of "multimodal fused search": dense 1024 - dropout 0.5 - dense 512 - softmax over
    the classes, with rectified linear units; dropout is for training alone.

    ``layers`` are pairs of weights (outputs, inputs) and bias (outputs,), float32. Immutable;
    safe from any thread.
    """

    layers: tuple[tuple[FloatMatrix, NDArray[np.float32]], ...]

    def __post_init__(self) -> None:
        inputs = self.dimension
        for (weights, bias), outputs in zip(self.layers, _outputs(), strict=True):
            if weights.shape != (outputs, inputs) or bias.shape != (outputs,):
                raise ValueError(f"a layer of {weights.shape} and {bias.shape}")
            if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
                raise ValueError("a layer that is not finite")
            inputs = outputs

    @property
    def dimension(self) -> int:
        """Of the vectors it takes."""
        return int(self.layers[0][0].shape[1])

    def probabilities(self, vectors: FloatMatrix) -> FloatMatrix:
        """(n, 15) of unit ``vectors`` (n, dimension), in the order of CONTAINER_CLASSES; rows
        sum to 1."""
        *hidden, last = self.layers
        values = vectors
        for weights, bias in hidden:
            values = np.maximum(values @ weights.T + bias, 0)
        logits = values @ last[0].T + last[1]
        found = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(found / found.sum(axis=1, keepdims=True), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class ClassifierCard:
    """What is known of the classifier. ``backbone`` is the key of the network whose features it
    takes, ``view_version`` that of the grey views. ``recipe`` and ``data`` tell how and on what
    it was trained, ``figures`` what else was measured, by name."""

    backbone: str
    view_version: int
    sha256: str
    licence: str
    recipe: str
    data: Sequence[str]
    report: ContainerModelReport
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Names the weights."""
        return f"containers@{self.sha256[:12]}"

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; :meth:`from_json` is its inverse."""
        by_design = self.report.by_design
        return {
            "format": FORMAT,
            "name": FOLDER,
            "labels": [container.value for container in CONTAINER_CLASSES],
            "backbone": self.backbone,
            "view_version": self.view_version,
            "sha256": self.sha256,
            "licence": self.licence,
            "recipe": self.recipe,
            "data": list(self.data),
            "measured_on": self.report.origin,
            "by_product": _report_json(self.report.by_product),
            "by_design": None if by_design is None else _report_json(by_design),
            "figures": dict(self.figures),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClassifierCard:
        """Raises KeyError, TypeError or ValueError where ``data`` is not of the written form."""
        if data["format"] != FORMAT or data["labels"] != [c.value for c in CONTAINER_CLASSES]:
            raise ValueError("classes of another version")
        by_design = data["by_design"]
        return cls(
            backbone=str(data["backbone"]),
            view_version=int(data["view_version"]),
            sha256=str(data["sha256"]),
            licence=str(data["licence"]),
            recipe=str(data["recipe"]),
            data=tuple(map(str, data["data"])),
            report=ContainerModelReport(
                _report(data["by_product"]),
                None if by_design is None else _report(by_design),
                str(data["measured_on"]),
            ),
            figures=dict(data["figures"]),
        )


def read_classifier_card(folder: Path) -> ClassifierCard:
    """Raises ModelUnavailable where it is missing or damaged."""
    path = folder / CARD_FILE
    try:
        return ClassifierCard.from_json(json.loads(path.read_text("utf-8")))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error


def read_head(folder: Path, card: ClassifierCard) -> ContainerHead:
    """The weights beside ``card``. Raises ModelUnavailable where they are missing or damaged."""
    path = folder / WEIGHTS_FILE
    try:
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != card.sha256:
            raise ValueError("the weights are not those of the card")
        arrays = {name: array.astype(np.float32) for name, array in load(data).items()}
        flat = [arrays[name] for name in LAYERS]
        return ContainerHead(tuple(zip(flat[::2], flat[1::2], strict=True)))
    except (OSError, KeyError, ValueError, safetensors.SafetensorError) as error:
        raise _damaged(path, error) from error


def _outputs() -> tuple[int, ...]:
    return (*WIDTHS, len(CONTAINER_CLASSES))


def _report_json(report: CategoryReport) -> dict[str, Any]:
    per_label = zip(report.labels, report.precision, report.recall, report.f1, strict=True)
    return {
        "accuracy": round(report.accuracy, 4),
        "macro_f1": round(report.macro_f1, 4),
        "n_pictures": report.n_pictures,
        "folds": report.folds,
        "matrix": report.matrix.tolist(),
        "per_class": {
            label: {"precision": round(p, 4), "recall": round(r, 4), "f1": round(f1, 4)}
            for label, p, r, f1 in per_label
        },
    }


def _report(data: Mapping[str, Any]) -> CategoryReport:
    """The matrix says everything."""
    labels = tuple(container.value for container in CONTAINER_CLASSES)
    matrix = np.array(data["matrix"], np.int64)
    if matrix.shape != (len(labels), len(labels)) or matrix.sum() <= 0:
        raise ValueError("not a confusion matrix")
    return CategoryReport.of(labels, matrix, folds=int(data["folds"]))


def _damaged(path: Path, error: Exception) -> ModelUnavailable:
    return ModelUnavailable(
        "What was learned about kinds of containers is missing or damaged.",
        remedy="Install Twinshelf again.",
        details=f"{path}: {error}",
    )
