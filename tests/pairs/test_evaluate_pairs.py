"""Measuring the judge on a list of pairs with known answers."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from desktop_app import cli
from desktop_app.domain.errors import UnreadableTable
from desktop_app.services.evaluate_pairs import read_pairs
from tests.pairs.drawn import pack, resaved

Row = tuple[str, str, str]


def write_list(path: Path, rows: Sequence[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("path_a", "path_b", "label"), *rows])
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in (1, 2):
        Image.fromarray(pack(seed)).save(folder / f"{seed}.png")
        Image.fromarray(resaved(pack(seed), 250)).save(folder / f"{seed}-small.jpg")
        Image.fromarray(pack(seed, word="MELON")).save(folder / f"{seed}-melon.png")
    (folder / "1-again.png").write_bytes((folder / "1.png").read_bytes())
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    return folder


def test_copies_are_told_from_lookalikes_on_the_command_line(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = write_list(
        tmp_path / "pairs.csv",
        [
            ("1.png", "1-small.jpg", "same_picture"),
            ("2-small.jpg", "2.png", "same_picture"),
            ("1.png", "1-again.png", "same_picture"),
            ("1.png", "1-melon.png", "lookalike"),
            ("2.png", "2-melon.png", "lookalike"),
            ("1.png", "2.png", "lookalike"),
            ("1.png", "broken.png", "lookalike"),
            ("1.png", "gone.png", "lookalike"),
        ],
    )
    own = ["--data", str(tmp_path / "data"), "--cache", str(tmp_path / "cache")]
    command = ["evaluate-pairs", "--pairs", str(pairs), "--root", str(root), *own]
    assert cli.main([*command, "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["average_precision"] == 1
    assert found["recall_at_zero_false_merges"] == 1
    assert found["recall_at_precision_95"] == 1
    assert (found["n_pairs"], found["n_positive"], found["left_out"]) == (6, 3, 2)
    assert {Path(each["path"]).name for each in found["unreadable"]} == {"broken.png", "gone.png"}
    assert found["mean_variant"]["lookalike"] > found["mean_variant"]["same_picture"]

    assert cli.main([*command, "--positive", "lookalike", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["average_precision"] < 0.8

    assert cli.main([*command, "--positive", "twin"]) == 1
    assert "lookalike, same_picture" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["path_a,label\nx,y\n", "", "path_a,path_b\nx,y\n"], ids=["path", "empty", "label"]
)
def test_a_list_without_a_column_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(UnreadableTable, match="no column"):
        read_pairs(path, tmp_path)


def test_a_list_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable):
        read_pairs(tmp_path / "none.csv", tmp_path)
    (tmp_path / "bad.csv").write_bytes(b"path_a,path_b,label\n\xff\xfe,x,y\n")
    with pytest.raises(UnreadableTable):
        read_pairs(tmp_path / "bad.csv", tmp_path)


def test_paths_are_those_below_the_root(tmp_path: Path) -> None:
    path = write_list(tmp_path / "pairs.csv", [(" a/x.png ", "b.png", " same "), ("", "b", "c")])
    [pair] = read_pairs(path, tmp_path / "root")
    assert pair.path_a == (tmp_path / "root").resolve() / "a" / "x.png"
    assert pair.label == "same"
