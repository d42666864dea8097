"""Folders and chosen files become products."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.imports import FolderRules, ImportRequest, IssueKind, SourceKind
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.services.importing import ImportService
from tests.importing.driving import pictures_by_sku, products, run_import, run_plan, run_request

Put = Callable[..., Path]


def folder_request(folder: Path, pattern: str = "{sku}", *, category: bool = True) -> ImportRequest:
    return ImportRequest(SourceKind.FOLDER, (folder,), FolderRules(pattern, category))


def test_a_folder_becomes_products_with_categories_and_views(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    for name in ("jars/A1_back.jpg", "jars/A1_front.JPG", "tubes/large/B2_front.png", "C3.webp"):
        put(name)
    plan = service.preview(service.classify([source]), CancelToken())
    assert plan.request.folder_rules.name_pattern == "{sku}_{view}"
    assert plan.categories == ("jars", "tubes")
    assert catalogue.products.count() == 0
    report = run_plan(service, plan)
    assert (report.products_added, report.pictures_added) == (3, 4)
    assert pictures_by_sku(catalogue) == {
        "A1": [("A1_front.JPG", "front"), ("A1_back.jpg", "back")],
        "B2": [("B2_front.png", "front")],
        "C3": [("C3.webp", "")],
    }
    assert [p.fields.category for p in products(catalogue)] == ["jars", "tubes", ""]


def test_the_preview_is_the_same_every_time(service: ImportService, source: Path, put: Put) -> None:
    for number in (10, 9, 2, 1):
        put(f"jars/A{number}.jpg")
    plan = service.preview(folder_request(source), CancelToken())
    assert plan == service.preview(folder_request(source), CancelToken())
    assert [record.sku for record in plan.records] == ["A1", "A2", "A9", "A10"]


def test_what_belongs_to_the_system_is_passed_over_in_silence(
    service: ImportService, source: Path, put: Put
) -> None:
    for name in (".hidden.jpg", "._a.jpg", "Thumbs.db", "__MACOSX/a.jpg", ".git/b.jpg"):
        put(name)
    put("@eaDir/a.jpg")
    put("a.jpg")
    plan = service.preview(folder_request(source), CancelToken())
    assert [record.origin for record in plan.records] == ["a.jpg"]
    assert plan.issues == ()


def test_other_files_are_counted_by_ending(service: ImportService, source: Path, put: Put) -> None:
    for number in range(30):
        put(f"notes{number}.TXT")
    put("README")
    put("a.jpg")
    issues = service.preview(folder_request(source), CancelToken()).issues
    assert [(i.kind, i.origin, i.reason) for i in issues] == [
        (IssueKind.SKIPPED, "*.txt", "30 files are not pictures."),
        (IssueKind.SKIPPED, "files without an ending", "1 file is not a picture."),
    ]


def test_empty_and_broken_files_are_reported_and_nothing_else_is_lost(
    service: ImportService, source: Path, put: Put
) -> None:
    put("a.jpg")
    put("empty.jpg", b"")
    (source / "dangling.jpg").symlink_to(source / "nowhere.jpg")
    plan = service.preview(folder_request(source), CancelToken())
    assert [record.sku for record in plan.records] == ["a"]
    assert {(issue.kind, issue.origin) for issue in plan.issues} == {
        (IssueKind.FAILED, "empty.jpg"),
        (IssueKind.FAILED, "dangling.jpg"),
    }


def test_links_in_circles_end_and_real_folders_go_before_links(
    service: ImportService, source: Path, put: Put
) -> None:
    put("jars/a.jpg")
    (source / "jars" / "up").symlink_to(source)
    (source / "a_link").symlink_to(source / "jars")
    plan = service.preview(folder_request(source), CancelToken())
    assert [record.origin for record in plan.records] == ["jars/a.jpg"]


def test_the_catalogues_own_folder_is_never_read(
    service: ImportService, catalogue: Catalogue, tmp_path: Path, put: Put
) -> None:
    put("a.jpg")
    own = catalogue.folder / "pictures"
    own.mkdir()
    (own / "unpacked.jpg").write_bytes(b"x")
    plan = service.preview(folder_request(tmp_path), CancelToken())
    assert [record.sku for record in plan.records] == ["a"]
    with pytest.raises(UserFacingError, match="own folder"):
        service.preview(folder_request(own), CancelToken())


def test_an_unreadable_folder_is_reported(
    service: ImportService, source: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a.jpg")
    put("locked/b.jpg")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    plan = service.preview(folder_request(source), CancelToken())
    assert [record.sku for record in plan.records] == ["a"]
    assert [(i.kind, i.origin) for i in plan.issues] == [(IssueKind.FAILED, "locked")]


def test_names_off_the_pattern_are_their_own_sku_with_a_note(
    service: ImportService, source: Path, put: Put
) -> None:
    for name in ("A1_front.jpg", "A1.jpg", "stray.jpg"):
        put(name)
    plan = service.preview(folder_request(source, "{sku}_{view}"), CancelToken())
    assert [record.sku for record in plan.records] == ["A1", "stray"]
    assert [(i.kind, i.origin) for i in plan.issues] == [(IssueKind.NOTE, "stray.jpg")]


def test_a_wrong_pattern_gives_a_short_list_of_notes(
    service: ImportService, source: Path, put: Put
) -> None:
    for number in range(120):
        put(f"A{number}.jpg")
    issues = service.preview(folder_request(source, "{sku}_{view}"), CancelToken()).issues
    assert len(issues) == 51
    assert "70 further" in issues[-1].reason


def test_a_pattern_that_cannot_be_understood_is_explained(
    service: ImportService, source: Path, put: Put
) -> None:
    put("a.jpg")
    with pytest.raises(UserFacingError, match="not known"):
        service.preview(folder_request(source, "{name}"), CancelToken())


def test_a_folder_for_each_product_is_recognised(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    for name in ("jars/A1/front.jpg", "jars/A1/back.jpg", "jars/A2/front.jpg", "jars/A2/back.jpg"):
        put(name)
    run_import(service, source)
    assert pictures_by_sku(catalogue) == {
        sku: [("front.jpg", "front"), ("back.jpg", "back")] for sku in ("A1", "A2")
    }
    assert {p.fields.category for p in products(catalogue)} == {"jars"}


def test_one_sku_in_two_folders_is_one_product_with_a_note(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    put("jars/A1.jpg")
    put("tubes/a1.png")
    report = run_request(service, folder_request(source))
    assert len(products(catalogue)[0].pictures) == 2
    assert [issue.kind for issue in report.issues] == [IssueKind.NOTE]
    assert "tubes" in report.issues[0].reason


def test_many_skus_in_two_folders_give_a_short_list_of_notes(
    service: ImportService, source: Path, put: Put
) -> None:
    for number in range(120):
        put(f"{'tubes' if number % 2 else 'jars'}/A{number // 2}_{number}.jpg")
    issues = service.preview(folder_request(source, "{sku}_{view}"), CancelToken()).issues
    assert len(issues) == 51
    assert "10 further SKUs" in issues[-1].reason


def test_folders_need_not_be_categories(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    put("jars/A1.jpg")
    run_request(service, folder_request(source, category=False))
    assert products(catalogue)[0].fields.category == ""


def test_accents_written_in_two_ways_are_one_sku(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    put("Cre\u0300me_1.jpg")
    put("Cr\u00e8me_2.jpg")
    run_request(service, folder_request(source, "{sku}_{view}"))
    (product,) = products(catalogue)
    assert product.fields.sku == "Cr\u00e8me"
    assert len(product.pictures) == 2


def test_names_that_are_not_unicode_are_taken(
    service: ImportService, catalogue: Catalogue, source: Path
) -> None:
    (source / os.fsdecode(b"gro\xdfe.jpg")).write_bytes(b"x")
    report = run_import(service, source)
    assert report.products_added == 1
    assert run_import(service, source).pictures_unchanged == 1
    assert Path(products(catalogue)[0].pictures[0].path).exists()


def test_chosen_files_become_products(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    files = [put("jars/A1_front.jpg"), put("jars/A1_back.jpg"), put("B2_front.jpg")]
    report = run_import(service, *files)
    assert report.products_added == 2
    assert len(pictures_by_sku(catalogue)["A1"]) == 2
    assert products(catalogue)[0].fields.category == ""


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "Nothing was chosen"),
        (["absent.jpg"], "is not there"),
        (["notes.md"], "cannot be imported"),
        (["a.jpg", "list.csv"], "cannot be imported together"),
        (["list.csv", "other.csv"], "cannot be imported together"),
        (["jars", "tubes"], "cannot be imported together"),
    ],
)
def test_what_cannot_be_imported_is_said(
    service: ImportService, source: Path, put: Put, names: list[str], said: str
) -> None:
    for name in ("a.jpg", "list.csv", "other.csv", "notes.md", "jars/a.jpg", "tubes/a.jpg"):
        put(name)
    with pytest.raises(UserFacingError, match=said) as caught:
        service.classify([source / name for name in names])
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("list.CSV", SourceKind.TABLE),
        ("list.xls", SourceKind.TABLE),
        ("all.zip", SourceKind.ZIP),
        ("a.HEIC", SourceKind.FILES),
        ("jars", SourceKind.FOLDER),
    ],
)
def test_what_was_dropped_is_classified(
    service: ImportService, source: Path, put: Put, name: str, kind: SourceKind
) -> None:
    put(f"{name}/a.jpg" if kind is SourceKind.FOLDER else name)
    request = service.classify([source / name])
    assert request.kind is kind
    assert request.paths == (source / name,)


def test_a_preview_can_be_cancelled(service: ImportService, source: Path, put: Put) -> None:
    put("a.jpg")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        service.preview(folder_request(source), token)


def test_a_cancelled_import_keeps_what_was_committed_and_goes_on_later(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    for number in range(450):
        put(f"A{number}.jpg")
    plan = service.preview(folder_request(source), CancelToken())
    token = CancelToken()
    steps = service.apply(plan, token)
    first = next(steps)
    assert (first.progress.done, first.progress.total) == (200, 450)
    assert len(first.changes.product_ids) == 200
    token.cancel()
    with pytest.raises(Cancelled):
        next(steps)
    assert catalogue.products.count() == 200
    report = run_plan(service, plan)
    assert (report.products_added, report.products_unchanged) == (250, 200)
    assert catalogue.products.count() == 450


def test_relative_paths_are_made_absolute(
    service: ImportService,
    catalogue: Catalogue,
    source: Path,
    put: Put,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put("a.jpg")
    monkeypatch.chdir(source.parent)
    run_request(service, replace(folder_request(Path("source"))))
    assert products(catalogue)[0].pictures[0].path == str(source / "a.jpg")
