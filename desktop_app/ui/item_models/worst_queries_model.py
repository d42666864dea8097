"""The queries of a scorecard that went wrong; their pictures arrive later."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject

from desktop_app.ui.item_models.picture_rows_model import PictureRowsModel
from desktop_app.ui.product_text import count_text
from desktop_app.workers.measuring import WorstCase
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

translate = QCoreApplication.translate


def worst_queries_model(
    thumbnails: ThumbnailLoader, parent: QObject
) -> PictureRowsModel[WorstCase]:
    """Three pictures of each: searched with, found first, the right one."""
    return PictureRowsModel(
        thumbnails,
        hashes=_hashes,
        words=lambda case: f"{searched_text(case)}. {rank_text(case)}",
        parent=parent,
    )


def searched_text(case: WorstCase) -> str:
    """What was searched for."""
    if case.right is None:
        return translate("WorstQueries", "A product that is no longer there")
    return " · ".join(part for part in (case.right.sku, case.right.title) if part)


def rank_text(case: WorstCase) -> str:
    """What came of it: ``Found first: … The right one came 14th.``"""
    if not case.query.first_product_id:
        return translate("WorstQueries", "Nothing was found.")
    first = (
        case.first.sku
        if case.first is not None
        else translate("WorstQueries", "a product no longer there")
    )
    if not case.query.right_rank:
        lost = translate("WorstQueries", "{0} came first; the right one was not found.")
        return lost.format(first)
    late = translate("WorstQueries", "{0} came first; the right one was number {1}.")
    return late.format(first, count_text(case.query.right_rank))


def _hashes(case: WorstCase) -> tuple[str, str, str]:
    first = case.first.thumbnail if case.first is not None else ""
    return case.thumbnail, first, case.right_thumbnail
