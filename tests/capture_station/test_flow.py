"""A hand brings products before a cluttered shelf: each is taken once and recognised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.capturing import Outcome
from desktop_app.engines import Engines
from desktop_app.infra.rendering.capture_props import Prop, read_props
from desktop_app.infra.rendering.capture_video import CaptureVideo
from tests.capture_station.station import (
    FRAMES_PER_S,
    PROPS,
    Station,
    fill,
    patient,
    write_list,
)

BROUGHT = read_props(PROPS)
PLAIN = tuple(prop for prop in BROUGHT if prop.sku and not prop.barcode)
UNKNOWN = next(prop for prop in BROUGHT if not prop.sku)
CODED = next(prop for prop in BROUGHT if prop.barcode)
OTHERS = (
    "BTL-1001", "BTL-1022", "BTL-1064", "JAR-1001", "JAR-1008", "JAR-1029", "CLU-1001",
    "CLU-1057", "CMP-1008", "CMP-1050", "STK-1001", "STK-1043", "PAL-1008", "PAL-1015",
    "ROL-1029", "ROL-1008", "CLO-1050", "CLS-1001", "CLD-1008",
)  # fmt: skip
"""What else the catalogue holds: near kin of what is brought, and goods of the shelf."""


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    made = Engines(data=tmp_path_factory.mktemp("data"), threads=1)
    yield made
    made.close()


def open_station(qtbot: QtBot, engines: Engines, folder: Path, skus: Sequence[str]) -> Station:
    fill(engines, folder / "catalogue", write_list(folder, skus))
    return Station(patient(qtbot), engines, folder / "catalogue")


def taken_once_each(station: Station, video: CaptureVideo) -> bool:
    """Whether what was taken is what was brought, each once and while it was there."""
    frames = [number for number, _ in station.counter.bursts]
    return [video.frame(number).showing for number in frames] == list(range(len(video.showings)))


def found_of(station: Station, video: CaptureVideo, prop: Prop) -> tuple[Outcome, str, float]:
    """What was said of a prop: outcome, SKU of the product, confidence of the first."""
    number = [each.prop for each in video.showings].index(prop)
    answer = station.answers[number]
    confidence = answer.candidates[0].score if answer.candidates else 0.0
    return answer.outcome, station.sku(answer.product_id), confidence


@pytest.mark.timeout(900)
def test_a_known_an_unknown_and_a_coded_product(
    qtbot: QtBot, engines: Engines, tmp_path: Path
) -> None:
    known = next(prop for prop in PLAIN if prop.sku == "PAL-1022")
    skus = (known.sku, CODED.sku, *OTHERS[:4])
    station = open_station(qtbot, engines, tmp_path, skus)
    try:
        video = CaptureVideo(
            PROPS, seed=5, frames_per_s=FRAMES_PER_S, props=(known, UNKNOWN, CODED)
        )
        station.play(video.frames())
        assert taken_once_each(station, video)
        assert found_of(station, video, known)[:2] == (Outcome.FOUND, known.sku)
        assert found_of(station, video, UNKNOWN)[0] is Outcome.NOT_FOUND
        coded = station.answers[2]
        assert coded.barcode is not None
        assert coded.barcode.text == CODED.barcode
        assert coded.outcome is Outcome.FOUND
        assert station.sku(coded.exact) == CODED.sku
    finally:
        station.close()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_ten_products_are_found_and_the_unknown_one_is_not(
    qtbot: QtBot, engines: Engines, tmp_path: Path
) -> None:
    skus = (*(prop.sku for prop in PLAIN), CODED.sku, *OTHERS)
    station = open_station(qtbot, engines, tmp_path, skus)
    try:
        video = CaptureVideo(PROPS, seed=5, frames_per_s=FRAMES_PER_S)
        station.play(video.frames())
        assert taken_once_each(station, video)
        said = {prop.file: found_of(station, video, prop) for prop in BROUGHT}
        found = [prop for prop in PLAIN if said[prop.file][:2] == (Outcome.FOUND, prop.sku)]
        assert len(found) >= 9, said
        assert said[UNKNOWN.file][0] is Outcome.NOT_FOUND, said
        assert said[CODED.file][:2] == (Outcome.FOUND, CODED.sku)
        assert station.answers[-1].exact is not None
    finally:
        station.close()
