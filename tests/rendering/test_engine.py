from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.infra.rendering.engine.arrays import refracted, sample_bilinear
from desktop_app.infra.rendering.engine.camera import Camera, orbiting
from desktop_app.infra.rendering.engine.lighting import Light, Softbox
from desktop_app.infra.rendering.engine.materials import (
    CHROME,
    MIRROR,
    Material,
    clear_glass,
    coloured_glass,
    glossy,
    matte,
    srgb,
)
from desktop_app.infra.rendering.engine.mesh import Mesh, revolved
from desktop_app.infra.rendering.engine.profiles import cylinder
from desktop_app.infra.rendering.engine.raster import rasterise
from desktop_app.infra.rendering.engine.renderer import Rendered, encoded, render, tone_mapped
from desktop_app.infra.rendering.engine.scene import Model, Part
from desktop_app.infra.rendering.studio import STUDIO

SIZE = 48


def upright(material: Material, **more: Mesh | Material) -> Model:
    return Model((Part("body", revolved(cylinder(10.0, 30.0)), material, **more),))  # type: ignore[arg-type]


def in_front(model: Model, elevation: float = 8.0) -> Camera:
    camera = orbiting((0, 15, 0), distance=200, azimuth_degrees=0, elevation_degrees=elevation)
    return camera.fitted(model.points(), fill=0.7)


def shown(model: Model, *, light: Light = STUDIO, elevation: float = 8.0) -> Rendered:
    return render(model, in_front(model, elevation), light, size=SIZE)


def mean_inside(picture: Rendered) -> np.ndarray:
    return picture.rgb[picture.mask == 255].mean(axis=0)


def test_rasteriser_finds_the_nearest_front_face_and_its_weights() -> None:
    xy = np.array([[1.0, 1.0], [1.0, 15.0], [15.0, 1.0]] * 2)
    depth = np.array([5.0, 5.0, 5.0, 3.0, 3.0, 3.0])
    faces = np.array([[0, 1, 2], [3, 4, 5]])
    layer = rasterise(xy, depth, faces, width=16, height=16)
    assert set(layer.faces) == {1}
    assert np.allclose(layer.depth, 3.0)
    assert np.allclose(layer.weights.sum(axis=1), 1.0)
    rebuilt = layer.weights @ xy[faces[1]]
    assert np.allclose(rebuilt[:, 0], layer.pixels % 16 + 0.5)
    assert np.allclose(rebuilt[:, 1], layer.pixels // 16 + 0.5)


def test_rasteriser_keeps_back_faces_apart() -> None:
    xy = np.array([[1.0, 1.0], [15.0, 1.0], [1.0, 15.0]])
    depth = np.full(3, 4.0)
    faces = np.array([[0, 1, 2]])
    assert len(rasterise(xy, depth, faces, width=16, height=16).pixels) == 0
    assert len(rasterise(xy, depth, faces, width=16, height=16, back=True).pixels) > 60


def test_adjacent_triangles_leave_no_crack_and_no_pixel_twice() -> None:
    xy = np.array([[0.0, 0.0], [0.0, 20.0], [20.0, 20.0], [20.0, 0.0]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    layer = rasterise(xy, np.ones(4), faces, width=20, height=20)
    assert sorted(layer.pixels) == list(range(400))


def test_rasteriser_cuts_off_what_lies_outside_the_picture() -> None:
    xy = np.array([[-50.0, -50.0], [-50.0, 80.0], [80.0, -50.0]])
    layer = rasterise(xy, np.ones(3), np.array([[0, 1, 2]]), width=10, height=8)
    assert sorted(layer.pixels) == list(range(80))


def test_camera_rays_go_back_through_projected_points() -> None:
    camera = replace(
        orbiting(
            (0, 10, 0), distance=100, azimuth_degrees=25, elevation_degrees=30, roll_degrees=9
        ),
        shift=(0.1, -0.05),
    )
    points = np.random.default_rng(2).uniform(-8, 8, (20, 3))
    xy, _ = camera.project(points, size=64)
    rays = camera.rays(xy[:, 0], xy[:, 1], size=64)
    wanted = points - np.array(camera.eye)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    assert np.allclose(rays, wanted)


def test_a_fitted_camera_fills_the_share_asked_for_around_the_centre() -> None:
    points = np.random.default_rng(3).uniform(-20, 40, (50, 3))
    camera = orbiting((0, 0, 0), distance=300, azimuth_degrees=40, elevation_degrees=20)
    xy, _ = camera.fitted(points, fill=0.6, centre=(0.4, 0.55)).project(points, size=100)
    low, high = xy.min(axis=0), xy.max(axis=0)
    assert (high - low).max() == pytest.approx(60.0)
    assert np.allclose((low + high) / 2, [40.0, 55.0])


def test_refraction_obeys_snell_and_reports_total_reflection() -> None:
    angle = np.radians(40.0)
    incoming = np.array([[np.sin(angle), -np.cos(angle), 0.0]])
    up = np.array([[0.0, 1.0, 0.0]])
    bent, total = refracted(incoming, up, 1 / 1.5)
    assert not total[0]
    assert np.hypot(bent[0, 0], bent[0, 1]) == pytest.approx(1.0)
    assert bent[0, 0] == pytest.approx(np.sin(angle) / 1.5)
    steep = np.array([[np.sin(1.2), -np.cos(1.2), 0.0]])
    mirrored, total = refracted(steep, up, 1.5)
    assert total[0]
    assert np.allclose(mirrored, [[np.sin(1.2), np.cos(1.2), 0.0]])


def test_bilinear_sampling_hits_pixel_centres_and_repeats_edges() -> None:
    image = np.arange(12.0).reshape(3, 4, 1)
    x, y = np.array([0.5, 1.0, 99.0]), np.array([0.5, 1.0, 99.0])
    assert sample_bilinear(image, x, y)[:, 0] == pytest.approx([0.0, 2.5, 11.0])


def test_a_blurred_softbox_keeps_its_light() -> None:
    box = Softbox(0.0, 0.0, 20.0, 20.0, (1.0, 1.0, 1.0))
    span = np.linspace(-1.5, 1.5, 401)
    u, v = np.meshgrid(span, span)
    plane = np.stack([u.ravel(), v.ravel(), np.ones(u.size)], axis=1)
    directions = plane / np.linalg.norm(plane, axis=1, keepdims=True)
    sharp, soft = box.seen(directions, 0.0), box.seen(directions, 0.2)
    assert soft.max() < sharp.max()
    assert soft.sum() == pytest.approx(sharp.sum(), rel=0.02)


def test_the_mask_is_the_area_the_product_covers() -> None:
    model = upright(glossy("cc3344"))
    camera = orbiting((0, 15, 0), distance=4000, azimuth_degrees=0, elevation_degrees=0)
    picture = render(model, camera.fitted(model.points(), fill=0.7), STUDIO, size=SIZE)
    height = 0.7 * SIZE
    expected = height * height * 20.0 / 30.0
    assert picture.mask.sum() / 255 == pytest.approx(expected, rel=0.03)
    rows = np.flatnonzero(picture.mask.max(axis=1) > 127)
    assert rows[-1] - rows[0] + 1 == pytest.approx(height, abs=1.5)


def test_pixels_outside_the_mask_do_not_depend_on_the_products_colour() -> None:
    red, blue = shown(upright(matte("aa2222"))), shown(upright(matte("2222aa")))
    assert np.array_equal(red.mask, blue.mask)
    outside = red.mask == 0
    assert np.array_equal(red.rgb[outside], blue.rgb[outside])
    assert mean_inside(red)[0] > mean_inside(red)[2] + 40
    assert mean_inside(blue)[2] > mean_inside(blue)[0] + 40


def test_rendering_twice_gives_the_same_bytes() -> None:
    model = upright(clear_glass())
    first, second = shown(model), shown(model)
    assert np.array_equal(first.rgb, second.rgb)
    assert np.array_equal(first.mask, second.mask)


def test_a_product_darkens_the_floor_beside_it() -> None:
    picture = shown(upright(matte("808080")), elevation=20.0)
    below = np.flatnonzero(picture.mask.max(axis=1))[-1] + 2
    middle = SIZE // 2
    near = picture.rgb[below, middle].mean()
    assert near < picture.rgb[below, 2].mean() - 5


def test_a_light_from_the_left_brightens_the_left_side() -> None:
    light = Light((Softbox(-80.0, 20.0, 40.0, 40.0, (4.0, 4.0, 4.0)),), behind=(0.2, 0.2, 0.2))
    picture = shown(upright(matte("b0b0b0")), light=light)
    columns = np.flatnonzero(picture.mask[SIZE // 2] == 255)
    left, right = picture.rgb[SIZE // 2, columns[1]], picture.rgb[SIZE // 2, columns[-2]]
    assert left.mean() > right.mean() + 25


def test_metal_reflects_the_softbox_where_matte_paint_does_not() -> None:
    metal = shown(upright(CHROME.tinted(srgb("909090"))))
    paint = shown(upright(matte("909090")))
    inside = metal.mask == 255
    assert np.ptp(metal.rgb[inside].mean(axis=1)) > np.ptp(paint.rgb[inside].mean(axis=1)) + 40


def test_clear_glass_lets_the_backdrop_through_and_coloured_glass_tints_it() -> None:
    inner = revolved(cylinder(8.6, 26.0, base=2.0))
    clear = shown(upright(clear_glass(), hollow=inner))
    amber = shown(upright(coloured_glass("8f4a10", "Amber"), hollow=inner))
    opaque = shown(upright(matte("303030")))
    assert mean_inside(clear).mean() > mean_inside(opaque).mean() + 80
    red, _, blue = mean_inside(amber)
    assert red > blue + 30


def test_liquid_shows_its_colour_through_glass() -> None:
    inner = revolved(cylinder(8.6, 26.0, base=2.0))
    liquid = coloured_glass("30a030", "Liquid", depth_mm=12.0)
    empty = shown(upright(clear_glass(), hollow=inner))
    filled = shown(upright(clear_glass(), hollow=inner, contents=inner, contents_material=liquid))
    red, green, _ = mean_inside(filled)
    assert green > red + 30
    assert mean_inside(empty)[0] > red + 20


def test_a_mirror_shows_what_stands_before_it() -> None:
    wall = revolved(cylinder(30.0, 2.0))
    upright_wall = Mesh(
        wall.vertices[:, [0, 2, 1]] * [1, 1, -1] + [0, 30, -30],
        wall.normals[:, [0, 2, 1]] * [1, 1, -1],
        wall.faces,
    )
    mirror = Part("mirror", upright_wall, MIRROR)
    ball = Part("pin", revolved(cylinder(4.0, 16.0)), matte("d01020"))
    camera = in_front(Model((mirror, ball)), 24.0)

    def red_pixels(model: Model) -> int:
        rgb = render(model, camera, STUDIO, size=SIZE).rgb.astype(int)
        return int(((rgb[:, :, 0] - rgb[:, :, 1]) > 60).sum())

    plain = Part("wall", upright_wall, matte("909090"))
    assert red_pixels(Model((mirror, ball))) > 1.2 * red_pixels(Model((plain, ball)))


def test_tone_mapping_rises_and_stays_below_one() -> None:
    values = np.linspace(0.0, 20.0, 500)
    mapped = tone_mapped(values)
    assert (np.diff(mapped) >= 0).all()
    assert mapped.max() <= 1.0
    assert np.array_equal(mapped[values < 0.72], values[values < 0.72])


def test_hexadecimal_colours_survive_the_way_to_light_and_back() -> None:
    codes = ["000000", "ffffff", "7fb8b0", "0a0b0c"]
    back = encoded(np.array([srgb(code) for code in codes]))
    assert ["".join(f"{v:02x}" for v in row) for row in back] == codes
