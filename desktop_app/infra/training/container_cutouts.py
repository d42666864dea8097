"""Containers of the fifteen classes as cut-outs to train on, made once into a folder.

    python -m desktop_app.infra.training.container_cutouts FOLDER --products 1500 [--quick]

Every product is a recipe of its own: of each class in turn, drawn from all designs, proportions
and dressings, and seen once, more or less from the front: rendered in a studio set up anew, or
``--quick`` as :mod:`.quick_looks` sketch it. A rendered one is seen from high enough to show what
tells its class: level, a press closure is any cap, and an open jar a closed one. ``cutouts.csv``
lists file, product, category and design. What lies there already is kept, so that the command can
be stopped and run again.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from desktop_app.domain.container_classes import CONTAINER_CLASSES
from desktop_app.infra.rendering.engine.gbuffer import seen
from desktop_app.infra.rendering.engine.mesh import rotation
from desktop_app.infra.rendering.engine.renderer import render
from desktop_app.infra.rendering.engine.scene import Model, Pose
from desktop_app.infra.rendering.engine.surroundings import Sweep
from desktop_app.infra.rendering.generator.recipes import ContainerRecipe, make, random_recipe
from desktop_app.infra.rendering.studio import View, packshot_camera
from desktop_app.infra.training.compositing import RgbaArray
from desktop_app.infra.training.container_views import LIST_FILE, LIST_HEADER
from desktop_app.infra.training.quick_looks import quick_look
from desktop_app.infra.training.rendered_cutouts import other_light
from desktop_app.infra.vision.opencv import cv2

SIDE = 144
FIRST_SEED = 40_000_000
"""Far from the seeds of the demo catalogue and of benchmarks, which are never trained on."""
FIRST_QUICK_SEED = 60_000_000
QUICK_SIDES = (84, 128)

TELLING_PARTS = frozenset({"disc", "cream", "sifter"})
"""Parts that alone tell a container's class, but lie in its top."""
LEAST_TELLING = 0.012
"""The share of what is seen that such a part takes at least."""
_HIGHER_DEGREES, _HIGHEST_DEGREES, _PROBE_PX = 4.0, 65.0, 96


def recipe_of(product: int, *, first_seed: int = FIRST_SEED) -> ContainerRecipe:
    """What the product of this number is."""
    container = CONTAINER_CLASSES[product % len(CONTAINER_CLASSES)]
    return random_recipe(container, first_seed + product)


def cutout_of(recipe: ContainerRecipe, rng: np.random.Generator, *, size: int) -> RgbaArray:
    """One look at a container as (h, w, 4), cropped to it."""
    container = make(recipe)
    turn = float(np.clip(rng.normal(0.0, 16.0), -60, 60))
    lift = float(np.clip(recipe.elevation_degrees + rng.normal(2.0, 7.0), 0, _HIGHEST_DEGREES))
    turned = container.model.posed(Pose(rotation(about="y", degrees=turn)))
    while not tells_its_class(turned, lift) and lift < _HIGHEST_DEGREES:
        lift += _HIGHER_DEGREES
    camera = packshot_camera(turned, View("other", 0.0, lift, 0.88))
    shade = float(rng.uniform(0.2, 0.97))
    picture = render(
        turned, camera, other_light(rng), backdrop=Sweep((shade, shade, shade)), size=size
    )
    left, top, width, height = cv2.boundingRect(picture.mask)
    cut: RgbaArray = np.dstack([picture.rgb, picture.mask])
    return cut[top : top + height, left : left + width]


def tells_its_class(model: Model, elevation_degrees: float) -> bool:
    """Whether LEAST_TELLING of what is seen from there is a telling part, if it has one."""
    telling = [k for k, part in enumerate(model.parts) if part.name in TELLING_PARTS]
    if not telling:
        return True
    camera = packshot_camera(model, View("probe", 0.0, elevation_degrees, 0.88))
    places = seen([(part.mesh, part.pose) for part in model.parts], camera, size=_PROBE_PX)
    return bool(np.isin(places.owners, telling).mean() >= LEAST_TELLING)


def build(folder: Path, products: Sequence[int], *, size: int = SIDE, quick: bool = False) -> None:
    """Render what is missing of these products; the list is written at the end and now and
    then. Quick looks choose their own size."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[str, int, str, str]] = []
    for product in products:
        recipe = recipe_of(product, first_seed=FIRST_QUICK_SEED if quick else FIRST_SEED)
        path = folder / f"{product:06d}.png"
        if not path.exists():
            rng = np.random.default_rng([3, product])
            if quick:
                cut = quick_look(make(recipe), rng, size=int(rng.integers(*QUICK_SIDES)))
            else:
                cut = cutout_of(recipe, rng, size=size)
            _, data = cv2.imencode(".png", cv2.cvtColor(cut, cv2.COLOR_RGBA2BGRA))
            part = path.with_suffix(".part")
            part.write_bytes(data.tobytes())
            part.replace(path)
        rows.append((path.name, product, recipe.container_class.value, recipe.design))
        if len(rows) % 50 == 0:
            _write_list(folder, rows)
    _write_list(folder, rows)


def _write_list(folder: Path, rows: Sequence[tuple[str, int, str, str]]) -> None:
    part = folder / f"{LIST_FILE}.part"
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(LIST_HEADER)
        writer.writerows(rows)
    part.replace(folder / LIST_FILE)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="container_cutouts", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--products", type=int, default=1500)
    parser.add_argument("--size", type=int, default=SIDE, help="pixels of the picture's side")
    parser.add_argument("--quick", action="store_true", help="sketched, not rendered")
    given = parser.parse_args(arguments)
    build(given.folder, range(given.products), size=given.size, quick=given.quick)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
