"""Vectors at rest, and the fingerprint that tells when an index is stale."""

from __future__ import annotations

import numpy as np

from desktop_app.domain.products import PictureState
from desktop_app.domain.storage import ReadPicture, VectorFingerprint
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from tests.sqlite.building import (
    DIMENSION,
    MODEL,
    import_products,
    picture_ids,
    read_all,
    read_picture,
    unit_vector,
)


def read_pictures(catalogue: SqliteCatalogue, count: int, model: str = MODEL) -> list[int]:
    """Content ids of ``count`` new pictures, whose seeds are their picture ids."""
    start = catalogue.products.count()
    products = import_products(catalogue, *(f"{i}" for i in range(start, start + count)))
    ids = [picture_ids(catalogue, product)[0] for product in products]
    read_all(catalogue, ids, model=model)
    pictures = [catalogue.products.get(product).pictures[0] for product in products]
    return [picture.content_id or 0 for picture in pictures]


def test_vectors_come_back_as_unit_rows_of_float32(catalogue: SqliteCatalogue) -> None:
    wanted = read_pictures(catalogue, 5)
    ids, rows = catalogue.vectors.get(MODEL, [wanted[3], wanted[1], 999, wanted[3]])
    assert ids.tolist() == [wanted[1], wanted[3]]
    assert (ids.dtype, rows.dtype, rows.shape) == (np.int64, np.float32, (2, DIMENSION))
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    assert rows.flags.writeable


def test_a_model_without_vectors_is_empty(catalogue: SqliteCatalogue) -> None:
    ids, rows = catalogue.vectors.get("nothing", [1, 2])
    assert (ids.shape, rows.shape) == ((0,), (0, 0))
    assert list(catalogue.vectors.iterate("nothing")) == []
    assert catalogue.vectors.fingerprint("nothing") == VectorFingerprint(0, "")
    assert catalogue.vectors.models() == {}


def test_models_do_not_see_each_others_vectors(catalogue: SqliteCatalogue) -> None:
    first = read_pictures(catalogue, 2)
    second = read_pictures(catalogue, 3, "model:2")
    assert catalogue.vectors.models() == {MODEL: 2, "model:2": 3}
    assert catalogue.vectors.get(MODEL, first + second)[0].tolist() == first
    assert catalogue.vectors.get("model:2", first + second)[0].tolist() == second


def test_iteration_gives_every_vector_once_in_ascending_order(catalogue: SqliteCatalogue) -> None:
    wanted = read_pictures(catalogue, 7)
    batches = list(catalogue.vectors.iterate(MODEL, batch_size=3))
    assert [len(ids) for ids, _ in batches] == [3, 3, 1]
    assert np.concatenate([ids for ids, _ in batches]).tolist() == sorted(wanted)
    all_ids, all_rows = catalogue.vectors.get(MODEL, wanted)
    np.testing.assert_array_equal(np.concatenate([rows for _, rows in batches]), all_rows)
    assert len(all_ids) == 7


def test_iteration_leaves_the_catalogue_writable(catalogue: SqliteCatalogue) -> None:
    read_pictures(catalogue, 3)
    for _ in catalogue.vectors.iterate(MODEL, batch_size=1):
        catalogue.saved.set_setting("a", "b")
    assert catalogue.saved.setting("a") == "b"


def test_the_fingerprint_changes_with_the_vectors_and_only_with_them(
    catalogue: SqliteCatalogue,
) -> None:
    read_pictures(catalogue, 2)
    seen = [catalogue.vectors.fingerprint(MODEL)]
    assert seen[0].count == 2

    read_pictures(catalogue, 1)  # added
    seen.append(catalogue.vectors.fingerprint(MODEL))
    assert seen[-1].count == 3

    first = catalogue.pictures.known_files()[0].picture_id
    replaced = read_picture(first, first)
    replaced = ReadPicture(
        first, PictureState.READY, content=replaced.content, vector=unit_vector(99)
    )
    catalogue.pictures.record_read(MODEL, [replaced])
    seen.append(catalogue.vectors.fingerprint(MODEL))
    assert seen[-1].count == 3

    with catalogue._database.write() as connection:
        connection.execute("DELETE FROM embeddings WHERE content_id = 1")
    seen.append(catalogue.vectors.fingerprint(MODEL))
    assert seen[-1].count == 2
    assert len({fingerprint.digest for fingerprint in seen}) == len(seen)

    product = catalogue.products.ids_by_sku().popitem()[1]
    catalogue.products.update_fields([product], {"title": "x"})
    catalogue.products.remove([product])
    read_pictures(catalogue, 1, "model:2")
    assert catalogue.vectors.fingerprint(MODEL) == seen[-1]
    folder = catalogue.folder
    catalogue.close()
    reopened = open_catalogue(folder)
    assert reopened.vectors.fingerprint(MODEL) == seen[-1]
    reopened.close()
