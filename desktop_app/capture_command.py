"""The command that recognises the products in a video or a folder of pictures, as the capture
station does before a camera."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.domain.capture_ports import FrameLooker
from desktop_app.domain.capturing import AnswerThresholds, Burst, CaptureAnswer, Outcome, Shot
from desktop_app.domain.errors import UnreadableImage, UserFacingError
from desktop_app.domain.images import PICTURE_SUFFIXES, RgbArray
from desktop_app.domain.progress import CancelToken
from desktop_app.engines import Engines
from desktop_app.services.capture.trigger import ShotTrigger
from desktop_app.services.workspace import Workspace

LOOKED_PER_S = 10.0
"""Frames of a video that are looked at in each second of it."""

_WORDS = {Outcome.FOUND: "found", Outcome.PERHAPS: "perhaps", Outcome.NOT_FOUND: "not found"}


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A burst and where it comes from: the second of a video, or the name of a picture."""

    burst: Burst
    source: str
    at_s: float | None = None


def add_capture_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes beside the common options."""
    shown = parser.add_mutually_exclusive_group(required=True)
    shown.add_argument("--video", type=Path, help="a video of products held before a camera")
    shown.add_argument("--folder", type=Path, help="pictures of products, each its own capture")
    parser.add_argument(
        "--empty",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="the video begins with so many seconds of the place without a product",
    )


def run_capture(
    options: argparse.Namespace, workspace: Workspace, engines: Engines
) -> dict[str, Any]:
    """Recognise what is shown and print each answer."""
    workspace.load_index()
    thresholds = workspace.capturing.thresholds
    looker = engines.frame_looker()
    if options.video is not None:
        taken = bursts_of_video(options.video, looker, engines, empty_s=options.empty)
    else:
        taken = bursts_of_folder(options.folder, looker, engines)
    captures = []
    token = CancelToken()
    for each in taken:
        answer = workspace.capturing.answer(each.burst, token)
        capture = _capture(each, answer, workspace)
        captures.append(capture)
        print(_line(capture))
    counts = Counter(capture["outcome"] for capture in captures)
    summary = ", ".join(f"{counts[outcome.value]} {_WORDS[outcome]}" for outcome in Outcome)
    print(f"{len(captures)} captures: {summary}")
    return {
        "captures": captures,
        "counts": {outcome.value: counts[outcome.value] for outcome in Outcome},
        "thresholds": _told(thresholds),
    }


def bursts_of_video(
    path: Path, looker: FrameLooker, engines: Engines, *, empty_s: float = 0.0
) -> Iterator[Taken]:
    """What the station would have taken of this video by itself. Raises UnreadableImage."""
    from desktop_app.infra.vision.video_file import video_frames  # noqa: PLC0415

    trigger = ShotTrigger(engines.barcode_reader)
    empty: list[RgbArray] = []
    for rgb, at_s in video_frames(path, most_per_s=LOOKED_PER_S):
        if at_s < empty_s:
            empty.append(rgb)
            continue
        if empty:
            looker.learn_empty_stage(empty)
            empty = []
        seen = trigger.see(rgb, looker.look(rgb, at_s), at_s)
        if seen.burst is not None:
            yield Taken(seen.burst, path.name, at_s)


def bursts_of_folder(folder: Path, looker: FrameLooker, engines: Engines) -> Iterator[Taken]:
    """One burst of each picture, by name; files that cannot be read are told and left out.
    Raises UserFacingError where there is no picture."""
    if not folder.is_dir():
        raise UserFacingError(f"{folder} is no folder.", remedy="Choose a folder of pictures.")
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES)
    if not paths:
        raise UserFacingError(
            f"There are no pictures in {folder}.", remedy="Choose another folder."
        )
    for path in paths:
        try:
            rgb = engines.reader.decode(path).rgb
        except UnreadableImage as error:
            print(f"{path.name}: {error}")
            continue
        looker.reset()
        view = looker.look(rgb, 0.0)
        codes = engines.barcode_reader.read(rgb)
        yield Taken(Burst((Shot(rgb, view, 0.0),), codes, was_automatic=False), path.name)


def _capture(taken: Taken, answer: CaptureAnswer, workspace: Workspace) -> dict[str, Any]:
    ids = [hit.product_id for hit in answer.candidates]
    cards = {card.id: card for card in workspace.catalogue.products.cards(ids)}
    candidates = [
        {
            "sku": cards[hit.product_id].sku,
            "title": cards[hit.product_id].title,
            "confidence": round(hit.score, 4),
        }
        for hit in answer.candidates
        if hit.product_id in cards
    ]
    found: dict[str, Any] = {"source": taken.source}
    if taken.at_s is not None:
        found["at_s"] = round(taken.at_s, 3)
    return found | {
        "outcome": answer.outcome.value,
        "sku": candidates[0]["sku"] if answer.product_id is not None and candidates else "",
        "candidates": candidates,
        "barcode": "" if answer.barcode is None else answer.barcode.text,
        "exact": answer.exact is not None,
        "disagrees": answer.disagrees,
        "shots": len(taken.burst.shots),
        "hints": [hint.value for hint in taken.burst.shots[0].view.hints],
        "ms": round(answer.looked_ms, 1),
    }


def _line(capture: dict[str, Any]) -> str:
    where = f"{capture['at_s']:7.2f} s" if "at_s" in capture else capture["source"]
    words = _WORDS[Outcome(capture["outcome"])]
    named: Sequence[dict[str, Any]] = capture["candidates"]
    shown = ", ".join(f"{hit['sku']} {hit['confidence']:.0%}" for hit in named)
    code = f"  code {capture['barcode']}" if capture["barcode"] else ""
    return f"{where}  {words:9}  {shown}{code}"


def _told(thresholds: AnswerThresholds) -> dict[str, float]:
    return {
        "found": round(thresholds.found, 4),
        "perhaps": round(thresholds.perhaps, 4),
        "false_accepts": round(thresholds.false_accepts, 4),
        "misses": round(thresholds.misses, 4),
    }
