"""The map of outlines at 100,000 pictures: how long a frame takes, and how long laying out.

Run as ``python -m tests.benchmarks.bench_shape_map [--pictures N] [--layout]``; prints figures
and asserts nothing. Frames are painted offscreen, into a picture as the window would; on a busy
machine the processor's time tells more than the time that passed.
"""

from __future__ import annotations

import argparse
import os
import resource
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from desktop_app import paths
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.shape_map import ShapeCluster, ShapeMap
from desktop_app.infra.learning.shape_layout import TsneShapeLayout
from desktop_app.services.shapes.map_reading import MappedPicture, ShownMap
from desktop_app.services.value_groups import ValueGroup
from desktop_app.ui.point_map.camera import MapCamera
from desktop_app.ui.point_map.scene import MapScene
from desktop_app.ui.shape_map.painting import MapPainter
from desktop_app.ui.theme import Theme

WIDTH, HEIGHT = 1280, 800
FRAMES = 60
CLUSTERS = 20


def _shown(count: int) -> ShownMap:
    """So many points in clusters of unlike size."""
    rng = np.random.default_rng(1)
    cluster_of = rng.choice(CLUSTERS, count, p=rng.dirichlet(np.full(CLUSTERS, 2.0)))
    centres = rng.uniform(-0.8, 0.8, (CLUSTERS, 2))
    spread = rng.uniform(0.04, 0.16, CLUSTERS)
    places = centres[cluster_of] + rng.normal(size=(count, 2)) * spread[cluster_of, np.newaxis]
    ids = np.arange(1, count + 1)
    clusters = tuple(
        ShapeCluster(int(ids[cluster_of == i][0]), int((cluster_of == i).sum()))
        for i in range(CLUSTERS)
    )
    groups = cluster_of.astype(np.int32)
    shape_map = ShapeMap("bench", ids, places.astype(np.float32), groups, clusters)
    ranks = rng.permutation(count).astype(np.int32)
    names = tuple(ValueGroup(str(i), cluster.size) for i, cluster in enumerate(clusters))
    return ShownMap(shape_map, ids, shape_map.places, ids, groups, groups, names, "category", ranks)


def _outline(content_id: int) -> MappedPicture:
    angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    reach = 0.7 + 0.25 * np.cos((content_id % 5 + 2) * angles)
    outline = np.stack([0.5 * reach * np.cos(angles), reach * np.sin(angles)], axis=1)
    return MappedPicture(content_id, outline.astype(np.float32), "")


class _Frames:
    """Paints frames and remembers how long each took."""

    def __init__(self, painter: MapPainter, ratio: float) -> None:
        self._painter = painter
        self._ratio = ratio
        self._image = QImage(
            round(WIDTH * ratio), round(HEIGHT * ratio), QImage.Format.Format_RGB32
        )
        self._image.setDevicePixelRatio(ratio)

    def paint(self, camera: MapCamera) -> tuple[float, float]:
        """Milliseconds that passed and that the thread worked; the outlines that are asked for
        come before the next frame."""
        begun, worked = time.perf_counter(), time.thread_time()
        painter = QPainter(self._image)
        self._painter.paint(painter, camera, self._ratio, has_focus=True)
        painter.end()
        took = (time.perf_counter() - begun) * 1e3, (time.thread_time() - worked) * 1e3
        self._painter.marks.add(map(_outline, self._painter.lacking_pictures(camera)))
        return took


def _measure(count: int, ratio: float, theme: Theme) -> None:
    shown = _shown(count)
    scene = MapScene(shown.places, shown.ranks)
    begun = time.perf_counter()
    for level in range(-3, 15):
        scene.at_level(level)
    levels_ms = (time.perf_counter() - begun) * 1e3
    painter = MapPainter(theme, lambda _hash: None)
    painter.set_map(shown, scene, shown.cluster_of)
    frames = _Frames(painter, ratio)
    fitted = MapCamera(WIDTH, HEIGHT).fitted(shown.places)
    frames.paint(fitted)
    moves = {
        "panning the whole": [fitted.moved(4.0 * i, 2.0 * i) for i in range(FRAMES)],
        "zooming in": [fitted.zoomed(1.09**i, 500, 330) for i in range(FRAMES)],
        "panning near": [fitted.zoomed(12, 500, 330).moved(9.0 * i, 3.0) for i in range(FRAMES)],
        "panning nearest": [fitted.zoomed(60, 500, 330).moved(9.0 * i, 0) for i in range(FRAMES)],
    }
    print(f"{count} pictures, {WIDTH} x {HEIGHT} at {ratio}x (levels once: {levels_ms:.0f} ms)")
    for name, cameras in moves.items():
        _tell(name, [frames.paint(camera) for camera in cameras])
    painter.set_selection(np.arange(0, count, 3))
    _tell("with a selection", [frames.paint(camera) for camera in moves["panning the whole"]])
    angles = np.linspace(0, 2 * np.pi, 300)
    lasso = [(0.5 * float(np.cos(a)), 0.4 * float(np.sin(a))) for a in angles]
    begun = time.perf_counter()
    held = len(scene.in_polygon(lasso))
    print(f"  lasso of 300 corners around {held}: {(time.perf_counter() - begun) * 1e3:.1f} ms")


def _tell(name: str, took: list[tuple[float, float]]) -> None:
    passed, worked = np.array(took).T
    print(
        f"  {name:20} median {np.median(passed):5.1f} ms   worst {passed.max():5.1f} ms   "
        f"(of the processor: {np.median(worked):5.1f}, {worked.max():5.1f})"
    )


def _lay_out(count: int) -> None:
    rng = np.random.default_rng(2)
    kinds = rng.normal(size=(200, 12)) @ rng.normal(size=(12, 96))
    vectors = kinds[rng.integers(0, len(kinds), count)]
    vectors = (vectors + rng.normal(size=vectors.shape) * 0.4).astype(np.float32)
    layout, token = TsneShapeLayout(), CancelToken()

    def nothing(_done: float) -> None:
        pass

    begun, worked = time.perf_counter(), time.process_time()
    places = layout.lay_out(np.arange(count), vectors, token, report=nothing)
    laid, laid_worked = time.perf_counter() - begun, time.process_time() - worked
    begun = time.perf_counter()
    layout.group(vectors, token, report=nothing)
    grouped = time.perf_counter() - begun
    begun = time.perf_counter()
    circles = layout.empty_circles(places, 40)
    found = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count} vectors of 96: laid out in {laid:.0f} s ({laid_worked:.0f} s of the processor), "
        f"grouped in {grouped:.0f} s, {len(circles)} empty circles in {found:.1f} s; "
        f"peak memory {peak:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--layout", action="store_true", help="also lay out so many vectors")
    options = parser.parse_args()
    application = QApplication([])
    theme = Theme(paths.resources_dir() / "icons")
    theme.apply(application)
    for ratio in (1.0, 2.0):
        _measure(options.pictures, ratio, theme)
    if options.layout:
        _lay_out(options.pictures)


if __name__ == "__main__":
    main()
