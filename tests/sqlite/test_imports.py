"""What imports write and remember."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.domain.errors import DuplicateSku
from desktop_app.domain.imports import FolderRules, ImportRequest, SourceKind, TableRules
from desktop_app.domain.products import Column, FieldKind, PictureState, ProductFields
from desktop_app.domain.storage import ChangeSet
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from tests.sqlite.building import add_product, import_products, picture_ids, read_all

RULES = TableRules(
    mapping={"Artikel": "sku", "Inhalt": "volume", "Bild": "picture"},
    new_columns=(Column("volume", "Inhalt", FieldKind.NUMBER, "ml"),),
    picture_root=Path("/pictures").absolute(),
    encoding="cp1252",
    delimiter=";",
    sheet="2024",
)


def test_a_source_is_remembered_with_its_rules(catalogue: SqliteCatalogue) -> None:
    imports = catalogue.imports
    folder = ImportRequest(
        SourceKind.FOLDER,
        (Path("/shots").absolute(),),
        folder_rules=FolderRules("{sku}_{view}", category_from_folder=False),
        watch=True,
    )
    table = ImportRequest(SourceKind.TABLE, (Path("/l.xlsx").absolute(),), table_rules=RULES)
    first, second = imports.remember_source(folder), imports.remember_source(table)
    assert first != second
    assert [(s.id, s.request) for s in imports.sources()] == [(first, folder), (second, table)]


def test_the_same_paths_are_one_source(catalogue: SqliteCatalogue) -> None:
    paths = (Path("/shots").absolute(),)
    first = catalogue.imports.remember_source(ImportRequest(SourceKind.FOLDER, paths))
    watched = ImportRequest(SourceKind.FOLDER, paths, watch=True)
    assert catalogue.imports.remember_source(watched) == first
    (source,) = catalogue.imports.sources()
    assert source.request == watched
    assert source.last_read_at


def test_forgetting_a_source_keeps_products_and_pictures(catalogue: SqliteCatalogue) -> None:
    (a,) = import_products(catalogue, "A")
    (source,) = catalogue.imports.sources()
    catalogue.imports.forget_source(source.id)
    assert catalogue.imports.sources() == []
    assert len(catalogue.products.get(a).pictures) == 1
    assert catalogue.pictures.known_files(source.id) == []
    assert len(catalogue.pictures.known_files()) == 1


def test_new_products_come_with_their_pictures(catalogue: SqliteCatalogue) -> None:
    source = catalogue.imports.remember_source(ImportRequest(SourceKind.FILES, (Path("/x"),)))
    front, back = Path("/f.jpg").absolute(), Path("/b.jpg").absolute()
    change = catalogue.imports.write_products(
        source,
        [
            (ProductFields("A", title="One"), [(front, "front", 10, 20), (back, "back", 11, 21)]),
            (ProductFields("B"), []),
        ],
    )
    a, b = change.product_ids
    assert change == ChangeSet(product_ids=(a, b), structure=True, pictures=True)
    product = catalogue.products.get(a)
    assert product.fields == ProductFields("A", title="One")
    assert [(p.path, p.view, p.position, p.size_bytes, p.mtime_ns) for p in product.pictures] == [
        (str(front), "front", 0, 10, 20),
        (str(back), "back", 1, 11, 21),
    ]
    assert catalogue.products.get(b).pictures == ()
    assert catalogue.history.undo_label() == ""


@pytest.mark.parametrize("skus", [["B", "A"], ["B", "C", "c"]])
def test_a_batch_with_a_taken_sku_writes_nothing(
    catalogue: SqliteCatalogue, skus: list[str]
) -> None:
    add_product(catalogue, "a")
    with pytest.raises(DuplicateSku):
        import_products(catalogue, *skus)
    assert catalogue.products.count() == 1
    assert catalogue.pictures.counts().total == 0


def test_an_update_sets_only_what_the_import_names(catalogue: SqliteCatalogue) -> None:
    for name in ("volume", "depth", "width"):
        catalogue.products.add_column(Column(name, name, FieldKind.NUMBER))
    fields = ProductFields("A", title="Kept", extra={"volume": 1.0, "depth": 2.0})
    (a,) = catalogue.products.add(fields).product_ids
    b, gone = add_product(catalogue, "B"), add_product(catalogue, "C")
    catalogue.products.remove([gone])
    change = catalogue.imports.update_products(
        [
            (a, {"brand": "New", "volume": 9, "depth": None, "width": 1 / 3}),
            (b, {"sku": "B-new"}),
            (gone, {"title": "x"}),
        ]
    )
    assert change.structure
    assert catalogue.products.get(a).fields == ProductFields(
        "A", title="Kept", brand="New", extra={"volume": 9.0, "width": 1 / 3}
    )
    assert catalogue.products.find_by_sku("b-NEW") is not None
    assert catalogue.history.undo_label() == "Remove 1 product"
    with pytest.raises(DuplicateSku):
        catalogue.imports.update_products([(a, {"title": "lost"}), (b, {"sku": "a"})])
    with pytest.raises(ValueError, match="undeclared"):
        catalogue.imports.update_products([(a, {"title": "lost"}), (b, {"colour": "red"})])
    assert catalogue.products.get(a).fields.title == "Kept"


def test_pictures_found_later_are_put_behind(catalogue: SqliteCatalogue) -> None:
    a, b = import_products(catalogue, "A", "B", pictures=2)
    gone = add_product(catalogue, "C")
    catalogue.products.remove([gone])
    source = catalogue.imports.sources()[0].id
    new = Path("/new.jpg").absolute()
    change = catalogue.imports.write_pictures(
        source,
        [(b, new, "n", 1, 2), (a, new, "", 1, 2), (b, new, "m", 1, 2), (gone, new, "", 1, 2)],
    )
    assert change.pictures
    assert [p.view for p in catalogue.products.get(b).pictures] == ["view 0", "view 1", "n", "m"]
    assert catalogue.products.get(a).pictures[2].path == str(new)
    assert catalogue.pictures.counts().pending == 7


def test_a_moved_picture_keeps_its_content_and_is_back_if_it_was_offline(
    catalogue: SqliteCatalogue,
) -> None:
    (a,) = import_products(catalogue, "A", pictures=3)
    read, unread, failed = picture_ids(catalogue, a)
    read_all(catalogue, [read])
    before = catalogue.products.get(a).pictures[0]
    catalogue.pictures.set_state([read, unread], PictureState.OFFLINE, "Not there.")
    catalogue.pictures.set_state([failed], PictureState.FAILED, "Damaged.")
    change = catalogue.imports.move_pictures(
        [(i, Path(f"/moved/{i}.jpg").absolute(), 5, 6) for i in (read, unread, failed)]
    )
    assert change == ChangeSet(product_ids=(a,), pictures=True)
    pictures = catalogue.products.get(a).pictures
    assert [p.state for p in pictures] == [
        PictureState.READY,
        PictureState.PENDING,
        PictureState.FAILED,
    ]
    assert [p.problem for p in pictures] == ["", "", "Damaged."]
    assert [Path(p.path).name for p in pictures] == [f"{i}.jpg" for i in (read, unread, failed)]
    assert (pictures[0].size_bytes, pictures[0].mtime_ns) == (5, 6)
    assert pictures[0].content_id == before.content_id is not None


def test_table_rules_are_found_by_headers(catalogue: SqliteCatalogue) -> None:
    imports = catalogue.imports
    headers = ["Artikel", "Inhalt", "Bild"]
    assert imports.table_rules(headers) is None
    imports.remember_table_rules(headers, RULES)
    assert imports.table_rules(headers) == RULES
    assert imports.table_rules(headers[::-1]) == RULES
    assert imports.table_rules([*headers, "Preis"]) is None
    imports.remember_table_rules(headers, TableRules())
    assert imports.table_rules(headers) == TableRules()
