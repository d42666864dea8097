"""The converter: a program of its own, so that torch is never imported beside the window.

    python -m desktop_app.infra.vision.export ir --card CARD --weights FILE --out FOLDER
    python -m desktop_app.infra.vision.export install --card CARD --file FILE --out FILE

``ir`` writes ``model.xml`` and ``model.bin`` for OpenVINO. ``install`` checks that a weights
file fits the card and keeps what the embedding needs of it. In a frozen build the executable
takes ``--export-model`` in place of ``-m ...``. Exit status 0: done. 3: expected trouble, told
as one line of JSON with ``what``, ``remedy`` and ``details`` on standard output. Verbs that
start with ``mask-`` are those of :mod:`desktop_app.infra.vision.masks.export`.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.model_cards import ModelCard
from desktop_app.infra.vision.masks import export as mask_export

IR_FILE = "model.xml"
EXPECTED_TROUBLE = 3


def write_ir(card: ModelCard, weights: Path, folder: Path) -> None:
    """Convert for OpenVINO: input uint8 (1, side, side, 3), output float32 (1, dimension)."""
    import torch  # noqa: PLC0415 - this module is also imported by those who only start it

    from desktop_app.infra.vision.network import load_network  # noqa: PLC0415
    from desktop_app.infra.vision.openvino_runtime import import_openvino  # noqa: PLC0415
    from desktop_app.infra.vision.weights import read_tensors  # noqa: PLC0415

    openvino = import_openvino()
    network = load_network(card, read_tensors(weights))
    shape = [1, card.preprocessing.side, card.preprocessing.side, 3]
    example = torch.zeros(shape, dtype=torch.uint8)
    with warnings.catch_warnings():
        # OpenVINO traces with torch.jit, which torch has deprecated without a replacement there.
        warnings.simplefilter("ignore")
        model = openvino.convert_model(
            network, example_input=example, input=[(shape, example.dtype)]
        )
    folder.mkdir(parents=True, exist_ok=True)
    # The weights are float16 already; those kept in float32 for their range are few and small.
    openvino.save_model(model, folder / IR_FILE, compress_to_fp16=True)


def install(card: ModelCard, file: Path, out: Path) -> None:
    """Keep in ``out`` what ``card`` needs of the weights in ``file``.

    Raises ModelUnavailable where they do not fit.
    """
    from desktop_app.infra.vision.weights import read_tensors, write_tensors  # noqa: PLC0415

    # Read first: most wrong files are told before torch is imported.
    tensors = read_tensors(file)
    from desktop_app.infra.vision.fitting import fitted_weights  # noqa: PLC0415

    write_tensors(out, fitted_weights(card, tensors, file.name))


def main(arguments: list[str]) -> int:
    try:
        if arguments[:1] and arguments[0].startswith(mask_export.PREFIX):
            mask_export.run(arguments)
        else:
            _run(arguments)
    except ModelUnavailable as error:
        print(
            json.dumps({"what": error.what, "remedy": error.remedy, "details": error.details}),
            flush=True,
        )
        return EXPECTED_TROUBLE
    return 0


def _run(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="export", description=(__doc__ or "").splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    ir = verbs.add_parser("ir")
    ir.add_argument("--weights", type=Path, required=True)
    installing = verbs.add_parser("install")
    installing.add_argument("--file", type=Path, required=True)
    for verb in (ir, installing):
        verb.add_argument("--card", type=Path, required=True)
        verb.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    card = ModelCard.from_json(json.loads(given.card.read_text("utf-8")))
    if given.verb == "ir":
        write_ir(card, given.weights, given.out)
    else:
        install(card, given.file, given.out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
