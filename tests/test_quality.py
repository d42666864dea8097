"""The house rules, enforced: lint, types, and which layer may import which."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


def run(*command: str) -> None:
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_ruff_finds_nothing() -> None:
    run(sys.executable, "-m", "ruff", "check", ".")


def test_the_code_is_formatted() -> None:
    run(sys.executable, "-m", "ruff", "format", "--check", ".")


@pytest.mark.slow
def test_the_types_hold() -> None:
    run(sys.executable, "-m", "mypy")


def test_imports_go_down_only() -> None:
    run(str(Path(sys.executable).with_name("lint-imports")))


@pytest.mark.parametrize(
    ("modules", "forbidden"),
    [
        ("services", {"PySide6", "torch", "faiss", "cv2", "openvino", "PIL", "sqlite3"}),
        ("ui", {"torch", "faiss", "cv2", "openvino", "timm", "sqlite3"}),
    ],
)
def test_importing_a_layer_loads_no_engine(modules: str, forbidden: set[str]) -> None:
    script = f"""
import importlib, pkgutil, sys
import desktop_app.{modules} as package
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
loaded = {{name.split(".")[0] for name in sys.modules}}
found = sorted(loaded & {forbidden!r})
sys.exit(f"loaded: {{found}}" if found else 0)
"""
    run(sys.executable, "-c", script)
