"""Set-up decides rightly without installing anything."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from desktop_app import bootstrap


def test_only_the_standard_library_is_imported() -> None:
    tree = ast.parse(Path(bootstrap.__file__).read_text("utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    assert names <= set(sys.stdlib_module_names)


def test_a_changed_declaration_asks_for_a_new_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = tmp_path / ".venv"
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", environment)
    monkeypatch.setattr(bootstrap, "STAMP", environment / "stamp.json")
    assert not bootstrap.is_set_up(for_tests=False)
    python = bootstrap.environment_python()
    python.parent.mkdir(parents=True)
    python.touch()
    assert not bootstrap.is_set_up(for_tests=False)

    made_for_tests = bootstrap.declared_setup(for_tests=True)
    bootstrap.STAMP.write_text(json.dumps(made_for_tests), "utf-8")
    assert bootstrap.is_set_up(for_tests=True)
    assert bootstrap.is_set_up(for_tests=False)

    made_for_use = bootstrap.declared_setup(for_tests=False)
    bootstrap.STAMP.write_text(json.dumps(made_for_use), "utf-8")
    assert bootstrap.is_set_up(for_tests=False)
    assert not bootstrap.is_set_up(for_tests=True)

    bootstrap.STAMP.write_text(json.dumps({**made_for_use, "pyproject": "other"}), "utf-8")
    assert not bootstrap.is_set_up(for_tests=False)


@pytest.mark.skipif(not bootstrap.on_linux(), reason="system libraries are named on Linux only")
def test_missing_libraries_are_those_the_linker_does_not_find() -> None:
    missing = bootstrap.missing_libraries(lambda soname: soname != "libEGL.so.1")
    assert [library.apt for library in missing] == ["libegl1"]


@pytest.mark.parametrize(
    ("shared", "found", "packages"), [(1, False, 1), (1, True, 0), (0, False, 0)]
)
def test_a_library_of_python_that_was_split_off_is_named(
    monkeypatch: pytest.MonkeyPatch, shared: int, found: bool, packages: int
) -> None:
    variables = {"Py_ENABLE_SHARED": shared, "INSTSONAME": "libpython3.so.1.0"}
    monkeypatch.setattr(bootstrap.sysconfig, "get_config_var", variables.get)
    named = bootstrap.missing_python_library(lambda soname: found)
    assert [name.startswith("libpython3.") for name in named] == [True] * packages


@pytest.mark.skipif(not bootstrap.on_linux(), reason="system libraries are named on Linux only")
def test_who_is_not_root_is_told_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    with pytest.raises(bootstrap.SetupFailed, match="sudo apt-get install libegl1"):
        bootstrap.install_system_packages(["libegl1"], needed=True)
    bootstrap.install_system_packages(["libxcb-cursor0"], needed=False)
    assert "sudo apt-get install libxcb-cursor0" in capsys.readouterr().out


def test_an_unknown_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(["dance"]) == 2
    assert "demo" in capsys.readouterr().out
