"""Renders what the capture video is made of: ``python -m desktop_app.infra.rendering.capture_props
<folder>``.

A cluttered shelf as a webcam sees it, and products of the demo range held before it by a hand,
cut out. Rendering takes some minutes; the video is put together of the finished pictures.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.images import RgbArray
from desktop_app.infra.rendering.build_demo import NOTE, ean13, sku_of
from desktop_app.infra.rendering.demo_range import demo_specs, own_rows
from desktop_app.infra.rendering.engine.arrays import FloatArray
from desktop_app.infra.rendering.engine.camera import Camera, orbiting
from desktop_app.infra.rendering.engine.lighting import Light
from desktop_app.infra.rendering.engine.mesh import rotation
from desktop_app.infra.rendering.engine.renderer import developed, render, trace
from desktop_app.infra.rendering.engine.scene import Model, Pose
from desktop_app.infra.rendering.generator.hand import hand_for
from desktop_app.infra.rendering.generator.recipes import (
    FLAT_FROM_DEGREES,
    make,
    random_recipe,
)
from desktop_app.infra.rendering.photo import ROOMS, Plate, room_light
from desktop_app.infra.rendering.products import assemble, elevations
from desktop_app.infra.vision.opencv import cv2

WIDTH, HEIGHT = 960, 540
"""Pixels of a frame; cut-outs are WIDTH x WIDTH, the product in their middle."""
PROPS_FILE = "props.csv"
SHELF_FILE = "shelf.jpg"
_COLUMNS = ("File", "SKU", "Barcode", "Notes")
_FILL = 0.36
"""The share of the frame's width that a held product spans, hand and arm not counted."""
_CODE_FILL = 0.46
_LABEL_PAPER = 0.93

HELD: tuple[tuple[ContainerClass, int], ...] = (
    (ContainerClass.DROPPER, 0),
    (ContainerClass.JAR, 2),
    (ContainerClass.PUMP, 3),
    (ContainerClass.COMPACT, 0),
    (ContainerClass.BOTTLE, 6),
    (ContainerClass.STICK, 9),
    (ContainerClass.PALETTE, 3),
    (ContainerClass.ROLL_ON, 3),
    (ContainerClass.ONE_TOUCH_CLOSURE, 6),
    (ContainerClass.SHARP_CLOSURE, 1),
)
"""The ten products: a category and the number of the row in it."""
LABELLED = (ContainerClass.BOTTLE, 5)
"""The product that shows its back, with its barcode."""
UNKNOWN = (ContainerClass.PUMP, 4711)
"""A class and a seed: of no brand of the demo range."""
_ON_SHELF: tuple[tuple[ContainerClass, int], ...] = (
    (ContainerClass.BOTTLE, 0), (ContainerClass.JAR, 3), (ContainerClass.BOTTLE, 9),
    (ContainerClass.POWDER, 6), (ContainerClass.BOTTLE, 3), (ContainerClass.JAR, 9),
    (ContainerClass.BOTTLE, 7), (ContainerClass.STICK, 7), (ContainerClass.BOTTLE, 2),
    (ContainerClass.JAR, 7), (ContainerClass.PUMP, 0), (ContainerClass.BOTTLE, 10),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prop:
    """Something that is held before the camera. ``sku`` is that of the demo product, empty for
    one that no catalogue knows; ``barcode`` what is printed on it, empty where it cannot be
    read."""

    file: str
    sku: str
    barcode: str = ""
    note: str = NOTE


def read_props(folder: Path) -> tuple[Prop, ...]:
    """What was rendered into ``folder``."""
    with (folder / PROPS_FILE).open(encoding="utf-8", newline="") as file:
        return tuple(
            Prop(row["File"], row["SKU"], row["Barcode"], row["Notes"])
            for row in csv.DictReader(file)
        )


def render_props(folder: Path) -> None:
    """Render everything into ``folder``. The same bytes every time."""
    folder.mkdir(parents=True, exist_ok=True)
    light = room_light(ROOMS[1], np.random.default_rng(5))
    shelf = _shelf(light)
    Image.fromarray(shelf).save(folder / SHELF_FILE, quality=88, optimize=True, comment=NOTE)
    backdrop = _as_backdrop(shelf)
    specs = demo_specs()
    props = []
    for number, (category, position) in enumerate(HELD):
        spec = specs[category][position]
        elevation = elevations(spec.category, spec.design)[0]
        cutout = _held(assemble(spec).model, elevation, light, backdrop, seed=number)
        sku = sku_of(category, position)
        props.append(_saved(cutout, folder, Prop(f"{sku.lower()}.webp", sku)))

    category, seed = UNKNOWN
    container = make(random_recipe(category, seed))
    cutout = _held(
        container.model, container.recipe.elevation_degrees, light, backdrop, seed=len(HELD)
    )
    props.append(_saved(cutout, folder, Prop("unknown.webp", "")))

    category, position = LABELLED
    sku, code = sku_of(category, position), ean13(f"29{_own_number(category, position):010d}")
    back = assemble(specs[category][position]).model.posed(Pose(rotation(about="y", degrees=180.0)))
    cutout = _held(back, 4.0, light, backdrop, seed=len(HELD) + 1, fill=_CODE_FILL, code=code)
    props.append(_saved(cutout, folder, Prop(f"{sku.lower()}-back.webp", sku, code)))

    with (folder / PROPS_FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows((prop.file, prop.sku, prop.barcode, prop.note) for prop in props)


def barcode_print(text: str, *, module_px: int) -> NDArray[np.uint8]:
    """An EAN-13 as printed (h, w) uint8, quiet zones included."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.EAN13)
    image = zxingcpp.write_barcode_to_image(code, scale=module_px, add_quiet_zones=True)
    return np.array(image)


def _own_number(category: ContainerClass, position: int) -> int:
    """The position among the products that belong to no family, from 1."""
    before = 0
    for each in demo_specs():
        if each is category:
            break
        before += own_rows(each)
    return before + position + 1


def _held(
    model: Model,
    elevation: float,
    light: Light,
    backdrop: FloatArray,
    *,
    seed: int,
    fill: float = _FILL,
    code: str = "",
) -> NDArray[np.uint8]:
    """A hand that holds the model (WIDTH, WIDTH, 4), clear where neither is."""
    rng = np.random.default_rng([31, seed])
    turned = model.posed(Pose(rotation(about="y", degrees=float(rng.uniform(-6.0, 6.0)))))
    points = turned.points()
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    camera = orbiting(
        (float(middle[0]), float(middle[1]), float(middle[2])),
        distance=float((high - low).max()) * 3.6,
        azimuth_degrees=float(rng.uniform(-7.0, 7.0)),
        elevation_degrees=elevation + float(rng.uniform(-5.0, 5.0)),
        roll_degrees=float(rng.uniform(-9.0, 9.0)),
    ).fitted(points, fill=fill)
    hand = hand_for(turned, rng, is_flat=elevation >= FLAT_FROM_DEGREES, reach=0.7)
    scene = Model((*turned.parts, *hand))
    plate = _Still(backdrop, camera)
    shot = developed(trace(scene, camera, light, backdrop=plate, size=WIDTH, held=True))
    rgb = shot.rgb
    if code:
        rgb = _labelled(rgb, shot.mask_of(range(len(turned.parts))), code, camera.roll_degrees)
    return np.dstack([rgb, shot.mask])


@dataclass(frozen=True, slots=True, eq=False)
class _Still(Plate):
    """A plate on which nothing throws a shadow."""

    def shadow_strength(self, directions: FloatArray) -> FloatArray:
        return np.zeros(len(directions))


def _labelled(
    rgb: RgbArray, mask: NDArray[np.uint8], code: str, roll_degrees: float
) -> NDArray[np.uint8]:
    """The picture with a label on the product's body: a barcode whose bars lie across."""
    rows, columns = np.nonzero(mask > 200)
    label = np.rot90(barcode_print(code, module_px=6))
    paper = np.pad(label, 24, constant_values=255)
    centre = float(columns.mean()), float(rows.min() + 0.52 * np.ptp(rows))
    factor = 0.47 * float(np.ptp(rows)) / paper.shape[0]
    place = cv2.getRotationMatrix2D((paper.shape[1] / 2, paper.shape[0] / 2), roll_degrees, factor)
    middle = np.array([paper.shape[1], paper.shape[0]]) / 2
    place[:, 2] = place[:, 2] + np.array(centre) - middle
    size = (rgb.shape[1], rgb.shape[0])
    # Averaged over four times the size: warping alone would alias the bars.
    fine = place * 4.0
    ink = cv2.warpAffine(paper, fine, (size[0] * 4, size[1] * 4), flags=cv2.INTER_AREA)
    cover = cv2.warpAffine(np.full_like(paper, 255), fine, (size[0] * 4, size[1] * 4))
    ink, cover = (cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (ink, cover))
    on = (np.minimum(cover, mask) / 255.0)[:, :, None]
    lit = cv2.GaussianBlur(rgb.astype(np.float32).mean(axis=2), (0, 0), 9)
    shade = np.clip(lit / max(float(np.percentile(lit[mask > 200], 80)), 1.0), 0.55, 1.05)
    tone = ink.astype(np.float64) / 255.0 * _LABEL_PAPER * 0.96 + 0.04
    printed = (tone * shade * 235.0)[:, :, None]
    mixed: FloatArray = np.clip(rgb * (1 - on) + printed * on, 0, 255)
    return mixed.astype(np.uint8)


def _saved(cutout: NDArray[np.uint8], folder: Path, prop: Prop) -> Prop:
    clear = cutout.copy()
    clear[clear[:, :, 3] == 0] = 0
    Image.fromarray(clear).save(folder / prop.file, quality=86, method=6)
    return prop


def _as_backdrop(shelf: RgbArray) -> FloatArray:
    """The shelf in linear light as a square, its edge repeated above and below."""
    edge = (WIDTH - HEIGHT) // 2
    linear = (np.asarray(shelf, np.float64) / 255.0) ** 2.2
    padded: FloatArray = np.pad(linear, ((edge, edge), (0, 0), (0, 0)), mode="edge")
    return padded


def _shelf(light: Light) -> NDArray[np.uint8]:
    """Two boards with products of the demo range and boxes on them (HEIGHT, WIDTH, 3), as the
    camera sees them: a little out of focus, in the light of the room."""
    rng = np.random.default_rng(77)
    image = _wall(rng)
    boards = (round(HEIGHT * 0.47), round(HEIGHT * 0.97))
    for board in boards:
        image[board : board + 14] = np.array([126, 104, 84])
        image[board + 14 : board + 30] = image[board + 14 : board + 30] * 0.62
    specs = demo_specs()
    per_board = len(_ON_SHELF) // len(boards)
    for number, (category, position) in enumerate(_ON_SHELF):
        spec = specs[category][position]
        board = boards[number // per_board]
        x = (number % per_board + 0.5 + float(rng.uniform(-0.16, 0.16))) * WIDTH / per_board
        _paste(image, assemble(spec).model, light, x=x, floor=board, rng=rng)
    blurred: FloatArray = np.clip(cv2.GaussianBlur(image, (0, 0), 2.2) * 0.9, 0, 255)
    return blurred.astype(np.uint8)


def _wall(rng: np.random.Generator) -> FloatArray:
    """A wall behind the shelf, with boxes of flat colours in the gaps."""
    fall = np.linspace(1.0, 0.72, WIDTH)[None, :, None]
    image = np.array([148.0, 150.0, 146.0]) * fall * np.ones((HEIGHT, 1, 1))
    for board in (round(HEIGHT * 0.47), round(HEIGHT * 0.97)):
        for _ in range(7):
            wide, tall = int(rng.integers(50, 130)), int(rng.integers(60, 170))
            left = int(rng.integers(-20, WIDTH - 40))
            colour = rng.uniform(40, 210, 3)
            top = max(0, board - tall)
            image[top:board, max(0, left) : left + wide] = colour * float(rng.uniform(0.5, 0.9))
    return image


def _paste(
    image: FloatArray,
    model: Model,
    light: Light,
    *,
    x: float,
    floor: int,
    rng: np.random.Generator,
) -> None:
    turned = model.posed(Pose(rotation(about="y", degrees=float(rng.uniform(-35, 35)))))
    points = turned.points()
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    side = int(rng.integers(170, 240))
    camera: Camera = orbiting(
        (float(middle[0]), float(middle[1]), float(middle[2])),
        distance=float((high - low).max()) * 5.0,
        azimuth_degrees=0.0,
        elevation_degrees=4.0,
    ).fitted(points, fill=0.98)
    shown = render(turned, replace(camera), light, size=side)
    rows = np.flatnonzero(shown.mask.any(axis=1))
    top, left = floor - int(rows.max()), round(x - side / 2)
    for_rows = slice(max(0, top), min(HEIGHT, top + side))
    for_columns = slice(max(0, left), min(WIDTH, left + side))
    part = (
        slice(for_rows.start - top, for_rows.stop - top),
        slice(for_columns.start - left, for_columns.stop - left),
    )
    share = (shown.mask[part] / 255.0)[:, :, None]
    under = image[for_rows, for_columns]
    image[for_rows, for_columns] = under * (1 - share) + shown.rgb[part] * 0.88 * share


def main(arguments: Sequence[str]) -> None:
    """Entry point of the command."""
    render_props(Path(arguments[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
