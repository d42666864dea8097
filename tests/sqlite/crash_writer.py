"""Writes to a catalogue without end, saying what was committed; killed by test_crash.

``python -m tests.sqlite.crash_writer FOLDER ROUND``
"""

from __future__ import annotations

import sys
from pathlib import Path

from desktop_app.domain.imports import ImportRequest, SourceKind
from desktop_app.domain.products import ProductFields
from desktop_app.infra.sqlite.catalogue import open_catalogue
from tests.sqlite.building import MODEL, picture_ids, read_picture

BATCH = 40


def main(folder: Path, number: str) -> None:
    catalogue = open_catalogue(folder)
    source = catalogue.imports.remember_source(ImportRequest(SourceKind.FOLDER, (Path("/in"),)))
    for batch in range(10_000):
        change = catalogue.imports.write_products(
            source,
            [
                (
                    ProductFields(f"{number}-{batch}-{i}", title="fresh", brand=f"batch{batch}"),
                    [(Path(f"/in/{number}-{batch}-{i}.jpg"), "", 1, 1)],
                )
                for i in range(BATCH)
            ],
        )
        say("products", change.product_ids)
        ids = change.product_ids
        pictures = [picture for i in ids[::4] for picture in picture_ids(catalogue, i)]
        catalogue.pictures.record_read(MODEL, [read_picture(i, i) for i in pictures])
        say("read", pictures)
        catalogue.products.update_fields(ids[:10], {"title": "edited", "brand": "edited"})
        say("edited", ids[:10])
        # Said first: the program may be killed between doing it and saying it.
        say("removing", ids[:2])
        catalogue.products.remove(ids[:2])
        catalogue.history.undo()
        say("restored", ids[:2])


def say(what: str, ids: object) -> None:
    print(what, *ids, flush=True)  # type: ignore[misc]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
