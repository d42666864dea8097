"""From the rows that a person confirmed to an import."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from desktop_app.domain.catalogue_diff import CatalogueDiff, DiffStatus
from desktop_app.domain.imports import ImportPlan

PROPOSED = (DiffStatus.NEW, DiffStatus.VARIANT)
"""What is usually taken over: products that the catalogue does not have."""


def selected_plan(
    diff: CatalogueDiff, rows: Collection[int], *, skus: Mapping[int, str]
) -> ImportPlan:
    """What importing these rows (places in ``diff.rows``) writes; the rest of the list is left
    alone.

    A row that was matched goes to the product it is, also where the list has another number for
    it; ``skus`` are those of the catalogue by product id. Missing products bring nothing.
    """
    records = []
    for place, row in enumerate(diff.rows):
        if place not in rows or row.record is None:
            continue
        record = row.record
        if row.status in (DiffStatus.MATCHED, DiffStatus.CHANGED_PICTURE):
            record = replace(record, sku=skus.get(row.product_id or 0, record.sku))
        records.append(record)
    return replace(diff.plan, records=tuple(records), issues=())
