from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "desktop_app"


def test_importing_opencv_leaves_the_environment_as_it_was() -> None:
    script = (
        "import os; before = dict(os.environ); "
        "from desktop_app.infra.vision.opencv import cv2; "
        "assert cv2.__version__; assert dict(os.environ) == before, os.environ"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_opencv_is_imported_in_one_place_only() -> None:
    pattern = re.compile(r"^\s*(import cv2|from cv2)", re.MULTILINE)
    importers = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if pattern.search(path.read_text(encoding="utf-8"))
    }
    assert importers == {str(Path("infra", "vision", "opencv.py"))}
