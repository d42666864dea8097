"""What the command line says, and with which exit status, where it cannot do what was asked."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import pytest

from desktop_app import cli
from desktop_app.__main__ import main
from desktop_app.domain.progress import Progress
from desktop_app.engines import Engines

from .conftest import Place


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """Run a command that must fail in an orderly way; returns what it says."""
    capsys.readouterr()
    assert cli.main([*map(str, arguments), "--json", "-"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("twinshelf: ")
    return said.err


@pytest.mark.parametrize("command", [["search", "a.jpg"], ["export", "--to", "a.csv"]])
def test_a_folder_without_a_catalogue_is_told_and_left_alone(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "holds no catalogue" in refused(capsys, *command, "-c", tmp_path / "absent")
    assert not (tmp_path / "absent").exists()


def test_an_absent_picture_is_told(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "search", "absent.jpg", "-c", place.catalogue, *place.own)
    assert "absent.jpg" in said


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("category", "not a condition"),
        ("=Jar", "not a condition"),
        ("price>5", "not a condition"),
        ("colour=red", "no column “colour”"),
        ("price<=cheap", "“cheap” is not a number"),
        ("price=cheap", "“cheap” is not a number"),
    ],
)
def test_a_condition_that_cannot_be_understood_is_told(
    condition: str, told: str, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["export", "-c", place.catalogue, "--to", "never.csv", *place.own]
    assert told in refused(capsys, *command, "--where", condition)
    assert not Path("never.csv").exists()


def test_a_model_that_does_not_exist_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, "index", "-c", tmp_path / "new", "--model", "absent")
    assert "no model named absent" in said


def test_a_source_that_is_not_there_is_told(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, "index", "-c", place.catalogue, place.data / "absent", *place.own)
    assert "is not there" in said


def test_a_channel_there_is_not_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["evaluate", "--manifest", tmp_path / "m.csv", "--channels", "look,smell"]
    said = refused(capsys, *command)
    assert "'smell'" in said
    assert "shape" in said


def test_results_that_cannot_be_written_are_told(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["export", "-c", str(place.catalogue), "--to", str(tmp_path / "a.csv"), *place.own]
    assert cli.main([*command, "--json", str(tmp_path / "absent" / "a.json")]) == 1
    assert "could not be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["index"], ["serach", "a.jpg"], ["search", "a.jpg", "-c", "x", "-k", "0"], ["--absent"]],
)
def test_wrong_usage_has_an_exit_status_of_its_own(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: twinshelf" in capsys.readouterr().err


def test_help_names_the_commands_that_open_a_window_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    told = capsys.readouterr().out
    for command in ("index", "search", "evaluate", "bench", "export", "demo", "self-test"):
        assert f"\n  {command}" in told or f"\n    {command}" in told


def test_an_interrupt_has_an_exit_status_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(options: argparse.Namespace, engines: Engines) -> cli.Result:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "export_command", interrupted)
    assert cli.main(["export", "-c", "x", "--to", "y.csv"]) == 130
    assert "what was done is kept" in capsys.readouterr().err


def test_progress_is_drawn_on_a_terminal_now_and_then_and_cleared() -> None:
    terminal = Terminal()
    with cli.progress_line(terminal) as show:
        show(Progress("Reading pictures", 5, 20, elapsed_s=1))
        show(Progress("Reading pictures", 6, 20, elapsed_s=1))
    assert terminal.getvalue() == "\r\033[KReading pictures 5/20, 3 s left\r\033[K"


def test_progress_does_not_get_into_a_file() -> None:
    file = io.StringIO()
    with cli.progress_line(file) as show:
        show(Progress("Reading pictures", 5, 20))
    assert file.getvalue() == ""
