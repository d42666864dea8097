"""The command that finds containers by their outline."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.products import Product, ProductCard
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture
from desktop_app.domain.shapes import LaidShapes, ShapeHit, ShapeRequest, ShapeResults
from desktop_app.domain.sizes import SizeKind
from desktop_app.services.shapes.container_sizes import ContainerSizes
from desktop_app.services.workspace import Workspace


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
    shape, excluded, name = _asked(options, workspace, token)
    request = ShapeRequest(
        shape,
        filter=product_filter,
        limit=options.limit,
        turns=options.turns,
        exclude_products=excluded,
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
        workspace.drawings.write(options.sheet, outlines, title=name)
        print(f"Outlines drawn in {options.sheet}")
    return {
        "query": name,
        "hits": hits,
        "searched_products": results.searched_products,
        "allowed_products": results.allowed_products,
        "propose_ms": round(results.propose_ms, 2),
        "compare_ms": round(results.compare_ms, 2),
    }


def _asked(
    options: argparse.Namespace, workspace: Workspace, token: CancelToken
) -> tuple[ShapeFeatures, tuple[int, ...], str]:
    """The outline to search with, the products not to be found, and what it is called."""
    if options.outline is not None:
        outline = workspace.drawings.read(options.outline)
        return workspace.shapes.of_outline(outline), (), options.outline.name
    if options.picture is not None:
        picture = QueryPicture(options.picture.name, path=options.picture)
        shape = workspace.shapes.read(picture, token)
        if shape is None:
            raise UserFacingError(
                f"No outline was found in “{options.picture.name}”.",
                remedy="Take a picture in which the container stands out from its background.",
            )
        return shape, (), options.picture.name
    product = _product(options.product, workspace)
    contents = [p.content_id for p in product.pictures if p.content_id is not None]
    shapes = workspace.shapes.shapes_of(contents)
    known = [shapes[content_id] for content_id in contents if content_id in shapes]
    if not known:
        raise UserFacingError(
            f"No outline of {product.fields.sku} is known.",
            remedy="Its pictures were not looked at closely yet, or show nothing that stands out.",
        )
    return known[0], (product.id,), product.fields.sku


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
        "overlap": round(hit.overlap, 6),
        "distance": round(hit.distance, 4),
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
        print(f"{hit['rank']:3}  {hit['overlap']:4.0%}  {hit['sku']:<20} {hit['title']}{note}")
    if not hits:
        print("No container is like it.")


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError
    return number
