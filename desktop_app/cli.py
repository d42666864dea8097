"""The command line: the same services as the window, without Qt.

Every command prints for people, and with ``--json FILE`` (``-`` for standard output) writes
machine-readable results. Exit status: 0 done, 1 the request could not be carried out (said on
standard error), 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktop_app import __version__, paths
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.imports import FolderRules, ImportReport, IssueKind
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.search import DEFAULT_LIMIT, QueryPicture, SearchRequest, SearchResults
from desktop_app.engines import Engines

PROGRESS_INTERVAL_S = 0.5
SHOWN_ISSUES = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    if "command" not in options:
        parser.print_help()
        return 2
    try:
        engines = Engines(threads=options.threads)
        result = options.command(options, engines)
    except UserFacingError as error:
        print(f"twinshelf: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("twinshelf: stopped; what was done is kept", file=sys.stderr)
        return 130
    if options.json:
        write_json(result, options.json)
    return 0 if result.get("ok", True) else 1


def make_parser() -> argparse.ArgumentParser:
    """The commands with their options."""
    parser = argparse.ArgumentParser(
        prog="twinshelf", description="Find the product that looks like a picture, offline."
    )
    parser.add_argument("--version", action="version", version=f"Twinshelf {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", metavar="FILE", help="write the results as JSON (- to print)")
    common.add_argument("--threads", type=int, default=0, help="processor threads (0: all)")
    common.add_argument("--model", default="", help="name of the model (see models in the window)")

    index = commands.add_parser("index", parents=[common], help="import and read pictures")
    index.add_argument("sources", nargs="*", type=Path, help="folder, table, ZIP or pictures")
    _add_catalogue(index)
    index.add_argument("--pattern", default="", help="file names, such as {sku}_{view}")
    index.add_argument("--no-category", action="store_true", help="sub-folders are not categories")
    index.set_defaults(command=index_command)

    search = commands.add_parser("search", parents=[common], help="search with a picture")
    search.add_argument("picture", type=Path)
    _add_catalogue(search)
    search.add_argument("-k", "--limit", type=int, default=10, help="how many products")
    _add_filters(search)
    search.set_defaults(command=search_command)

    evaluate = commands.add_parser(
        "evaluate", parents=[common], help="measure retrieval on labelled pictures"
    )
    evaluate.add_argument("--manifest", type=Path, required=True, help="CSV: path,sku,role,…")
    evaluate.add_argument("--label", default="", help="score by this column instead of sku")
    evaluate.add_argument("--channels", default="look", help="comma-separated; look is there now")
    evaluate.set_defaults(command=evaluate_command)

    bench = commands.add_parser("bench", parents=[common], help="measure speed on this machine")
    bench.add_argument("--pictures", type=Path, help="folder of pictures (default: the demo's)")
    bench.set_defaults(command=bench_command)

    export = commands.add_parser("export", parents=[common], help="write products to a file")
    _add_catalogue(export)
    export.add_argument("--to", type=Path, required=True, help="a .csv, .xlsx or .json file")
    _add_filters(export)
    export.set_defaults(command=export_command)
    return parser


def _add_catalogue(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-c", "--catalogue", type=Path, required=True, help="the catalogue's folder"
    )


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--text", default="", help="words the fields must hold")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="CONDITION",
        help="column=value, column>=number or column<=number; may be repeated",
    )


def parse_filter(text: str, conditions: Sequence[str]) -> ProductFilter:
    """A filter from the command line. Raises UserFacingError for a malformed condition."""
    parsed = []
    for condition in conditions:
        for sign, operator in (
            (">=", Operator.AT_LEAST),
            ("<=", Operator.AT_MOST),
            ("=", Operator.ANY_OF),
        ):
            column, found, value = condition.partition(sign)
            if found and column.strip():
                break
        else:
            raise UserFacingError(
                f"'{condition}' is not a condition.", remedy="Write category=Jar or price<=20."
            )
        try:
            typed = float(value) if operator is not Operator.ANY_OF else value.strip()
        except ValueError:
            raise UserFacingError(
                f"'{value}' is not a number.", remedy=f"Write {column}{sign}20, for example."
            ) from None
        parsed.append(Condition(column.strip(), operator, (typed,)))
    return ProductFilter(text=text, conditions=tuple(parsed))


def index_command(options: argparse.Namespace, engines: Engines) -> dict[str, Any]:
    """Import the sources, where any, and read every picture that is waiting."""
    token = CancelToken()
    with engines.workspace(options.catalogue, create=True, model=options.model) as workspace:
        report = ImportReport()
        if options.sources:
            request = workspace.importing.classify([path.resolve() for path in options.sources])
            rules = FolderRules(
                name_pattern=options.pattern, category_from_folder=not options.no_category
            )
            plan = workspace.importing.preview(request.with_folder_rules(rules), token)
            for step in workspace.importing.apply(plan, token):
                show_progress(step.progress)
                report = step.report or report
        workspace.load_index()
        started = time.perf_counter()
        for indexing in workspace.index(token):
            show_progress(indexing.progress)
        seconds = time.perf_counter() - started
        counts = workspace.catalogue.pictures.counts()
        products = workspace.catalogue.products.count()
    end_progress()
    for issue in [i for i in report.issues if i.kind is IssueKind.FAILED][:SHOWN_ISSUES]:
        print(f"  {issue.origin}: {issue.reason}")
    print(
        f"{products} products · {counts.ready} pictures searchable · {counts.failed} unreadable"
        f" · {counts.offline} offline"
    )
    return {
        "products": products,
        "products_added": report.products_added,
        "products_updated": report.products_updated,
        "pictures": {
            "ready": counts.ready,
            "pending": counts.pending,
            "failed": counts.failed,
            "offline": counts.offline,
        },
        "issues": [
            {"kind": issue.kind.value, "origin": issue.origin, "reason": issue.reason}
            for issue in report.issues
        ],
        "indexing_s": round(seconds, 3),
    }


def search_command(options: argparse.Namespace, engines: Engines) -> dict[str, Any]:
    """Search a catalogue with a picture file."""
    with engines.workspace(options.catalogue, model=options.model) as workspace:
        workspace.load_index()
        request = SearchRequest(
            picture=QueryPicture(options.picture.name, path=options.picture),
            filter=parse_filter(options.text, options.where),
            limit=options.limit or DEFAULT_LIMIT,
        )
        results = workspace.search.search(request, CancelToken())
        cards = {
            card.id: card
            for card in workspace.catalogue.products.cards([hit.product_id for hit in results.hits])
        }
    hits = [
        {
            "rank": rank,
            "score": round(hit.score, 6),
            "sku": cards[hit.product_id].sku,
            "title": cards[hit.product_id].title,
            "brand": cards[hit.product_id].brand,
            "category": cards[hit.product_id].category,
            "picture": cards[hit.product_id].main_picture_path,
        }
        for rank, hit in enumerate(results.hits, 1)
        if hit.product_id in cards
    ]
    for hit in hits:
        print(f"{hit['rank']:3}  {hit['score']:.3f}  {hit['sku']:<20} {hit['title']}")
    if not hits:
        print("No product matches.")
    return {"query": str(options.picture), "hits": hits, **search_facts(results)}


def search_facts(results: SearchResults) -> dict[str, Any]:
    """What a search says of itself, JSON-ready."""
    return {
        "model": results.model_key,
        "searched_products": results.searched_products,
        "allowed_products": results.allowed_products,
        "ms": round(results.timing.total_ms, 2),
    }


def evaluate_command(options: argparse.Namespace, engines: Engines) -> dict[str, Any]:
    """Measure retrieval on a manifest of labelled pictures."""
    channels = [name.strip() for name in options.channels.split(",") if name.strip()]
    if channels != ["look"]:
        raise UserFacingError(
            f"This version has no channel {', '.join(set(channels) - {'look'}) or 'of no name'}.",
            remedy="Use --channels look.",
        )
    report = engines.evaluate(options.manifest, label=options.label, model=options.model)
    result: dict[str, Any] = report.to_json()
    for name, value in result.items():
        if isinstance(value, int | float):
            print(f"{name:22} {value:.4f}" if isinstance(value, float) else f"{name:22} {value}")
    return result


def bench_command(options: argparse.Namespace, engines: Engines) -> dict[str, Any]:
    """Measure indexing, searching, start-up and memory on this machine."""
    folder = options.pictures or paths.resources_dir() / "demo"
    result = engines.bench(folder, model=options.model)
    print(json.dumps(result, indent=2))
    return result


def export_command(options: argparse.Namespace, engines: Engines) -> dict[str, Any]:
    """Write the products a filter lets through."""
    with engines.workspace(options.catalogue, model=options.model) as workspace:
        chosen = parse_filter(options.text, options.where)
        ids = [int(number) for number in workspace.catalogue.products.list_ids(chosen)]
        workspace.exporting.export_products(ids, options.to)
    print(f"{len(ids)} products written to {options.to}")
    return {"products": len(ids), "file": str(options.to)}


_last_shown = 0.0


def show_progress(progress: Progress) -> None:
    """Draw a progress line on a terminal, now and then."""
    global _last_shown  # noqa: PLW0603 - one terminal, one line
    now = time.monotonic()
    if not sys.stderr.isatty() or now - _last_shown < PROGRESS_INTERVAL_S:
        return
    _last_shown = now
    left = progress.seconds_left
    remaining = f", {left:.0f} s left" if left is not None else ""
    print(
        f"\r\033[K{progress.stage} {progress.done}/{progress.total or '?'}{remaining}",
        end="",
        file=sys.stderr,
        flush=True,
    )


def end_progress() -> None:
    """Clear the progress line."""
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def write_json(result: dict[str, Any], target: str) -> None:
    """Write to a file, or to standard output for ``-``."""
    text = json.dumps(result, indent=2, ensure_ascii=False)
    if target == "-":
        print(text)
    else:
        Path(target).write_text(text + "\n", "utf-8")
