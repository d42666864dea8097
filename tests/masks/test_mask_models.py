"""Mask weights from files: both sizes, from both formats; what is no U²-Net is refused."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.vision import export
from desktop_app.infra.vision.masks.cards import SHIPPED, SMALL, write_mask_card
from desktop_app.infra.vision.masks.export import CARD_TEMPLATE
from desktop_app.infra.vision.masks.importing import fitted_mask_weights
from desktop_app.infra.vision.masks.mask_models import MaskModels
from desktop_app.infra.vision.masks.saliency import OpenVinoSaliency, TorchSaliency
from desktop_app.infra.vision.masks.u2net import U2Net
from desktop_app.infra.vision.model_library import ModelLibrary
from desktop_app.infra.vision.weights import read_tensors, write_tensors
from tests.masks.conftest import bottle, cluttered


class InProcessConverter:
    """The converter without its process; trouble is told as the process tells it."""

    def __call__(self, arguments: Sequence[str], token: CancelToken | None = None) -> None:  # noqa: ARG002
        if export.main(list(arguments)):
            raise ModelUnavailable("does not hold the weights of U²-Net")


@pytest.fixture
def models(tmp_path: Path) -> MaskModels:
    """A shipped network of random weights with a small input, and nothing imported."""
    torch.manual_seed(0)
    folder = tmp_path / "shipped" / SHIPPED
    digest = write_tensors(folder / "weights.safetensors", kept(U2Net(SMALL).state_dict()))
    card = dataclasses.replace(
        CARD_TEMPLATE, name=SHIPPED, architecture=SMALL, side=64, sha256=digest
    )
    write_mask_card(folder, card)
    return MaskModels(
        tmp_path / "shipped", tmp_path / "user", tmp_path / "cache", converter=InProcessConverter()
    )


def kept(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}


def test_an_official_torch_file_is_imported_used_and_removed(
    models: MaskModels, tmp_path: Path
) -> None:
    file = tmp_path / "u2netp.pth"
    torch.save(U2Net(SMALL).state_dict(), file)
    shipped = models.card()
    card = models.import_mask_weights(file)
    assert models.card() == card
    assert (card.architecture, card.side) == (SMALL, 320)
    assert card.key != shipped.key
    models.remove_imported()
    assert models.card() == shipped


def test_both_engines_see_the_same(models: MaskModels, tmp_path: Path) -> None:
    rgb, _ = bottle(cluttered())
    with_openvino = models.saliency(models.card())
    assert isinstance(with_openvino, OpenVinoSaliency)
    weights = tmp_path / "shipped" / SHIPPED / "weights.safetensors"
    with_torch = TorchSaliency(models.card(), read_tensors(weights))
    difference = np.abs(with_openvino(rgb) - with_torch(rgb))
    assert difference.shape == (64, 64)
    assert difference.max() < 0.05


def test_the_full_network_is_told_by_its_shapes() -> None:
    state = {
        f"module.{name}": torch.zeros(shape)
        for name, shape in ((n, v.shape) for n, v in _full_on_meta().items())
    }
    architecture, tensors = fitted_mask_weights(state, "u2net.pth")
    assert architecture == "u2net"
    assert tensors["stage6.rebnconv4.conv_s1.weight"].dtype == torch.float16
    assert tensors["stage6.rebnconv4.bn_s1.weight"].dtype == torch.float32


@pytest.mark.parametrize(
    ("spoil", "details"),
    [
        (lambda s: s.pop("side3.weight"), "missing, side3.weight"),
        (lambda s: s.update({"head.weight": torch.zeros(2)}), "unknown, head.weight"),
        (lambda s: s.update({"side2.weight": torch.zeros(1, 5, 3, 3)}), "side2.weight is"),
        (lambda s: s["side2.weight"].fill_(float("nan")), "not finite"),
    ],
)
def test_foreign_weights_are_refused_with_the_reason(spoil: object, details: str) -> None:
    state = dict(U2Net(SMALL).state_dict())
    spoil(state)  # type: ignore[operator]
    with pytest.raises(ModelUnavailable, match=r"other\.pth does not hold") as caught:
        fitted_mask_weights(state, "other.pth")
    assert details in caught.value.details


@pytest.mark.parametrize("content", [b"", b"<html>sign in</html>", b"GIF89a...", b"PK\x03\x04no"])
def test_files_that_are_no_weights_change_nothing(
    models: MaskModels, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "weights.pth"
    file.write_bytes(content)
    before = models.card()
    with pytest.raises(ModelUnavailable):
        models.import_mask_weights(file)
    assert models.card() == before
    assert [path.name for path in (tmp_path / "user").iterdir()] == []


def test_mask_models_are_not_offered_for_embedding(
    models: MaskModels, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        library = ModelLibrary(tmp_path / "shipped", tmp_path / "user", tmp_path / "cache")
        assert SMALL not in [card.name for card in library.cards()]
    assert not caplog.records


def test_importing_the_masker_loads_neither_torch_nor_openvino() -> None:
    import subprocess
    import sys

    script = (
        "import sys; import desktop_app.infra.vision.masks.mask_models;"
        "import desktop_app.infra.vision.masks.masker;"
        "sys.exit(str({'torch', 'openvino'} & set(sys.modules)) "
        "if {'torch', 'openvino'} & set(sys.modules) else 0)"
    )
    project = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", script], check=True, cwd=project)


def _full_on_meta() -> dict[str, torch.Tensor]:
    with torch.device("meta"):
        return kept(U2Net("u2net").state_dict())
