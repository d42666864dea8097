"""Pictures: what waits to be read, what was read, and what a search can show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.products import PictureState
from desktop_app.domain.storage import (
    ChangeSet,
    KnownContent,
    KnownFile,
    PendingPicture,
    PictureCounts,
    ReadPicture,
)
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from tests.sqlite.building import (
    MODEL,
    add_product,
    content,
    import_products,
    picture_ids,
    read_all,
    read_picture,
    unit_vector,
)


def content_pairs(catalogue: SqliteCatalogue) -> list[tuple[int, int]]:
    found = catalogue.pictures.content_map()
    assert found.content_ids.dtype == found.product_ids.dtype == np.int64
    return list(zip(found.content_ids.tolist(), found.product_ids.tolist(), strict=True))


def test_pictures_wait_to_be_read_in_pages(catalogue: SqliteCatalogue) -> None:
    a, b = import_products(catalogue, "A", "B", pictures=2)
    first, second, third, fourth = picture_ids(catalogue, a) + picture_ids(catalogue, b)
    page = catalogue.pictures.pending(limit=3)
    assert [pending.id for pending in page] == [first, second, third]
    assert page[0] == PendingPicture(first, str(Path("/in/A-0.jpg").absolute()))
    assert [p.id for p in catalogue.pictures.pending(after_id=third)] == [fourth]
    assert catalogue.pictures.counts() == PictureCounts(pending=4)


def test_a_batch_read_is_stored_with_contents_vectors_thumbnails_and_states(
    catalogue: SqliteCatalogue,
) -> None:
    a, b = import_products(catalogue, "A", "B", pictures=2)
    first, second, third, fourth = picture_ids(catalogue, a) + picture_ids(catalogue, b)
    change = catalogue.pictures.record_read(
        MODEL,
        [
            read_picture(third, 3),
            read_picture(first, 1),
            ReadPicture(second, PictureState.FAILED, problem="It is empty.", mtime_ns=9),
            ReadPicture(fourth, PictureState.OFFLINE, problem="It is not there."),
        ],
    )
    assert change == ChangeSet(product_ids=(a, b), pictures=True)
    assert catalogue.pictures.counts() == PictureCounts(ready=2, failed=1, offline=1)
    pictures = [*catalogue.products.get(a).pictures, *catalogue.products.get(b).pictures]
    assert [p.content_hash for p in pictures] == [
        content(1).content_hash,
        "",
        content(3).content_hash,
        "",
    ]
    assert [(p.size_bytes, p.mtime_ns) for p in pictures] == [
        (5001, 7001),
        (0, 9),
        (5003, 7003),
        (101, 1001),
    ]
    assert catalogue.pictures.thumbnail(content(1).content_hash) == b"jpeg 1"
    assert catalogue.pictures.thumbnail("0" * 32) is None
    assert [(p.id, p.problem) for p in catalogue.pictures.problems()] == [
        (second, "It is empty."),
        (fourth, "It is not there."),
    ]
    assert [p.id for p in catalogue.pictures.problems(limit=1)] == [second]
    content_ids = [p.content_id for p in pictures if p.content_id]
    found, rows = catalogue.vectors.get(MODEL, content_ids)
    by_id = dict(zip(found.tolist(), rows, strict=True))
    np.testing.assert_allclose(by_id[content_ids[0]], unit_vector(1), atol=1e-3)
    np.testing.assert_allclose(by_id[content_ids[1]], unit_vector(3), atol=1e-3)


def test_equal_bytes_are_one_content(catalogue: SqliteCatalogue) -> None:
    a, b = import_products(catalogue, "A", "B", pictures=2)
    ids = picture_ids(catalogue, a) + picture_ids(catalogue, b)
    catalogue.pictures.record_read(MODEL, [read_picture(i, 5) for i in ids])
    ((content_id, first), (same, second)) = content_pairs(catalogue)
    assert (content_id, first, second) == (same, a, b)
    assert [p.id for p in catalogue.pictures.get_by_content(content_id)] == ids
    assert catalogue.vectors.models() == {MODEL: 1}


def test_a_replaced_file_gets_its_new_content(catalogue: SqliteCatalogue) -> None:
    (a,) = import_products(catalogue, "A")
    (picture_id,) = picture_ids(catalogue, a)
    read_all(catalogue, [picture_id])
    ((old, _),) = content_pairs(catalogue)
    catalogue.pictures.set_state([picture_id], PictureState.PENDING)
    assert catalogue.pictures.pending() == [
        PendingPicture(
            picture_id, str(Path("/in/A-0.jpg").absolute()), content(picture_id).content_hash
        )
    ]
    catalogue.pictures.record_read(MODEL, [read_picture(picture_id, 77)])
    ((new, _),) = content_pairs(catalogue)
    assert new != old
    assert catalogue.vectors.models() == {MODEL: 2}
    assert catalogue.pictures.known_contents([content(picture_id).content_hash], MODEL)


def test_pictures_that_cannot_be_read_now_stay_searchable(catalogue: SqliteCatalogue) -> None:
    a, b = import_products(catalogue, "A", "B")
    ids = picture_ids(catalogue, a) + picture_ids(catalogue, b)
    read_all(catalogue, ids)
    before = content_pairs(catalogue)
    catalogue.pictures.record_read(
        MODEL,
        [
            ReadPicture(ids[0], PictureState.OFFLINE, problem="The drive is not connected."),
            ReadPicture(ids[1], PictureState.FAILED, problem="It is damaged."),
        ],
    )
    assert content_pairs(catalogue) == before
    catalogue.pictures.mark_all_pending()
    assert content_pairs(catalogue) == before


def test_the_content_map_lists_live_pictures_of_live_products(catalogue: SqliteCatalogue) -> None:
    assert content_pairs(catalogue) == []
    a, b, c = import_products(catalogue, "A", "B", "C")
    pictures = [picture_ids(catalogue, product)[0] for product in (a, b, c)]
    read_all(catalogue, reversed(pictures))  # type: ignore[arg-type]
    assert sorted(content_pairs(catalogue)) == content_pairs(catalogue)
    catalogue.products.remove([a])
    catalogue.pictures.remove([pictures[1]])
    assert [product for _, product in content_pairs(catalogue)] == [c]


def test_known_contents_tell_what_is_stored(catalogue: SqliteCatalogue) -> None:
    (a,) = import_products(catalogue, "A", pictures=2)
    first, second = picture_ids(catalogue, a)
    catalogue.pictures.record_read(
        MODEL, [read_picture(first, 1), read_picture(second, 2, vector=False)]
    )
    hashes = [content(seed).content_hash for seed in (1, 2, 3)]
    known = catalogue.pictures.known_contents(hashes, MODEL)
    contents = {p.content_hash: p.content_id for p in catalogue.products.get(a).pictures}
    assert known == {
        hashes[0]: KnownContent(contents[hashes[0]] or 0, content(1), has_vector=True),
        hashes[1]: KnownContent(contents[hashes[1]] or 0, content(2), has_vector=False),
    }
    assert not catalogue.pictures.known_contents(hashes, "other:1")[hashes[0]].has_vector
    assert catalogue.pictures.known_contents([], MODEL) == {}


def test_each_content_lacking_a_vector_is_listed_once(catalogue: SqliteCatalogue) -> None:
    a, b = import_products(catalogue, "A", "B", pictures=2)
    first, second = picture_ids(catalogue, a)
    third, fourth = picture_ids(catalogue, b)
    catalogue.pictures.record_read(
        MODEL,
        [
            read_picture(first, 1),
            read_picture(second, 2, vector=False),
            read_picture(third, 2, vector=False),
            read_picture(fourth, 4, vector=False),
        ],
    )
    lacking = catalogue.pictures.lacking_vectors
    assert [p.id for p in lacking(MODEL)] == [second, fourth]
    assert [p.id for p in lacking(MODEL, limit=1)] == [second]
    assert [p.id for p in lacking(MODEL, after_id=second)] == [fourth]
    assert [p.id for p in lacking("new:1")] == [first, second, fourth]
    assert lacking("new:1")[0].content_hash == content(1).content_hash
    catalogue.pictures.set_state([second], PictureState.OFFLINE)
    assert [p.id for p in lacking(MODEL)] == [third, fourth]
    catalogue.pictures.remove([third])
    assert [p.id for p in lacking(MODEL)] == [fourth]


def test_known_files_tell_what_was_last_seen(catalogue: SqliteCatalogue) -> None:
    (a,) = import_products(catalogue, "A")
    b = add_product(catalogue, "B", "/b.jpg")
    (picture_a,), (picture_b,) = picture_ids(catalogue, a), picture_ids(catalogue, b)
    read_all(catalogue, [picture_b])
    (source,) = catalogue.imports.sources()
    file_a = KnownFile(
        picture_a, a, str(Path("/in/A-0.jpg").absolute()), 100, 1000, "", PictureState.PENDING
    )
    assert catalogue.pictures.known_files(source.id) == [file_a]
    assert [known.picture_id for known in catalogue.pictures.known_files()] == [
        picture_a,
        picture_b,
    ]
    assert catalogue.pictures.known_files()[1].content_hash == content(picture_b).content_hash
    catalogue.products.remove([a])
    assert catalogue.pictures.known_files(source.id) == []


def test_pictures_are_added_behind_and_removed(catalogue: SqliteCatalogue) -> None:
    a = add_product(catalogue, "A", "/0.jpg")
    change = catalogue.pictures.add(a, [(Path("/1.jpg"), "side"), (Path("/2.jpg"), "")])
    assert change == ChangeSet("Add 2 pictures", (a,), pictures=True)
    pictures = catalogue.products.get(a).pictures
    assert [(Path(p.path).name, p.view, p.position) for p in pictures] == [
        ("0.jpg", "", 0),
        ("1.jpg", "side", 1),
        ("2.jpg", "", 2),
    ]
    change = catalogue.pictures.remove([pictures[0].id, 999])
    assert change == ChangeSet("Remove 1 picture", (a,), pictures=True)
    assert [p.id for p in catalogue.products.get(a).pictures] == [p.id for p in pictures[1:]]
    assert catalogue.pictures.remove([pictures[0].id]) == ChangeSet()
    assert catalogue.pictures.add(a, []) == ChangeSet()


def test_states_are_set_and_pictures_marked_for_reading(catalogue: SqliteCatalogue) -> None:
    a, b = import_products(catalogue, "A", "B")
    (first,), (second,) = picture_ids(catalogue, a), picture_ids(catalogue, b)
    read_all(catalogue, [first, second])
    change = catalogue.pictures.set_state([first], PictureState.OFFLINE, "Not there.")
    assert change == ChangeSet(product_ids=(a,), pictures=True)
    assert catalogue.products.get(a).pictures[0].problem == "Not there."
    assert catalogue.pictures.mark_all_pending([a]).product_ids == (a,)
    assert catalogue.products.get(a).pictures[0].problem == ""
    assert catalogue.pictures.counts() == PictureCounts(pending=1, ready=1)
    assert catalogue.pictures.mark_all_pending().product_ids == (a, b)
    assert catalogue.pictures.counts() == PictureCounts(pending=2)


def test_a_batch_with_a_vector_that_does_not_fit_stores_nothing(catalogue: SqliteCatalogue) -> None:
    (a,) = import_products(catalogue, "A", pictures=2)
    first, second = picture_ids(catalogue, a)
    read_all(catalogue, [first])
    wrong = (unit_vector(2, 9), np.full(8, np.nan, np.float32), unit_vector(2).reshape(2, 4))
    for vector in wrong:
        read = ReadPicture(second, PictureState.READY, content=content(2), vector=vector)
        with pytest.raises(ValueError, match=r"dimension|finite"):
            catalogue.pictures.record_read(MODEL, [read])
    assert catalogue.pictures.counts() == PictureCounts(pending=1, ready=1)
    assert catalogue.pictures.known_contents([content(2).content_hash], MODEL) == {}


def test_paths_inside_the_folder_move_with_it(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    inside = catalogue.folder / "pictures" / "zip" / "a.jpg"
    outside = tmp_path / "catalogue-elsewhere" / "b.jpg"
    a = add_product(catalogue, "A", str(inside), str(outside))
    assert [p.path for p in catalogue.products.get(a).pictures] == [str(inside), str(outside)]
    catalogue.close()
    from desktop_app.infra.sqlite.catalogue import open_catalogue

    moved = open_catalogue(catalogue.folder.rename(tmp_path / "moved"))
    try:
        first, second = moved.products.get(a).pictures
        assert first.path == str(tmp_path / "moved" / "pictures" / "zip" / "a.jpg")
        assert second.path == str(outside)
        card = moved.products.cards([a])[0]
        assert card.main_picture_path == first.path
    finally:
        moved.close()


def test_a_file_name_that_is_not_unicode_is_kept(catalogue: SqliteCatalogue) -> None:
    odd = "/in/caf\udce9.jpg"
    inside = f"{catalogue.folder}/caf\udce9.jpg"
    a = add_product(catalogue, "A", odd, inside)
    assert [p.path for p in catalogue.products.get(a).pictures] == [odd, inside]
    assert [p.path for p in catalogue.pictures.pending()] == [odd, inside]
