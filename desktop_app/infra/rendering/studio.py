"""The packshot studio: one light set-up, one paper sweep, two views of every product."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.infra.rendering.engine.camera import Camera, orbiting
from desktop_app.infra.rendering.engine.lighting import Light, Softbox
from desktop_app.infra.rendering.engine.mesh import rotation
from desktop_app.infra.rendering.engine.renderer import Rendered, render
from desktop_app.infra.rendering.engine.scene import Model, Pose
from desktop_app.infra.rendering.engine.surroundings import Sweep

STUDIO = Light(
    softboxes=(
        Softbox(-62, 24, 38, 78, (3.5, 3.5, 3.52)),
        Softbox(68, 16, 13, 80, (1.5, 1.5, 1.52)),
        Softbox(10, 80, 60, 44, (1.9, 1.9, 1.9)),
        Softbox(-150, 20, 12, 70, (1.2, 1.2, 1.2)),
    ),
    zenith=(0.34, 0.34, 0.35),
    front=(0.16, 0.16, 0.165),
    behind=(0.80, 0.80, 0.805),
    floor=(0.66, 0.66, 0.66),
    backdrop_half_angle=30.0,
    front_rise=3.2,
)


@dataclass(frozen=True, slots=True)
class View:
    """How a product is shown: turned on its stand, seen from an elevation (degrees)."""

    name: str
    turn_degrees: float
    elevation_degrees: float
    fill: float = 0.8


def packshot(model: Model, view: View, *, size: int = 400) -> Rendered:
    """A product on the sweep, zoomed to fill the view's share of the picture."""
    turned = model.posed(Pose(rotation(about="y", degrees=view.turn_degrees)))
    return render(turned, packshot_camera(turned, view), STUDIO, backdrop=Sweep(), size=size)


def packshot_camera(turned: Model, view: View) -> Camera:
    """A long lens at the view's elevation, fitted to the product."""
    points = turned.points()
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    camera = orbiting(
        (float(middle[0]), float(middle[1]), float(middle[2])),
        distance=float((high - low).max()) * 5.0,
        azimuth_degrees=0.0,
        elevation_degrees=view.elevation_degrees,
    )
    return camera.fitted(points, fill=view.fill)
