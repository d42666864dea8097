"""The command line: the same services as the window, without Qt.

Every command prints for people, and with ``--json FILE`` (``-`` for standard output) writes
machine-readable results; with ``-`` nothing else goes there. Exit status: 0 done, 1 the request
could not be carried out (said on standard error), 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, redirect_stdout
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeAlias

from desktop_app import __version__, paths
from desktop_app.adapt_command import add_adapt_options, run_adapt
from desktop_app.adapt_evaluation_command import add_adapting_options, run_adapted
from desktop_app.capture_command import add_capture_options, run_capture
from desktop_app.console import progress_line, write_json
from desktop_app.diff_command import add_diff_options, run_diff
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import CHANNELS, Channel
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.imports import ImportReport, IssueKind
from desktop_app.domain.products import CORE_COLUMNS
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.search import QueryPicture, SearchRequest
from desktop_app.duplicates_command import add_duplicates_options, run_duplicates
from desktop_app.engines import Engines
from desktop_app.pairs_command import add_pairs_options
from desktop_app.services.typed_filters import parse_filter
from desktop_app.services.workspace import Workspace
from desktop_app.shapes_command import add_shapes_options, run_shapes
from desktop_app.shapes_evaluation_command import add_shapes_evaluation_options

SHOWN_ISSUES = 20
OTHER_COMMANDS = """\
without a command, or with the folder of a catalogue, the window opens
  demo                open the window on a rendered demo catalogue
  self-test           check that this installation works
"""

Result = dict[str, Any]
Command = Callable[[argparse.Namespace, Engines], Result]
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. Raises SystemExit for wrong usage."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    engines = Engines(threads=options.threads, data=options.data, cache=options.cache)
    command: Command = options.command
    try:
        with redirect_stdout(sys.stderr) if options.json == "-" else nullcontext():
            result = command(options, engines)
        if options.json:
            write_json(result, options.json)
    except UserFacingError as error:
        print(f"twinshelf: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("twinshelf: stopped; what was done is kept", file=sys.stderr)
        return 130
    finally:
        engines.close()
    return 0


def make_parser() -> argparse.ArgumentParser:
    """The commands with their options."""
    parser = argparse.ArgumentParser(
        prog="twinshelf",
        description="Find the product that looks like a picture, offline.",
        epilog=OTHER_COMMANDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Twinshelf {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    common = _common_options()

    index = commands.add_parser("index", parents=[common], help="import and read pictures")
    index.add_argument("sources", nargs="*", type=Path, help="folder, table, ZIP or pictures")
    _add_catalogue(index)
    index.add_argument("--pattern", help="how file names are read, such as {sku}_{view}")
    index.add_argument("--no-category", action="store_true", help="sub-folders are not categories")
    index.add_argument(
        "--quick", action="store_true", help="leave print, shape and colour for another time"
    )
    index.set_defaults(command=index_command)

    search = commands.add_parser("search", parents=[common], help="search with a picture")
    search.add_argument("picture", type=Path)
    _add_catalogue(search)
    search.add_argument("-k", "--limit", type=_at_least_one, default=10, help="how many products")
    _add_filters(search)
    search.set_defaults(command=search_command)

    evaluate = commands.add_parser(
        "evaluate", parents=[common], help="measure retrieval on labelled pictures"
    )
    evaluate.add_argument("--manifest", type=Path, required=True, help="CSV: path,sku,role,…")
    evaluate.add_argument("--label", default="", help="score by this column instead of sku")
    evaluate.add_argument(
        "--channels",
        default=",".join(CHANNELS),
        help="what may speak, comma-separated (default: %(default)s); the others are left out",
    )
    add_adapting_options(evaluate)
    evaluate.set_defaults(command=evaluate_command)

    add_pairs_options(
        commands.add_parser(
            "evaluate-pairs", parents=[common], help="measure how duplicates are told apart"
        )
    )

    add_shapes_evaluation_options(
        commands.add_parser(
            "evaluate-shapes",
            parents=[common],
            help="measure the ways of searching by shape beside each other",
        )
    )

    scorecard = commands.add_parser(
        "scorecard",
        parents=[common],
        help="measure how products of a catalogue are found by their own pictures",
    )
    _add_catalogue(scorecard)
    scorecard.set_defaults(command=scorecard_command)

    bench = commands.add_parser("bench", parents=[common], help="measure speed on this machine")
    bench.add_argument("--pictures", type=Path, help="folder of pictures (default: the demo's)")
    bench.set_defaults(command=bench_command)

    export = commands.add_parser("export", parents=[common], help="write products to a file")
    _add_catalogue(export)
    export.add_argument("--to", type=Path, required=True, help="a .csv, .xlsx or .json file")
    _add_filters(export)
    export.set_defaults(command=export_command)

    diff = commands.add_parser(
        "diff", parents=[common], help="hold a supplier's list against a catalogue"
    )
    _add_catalogue(diff)
    add_diff_options(diff)
    _add_filters(diff)
    diff.set_defaults(command=diff_command)

    duplicates = commands.add_parser(
        "duplicates", parents=[common], help="find products that are there twice"
    )
    _add_catalogue(duplicates)
    add_duplicates_options(duplicates)
    duplicates.set_defaults(command=duplicates_command)

    _add_shapes(commands, common)
    _add_capture(commands, common)
    _add_adapt(commands, common)
    return parser


def _add_shapes(commands: Commands, common: argparse.ArgumentParser) -> None:
    shapes = commands.add_parser(
        "shapes", parents=[common], help="find containers by their outline"
    )
    _add_catalogue(shapes)
    add_shapes_options(shapes)
    _add_filters(shapes)
    shapes.set_defaults(command=shapes_command)


def _add_capture(
    commands: Commands,
    common: argparse.ArgumentParser,
) -> None:
    capture = commands.add_parser(
        "capture",
        parents=[common],
        help="recognise products in a video or in pictures, as before a camera",
    )
    _add_catalogue(capture)
    add_capture_options(capture)
    capture.set_defaults(command=capture_command)


def _add_adapt(commands: Commands, common: argparse.ArgumentParser) -> None:
    adapt = commands.add_parser(
        "adapt", parents=[common], help="learn the products of a catalogue from its own pictures"
    )
    _add_catalogue(adapt)
    add_adapt_options(adapt)
    adapt.set_defaults(command=adapt_command)


def _common_options() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", metavar="FILE", help="write the results as JSON (- to print)")
    common.add_argument("--threads", type=int, default=0, help="processor threads (0: all)")
    common.add_argument("--model", default="", help="name of the model (see models in the window)")
    common.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    common.add_argument("--cache", type=Path, help=argparse.SUPPRESS)
    return common


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
        help="column=value (or value|value), column>=number, column<=number; may be repeated",
    )


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError
    return number


def index_command(options: argparse.Namespace, engines: Engines) -> Result:
    """Import the sources, where any, read every picture that is waiting, and then look closer
    at those that were read."""
    token = CancelToken()
    with (
        engines.workspace(options.catalogue, create=True, model=options.model) as workspace,
        progress_line(sys.stderr) as show,
    ):
        report = _import(options, workspace, token, show) if options.sources else ImportReport()
        workspace.load_index()
        started = time.perf_counter()
        for indexing in workspace.index(token):
            show(indexing.progress)
        seconds = time.perf_counter() - started
        started, described = time.perf_counter(), 0
        for enriching in () if options.quick else workspace.enrich(token):
            show(enriching.progress)
            described = enriching.described
        enriching_s = time.perf_counter() - started
        counts = workspace.catalogue.pictures.counts()
        products = workspace.catalogue.products.count()
        problems = [(p.path, p.problem) for p in workspace.catalogue.pictures.problems()]
    refused = [(i.origin, i.reason) for i in report.issues if i.kind is IssueKind.FAILED]
    failures = [*refused, *problems]
    for place, reason in failures[:SHOWN_ISSUES]:
        print(f"  {place}: {reason}")
    if len(failures) > SHOWN_ISSUES:
        print(f"  and {len(failures) - SHOWN_ISSUES} more")
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
        "problems": [{"path": path, "reason": reason} for path, reason in problems],
        "indexing_s": round(seconds, 3),
        "described": described,
        "enriching_s": round(enriching_s, 3),
    }


def _import(
    options: argparse.Namespace,
    workspace: Workspace,
    token: CancelToken,
    show: Callable[[Progress], None],
) -> ImportReport:
    request = workspace.importing.classify(options.sources)
    rules = replace(request.folder_rules, category_from_folder=not options.no_category)
    if options.pattern is not None:
        rules = replace(rules, name_pattern=options.pattern)
    plan = workspace.importing.preview(replace(request, folder_rules=rules), token)
    report = ImportReport(issues=plan.issues)
    for step in workspace.importing.apply(plan, token):
        show(step.progress)
        report = step.report or report
    return report


def search_command(options: argparse.Namespace, engines: Engines) -> Result:
    """Search a catalogue with a picture file."""
    with engines.workspace(options.catalogue, model=options.model) as workspace:
        workspace.load_index()
        request = SearchRequest(
            picture=QueryPicture(options.picture.name, path=options.picture),
            filter=_filter(options, workspace),
            limit=options.limit,
        )
        results = workspace.search.search(request, CancelToken())
        found = workspace.catalogue.products.cards([hit.product_id for hit in results.hits])
    cards = {card.id: card for card in found}
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
    ]
    for hit in hits:
        print(f"{hit['rank']:3}  {hit['score']:.3f}  {hit['sku']:<20} {hit['title']}")
    if not hits:
        print("No product matches.")
    return {
        "query": str(options.picture),
        "hits": hits,
        "model": results.model_key,
        "searched_products": results.searched_products,
        "allowed_products": results.allowed_products,
        "ms": round(results.timing.total_ms, 2),
    }


def evaluate_command(options: argparse.Namespace, engines: Engines) -> Result:
    """Measure retrieval on a manifest of labelled pictures."""
    if options.adapt is not None:
        return run_adapted(options, engines, _channels(options.channels))
    report = engines.evaluate(
        options.manifest,
        label=options.label,
        model=options.model,
        channels=_channels(options.channels),
    )
    result: Result = report.to_json()
    for name, value in result.items():
        if isinstance(value, float):
            print(f"{name:22} {value:.4f}")
        elif isinstance(value, int):
            print(f"{name:22} {value}")
    print(f"{'channel alone':22} R@1    R@5    mAP")
    for name, scores in report.channels.items():
        print(f"  {name:20} {scores.recall_at_1:.4f} {scores.recall_at_5:.4f} {scores.map:.4f}")
    return result


def scorecard_command(options: argparse.Namespace, engines: Engines) -> Result:
    """Search a catalogue with its own pictures."""
    with (
        engines.workspace(options.catalogue, model=options.model) as workspace,
        progress_line(sys.stderr) as show,
    ):
        workspace.load_index()
        card = None
        for step in workspace.scorecard.measure(CancelToken()):
            show(step.progress)
            card = step.scorecard
        assert card is not None
        ids = sorted(
            {i for query in card.worst for i in (query.product_id, query.first_product_id)}
        )
        skus = {known.id: known.sku for known in workspace.catalogue.products.cards(ids)}
        categories = workspace.categories.report
    print(f"{card.n_queries} of {card.n_sampled_from} pictures, {card.n_products} products")
    print(f"{'':8} R@1    R@5    R@10   P@5    mAP")
    for name, scores in card.scores.items():
        figures = (
            scores.recall_at_1,
            scores.recall_at_5,
            scores.recall_at_10,
            scores.precision_at_5,
            scores.map,
        )
        print(f"{name:8} " + " ".join(f"{figure:.4f}" for figure in figures))
    print(f"{card.ms_p50:.0f} ms per search, {card.ms_p95:.0f} ms at the 95th percentile")
    return {
        **asdict(card),
        "worst": [
            {
                "sku": skus.get(query.product_id, ""),
                "first_sku": skus.get(query.first_product_id, ""),
                "right_rank": query.right_rank,
            }
            for query in card.worst
        ],
        "category_accuracy": None if categories is None else round(categories.accuracy, 4),
    }


def _channels(text: str) -> list[Channel]:
    """Raises UserFacingError where one is not known."""
    try:
        wanted = {Channel(name.strip()) for name in text.split(",")}
    except ValueError as error:
        raise UserFacingError(
            f"There is no such channel: {error}.",
            remedy=f"Choose among {', '.join(CHANNELS)}.",
        ) from error
    return [channel for channel in CHANNELS if channel in wanted]


def bench_command(options: argparse.Namespace, engines: Engines) -> Result:
    """Measure indexing, searching, start-up and memory on this machine."""
    result = engines.bench(options.pictures or paths.resources_dir() / "demo", model=options.model)
    print(json.dumps(result, indent=2))
    return result


def export_command(options: argparse.Namespace, engines: Engines) -> Result:
    """Write the products a filter lets through."""
    with engines.workspace(options.catalogue, model=options.model) as workspace:
        catalogue = workspace.catalogue
        ids = catalogue.products.list_ids(_filter(options, workspace)).tolist()
        written = workspace.exporting.export_products(catalogue, ids, options.to)
    print(f"{written} products written to {options.to}")
    return {"products": written, "file": str(options.to)}


def diff_command(options: argparse.Namespace, engines: Engines) -> Result:
    """Hold a list against a catalogue; the filter says which products it should have."""
    with (
        engines.workspace(options.catalogue, model=options.model) as workspace,
        progress_line(sys.stderr) as show,
    ):
        return run_diff(options, workspace, _filter(options, workspace), show)


def duplicates_command(options: argparse.Namespace, engines: Engines) -> Result:
    """Find products that are there twice."""
    with (
        engines.workspace(options.catalogue, model=options.model) as workspace,
        progress_line(sys.stderr) as show,
    ):
        return run_duplicates(options, workspace, show)


def shapes_command(options: argparse.Namespace, engines: Engines) -> Result:
    """Find containers by their outline."""
    with engines.workspace(options.catalogue, model=options.model) as workspace:
        return run_shapes(options, workspace, _filter(options, workspace))


def capture_command(options: argparse.Namespace, engines: Engines) -> Result:
    """Recognise products as the capture station does."""
    with engines.workspace(options.catalogue, model=options.model) as workspace:
        return run_capture(options, workspace, engines)


def adapt_command(options: argparse.Namespace, engines: Engines) -> Result:
    """Learn a catalogue, or look after what was learned."""
    with (
        engines.workspace(options.catalogue, model=options.model) as workspace,
        progress_line(sys.stderr) as show,
    ):
        return run_adapt(options, workspace, show)


def _filter(options: argparse.Namespace, workspace: Workspace) -> ProductFilter:
    columns = (*CORE_COLUMNS, *workspace.catalogue.products.columns())
    return parse_filter(options.text, options.where, columns)
