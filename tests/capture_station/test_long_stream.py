"""Hours before the camera cost no memory and no threads, however often it is pulled out.

The whole hour with the real network is measured by ``tests/benchmarks/bench_capture.py``.
"""

from __future__ import annotations

import sys

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.capturing import Stage
from desktop_app.infra.barcodes.zxing_reader import ZxingBarcodeReader
from desktop_app.infra.vision.live.looker import LiveFrameLooker
from desktop_app.workers import frame_watching
from desktop_app.workers.frame_watching import Eyes
from tests.capture_station.endurance import BrightMasker, endure, replug, scene
from tests.capture_station.station import Counter, patient

linux_only = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="memory and threads are read from /proc"
)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow each other at once: the stream's clock is the test's."""
    monkeypatch.setattr(frame_watching, "LOOKS_PER_S", dict.fromkeys(Stage, 1000))


POOLED = 3
"""Libraries and Qt keep threads of their own, which come and go by ones; a thread left behind by
each plug would be many more."""


def make_eyes() -> Eyes:
    return Eyes(LiveFrameLooker(BrightMasker()), ZxingBarcodeReader())


@linux_only
@pytest.mark.timeout(900)
def test_memory_stays_flat_and_threads_end(qtbot: QtBot, unhurried: None) -> None:
    endured = endure(lambda: Counter(patient(qtbot), make_eyes), looks=300, replugs=10)
    assert endured.replugs == 10
    assert endured.taken >= 8
    assert endured.memory_grown_mib < 50, endured.memory_mib
    assert endured.threads_after < endured.threads_before + POOLED


@linux_only
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_minutes_of_stream_and_fifty_plugs(qtbot: QtBot, unhurried: None) -> None:
    endured = endure(lambda: Counter(patient(qtbot), make_eyes), looks=1500, replugs=50)
    assert endured.replugs == 50
    assert endured.taken >= 40
    assert endured.memory_grown_mib < 50, endured.memory_mib
    assert endured.threads_after < endured.threads_before + POOLED


def test_a_camera_that_was_plugged_in_again_takes_pictures_again(
    qtbot: QtBot, unhurried: None
) -> None:
    counter = Counter(patient(qtbot), make_eyes)
    try:
        for number in range(24):
            counter.show(scene(number), number / 10)
        assert len(counter.bursts) == 1
        replug(counter)
        for number in range(60, 84):
            counter.show(scene(number), number / 10)
        assert len(counter.bursts) == 2
    finally:
        counter.close()
