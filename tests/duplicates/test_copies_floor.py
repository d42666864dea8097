"""Copies made of real pictures, found among them: what must be reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.engines import Engines
from tests.evaluate.generated_copies import COPIES, found_copies, write_copies

pytestmark = [pytest.mark.slow, pytest.mark.real_data, pytest.mark.timeout(900)]

PICTURES = 60


def test_cropped_mirrored_turned_and_stretched_copies_are_found(
    tmp_path: Path, shared_data: Path
) -> None:
    write_copies(shared_data, tmp_path / "pictures", pictures=PICTURES)
    engines = Engines(data=tmp_path / "data", cache=tmp_path / "cache")
    try:
        with engines.workspace(tmp_path / "catalogue", create=True) as workspace:
            found = found_copies(workspace, tmp_path / "pictures")
    finally:
        engines.close()
    assert found["pictures"] == PICTURES
    assert found["pairs"] >= 0.95 * PICTURES * len(COPIES) * (len(COPIES) - 1) // 2
    # Of an original all but a few; harder are a turned and a stretched copy of one picture.
    assert all(share >= 0.93 for share in found["found_of_original"].values())
    assert found["recall_at_precision_95"] >= 0.92
    assert found["at_threshold"]["recall"] >= 0.88
    assert found["at_threshold"]["precision"] >= 0.98
