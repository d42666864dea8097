"""Rendered looks at containers with their exact masks, made once into a folder; resumable.

    python -m desktop_app.infra.training.rendered_looks FOLDER --photos PICTURES [PICTURES ...]
        [--looks 4000] [--size 224]

Containers are drawn from all classes and designs; each is seen once: in a hand before a rendered
room or, as often, before one of the photographs (of none that :mod:`.mask_material` holds out), in
some other studio, or as a packshot. Files are ``<number>_<kind>.jpg`` and ``<number>_<kind>.png``,
whose first channel says how far each pixel shows the container, the second how far it shows the
hand. What lies there already is kept, so that the command can be stopped and run again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.rendering.generator.looks import Shot, hand_held, packshot_of, studio
from desktop_app.infra.rendering.generator.profiles import SHARES
from desktop_app.infra.rendering.generator.recipes import make, random_recipe
from desktop_app.infra.training.mask_material import is_held_out, read_pictures
from desktop_app.infra.vision.opencv import cv2

HELD, STUDIO, PACKSHOT = "held", "studio", "packshot"
_HELD_SHARE, _STUDIO_SHARE = 0.74, 0.19
_FIRST_SEED = 900_000_000
"""Far from the seeds of the demo catalogue and of benchmarks."""
_QUALITY = 95
_PHOTO_SIDE = 320


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A picture (side, side, 3), what of it shows the container, and what shows the hand, both
    (side, side) 0 to 255; all uint8."""

    rgb: RgbArray
    mask: NDArray[np.uint8]
    hand: NDArray[np.uint8]


def kind_of(number: int) -> str:
    """HELD, STUDIO or PACKSHOT."""
    drawn = np.random.default_rng([61, number]).random()
    if drawn < _HELD_SHARE:
        return HELD
    return STUDIO if drawn < _HELD_SHARE + _STUDIO_SHARE else PACKSHOT


def shot(number: int, photos: Sequence[RgbArray], *, size: int) -> Shot:
    """The look of that number; every other one in a hand is before one of ``photos``."""
    rng = np.random.default_rng([62, number])
    classes = sorted(SHARES, key=lambda each: each.value)
    shares = np.array([SHARES[each] for each in classes], np.float64)
    container_class = classes[int(rng.choice(len(classes), p=shares / shares.sum()))]
    seed = _FIRST_SEED + number
    container = make(random_recipe(container_class, seed))
    kind = kind_of(number)
    if kind == STUDIO:
        return studio(container, seed=seed, size=size)
    if kind == PACKSHOT:
        return packshot_of(container, size=size)
    before_photo = bool(photos) and rng.random() < 0.5
    behind = photos[int(rng.integers(len(photos)))] if before_photo else None
    return hand_held(container, seed=seed, size=size, behind=behind)


def stem_of(number: int) -> str:
    """Of the files of a look."""
    return f"{number:06d}_{kind_of(number)}"


def keep(made: Shot, folder: Path, stem: str) -> None:
    """Write the two files, the picture last; a picture that is there is whole."""
    mask = made.mask()
    hand = cv2.subtract(made.mask_with_hand(), mask).astype(np.uint8)
    # OpenCV writes blue first.
    planes = np.dstack([np.zeros_like(mask), hand, mask])
    _write(folder / f"{stem}.png", planes, [])
    _write(folder / f"{stem}.jpg", made.rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])


def read_looks(folder: Path) -> dict[str, Look]:
    """Every look in the folder by its files' stem."""
    found = {}
    for path in sorted(folder.glob("*.jpg")):
        bgr = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
        planes = cv2.imdecode(np.fromfile(path.with_suffix(".png"), np.uint8), cv2.IMREAD_COLOR)
        if bgr is None or planes is None:
            continue
        rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
        mask, hand = (np.ascontiguousarray(planes[:, :, k], np.uint8) for k in (2, 1))
        found[path.stem] = Look(rgb, mask, hand)
    return found


def _write(path: Path, picture: NDArray[np.uint8], options: list[int]) -> None:
    _, data = cv2.imencode(path.suffix, picture, options)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data.tobytes())
    part.replace(path)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=Path, nargs="*", default=[])
    parser.add_argument("--looks", type=int, default=4000)
    parser.add_argument("--size", type=int, default=224)
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    photos = list(
        read_pictures(
            given.photos, side=_PHOTO_SIDE, wanted=lambda stem: not is_held_out(stem)
        ).values()
    )
    for number in range(given.looks):
        stem = stem_of(number)
        if not (given.folder / f"{stem}.jpg").exists():
            keep(shot(number, photos, size=given.size), given.folder, stem)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
