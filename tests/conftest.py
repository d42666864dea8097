"""Fixtures shared by the whole suite: no display, no user folders, generated pictures."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
from PIL import Image, ImageDraw

from desktop_app.workers.garbage import Collector

COLLECTOR = Collector()
"""As in the application, no lane of a test collects the widgets of another."""

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_runtest_logfinish() -> None:
    COLLECTOR.collect_due()


@pytest.fixture
def shared_data() -> Path:
    """The private evaluation pictures; skips where they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the private evaluation pictures are not on this machine")
    return SHARED_DATA


@pytest.fixture
def make_picture(tmp_path: Path) -> Callable[..., Path]:
    """Writes a small picture of a coloured container, different for every seed."""

    def make(name: str = "a.jpg", *, seed: int = 0, size: tuple[int, int] = (96, 128)) -> Path:
        rng = np.random.default_rng(seed)
        width, height = size
        picture = Image.new("RGB", size, "white")
        draw = ImageDraw.Draw(picture)
        colour = tuple(int(c) for c in rng.integers(0, 200, 3))
        inset = int(rng.integers(width // 8, width // 3))
        draw.rounded_rectangle(
            (inset, height // 6, width - inset, height - 4), radius=8, fill=colour
        )
        for _ in range(6):
            x, y = (int(rng.integers(inset, width - inset)), int(rng.integers(height // 5, height)))
            stripe = tuple(int(c) for c in rng.integers(0, 255, 3))
            draw.rectangle((x, y, x + 12, y + 5), fill=stripe)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path)
        return path

    return make
