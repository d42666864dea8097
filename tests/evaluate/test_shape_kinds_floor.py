"""Kinds of shapes on real pictures: with nothing but likeness, and with a head that learned the
labels of other pictures."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.domain.categories import best_temperature, folds_by_group, softmax
from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.images import READING_SIDE
from desktop_app.domain.shape_kinds import (
    POSTERIOR_WEIGHT,
    KindRows,
    KindSpace,
    by_shared_neighbours,
)
from desktop_app.engines import Engines
from desktop_app.infra.learning.logistic import LogisticLearner
from desktop_app.infra.vision.shape.vectors import LENGTH, vectors_of
from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel
from desktop_app.services.shapes.kind_rows import head_rows

pytestmark = [pytest.mark.slow, pytest.mark.real_data, pytest.mark.timeout(600)]

FOLDS = 5


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    folder = tmp_path_factory.mktemp("engines")
    made = Engines(data=folder / "data", cache=folder / "cache")
    yield made
    made.close()


def read(engines: Engines, folder: Path) -> tuple[KindRows, NDArray[np.int64]]:
    """Rows as the catalogue keeps them, and the place of each picture's label."""
    with (folder / "shape_labels.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    embedder = engines.embedder(engines.library.default_name)
    masker, classes = engines.masker(), engines.container_reader()
    channel = SilhouetteShapeChannel()
    look, grey, shapes, shaped = [], [], [], []
    for row, entry in enumerate(listed):
        image = engines.reader.decode(folder / entry["path"], max_side=READING_SIDE)
        picture = SegmentedPicture(image, masker.mask(image))
        look.append(embedder.embed([image.rgb])[0])
        grey.append(classes.read(picture).vector)
        shape = channel.describe(picture)
        if shape is not None and shape.trust >= 0.5:
            shapes.append(shape)
            shaped.append(row)
    outline = np.full((len(listed), LENGTH), np.nan, np.float32)
    vectors, places = vectors_of(shapes)
    outline[np.array(shaped)[places]] = vectors
    _, targets = np.unique([entry["shape"] for entry in listed], return_inverse=True)
    return KindRows(np.stack(look), np.stack(grey), outline), targets.astype(np.int64)


def macro(scores: NDArray[np.float64], targets: NDArray[np.int64]) -> tuple[float, float]:
    """Mean average precision and precision at 5, each picture asking for its shape among all
    others; the mean of the shapes' means."""
    precisions, at_5 = np.zeros(len(targets)), np.zeros(len(targets))
    for row, own in enumerate(targets):
        order = np.argsort(-scores[row], kind="stable")
        right = targets[order[order != row]] == own
        places = np.flatnonzero(right)
        precisions[row] = (np.arange(1, len(places) + 1) / (places + 1)).mean()
        at_5[row] = right[:5].mean()
    shapes = np.unique(targets)
    return (
        float(np.mean([precisions[targets == shape].mean() for shape in shapes])),
        float(np.mean([at_5[targets == shape].mean() for shape in shapes])),
    )


def test_kinds_of_real_containers(engines: Engines, shared_data: Path) -> None:
    rows, targets = read(engines, shared_data)
    placed = KindSpace.of(rows).place(rows).astype(np.float64)
    by_look, _ = macro((rows.look @ rows.look.T).astype(np.float64), targets)
    alike = by_shared_neighbours(placed @ placed.T)
    found, at_5 = macro(alike, targets)
    logits = np.zeros((len(targets), int(targets.max()) + 1))
    vectors = head_rows(rows)
    folds = folds_by_group(targets, np.arange(len(targets)), FOLDS)
    learner = LogisticLearner()
    for fold in range(FOLDS):
        seen, held_out = folds != fold, folds == fold
        weights, bias = learner.fit(vectors[seen], targets[seen], logits.shape[1])
        logits[held_out] = vectors[held_out] @ weights.T + bias
    accuracy = float((logits.argmax(axis=1) == targets).mean())
    # Query and gallery alike are judged by heads that saw neither's own label.
    judged = softmax(logits / best_temperature(logits, targets))
    learned, learned_at_5 = macro(alike + POSTERIOR_WEIGHT * (judged @ judged.T), targets)
    print(
        f"look alone mAP {by_look:.3f}; kinds mAP {found:.3f} P@5 {at_5:.3f}; "
        f"learned mAP {learned:.3f} P@5 {learned_at_5:.3f} accuracy {accuracy:.3f}"
    )
    assert found >= 0.68
    assert found > by_look + 0.06
    assert learned >= 0.88
    assert learned_at_5 >= 0.815
    assert accuracy >= 0.95
