from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.domain.errors import UnreadableTable
from desktop_app.services.evaluation_manifest import LabelledPicture, Role, read_manifest


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "m.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_rows_become_pictures_beside_the_manifest(tmp_path: Path) -> None:
    manifest = write(
        tmp_path,
        'path,sku,role,note\nimg/a.jpg,A1,gallery,"two\nlines"\nb.jpg, B2 ,Query,\nc.jpg,C3,,\n\n',
        "utf-8-sig",
    )
    assert read_manifest(manifest) == (
        LabelledPicture(tmp_path.resolve() / "img/a.jpg", "A1", Role.GALLERY),
        LabelledPicture(tmp_path.resolve() / "b.jpg", "B2", Role.QUERY),
        LabelledPicture(tmp_path.resolve() / "c.jpg", "C3", Role.GALLERY),
    )


def test_absolute_paths_stay(tmp_path: Path) -> None:
    absolute = tmp_path.resolve() / "elsewhere" / "a.jpg"
    manifest = write(tmp_path, f"path,sku,role\n{absolute},A,query\n")
    assert read_manifest(manifest)[0].path == absolute


@pytest.mark.parametrize(
    ("text", "label", "says"),
    [
        ("sku,role\nA,query\n", "", "no column path"),
        ("path,role\na.jpg,query\n", "", "lacks the column sku"),
        ("path,sku\na.jpg,A\n", "", "lacks the column role"),
        ("path,sku,role\na.jpg,A,query\n", "shape", "no column shape"),
        ("path,sku,role\na.jpg,A,gallery\nb.jpg,A,guest\n", "", "Line 3"),
        ("", "", "no column path"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, label: str, says: str) -> None:
    with pytest.raises(UnreadableTable, match=says) as raised:
        read_manifest(write(tmp_path, text), label)
    assert raised.value.remedy


def test_an_absent_or_foreign_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match="cannot be read"):
        read_manifest(tmp_path / "absent.csv")
    with pytest.raises(UnreadableTable, match="cannot be read"):
        read_manifest(write(tmp_path, "path,sku,role\nä,ö,query\n", "latin-1"))
