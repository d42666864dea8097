"""The command that finds duplicates in a catalogue."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.domain.duplicates import (
    SAME_THRESHOLD,
    VERDICTS,
    DuplicateGroup,
    Exclusions,
    Verdict,
)
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.services.duplicates.board import Board
from desktop_app.services.duplicates.report_words import duplicate_pages
from desktop_app.services.duplicates.reporting import LIKELY_VARIANT, duplicate_report
from desktop_app.services.workspace import Workspace

Show = Callable[[Progress], None]
Skus = Mapping[int, str]


def add_duplicates_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes beside the common options."""
    parser.add_argument(
        "--threshold",
        type=_share,
        default=SAME_THRESHOLD,
        help="chance from which products are grouped (default: %(default)s)",
    )
    parser.add_argument("--report", type=Path, help="write a report: .xlsx, .csv, .html or .pdf")
    parser.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="COLUMN",
        help="products with one value in this column are no duplicates; may be repeated",
    )
    parser.add_argument(
        "--exclude-folder",
        action="store_true",
        help="products with pictures from one folder are no duplicates",
    )
    parser.add_argument(
        "--import-verdicts", type=Path, metavar="FILE", help="take over what others decided"
    )
    parser.add_argument(
        "--prefer-imported",
        action="store_true",
        help="where others decided otherwise, theirs counts",
    )
    parser.add_argument(
        "--export-verdicts", type=Path, metavar="FILE", help="write what was decided here"
    )


def run_duplicates(options: argparse.Namespace, workspace: Workspace, show: Show) -> dict[str, Any]:
    """Compare what was not compared yet, print the groups, and write and read what was asked
    for."""
    token, duplicates = CancelToken(), workspace.duplicates
    if options.report is not None:
        workspace.reports.check(options.report)
    result: dict[str, Any] = {"threshold": options.threshold}
    if options.import_verdicts is not None:
        result["verdicts_imported"] = _import_verdicts(options, workspace)
    workspace.load_index()
    new_pairs, seconds = 0, 0.0
    for step in duplicates.find(token):
        show(step.progress)
        new_pairs, seconds = step.found, step.progress.elapsed_s
    compared, contents = duplicates.count()
    board = duplicates.board(Exclusions(tuple(options.exclude), options.exclude_folder))
    skus = workspace.catalogue.products.values("sku")
    groups = board.groups_at(options.threshold)
    precision = board.precision_at(options.threshold)
    result |= {
        "compared": compared,
        "contents": contents,
        "pairs_found": new_pairs,
        "finding_s": round(seconds, 3),
        "expected_precision": round(precision.value, 4),
        "learned_from_verdicts": precision.n_verdicts if precision.is_learned else 0,
        "groups": [_group(board, group, skus) for group in groups],
        "variants": [_pair(board, row, skus) for row in _variant_rows(board)],
    }
    _print(result, is_described=not workspace.enriching.is_lacking())
    if options.report is not None:
        _write_report(options, workspace, board, token, show)
    if options.export_verdicts is not None:
        result["verdicts_exported"] = duplicates.export_verdicts(options.export_verdicts)
        print(f"{result['verdicts_exported']} verdicts written to {options.export_verdicts}")
    return result


def _import_verdicts(options: argparse.Namespace, workspace: Workspace) -> dict[str, int]:
    duplicates = workspace.duplicates
    merge = duplicates.read_verdicts(options.import_verdicts)
    duplicates.take_verdicts(merge, prefer_other=options.prefer_imported)
    skus = duplicates.skus_by_hash() if merge.conflicts else {}
    for conflict in merge.conflicts:
        first, second = (
            # What no product shows any more is known by its hash alone.
            sku or " or ".join(skus.get(content_hash, [])) or content_hash
            for sku, content_hash in (
                (conflict.own.key.sku_a, conflict.own.key.hash_a),
                (conflict.own.key.sku_b, conflict.own.key.hash_b),
            )
        )
        print(
            f"  {first} and {second}: {conflict.own.verdict} as decided here,"
            f" {conflict.other.verdict} in the file"
        )
    print(
        f"{len(merge.added)} verdicts taken over · {len(merge.unchanged)} known"
        f" · {len(merge.conflicts)} decided otherwise here"
    )
    return {
        "added": len(merge.added),
        "unchanged": len(merge.unchanged),
        "conflicts": len(merge.conflicts),
    }


def _write_report(
    options: argparse.Namespace, workspace: Workspace, board: Board, token: CancelToken, show: Show
) -> None:
    report = duplicate_report(
        board,
        options.threshold,
        catalogue=workspace.catalogue,
        model=workspace.model_name,
        made_at=f"{dt.datetime.now():%Y-%m-%d %H:%M}",
    )
    for progress in workspace.reports.write(duplicate_pages(report), options.report, token):
        show(progress)
    print(f"Report written to {options.report}")


def _variant_rows(board: Board) -> list[int]:
    """Undecided pairs that are more likely variants than the same, the most likely first."""
    pairs = board.pairs
    is_open = (pairs.verdicts < 0) | (pairs.verdicts == VERDICTS.index(Verdict.LATER))
    rows = np.flatnonzero(
        is_open & (pairs.variant >= LIKELY_VARIANT) & (pairs.variant > pairs.same)
    )
    order: list[int] = rows[np.argsort(-pairs.variant[rows], kind="stable")].tolist()
    return order


def _group(board: Board, group: DuplicateGroup, skus: Skus) -> dict[str, Any]:
    return {
        "skus": [skus[product_id] for product_id in group.product_ids],
        "cohesion": round(group.cohesion, 6),
        "strongest": round(group.strongest, 6),
        "most_like_all": skus[group.medoid],
        "decided": group.is_decided,
        "pairs": [_pair(board, row, skus) for row in group.pair_rows],
    }


def _pair(board: Board, row: int, skus: Skus) -> dict[str, Any]:
    pairs = board.pairs
    place = int(pairs.verdicts[row])
    return {
        "sku_a": skus[int(pairs.product_a[row])],
        "sku_b": skus[int(pairs.product_b[row])],
        "same": round(float(pairs.same[row]), 6),
        "variant": round(float(pairs.variant[row]), 6),
        "verdict": "" if place < 0 else VERDICTS[place].value,
    }


def _print(result: Mapping[str, Any], *, is_described: bool) -> None:
    for number, group in enumerate(result["groups"], 1):
        decided = ", decided" if group["decided"] else ""
        print(f"{number:4}  {', '.join(group['skus'])}  ({group['cohesion']:.0%} sure{decided})")
        for pair in group["pairs"]:
            said = f"  said to be {pair['verdict']}" if pair["verdict"] else ""
            print(f"        {pair['same']:.3f}  {pair['sku_a']} and {pair['sku_b']}{said}")
    if result["variants"]:
        print("Likely variants of one model:")
        for pair in result["variants"]:
            print(f"        {pair['variant']:.3f}  {pair['sku_a']} and {pair['sku_b']}")
    if not result["groups"]:
        print("No duplicates at this threshold.")
    count, of_hundred = len(result["groups"]), round(100 * result["expected_precision"])
    print(
        f"{count} groups at {result['threshold']:g}, about {of_hundred} of 100 pairs are duplicates"
        f" · {result['compared']} of {result['contents']} pictures compared"
    )
    if not is_described:
        print("Some pictures were not looked at closely yet: twinshelf index does that.")


def _share(text: str) -> float:
    if not 0 <= (share := float(text)) <= 1:
        raise ValueError
    return share
