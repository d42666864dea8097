"""The command that measures the ways of searching by shape beside each other."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desktop_app.console import progress_line
from desktop_app.domain.progress import CancelToken
from desktop_app.engines import Engines
from desktop_app.services.evaluate_shapes import (
    Method,
    MethodFigures,
    ShapesReport,
    evaluate_shapes,
)


def add_shapes_evaluation_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes beside the common options."""
    parser.add_argument("manifest", type=Path, help="CSV: path,sku,role,…, in UTF-8")
    parser.add_argument("--label", default="", help="score by this column instead of sku")
    parser.add_argument(
        "--by", default="", metavar="COLUMN", help="give the figures for each value of it too"
    )
    parser.set_defaults(command=evaluate_shapes_command)


def evaluate_shapes_command(options: argparse.Namespace, engines: Engines) -> dict[str, Any]:
    """Measure plain embedding, category first with its steps, outlines, and all channels."""
    with (
        tempfile.TemporaryDirectory(prefix="twinshelf-") as folder,
        engines.workspace(
            Path(folder) / "catalogue",
            create=True,
            model=options.model or engines.library.default_name,
        ) as workspace,
        progress_line(sys.stderr) as show,
    ):
        report = evaluate_shapes(
            options.manifest,
            workspace,
            token=CancelToken(),
            label=options.label,
            by=options.by,
            tell=show,
        )
    _show(report)
    return report.to_json()


def _show(report: ShapesReport) -> None:
    how = "each searched for among the others" if report.leave_one_out else "of the list"
    print(f"{report.n_queries} queries, {how}, {report.n_gallery} pictures searched")
    if report.left_out:
        print(f"{report.left_out} queries left out: nothing there is right for them")
    _table("", report.figures)
    for value, figures in report.parts.items():
        _table(value or "(empty)", figures)
    print(f"grey pictures compared by {report.backbone}")
    if report.n_classes_known:
        print(f"class told right: {report.class_accuracy:.4f} of {report.n_classes_known}")
    for picture in report.unreadable:
        print(f"  {picture.path}: {picture.reason}")


def _table(heading: str, figures: Mapping[Method, MethodFigures]) -> None:
    print(f"{heading[:24]:24} R@1    R@5    mAP    macro  P@5    macro  ms per query")
    for method, known in figures.items():
        scores = known.scores
        values = (
            scores.recall_at_1,
            scores.recall_at_5,
            scores.map,
            scores.macro_map,
            scores.precision_at_5,
            scores.macro_precision_at_5,
        )
        told = " ".join(f"{value:.4f}" for value in values)
        print(f"{method.value:24} {told} {known.ms_per_query_p50:6.0f}")
