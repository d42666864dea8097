"""The command that finds containers by their outline."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.domain.category_first import CategoryFirstResults
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.products import Product, ProductCard
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture
from desktop_app.domain.shapes import LaidShapes, ShapeHit, ShapeMethod, ShapeRequest, ShapeResults
from desktop_app.domain.sizes import SizeKind
from desktop_app.services.shapes.container_sizes import ContainerSizes
from desktop_app.services.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """The outline to search with, what it is called, the products not to be found, and the
    picture it is of, where it is of one."""

    shape: ShapeFeatures
    name: str
    excluded: tuple[int, ...] = ()
    picture: QueryPicture | None = None


def add_shapes_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes beside the common options."""
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--picture", type=Path, help="a picture that shows the container")
    asked.add_argument(
        "--outline", type=Path, help="a drawing: SVG, DXF, or a picture in black and white"
    )
    asked.add_argument("--product", metavar="SKU", help="a product of the catalogue")
    parser.add_argument("-k", "--limit", type=_at_least_one, default=10, help="how many products")
    parser.add_argument(
        "--turns", action="store_true", help="find containers that lie or stand on their head too"
    )
    parser.add_argument(
        "--category-first",
        action="store_true",
        help="search among the kind of container that the picture or product seems to be",
    )
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE", help="draw the outlines found: .pdf or .svg"
    )


def run_shapes(
    options: argparse.Namespace, workspace: Workspace, product_filter: ProductFilter
) -> dict[str, Any]:
    """Search by outline, print what was found, and draw it where that was asked for."""
    token = CancelToken()
    if options.sheet is not None:
        workspace.drawings.check(options.sheet)
    workspace.load_index()
    asked = _asked(options, workspace, token)
    results: ShapeResults
    if options.category_first:
        results = _category_first(options, asked, workspace, product_filter, token)
    else:
        request = ShapeRequest(
            asked.shape,
            filter=product_filter,
            limit=options.limit,
            turns=options.turns,
            exclude_products=asked.excluded,
        )
        results = workspace.shapes.search(request, token)
    if not results.searched_products:
        raise UserFacingError(
            "No outlines are known in this catalogue yet.",
            remedy="twinshelf index reads them when it looks closer at the pictures.",
        )
    cards = {
        card.id: card
        for card in workspace.catalogue.products.cards([hit.product_id for hit in results.hits])
    }
    hits = [
        _hit(rank, hit, cards[hit.product_id], results, workspace)
        for rank, hit in enumerate(results.hits, 1)
    ]
    _print(hits)
    if options.sheet is not None:
        shown = [(hit.product_id, hit.content_id) for hit in results.hits]
        outlines = list(workspace.drawings.silhouettes(shown, token))
        workspace.drawings.write(options.sheet, outlines, title=asked.name)
        print(f"Outlines drawn in {options.sheet}")
    found: dict[str, Any] = {
        "query": asked.name,
        "method": _method(results).value,
        "hits": hits,
        "searched_products": results.searched_products,
        "allowed_products": results.allowed_products,
        "propose_ms": round(results.propose_ms, 2),
        "compare_ms": round(results.compare_ms, 2),
    }
    if isinstance(results, CategoryFirstResults) and results.container is not None:
        found["container"] = results.container.value
        found["ms"] = round(results.timing.total_ms, 2)
        print(f"Taken for: {results.container.value}")
    return found


def _category_first(
    options: argparse.Namespace,
    asked: _Asked,
    workspace: Workspace,
    product_filter: ProductFilter,
    token: CancelToken,
) -> CategoryFirstResults:
    if asked.picture is None:
        raise UserFacingError(
            "A drawing shows no kind of container.",
            remedy="Search category first with --picture or --product.",
        )
    return workspace.category_first.search(
        asked.picture,
        token,
        product_filter=product_filter,
        limit=options.limit,
        exclude_products=asked.excluded,
    )


def _method(results: ShapeResults) -> ShapeMethod:
    is_category_first = isinstance(results, CategoryFirstResults)
    return ShapeMethod.CATEGORY_FIRST if is_category_first else ShapeMethod.OUTLINE


def _asked(options: argparse.Namespace, workspace: Workspace, token: CancelToken) -> _Asked:
    if options.outline is not None:
        outline = workspace.drawings.read(options.outline)
        return _Asked(workspace.shapes.of_outline(outline), options.outline.name)
    if options.picture is not None:
        picture = QueryPicture(options.picture.name, path=options.picture)
        shape = workspace.shapes.read(picture, token)
        if shape is None:
            raise UserFacingError(
                f"No outline was found in “{options.picture.name}”.",
                remedy="Take a picture in which the container stands out from its background.",
            )
        return _Asked(shape, options.picture.name, picture=picture)
    product = _product(options.product, workspace)
    contents = [p.content_id for p in product.pictures if p.content_id is not None]
    shapes = workspace.shapes.shapes_of(contents)
    known = [content_id for content_id in contents if content_id in shapes]
    if not known:
        raise UserFacingError(
            f"No outline of {product.fields.sku} is known.",
            remedy="Its pictures were not looked at closely yet, or show nothing that stands out.",
        )
    return _Asked(
        shapes[known[0]],
        product.fields.sku,
        (product.id,),
        QueryPicture(product.fields.sku, content_id=known[0]),
    )


def _product(sku: str, workspace: Workspace) -> Product:
    products = workspace.catalogue.products
    wanted = ProductFilter(conditions=(Condition("sku", Operator.ANY_OF, (sku,)),))
    ids = products.list_ids(wanted).tolist()
    if not ids:
        raise UserFacingError(
            f"This catalogue has no product {sku}.", remedy="Look at the spelling of the SKU."
        )
    return products.get(int(ids[0]))


def _hit(
    rank: int, hit: ShapeHit, card: ProductCard, results: ShapeResults, workspace: Workspace
) -> dict[str, Any]:
    laid = workspace.shapes.lay(results, hit.product_id)
    product = workspace.catalogue.products.get(hit.product_id)
    height_mm = ContainerSizes(workspace.catalogue).of(product).get(SizeKind.HEIGHT, 0.0)
    found: dict[str, Any] = {
        "rank": rank,
        "sku": card.sku,
        "title": card.title,
        "category": card.category,
        "score": round(hit.score, 6),
        "overlap": _figure(hit.overlap, 6),
        "distance": _figure(hit.distance, 4),
        "mirrored": hit.orientation.mirrored,
        "turned": 90 * (hit.orientation.quarter_turns % 4),
    }
    if laid is not None:
        found["deviation"] = _deviation(laid, height_mm)
    return found


def _deviation(laid: LaidShapes, height_mm: float) -> Mapping[str, Any]:
    """Of the parts, in millimetres where the height is known, else in hundredths of it."""
    unit = height_mm or 100.0
    parts = {part.value: round(value * unit, 3) for part, value in laid.by_part.items()}
    return {"unit": "mm" if height_mm else "% of height", **parts}


def _print(hits: list[dict[str, Any]]) -> None:
    for hit in hits:
        lies = [
            *(["mirrored"] if hit["mirrored"] else []),
            *([f"turned {hit['turned']}°"] if hit["turned"] else []),
        ]
        note = f"  ({', '.join(lies)})" if lies else ""
        overlap = "   –" if hit["overlap"] is None else f"{hit['overlap']:4.0%}"
        print(f"{hit['rank']:3}  {overlap}  {hit['sku']:<20} {hit['title']}{note}")
    if not hits:
        print("No container is like it.")


def _figure(value: float, decimals: int) -> float | None:
    """None where there is no telling."""
    return round(value, decimals) if math.isfinite(value) else None


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError
    return number
