"""Like outlines lie together, always at the same place, and room between them is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.manifold import trustworthiness

from desktop_app.domain.outlines import laid_outline
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.shape_map import LayoutDraft
from desktop_app.infra.learning import shape_layout
from desktop_app.infra.learning.outline_blending import DistanceBlender
from desktop_app.infra.learning.shape_layout import TsneShapeLayout
from desktop_app.infra.vision.shape.comparer import OutlineComparer
from tests.shape_map.families import FAMILIES, outline_of, shapes, vectors_of

LAYOUT = TsneShapeLayout()


def _nothing(_done: float) -> None:
    pass


@pytest.fixture(scope="module")
def family_vectors() -> tuple[np.ndarray, np.ndarray]:
    of, families = shapes(150)
    return vectors_of(of), families


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shape_layout, "EXAGGERATED_ROUNDS", 60)
    monkeypatch.setattr(shape_layout, "ROUNDS", 200)


@pytest.mark.usefixtures("quick")
def test_neighbours_stay_neighbours_and_the_same_input_lies_the_same(
    family_vectors: tuple[np.ndarray, np.ndarray],
) -> None:
    vectors, families = family_vectors
    ids = np.arange(len(vectors))
    told: list[float] = []
    places = LAYOUT.lay_out(ids, vectors, CancelToken(), report=told.append)
    assert trustworthiness(vectors, places, n_neighbors=8) > 0.9
    apart = np.linalg.norm(places[:, np.newaxis] - places, axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (families[apart.argmin(axis=1)] == families).mean() > 0.97
    assert told == sorted(told) and told[-1] == 1.0
    again = LAYOUT.lay_out(ids, vectors, CancelToken(), report=_nothing)
    assert np.array_equal(places, again)


@pytest.mark.usefixtures("quick")
def test_of_many_a_sample_is_laid_out_and_the_rest_lies_among_its_family(
    family_vectors: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors, families = family_vectors
    monkeypatch.setattr(shape_layout, "SAMPLE", 50)
    places = LAYOUT.lay_out(np.arange(len(vectors)), vectors, CancelToken(), report=_nothing)
    apart = np.linalg.norm(places[:, np.newaxis] - places, axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (families[apart.argmin(axis=1)] == families).mean() > 0.95
    assert len(np.unique(places, axis=0)) == len(places)


@pytest.mark.parametrize("count", [3, 4, 11, 12, 13])
def test_a_handful_can_be_laid_out(count: int) -> None:
    vectors = vectors_of(shapes(count)[0])
    places = LAYOUT.lay_out(np.arange(count), vectors, CancelToken(), report=_nothing)
    cluster_of, medoids = LAYOUT.group(vectors, CancelToken(), report=_nothing)
    assert places.shape == (count, 2) and np.isfinite(places).all()
    assert len(cluster_of) == count and cluster_of[medoids].tolist() == list(range(len(medoids)))


def test_equal_outlines_can_be_laid_out() -> None:
    vectors = np.repeat(vectors_of(shapes(1)[0]), 20, axis=0)
    places = LAYOUT.lay_out(np.arange(20), vectors, CancelToken(), report=_nothing)
    cluster_of, medoids = LAYOUT.group(vectors, CancelToken(), report=_nothing)
    assert np.isfinite(places).all()
    assert not cluster_of.any() and len(medoids) == 1


def test_families_are_found_and_each_medoid_is_one_of_them(
    family_vectors: tuple[np.ndarray, np.ndarray],
) -> None:
    vectors, families = family_vectors
    cluster_of, medoids = LAYOUT.group(vectors, CancelToken(), report=_nothing)
    sizes = np.bincount(cluster_of)
    assert (np.diff(sizes) <= 0).all()
    for cluster, medoid in enumerate(medoids.tolist()):
        members = families[cluster_of == cluster]
        assert cluster_of[medoid] == cluster
        assert (members == families[medoid]).mean() > 0.95


def test_a_layout_that_was_stopped_goes_on_from_its_draft(
    family_vectors: tuple[np.ndarray, np.ndarray],
) -> None:
    vectors, _ = family_vectors
    ids = np.arange(len(vectors))
    token, drafts = CancelToken(), list[LayoutDraft]()

    def stop_half_way(done: float) -> None:
        if done > 0.5:
            token.cancel()

    with pytest.raises(Cancelled):
        LAYOUT.lay_out(ids, vectors, token, report=stop_half_way, keep=drafts.append)
    assert drafts[-1].rounds > shape_layout.ROUNDS / 2
    told: list[float] = []
    places = LAYOUT.lay_out(ids, vectors, CancelToken(), report=told.append, begun=drafts[-1])
    assert told[0] > 0.5
    assert trustworthiness(vectors, places, n_neighbors=8) > 0.9


def test_a_draft_of_other_pictures_is_left_alone(
    family_vectors: tuple[np.ndarray, np.ndarray], quick: None
) -> None:
    vectors, _ = family_vectors
    other = LayoutDraft("", np.arange(5), np.zeros((5, 2), np.float32), 190)
    told: list[float] = []
    LAYOUT.lay_out(np.arange(len(vectors)), vectors, CancelToken(), report=told.append, begun=other)
    assert told[0] < 0.2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    places=hnp.arrays(
        np.float32,
        st.tuples(st.integers(0, 60), st.just(2)),
        elements=st.floats(-1, 1, width=32),
    )
)
def test_free_places_are_empty_and_inside_the_range(places: np.ndarray) -> None:
    from scipy.spatial import ConvexHull

    circles = LAYOUT.empty_circles(places, 8)
    assert len(circles) <= 8
    assert [c.radius for c in circles] == sorted((c.radius for c in circles), reverse=True)
    for circle in circles:
        centre = np.array([circle.x, circle.y])
        apart = np.linalg.norm(places - centre, axis=1)
        assert apart.min() >= circle.radius - 1e-5
        hull = ConvexHull(np.unique(places.astype(np.float64), axis=0))
        inside = -(hull.equations[:, :2] @ centre + hull.equations[:, 2])
        assert inside.min() >= circle.radius - 1e-5
        assert list(apart[list(circle.around)]) == sorted(apart[list(circle.around)])


def test_the_outline_between_two_has_their_mean_proportions() -> None:
    comparer = OutlineComparer()
    low, high = (
        comparer.of_outline(outline_of(FAMILIES[0], stretched=stretched))
        for stretched in (0.8, 1.25)
    )
    between = DistanceBlender().blend([low, high])
    assert between is not None
    width, height = np.ptp(between.points, axis=0)
    assert height == pytest.approx(1)
    assert height / width == pytest.approx(np.sqrt(low.aspect * high.aspect), rel=0.03)
    middle = comparer.of_outline(outline_of(FAMILIES[0]))
    (overlap,) = comparer.compare(comparer.of_outline(between), [middle], turns=False).overlaps
    assert overlap > 0.95
    assert laid_outline(comparer.of_outline(between)) is not None


def test_nothing_lies_between_a_plate_and_a_needle() -> None:
    comparer = OutlineComparer()
    plate = comparer.of_outline(outline_of(FAMILIES[1], stretched=0.2))
    needle = comparer.of_outline(outline_of(FAMILIES[2], stretched=3))
    assert DistanceBlender().blend([plate, needle]) is None
    assert DistanceBlender().blend([]) is None


@pytest.mark.parametrize("stage", ["lay_out", "group", "place"])
def test_every_stage_can_be_stopped(stage: str) -> None:
    vectors = vectors_of(shapes(30)[0])
    token = CancelToken()
    token.cancel()
    stages: dict[str, Callable[[], object]] = {
        "lay_out": lambda: LAYOUT.lay_out(np.arange(30), vectors, token, report=_nothing),
        "group": lambda: LAYOUT.group(vectors, token, report=_nothing),
        "place": lambda: LAYOUT.place(
            vectors, vectors, np.zeros((30, 2), np.float32), token, report=_nothing
        ),
    }
    with pytest.raises(Cancelled):
        stages[stage]()
    assert threading.active_count() < 50
