"""Measure the capture station: ``python -m tests.benchmarks.bench_capture --help``.

``answers``: a hand brings the ten demo products, one that is unknown and one with a barcode, in
real time through the sink of the camera, before a catalogue of demo products among others made
up; milliseconds from the moment a thing is held still to its answer. ``hour``: as many frames as
an hour has at ten looks a second, one after another as fast as they are looked at by the real
network, the camera pulled out and plugged in again on the way; memory and threads.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication

from desktop_app.domain.capturing import Stage
from desktop_app.domain.evidence import STORED_CHANNELS
from desktop_app.domain.evidence_ports import DescribedPicture
from desktop_app.domain.imports import ImportRequest, SourceKind
from desktop_app.domain.products import PictureState, ProductFields
from desktop_app.domain.storage import Content, ReadPicture
from desktop_app.engines import Engines
from desktop_app.infra.rendering.capture_props import read_props
from desktop_app.infra.rendering.capture_video import CaptureVideo
from desktop_app.services.bench_evidence import MultipliedEvidence
from desktop_app.services.workspace import Workspace
from desktop_app.workers import frame_watching
from desktop_app.workers.frame_watching import Eyes
from tests.capture_station.endurance import endure
from tests.capture_station.station import PROPS, Counter, Station, fill, video_frame, write_list
from tests.capture_station.test_flow import OTHERS

PATIENCE_S = 600.0
SPREAD = 1.2
"""Made-up vectors: how far from a real one, over its length; cosines to it are about 0.64."""
BATCH = 64
HOUR_LOOKS, PLUGS = 36_000, 50


def wait(condition: Callable[[], bool]) -> None:
    """Let Qt work until the condition holds."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("what must come did not come")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        # Only a running event loop does this by itself.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        time.sleep(0.001)


def measure_answers(engines: Engines, *, products: int, seeds: int) -> dict[str, Any]:
    """See the module. Seconds of the stream pass as real ones do; between two showings the next
    frames are made, and time stands still."""
    known = [prop.sku for prop in read_props(PROPS) if prop.sku]
    with tempfile.TemporaryDirectory(prefix="twinshelf-") as name:
        folder = Path(name)
        fill(
            engines,
            folder / "catalogue",
            write_list(folder, (*known, *OTHERS)),
        )
        with engines.workspace(folder / "catalogue") as workspace:
            add_made_up(workspace, engines, products)
        eyes = Eyes(engines.frame_looker(), engines.barcode_reader)
        station = Station(wait, engines, folder / "catalogue", lambda: eyes)
        try:
            # A camera that shows nothing for long is given up; and the network is opened.
            station.counter.show(CaptureVideo(PROPS).frame(0).rgb, 0.0)
            assert station.session.keeper is not None
            wait(lambda: station.session.keeper.is_idle)  # type: ignore[union-attr]
            count = station.workspace.catalogue.products.count()
            rows = [row for seed in range(seeds + 1) for row in _brought(station, seed)]
        finally:
            station.close()
    # Of the first round the networks are opened.
    timed = rows[len(rows) // (seeds + 1) :]
    by_picture = [row for row in timed if row["sku"] and not row["code"]]
    return {
        "products": count,
        "brought": len(timed),
        "taken_once": sum(row["taken"] == 1 for row in timed),
        "found": sum(row["said"] == row["sku"] for row in by_picture),
        "of": len(by_picture),
        "unknown_not_found": sum(row["outcome"] == "not_found" for row in timed if not row["sku"]),
        "code_exact": sum(row["exact"] == row["sku"] for row in timed if row["code"]),
        "still_to_answer_ms": _percentiles(timed, "answer_ms"),
        "still_to_shot_ms": _percentiles(timed, "shot_ms"),
        "looked_up_ms": _percentiles(timed, "looked_ms"),
        "rows": timed,
    }


def _brought(station: Station, seed: int) -> Iterator[dict[str, Any]]:
    """What came of each showing of a video."""
    video = CaptureVideo(PROPS, seed=seed)
    start_s = 0.0
    counter = station.counter
    counter.watcher.reset()
    for number, showing in enumerate(video.showings):
        counter.bursts.clear()
        station.answers.clear()
        end_s = video.showings[number + 1].enters_s if number + 1 < len(video.showings) else 1e9
        end_s = min(end_s, showing.gone_s + 0.5)
        first, last = (round(at_s * video.frames_per_s) for at_s in (start_s, end_s))
        shown = [video.frame(k) for k in range(first, min(last, video.frame_count))]
        frames = [(video_frame(each.rgb), each.at_s) for each in shown]
        start_s = end_s
        began = time.perf_counter()
        shot_at = answered_at = 0.0
        for frame, at_s in frames:
            due = began + at_s - frames[0][1]
            while time.perf_counter() < due:
                QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 2)
                time.sleep(0.0005)
                shot_at = shot_at or (time.perf_counter() if counter.bursts else 0.0)
                answered_at = answered_at or (time.perf_counter() if station.answers else 0.0)
            counter.push(frame, at_s)
        wait(lambda: bool(station.answers) or not counter.bursts)
        answered_at = answered_at or time.perf_counter()
        still_at = began + showing.rests_s - frames[0][1]
        yield _row(station, showing.prop.sku, showing.prop.barcode, len(counter.bursts)) | {
            "shot_ms": round((shot_at - still_at) * 1e3),
            "answer_ms": round((answered_at - still_at) * 1e3),
        }


def _row(station: Station, sku: str, code: str, taken: int) -> dict[str, Any]:
    row: dict[str, Any] = {"sku": sku, "code": code, "taken": taken}
    answer = station.answers[0] if station.answers else None
    confidence = answer.candidates[0].score if answer is not None and answer.candidates else 0.0
    return row | {
        "outcome": "" if answer is None else answer.outcome.value,
        "said": "" if answer is None else station.sku(answer.product_id),
        "exact": "" if answer is None else station.sku(answer.exact),
        "confidence": round(confidence, 3),
        "looked_ms": 0 if answer is None else round(answer.looked_ms),
    }


def _percentiles(rows: list[dict[str, Any]], name: str) -> dict[str, float]:
    values = [row[name] for row in rows if row["taken"]]
    return {f"p{share}": round(float(np.percentile(values, share)), 1) for share in (50, 95)} | {
        "most": max(values)
    }


def add_made_up(workspace: Workspace, engines: Engines, products: int) -> None:
    """Products with one picture each, until there are so many: vectors around those there are,
    evidence drawn from theirs."""
    catalogue = workspace.catalogue
    known = sorted(set(catalogue.pictures.content_map().content_ids.tolist()))
    card = engines.library.card(workspace.model_name)
    _, real = catalogue.vectors.get(card.key, known)
    channels = engines.describing_channels()
    stored = {channel: catalogue.evidence.get(channel, known) for channel in STORED_CHANNELS}
    records = [
        {channel: rows[content] for channel, rows in stored.items()}
        for content in known
        if all(content in rows for rows in stored.values())
    ]
    made_up = MultipliedEvidence(records, channels.print, products)
    source = catalogue.imports.remember_source(
        ImportRequest(SourceKind.FOLDER, (Path("/made-up"),))
    )
    missing = products - catalogue.products.count()
    for start in range(0, missing, 1000):
        batch = [
            (
                ProductFields(sku=f"MADE-UP-{n:06d}", title=f"Made up {n}"),
                [(Path(f"/made-up/{n}.jpg"), "front", 50_000 + n, n)],
            )
            for n in range(start, min(start + 1000, missing))
        ]
        catalogue.imports.write_products(source, batch)
    rng = np.random.default_rng(0)
    number = 0
    while waiting := catalogue.pictures.pending(limit=BATCH):
        noise = rng.standard_normal((len(waiting), real.shape[1])).astype(np.float32)
        noise *= SPREAD / np.linalg.norm(noise, axis=1, keepdims=True)
        rows = real[rng.integers(len(real), size=len(waiting))] + noise
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        read = [
            ReadPicture(
                each.id,
                PictureState.READY,
                content=Content(
                    f"{number + k:032x}", 900, 900, rng.bytes(8), int(rng.integers(1 << 24))
                ),
                vector=rows[k],
                thumbnail=b"",
                size_bytes=50_000,
                mtime_ns=1,
            )
            for k, each in enumerate(waiting)
        ]
        catalogue.pictures.record_read(card.key, read)
        number += len(waiting)
    version = workspace.enriching.version
    after = 0
    while lacking := catalogue.evidence.lacking(version, after_content=after, limit=BATCH):
        described = [
            DescribedPicture(
                content,
                {
                    channel: made_up.get(channel, [content % products])[content % products]
                    for channel in STORED_CHANNELS
                },
            )
            for content, _ in lacking
        ]
        catalogue.evidence.record(version, described)
        after = lacking[-1][0]


def measure_hour(engines: Engines, *, looks: int, replugs: int) -> dict[str, Any]:
    """See the module."""
    frame_watching.LOOKS_PER_S = dict.fromkeys(Stage, 1000)
    began = time.perf_counter()
    endured = endure(
        lambda: Counter(wait, lambda: Eyes(engines.frame_looker(), engines.barcode_reader)),
        looks=looks,
        replugs=replugs,
    )
    return {
        "looks": endured.looks,
        "stream_min": round(endured.looks / 600, 1),
        "wall_min": round((time.perf_counter() - began) / 60, 1),
        "taken": endured.taken,
        "replugs": endured.replugs,
        "memory_mib": [round(each) for each in endured.memory_mib],
        "grown_mib": round(endured.memory_grown_mib, 1),
        "threads_before": endured.threads_before,
        "threads_after": endured.threads_after,
    }


def main() -> None:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("answers", "hour"))
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--looks", type=int, default=HOUR_LOOKS)
    parser.add_argument("--replugs", type=int, default=PLUGS)
    options = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    engines = Engines()
    try:
        if options.part == "answers":
            figures = measure_answers(engines, products=options.products, seeds=options.seeds)
        else:
            figures = measure_hour(engines, looks=options.looks, replugs=options.replugs)
    finally:
        engines.close()
    app.processEvents()
    json.dump(figures, sys.stdout)
    print(flush=True)


if __name__ == "__main__":
    main()
