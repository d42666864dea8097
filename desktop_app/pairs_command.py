"""The command that measures how well duplicates are told from lookalikes."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktop_app.domain.duplicate_ports import ComparedPicture
from desktop_app.domain.duplicates import SAME_THRESHOLD
from desktop_app.domain.progress import CancelToken
from desktop_app.engines import Engines
from desktop_app.services.duplicates.compared_pictures import ComparedPictures
from desktop_app.services.evaluate_pairs import POSITIVE, PairsReport, evaluate_pairs, read_pairs


def add_pairs_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes beside the common options."""
    parser.add_argument(
        "--pairs", type=Path, required=True, help="CSV: path_a,path_b,label, in UTF-8"
    )
    parser.add_argument("--root", type=Path, help="folder of the paths (default: the list's)")
    parser.add_argument(
        "--positive",
        default=POSITIVE,
        metavar="LABEL",
        help="label of the pairs that show one product (default: %(default)s)",
    )
    parser.add_argument(
        "--threshold",
        type=_share,
        default=SAME_THRESHOLD,
        help="chance from which pairs count as the same (default: %(default)s)",
    )
    parser.set_defaults(command=evaluate_pairs_command)


def evaluate_pairs_command(options: argparse.Namespace, engines: Engines) -> dict[str, Any]:
    """Measure the judging of pairs on a list with known answers."""
    report = measured(
        engines,
        options.pairs,
        options.root or options.pairs.parent,
        positive=options.positive,
        threshold=options.threshold,
        model=options.model,
    )
    result = report.to_json()
    for name, value in result.items():
        if isinstance(value, float):
            print(f"{name:28} {value:.4f}")
        elif isinstance(value, int):
            print(f"{name:28} {value}")
    for label, value in report.mean_variant.items():
        print(f"mean chance of a variant, {label}: {value:.3f}")
    for picture in report.unreadable:
        print(f"  {picture.path}: {picture.reason}")
    return result


def measured(
    engines: Engines,
    pairs: Path,
    root: Path,
    *,
    positive: str = POSITIVE,
    threshold: float = SAME_THRESHOLD,
    model: str = "",
) -> PairsReport:
    """See :func:`desktop_app.services.evaluate_pairs.evaluate_pairs`. The pictures are read
    into a catalogue that is thrown away. Raises ModelUnavailable too."""
    labelled = read_pairs(pairs, root)
    model = model or engines.library.default_name
    with (
        tempfile.TemporaryDirectory(prefix="twinshelf-") as folder,
        engines.workspace(Path(folder) / "catalogue", create=True, model=model) as workspace,
    ):
        pictures = ComparedPictures(
            workspace.catalogue,
            engines.reader,
            engines.evidence_channels(),
            engines.library.card(model).key,
        )

        def compared(content_ids: Sequence[int]) -> Sequence[ComparedPicture]:
            pictures.refresh()
            return pictures.get(content_ids)

        return evaluate_pairs(
            labelled,
            workspace,
            engines.pair_judge,
            compared,
            threshold=threshold,
            token=CancelToken(),
            positive=positive,
        )


def _share(text: str) -> float:
    if not 0 <= (number := float(text)) <= 1:
        raise ValueError
    return number
