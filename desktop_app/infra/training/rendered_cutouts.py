"""Rendered containers as cut-outs, made once into a folder of pictures with alpha.

    python -m desktop_app.infra.training.rendered_cutouts FOLDER --products 400

Each product is drawn from all categories, designs, brands and colourways and seen two or three
times, from other sides and heights and in other light. Files are ``<product>_<view>.png``; what
lies there already is kept, so that the command can be stopped and run again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.infra.rendering.engine.lighting import Light, Softbox
from desktop_app.infra.rendering.engine.mesh import rotation
from desktop_app.infra.rendering.engine.renderer import render
from desktop_app.infra.rendering.engine.scene import Pose
from desktop_app.infra.rendering.engine.surroundings import Sweep
from desktop_app.infra.rendering.products import ProductSpec, assemble, random_spec, views
from desktop_app.infra.rendering.studio import STUDIO, View, packshot_camera
from desktop_app.infra.training.compositing import RgbaArray
from desktop_app.infra.vision.opencv import cv2

SIDE = 256
_FIRST_SEED = 50_000
"""Far from the seeds of the demo catalogue, whose products are thus never trained on."""


def rendered(spec: ProductSpec, rng: np.random.Generator, *, view: int) -> RgbaArray:
    """One look at a product as (h, w, 4), cropped to it; ``view`` 0 is its front in studio
    light, others are turned, from another height and in softboxes set up anew."""
    front, _ = views(spec)
    seen, light = front, STUDIO
    if view > 0:
        lift = float(np.clip(front.elevation_degrees + rng.uniform(-4, 26), 3, 62))
        seen = View("other", float(rng.uniform(-65, 65)), lift, 0.86)
        light = other_light(rng)
    turned = assemble(spec).model.posed(Pose(rotation(about="y", degrees=seen.turn_degrees)))
    picture = render(turned, packshot_camera(turned, seen), light, backdrop=Sweep(), size=SIDE)
    rgba = np.dstack([picture.rgb, picture.mask])
    left, top, width, height = cv2.boundingRect(picture.mask)
    cropped: RgbaArray = rgba[top : top + height, left : left + width]
    return cropped


def other_light(rng: np.random.Generator) -> Light:
    """The studio's light with its boxes moved, resized, dimmed and tinted."""
    boxes = []
    for box in STUDIO.softboxes:
        warmth = np.exp(rng.normal(0.0, [0.08, 0.03, 0.1])) * rng.uniform(0.5, 1.5)
        colour = np.array(box.radiance) * warmth
        boxes.append(
            Softbox(
                box.azimuth + float(rng.uniform(-35, 35)),
                float(np.clip(box.elevation + rng.uniform(-10, 25), 5, 85)),
                box.width * float(rng.uniform(0.5, 1.3)),
                box.height * float(rng.uniform(0.5, 1.1)),
                (float(colour[0]), float(colour[1]), float(colour[2])),
            )
        )
    return Light(
        softboxes=tuple(boxes),
        zenith=STUDIO.zenith,
        front=STUDIO.front,
        behind=STUDIO.behind,
        floor=STUDIO.floor,
        backdrop_half_angle=STUDIO.backdrop_half_angle,
        front_rise=STUDIO.front_rise,
    )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--products", type=int, default=400)
    parser.add_argument("--views", type=int, default=3, help="at most so many of each")
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    categories = list(ContainerClass)
    for product in range(given.products):
        spec = random_spec(categories[product % len(categories)], _FIRST_SEED + product)
        for view in range(given.views - product % 2):
            path = given.folder / f"{product:05d}_{view}.png"
            if path.exists():
                continue
            rng = np.random.default_rng([product, view])
            _, data = cv2.imencode(
                ".png", cv2.cvtColor(rendered(spec, rng, view=view), cv2.COLOR_RGBA2BGRA)
            )
            part = path.with_suffix(".part")
            part.write_bytes(data.tobytes())
            part.replace(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
