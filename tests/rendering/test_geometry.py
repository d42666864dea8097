from __future__ import annotations

import math

import numpy as np
import pytest

from desktop_app.infra.rendering.engine.arrays import normalised
from desktop_app.infra.rendering.engine.mesh import (
    Mesh,
    lofted,
    moved,
    prism,
    revolved,
    rotation,
    swept,
    with_normals,
)
from desktop_app.infra.rendering.engine.outlines import ellipse, polygon, rounded_rectangle
from desktop_app.infra.rendering.engine.profiles import (
    cavity,
    cornered,
    curved,
    cylinder,
    volume_ml,
)


def enclosed_volume(mesh: Mesh) -> float:
    """Positive where faces run anticlockwise as seen from outside (divergence theorem)."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


MESHES = {
    "revolved": (revolved(cylinder(10.0, 20.0, fillet=0.0)), math.pi * 100 * 20),
    "prism": (
        prism(
            rounded_rectangle(10.0, 6.0, 2.0),
            cornered([(-0.01, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 20.0, 0.0), (-0.01, 20.0, 0.0)]),
        ),
        (20 * 12 - (4 - math.pi) * 4) * 20,
    ),
    "lofted": (
        lofted([ellipse(10.0, 5.0).points] * 3, [0.0, 8.0, 20.0]),
        math.pi * 50 * 20,
    ),
    "swept": (
        swept(
            np.stack([np.linspace(0, 30, 12), np.zeros(12), np.zeros(12)], axis=1),
            np.full(12, 2.0),
        ),
        math.pi * 4 * 30,
    ),
}


@pytest.mark.parametrize("name", sorted(MESHES))
def test_bodies_face_outwards_and_enclose_their_volume(name: str) -> None:
    mesh, expected = MESHES[name]
    assert enclosed_volume(mesh) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("name", sorted(MESHES))
def test_vertex_normals_are_unit_and_agree_with_their_faces(name: str) -> None:
    mesh, _ = MESHES[name]
    used = np.unique(mesh.faces)
    assert np.allclose(np.linalg.norm(mesh.normals[used], axis=1), 1.0)
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    facing = normalised(np.cross(b - a, c - a))
    mean = normalised(mesh.normals[mesh.faces].mean(axis=1))
    assert np.median(np.einsum("ij,ij->i", facing, mean)) > 0.99
    assert (np.einsum("ij,ij->i", facing, mean) > 0.2).all()


def test_a_fillet_keeps_its_radius_and_tangents() -> None:
    profile = cornered([(0.0, 0.0, 0.0), (10.0, 0.0, 3.0), (10.0, 10.0, 0.0)])
    arc = profile.points[(profile.points[:, 0] > 7.01) & (profile.points[:, 1] < 2.99)]
    assert len(arc) > 3
    assert np.allclose(np.hypot(arc[:, 0] - 7.0, arc[:, 1] - 3.0), 3.0)
    assert np.allclose(np.linalg.norm(profile.normals, axis=1), 1.0)


def test_a_fillet_shrinks_where_the_run_is_too_short() -> None:
    profile = cornered([(0.0, 0.0, 0.0), (2.0, 0.0, 50.0), (2.0, 1.0, 50.0), (0.0, 1.0, 0.0)])
    assert profile.points[:, 0].max() <= 2.0 + 1e-9
    assert profile.points[:, 1].min() >= -1e-9
    assert profile.points[:, 1].max() <= 1.0 + 1e-9


def test_a_curve_passes_through_its_knots_and_never_crosses_the_axis() -> None:
    knots = [(0.0, 0.0), (6.0, 1.0), (8.0, 7.0), (3.0, 12.0), (0.0, 13.0)]
    profile = curved(knots)
    for knot in knots:
        assert np.hypot(*(profile.points - knot).T).min() < 1e-9
    assert profile.points[:, 0].min() >= 0.0


def test_volume_is_given_in_millilitres() -> None:
    assert volume_ml(cylinder(10.0, 100.0, fillet=0.0)) == pytest.approx(31.4, abs=0.1)


def test_the_inside_of_a_body_is_thinner_by_its_wall() -> None:
    outer = cylinder(20.0, 60.0, fillet=2.0)
    inside = cavity(outer, wall=2.0, floor=4.0, top=50.0)
    assert inside.radius == pytest.approx(18.0, abs=0.05)
    assert inside.points[:, 1].min() == pytest.approx(4.0)
    assert inside.points[:, 1].max() == pytest.approx(50.0)


@pytest.mark.parametrize(
    "outline",
    [ellipse(8.0, 5.0), ellipse(8.0, 5.0, power=4.0), rounded_rectangle(8, 5, 2), polygon(6, 8, 1)],
)
def test_outlines_run_from_the_front_to_the_right_with_normals_outwards(outline: object) -> None:
    points, normals = outline.points, outline.normals  # type: ignore[attr-defined]
    assert np.einsum("ij,ij->i", points, normals).min() > 0
    x, z = points.T
    area = 0.5 * float((z * np.roll(x, -1) - x * np.roll(z, -1)).sum())
    assert area > 0


def test_samples_lie_on_the_surface_and_cover_it_evenly() -> None:
    mesh = revolved(cylinder(10.0, 40.0, fillet=0.0))
    points = mesh.sampled(4000, np.random.default_rng(1))
    radius = np.hypot(points[:, 0], points[:, 2])
    on_wall = (points[:, 1] > 1e-6) & (points[:, 1] < 40 - 1e-6)
    assert np.allclose(radius[on_wall], 10.0, atol=0.02)
    wall_share = 2 * math.pi * 10 * 40 / (2 * math.pi * 10 * 40 + 2 * math.pi * 100)
    assert on_wall.mean() == pytest.approx(wall_share, abs=0.02)


def test_moving_turns_points_and_normals_alike() -> None:
    mesh = revolved(cylinder(3.0, 9.0))
    turned = moved(mesh, rotation=rotation(about="z", degrees=90.0), by=(1.0, 2.0, 3.0))
    assert turned.vertices[:, 0].min() == pytest.approx(1.0 - 9.0)
    assert enclosed_volume(turned) == pytest.approx(enclosed_volume(mesh))


def test_only_three_axes_exist() -> None:
    with pytest.raises(ValueError, match="not an axis"):
        rotation(about="w", degrees=1.0)


def test_normals_follow_a_deformed_mesh() -> None:
    mesh = revolved(cylinder(5.0, 10.0, fillet=0.0))
    sheared = mesh.vertices + np.outer(mesh.vertices[:, 0], [0.0, 1.0, 0.0])
    result = with_normals(sheared, mesh.faces, like=mesh)
    top = (mesh.normals[:, 1] > 0.99) & (np.hypot(mesh.vertices[:, 0], mesh.vertices[:, 2]) < 4)
    tilted = np.array([-1.0, 1.0, 0.0]) / math.sqrt(2)
    assert np.allclose(result.normals[top], tilted, atol=1e-6)
