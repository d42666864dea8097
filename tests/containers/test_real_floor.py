"""The shipped classifier on real pictures of containers, whose shapes a person labelled.

None of them was trained on. Labels map onto the classes so: a bottle with a pump is a pump, one
with a dropper a dropper, as the classes have it; other bottles are bottles. Cartons, tubes, bags
and flasks have no class of their own and are left out.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.images import READING_SIDE
from desktop_app.engines import Engines

pytestmark = [pytest.mark.slow, pytest.mark.real_data, pytest.mark.timeout(600)]

CLASS_OF = {
    "compact": ContainerClass.COMPACT,
    "jar": ContainerClass.JAR,
    "stick": ContainerClass.STICK,
    "bottle_cap": ContainerClass.BOTTLE,
    "bottle_pump": ContainerClass.PUMP,
    "bottle_dropper": ContainerClass.DROPPER,
}
FLOOR = 0.48


def test_real_containers_are_told_as_often_as_the_card_says(
    shared_data: Path, tmp_path: Path
) -> None:
    engines = Engines(data=tmp_path / "data")
    with (shared_data / "shape_labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["shape"] in CLASS_OF]
    reader, masker = engines.container_reader(), engines.masker()
    right = 0
    for row in rows:
        image = engines.reader.decode(shared_data / row["path"], max_side=READING_SIDE)
        reading = reader.read(SegmentedPicture(image, masker.mask(image)))
        right += reading.container is CLASS_OF[row["shape"]]
    engines.close()
    assert len(rows) > 100
    assert right / len(rows) >= FLOOR
