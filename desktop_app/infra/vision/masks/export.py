"""The converter's part that concerns masks; see :mod:`desktop_app.infra.vision.export`.

python -m desktop_app.infra.vision.export mask-ir --card CARD --weights FILE --out FOLDER
python -m desktop_app.infra.vision.export mask-install --file FILE --out FOLDER
"""

from __future__ import annotations

import argparse
import json
import warnings
from dataclasses import replace
from pathlib import Path

from desktop_app.infra.vision.card_files import WEIGHTS_FILE
from desktop_app.infra.vision.masks.cards import FULL, MaskCard, write_mask_card

PREFIX = "mask-"
CARD_TEMPLATE = MaskCard(
    name="u2net-imported",
    title="U²-Net",
    summary="Imported from a file.",
    architecture=FULL,
    # What the authors trained and published their weights for.
    side=320,
    licence="as its publisher says",
    commercial_use=False,
    origin="",
)


def write_mask_ir(card: MaskCard, weights: Path, folder: Path) -> None:
    """Convert for OpenVINO: input uint8 (1, side, side, 3), output float32 (1, side, side)."""
    import torch  # noqa: PLC0415 - this module is also imported by those who only start it

    from desktop_app.infra.vision.export import IR_FILE  # noqa: PLC0415
    from desktop_app.infra.vision.masks.u2net import load_saliency  # noqa: PLC0415
    from desktop_app.infra.vision.openvino_runtime import import_openvino  # noqa: PLC0415
    from desktop_app.infra.vision.weights import read_tensors  # noqa: PLC0415

    openvino = import_openvino()
    network = load_saliency(card, read_tensors(weights))
    shape = [1, card.side, card.side, 3]
    example = torch.zeros(shape, dtype=torch.uint8)
    with warnings.catch_warnings():
        # OpenVINO traces with torch.jit, which torch has deprecated without a replacement there.
        warnings.simplefilter("ignore")
        model = openvino.convert_model(
            network, example_input=example, input=[(shape, example.dtype)]
        )
    folder.mkdir(parents=True, exist_ok=True)
    openvino.save_model(model, folder / IR_FILE, compress_to_fp16=True)


def install_mask(file: Path, folder: Path) -> MaskCard:
    """Keep the weights of ``file`` and a card for them in ``folder``.

    Raises ModelUnavailable where they are not U²-Net's.
    """
    from desktop_app.infra.vision.masks.importing import fitted_mask_weights  # noqa: PLC0415
    from desktop_app.infra.vision.weights import (  # noqa: PLC0415
        read_tensors,
        sha256_of,
        write_tensors,
    )

    architecture, tensors = fitted_mask_weights(read_tensors(file), file.name)
    size = "full" if architecture == FULL else "small"
    card = replace(
        CARD_TEMPLATE,
        title=f"U²-Net, {size}, from {file.name}",
        architecture=architecture,
        origin=f"the file {file.name}, chosen by a person",
        sha256=write_tensors(folder / WEIGHTS_FILE, tensors),
        source_sha256=sha256_of(file),
    )
    write_mask_card(folder, card)
    return card


def run(arguments: list[str]) -> None:
    """Do what the command line says. Raises ModelUnavailable."""
    parser = argparse.ArgumentParser(prog="export", description=(__doc__ or "").split("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    ir = verbs.add_parser(f"{PREFIX}ir")
    ir.add_argument("--card", type=Path, required=True)
    ir.add_argument("--weights", type=Path, required=True)
    installing = verbs.add_parser(f"{PREFIX}install")
    installing.add_argument("--file", type=Path, required=True)
    for verb in (ir, installing):
        verb.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    if given.verb == f"{PREFIX}ir":
        card = MaskCard.from_json(json.loads(given.card.read_text("utf-8")))
        write_mask_ir(card, given.weights, given.out)
    else:
        install_mask(given.file, given.out)
