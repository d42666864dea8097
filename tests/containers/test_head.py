"""The classifier as numpy runs it, and its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from desktop_app.domain.categories import CategoryReport
from desktop_app.domain.container_classes import CONTAINER_CLASSES
from desktop_app.domain.containers import ContainerModelReport
from desktop_app.domain.errors import ModelUnavailable
from desktop_app.infra.training.container_head import as_head, network
from desktop_app.infra.training.train_containers import export
from desktop_app.infra.vision.containers.head import (
    CARD_FILE,
    WEIGHTS_FILE,
    ClassifierCard,
    ContainerHead,
    read_classifier_card,
    read_head,
)

COUNT = len(CONTAINER_CLASSES)
DIMENSION = 24


def drawn_head(seed: int = 0) -> ContainerHead:
    torch.manual_seed(seed)
    made = network(DIMENSION)
    return as_head(made, np.zeros(DIMENSION, np.float32), np.ones(DIMENSION, np.float32))


def card() -> ClassifierCard:
    labels = [container.value for container in CONTAINER_CLASSES]
    matrix = np.eye(COUNT, dtype=np.int64) * 9
    matrix[1, 2] = 1
    report = CategoryReport.of(labels, matrix, folds=5)
    told = ContainerModelReport(report, None, "Nine pictures of each.")
    return ClassifierCard("net@1", 1, "", "MIT", "Taught.", ("drawn",), told, {"real": 0.5})


def test_the_head_gives_what_the_network_gives() -> None:
    torch.manual_seed(3)
    made = network(DIMENSION).eval()
    rng = np.random.default_rng(1)
    mean = rng.normal(0, 0.1, DIMENSION).astype(np.float32)
    spread = rng.uniform(0.02, 0.2, DIMENSION).astype(np.float32)
    vectors = rng.normal(0, 0.1, (40, DIMENSION)).astype(np.float32)
    with torch.no_grad():
        expected = made(torch.from_numpy((vectors - mean) / spread)).softmax(dim=1).numpy()
    found = as_head(made, mean, spread).probabilities(vectors)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


def test_weights_and_card_come_back(tmp_path: Path) -> None:
    head = drawn_head()
    written = export(tmp_path, head, card())
    again = read_classifier_card(tmp_path)
    assert again.key == written.key
    assert again.report.by_product.matrix.tolist() == written.report.by_product.matrix.tolist()
    assert again.figures == {"real": 0.5}
    vectors = np.random.default_rng(0).normal(0, 0.2, (8, DIMENSION)).astype(np.float32)
    np.testing.assert_allclose(
        read_head(tmp_path, again).probabilities(vectors), head.probabilities(vectors), atol=2e-3
    )


@pytest.mark.parametrize("name", [CARD_FILE, WEIGHTS_FILE])
@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_damaged_files_are_told(tmp_path: Path, name: str, harm: str) -> None:
    export(tmp_path, drawn_head(), card())
    path = tmp_path / name
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:-40])
    else:
        path.unlink()
    with pytest.raises(ModelUnavailable, match="missing or damaged"):
        read_head(tmp_path, read_classifier_card(tmp_path))


def test_weights_of_another_training_are_refused(tmp_path: Path) -> None:
    first = export(tmp_path, drawn_head(0), card())
    export(tmp_path, drawn_head(1), card())
    with pytest.raises(ModelUnavailable):
        read_head(tmp_path, first)


def test_layers_that_do_not_fit_are_refused() -> None:
    layers = drawn_head().layers
    with pytest.raises(ValueError, match="a layer"):
        ContainerHead((layers[0], layers[2], layers[1]))
