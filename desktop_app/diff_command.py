"""The command that holds a supplier's list against a catalogue."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from desktop_app.domain.catalogue_diff import CatalogueDiff, DiffRow, DiffStatus
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.imports import ImportReport, IssueKind
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.services.catalogue_diff.deciding import SAME_FROM
from desktop_app.services.catalogue_diff.diff_words import STATUS_WORDS, diff_pages
from desktop_app.services.catalogue_diff.selecting import selected_plan
from desktop_app.services.workspace import Workspace

Show = Callable[[Progress], None]

_NAMES = {status.value.replace(" ", "-"): status for status in DiffStatus}
_IMPORTABLE = [name for name, status in _NAMES.items() if status is not DiffStatus.MISSING]


def add_diff_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes beside the common options and those of filters."""
    parser.add_argument("sources", nargs="+", type=Path, help="list, folder, ZIP or pictures")
    parser.add_argument("--to", type=Path, help="write a report: .xlsx, .csv, .html or .pdf")
    parser.add_argument(
        "--threshold",
        type=_share,
        default=SAME_FROM,
        help="chance from which pictures count as the same (default: %(default)s)",
    )
    parser.add_argument(
        "--import",
        dest="take",
        default="",
        metavar="RESULT[,RESULT]",
        help=f"import the products with these results ({', '.join(_IMPORTABLE)})",
    )


def run_diff(
    options: argparse.Namespace, workspace: Workspace, scope: ProductFilter, show: Show
) -> dict[str, Any]:
    """Compare, print, and write and import what was asked for. ``scope`` says which products
    the list should have."""
    token = CancelToken()
    taken = _statuses(options.take)
    if options.to is not None:
        workspace.reports.check(options.to)
    workspace.load_index()
    importing = workspace.importing
    plan = importing.preview(importing.classify(options.sources), token)
    diff: CatalogueDiff | None = None
    for step in workspace.differ.compare(plan, token, scope=scope, threshold=options.threshold):
        show(step.progress)
        diff = step.diff
    assert diff is not None
    skus = workspace.catalogue.products.values("sku")
    _print(diff, skus)
    if options.to is not None:
        _write(workspace, diff, options.to, token, show)
    result = _result(diff, skus)
    if taken:
        result["import"] = _import(workspace, diff, taken, token, show)
    return result


def _write(
    workspace: Workspace, diff: CatalogueDiff, path: Path, token: CancelToken, show: Show
) -> None:
    made_at = f"{dt.datetime.now():%Y-%m-%d %H:%M}"
    pages = diff_pages(diff, workspace.catalogue, model=workspace.model_name, made_at=made_at)
    for progress in workspace.reports.write(pages, path, token):
        show(progress)
    print(f"Report written to {path}")


def _import(
    workspace: Workspace,
    diff: CatalogueDiff,
    taken: Iterable[DiffStatus],
    token: CancelToken,
    show: Show,
) -> dict[str, int]:
    skus = workspace.catalogue.products.values("sku")
    chosen = set(taken)
    places = {place for place, row in enumerate(diff.rows) if row.status in chosen}
    report = ImportReport()
    if places:
        plan = selected_plan(diff, places, skus=skus)
        for step in workspace.importing.apply(plan, token):
            show(step.progress)
            report = step.report or report
    print(
        f"Imported: {report.products_added} new, {report.products_updated} updated,"
        f" {report.pictures_added} pictures added"
    )
    return {
        "products_added": report.products_added,
        "products_updated": report.products_updated,
        "pictures_added": report.pictures_added,
    }


def _print(diff: CatalogueDiff, skus: dict[int, str]) -> None:
    for row in diff.rows:
        if row.status is not DiffStatus.MATCHED or not row.has_known_number:
            print(f"{STATUS_WORDS[row.status]:16} {_sku(row, skus):20} {row.reason}")
    counts = diff.counts()
    print(" · ".join(f"{count} {status.value}" for status, count in counts.items()))
    for issue in diff.plan.issues:
        print(f"  {issue.origin}: {issue.reason}")


def _sku(row: DiffRow, skus: dict[int, str]) -> str:
    return row.record.sku if row.record else skus.get(row.product_id or 0, "")


def _result(diff: CatalogueDiff, skus: dict[int, str]) -> dict[str, Any]:
    return {
        "counts": {name: diff.counts()[status] for name, status in _NAMES.items()},
        "threshold": diff.threshold,
        "rows": [
            {
                "result": status_name(row.status),
                "sku": row.record.sku if row.record else "",
                "where": row.record.origin if row.record else "",
                "catalogue_sku": skus.get(row.product_id or 0, ""),
                "same": None if row.judgement is None else round(row.judgement.same, 6),
                "variant": None if row.judgement is None else round(row.judgement.variant, 6),
                "known_by_number": row.has_known_number,
                "reason": row.reason,
            }
            for row in diff.rows
        ],
        "issues": [
            {"kind": issue.kind.value, "origin": issue.origin, "reason": issue.reason}
            for issue in diff.plan.issues
            if issue.kind is not IssueKind.NOTE
        ],
    }


def status_name(status: DiffStatus) -> str:
    """How a result is written in options and JSON."""
    return status.value.replace(" ", "-")


def _statuses(text: str) -> list[DiffStatus]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in _IMPORTABLE]
    if unknown:
        raise UserFacingError(
            f"“{unknown[0]}” is no result that can be imported.",
            remedy=f"Choose among {', '.join(_IMPORTABLE)}.",
        )
    return [_NAMES[name] for name in names]


def _share(text: str) -> float:
    if not 0 < (share := float(text)) <= 1:
        raise ValueError
    return share
