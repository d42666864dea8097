"""ZIPs are unpacked into the catalogue's folder and become products."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.imports import IssueKind
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import PictureState
from desktop_app.domain.progress import CancelToken
from desktop_app.services.importing import ImportService
from tests.importing.driving import (
    pictures_by_sku,
    products,
    read_pictures,
    run_import,
    run_rescan,
)

MakeZip = Callable[..., Path]


@pytest.fixture
def make_zip(source: Path) -> MakeZip:
    def make(name: str, **entries: str) -> Path:
        path = source / name
        with zipfile.ZipFile(path, "w") as archive:
            for entry, content in entries.items():
                archive.writestr(entry, content)
        return path

    return make


def test_pictures_of_a_zip_are_unpacked_and_become_products(
    service: ImportService, catalogue: Catalogue, make_zip: MakeZip
) -> None:
    path = make_zip(
        "Spring.zip",
        **{"jars/A1_front.jpg": "1", "jars/A1_back.jpg": "2", "B2_front.png": "3"},
        **{"__MACOSX/A1.jpg": "x", "readme.txt": "x", "empty.jpg": ""},
    )
    plan = service.preview(service.classify([path]), CancelToken())
    assert not (catalogue.folder / "pictures").exists()
    assert plan.categories == ("jars",)
    assert {(issue.kind, issue.origin) for issue in plan.issues} == {
        (IssueKind.SKIPPED, "*.txt"),
        (IssueKind.FAILED, "empty.jpg"),
    }
    report = run_import(service, path)
    assert (report.products_added, report.pictures_added) == (2, 3)
    folder = catalogue.folder / "pictures" / "Spring"
    assert (folder / "jars" / "A1_front.jpg").read_text() == "1"
    assert products(catalogue)[0].pictures[0].path == str(folder / "jars" / "A1_front.jpg")
    assert pictures_by_sku(catalogue)["A1"] == [("A1_front.jpg", "front"), ("A1_back.jpg", "back")]


def test_a_zip_may_hold_a_list_and_its_pictures(
    service: ImportService, catalogue: Catalogue, make_zip: MakeZip
) -> None:
    path = make_zip(
        "all.zip",
        **{"data/list.csv": "sku,title,image\nA1,Jar,../img/a.jpg\nA2,Tin,B\nA3,Cup,no.jpg\n"},
        **{"img/a.jpg": "a", "img/b.jpg": "b", "img/c.jpg": "c", "data/more/other.csv": "x,y\n"},
    )
    report = run_import(service, path)
    assert [product.fields.title for product in products(catalogue)] == ["Jar", "Tin", "Cup"]
    assert pictures_by_sku(catalogue) == {
        "A1": [("a.jpg", "")],
        "A2": [("b.jpg", "")],
        "A3": [],
    }
    assert [(issue.kind, issue.origin) for issue in report.issues] == [
        (IssueKind.SKIPPED, "data/more/other.csv"),
        (IssueKind.FAILED, "row 4"),
        (IssueKind.SKIPPED, "all.zip"),
    ]
    assert not (catalogue.folder / "pictures/all/img/c.jpg").exists()


def test_a_list_without_pictures_takes_those_named_after_the_sku(
    service: ImportService, catalogue: Catalogue, make_zip: MakeZip
) -> None:
    path = make_zip(
        "all.zip",
        **{"list.csv": "sku,title\nA1,Jar\nA2,Tin\n"},
        **{"a1_front.jpg": "1", "a1_back.jpg": "2", "A2_front.jpg": "3"},
    )
    assert run_import(service, path).issues == ()
    assert {sku: len(found) for sku, found in pictures_by_sku(catalogue).items()} == {
        "A1": 2,
        "A2": 1,
    }


def test_the_same_zip_again_changes_nothing(
    service: ImportService, catalogue: Catalogue, make_zip: MakeZip
) -> None:
    path = make_zip("all.zip", **{"a.jpg": "1", "b.jpg": "2"})
    run_import(service, path)
    read_pictures(catalogue)
    before = products(catalogue)
    report = run_import(service, path)
    assert (report.products_unchanged, report.pictures_unchanged) == (2, 2)
    assert products(catalogue) == before


def test_another_zip_of_that_name_overwrites_nothing(
    service: ImportService, catalogue: Catalogue, make_zip: MakeZip
) -> None:
    run_import(service, make_zip("all.zip", **{"a.jpg": "old"}))
    path = make_zip("all.zip", **{"a.jpg": "new"})
    for _ in range(2):
        run_import(service, path)
    (product,) = products(catalogue)
    assert {Path(p.path).name: Path(p.path).read_text() for p in product.pictures} == {
        "a.jpg": "old",
        "a (2).jpg": "new",
    }


def test_unpacked_pictures_that_were_deleted_come_back(
    service: ImportService, catalogue: Catalogue, make_zip: MakeZip
) -> None:
    path = make_zip("all.zip", **{"a.jpg": "1"})
    run_import(service, path)
    read_pictures(catalogue)
    (catalogue.folder / "pictures/all/a.jpg").unlink()
    run_import(service, path)
    (product,) = products(catalogue)
    assert [picture.state for picture in product.pictures] == [PictureState.READY]
    assert Path(product.pictures[0].path).exists()


def test_a_zip_that_was_thrown_away_costs_no_picture(
    service: ImportService, catalogue: Catalogue, make_zip: MakeZip
) -> None:
    path = make_zip("all.zip", **{"a.jpg": "1"})
    run_import(service, path)
    path.unlink()
    report = run_rescan(service)
    assert [issue.kind for issue in report.issues] == [IssueKind.FAILED]
    assert products(catalogue)[0].pictures[0].state is PictureState.PENDING


def test_damaged_entries_are_issues_and_the_rest_comes_in(
    service: ImportService, catalogue: Catalogue, make_zip: MakeZip
) -> None:
    path = make_zip("all.zip", **{"a.jpg": "the bytes", "b.jpg": "fine", "../c.jpg": "x"})
    path.write_bytes(path.read_bytes().replace(b"the bytes", b"teh bytes"))
    report = run_import(service, path)
    assert list(pictures_by_sku(catalogue)) == ["b"]
    assert sorted((issue.kind, issue.origin) for issue in report.issues) == [
        (IssueKind.FAILED, "../c.jpg"),
        (IssueKind.FAILED, "a.jpg"),
    ]


def test_a_zip_that_changed_after_the_preview_is_noticed(
    service: ImportService, catalogue: Catalogue, make_zip: MakeZip
) -> None:
    path = make_zip("all.zip", **{"a.jpg": "1", "b.jpg": "2"})
    plan = service.preview(service.classify([path]), CancelToken())
    make_zip("all.zip", **{"b.jpg": "2"})
    report = list(service.apply(plan, CancelToken()))[-1].report
    assert report is not None
    assert [issue.reason for issue in report.issues] == ["It is no longer in the archive."]
    assert list(pictures_by_sku(catalogue)) == ["b"]


def test_what_is_no_zip_is_said(service: ImportService, source: Path) -> None:
    (source / "all.zip").write_bytes(b"nothing")
    with pytest.raises(UserFacingError, match="cannot be opened"):
        service.preview(service.classify([source / "all.zip"]), CancelToken())
