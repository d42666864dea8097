"""One picture laid on the other: where it comes to lie, and what is called different."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from desktop_app.domain.evidence import (
    Explanation,
    HitEvidence,
    Orientation,
    PictureEvidence,
    ShapeFeatures,
)
from desktop_app.domain.print_features import PrintFeatures, PrintMatch
from desktop_app.services.pair_details import PairDetails, PlacedBy, mapped, place, turned
from desktop_app.workers.aligning import Laid, lay
from desktop_app.workers.images import to_rgb


def outline(left: float, top: float, right: float, bottom: float) -> PictureEvidence:
    contour = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    silhouette = np.zeros((64, 64), np.bool_)
    shape = ShapeFeatures(silhouette, contour, np.zeros(4, np.float32), 1.0, 1.0)
    return PictureEvidence(shape=shape)


def explained(
    first: PictureEvidence | None = None,
    second: PictureEvidence | None = None,
    *,
    orientation: Orientation | None = None,
    match: PrintMatch | None = None,
) -> Explanation:
    evidence = HitEvidence({}, orientation or Orientation())
    return Explanation(
        0, 2, evidence, first or PictureEvidence(), second or PictureEvidence(), match
    )


def details_of(explanation: Explanation) -> PairDetails:
    placement, placed_by = place(explanation)
    return PairDetails(1, 2, explanation, placement, placed_by)


def packshot(*, mark: QColor | None = None, mark_at: tuple[int, int] = (80, 70)) -> QImage:
    """A white picture with a blue box, a stripe on it, and perhaps a mark."""
    image = QImage(200, 160, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.fillRect(50, 40, 100, 80, QColor(60, 90, 160))
    painter.fillRect(60, 100, 80, 8, QColor(230, 220, 120))
    if mark is not None:
        painter.fillRect(*mark_at, 22, 22, mark)
    painter.end()
    return image


BOX = (50 / 200, 40 / 160, 150 / 200, 120 / 160)


def hot(laid: Laid) -> NDArray[np.bool_]:
    """Where the difference is painted in colour rather than grey."""
    rgb = to_rgb(laid.difference).astype(int)
    found: NDArray[np.bool_] = (rgb.max(axis=2) - rgb.min(axis=2)) > 60
    return found


def test_outlines_that_agree_in_shape_are_laid_box_on_box() -> None:
    placement, placed_by = place(
        explained(outline(0.1, 0.2, 0.3, 0.6), outline(0.4, 0.1, 0.8, 0.9))
    )
    assert placed_by is PlacedBy.OUTLINE
    corners = mapped(placement, np.array([[0.1, 0.2], [0.3, 0.6]]))
    assert np.allclose(corners, [[0.4, 0.1], [0.8, 0.9]])


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_turns_and_mirrors_agree_with_what_qt_does_to_a_picture(turns: int, mirrored: bool) -> None:
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    image.setPixelColor(31, 5, QColor("black"))
    changed = image
    if mirrored:
        changed = changed.transformed(QTransform().scale(-1, 1))
    changed = changed.transformed(QTransform().rotate(90 * turns))
    rows, columns = np.nonzero(to_rgb(changed)[..., 0] == 0)
    (x, y) = mapped(turned(Orientation(mirrored, turns)), np.array([[31.5 / 40, 5.5 / 40]]))[0]
    assert (int(x * 40), int(y * 40)) == (int(columns[0]), int(rows[0]))


def test_without_outlines_frames_are_laid_on_one_another() -> None:
    placement, placed_by = place(explained(orientation=Orientation(mirrored=True)))
    assert placed_by is PlacedBy.FRAME
    assert np.allclose(mapped(placement, np.array([[0.1, 0.7]])), [[0.9, 0.7]])


def key_points(width: int, height: int) -> PictureEvidence:
    none = np.zeros((0, 2), np.float32)
    features = PrintFeatures(
        none,
        np.zeros(0, np.float32),
        np.zeros(0, np.float32),
        np.zeros((0, 8), np.uint8),
        width,
        height,
    )
    return PictureEvidence(print=features)


@pytest.mark.parametrize(("score", "expected"), [(0.9, PlacedBy.PRINT), (0.2, PlacedBy.FRAME)])
def test_print_places_pictures_where_it_surely_matches(score: float, expected: PlacedBy) -> None:
    points, rows = np.zeros((12, 2), np.float32), np.zeros(12, np.intp)
    doubled = np.diag([2.0, 2.0, 1.0])
    match = PrintMatch(points, points, doubled, score, rows, rows)
    placement, placed_by = place(explained(key_points(100, 50), key_points(200, 100), match=match))
    assert placed_by is expected
    assert np.allclose(mapped(placement, np.array([[0.3, 0.8]])), [[0.3, 0.8]])


def test_the_same_product_elsewhere_in_the_picture_does_not_differ() -> None:
    moved = QImage(200, 160, QImage.Format.Format_RGB32)
    moved.fill(QColor("white"))
    painter = QPainter(moved)
    painter.drawImage(-40, -30, packshot())
    painter.end()
    there = (10 / 200, 10 / 160, 110 / 200, 90 / 160)
    laid = lay(moved, packshot(), details_of(explained(outline(*there), outline(*BOX))))
    assert laid.share < 0.01
    assert laid.placed_by is PlacedBy.OUTLINE


def test_a_change_is_shown_where_it_is_and_nowhere_else() -> None:
    explanation = explained(outline(*BOX), outline(*BOX))
    laid = lay(packshot(), packshot(mark=QColor(220, 40, 40)), details_of(explanation))
    rows, columns = np.nonzero(hot(laid))
    assert 0.02 < laid.share < 0.15
    assert columns.min() >= 76 and columns.max() <= 106
    assert rows.min() >= 66 and rows.max() <= 96


def test_another_light_is_no_difference_but_another_colour_is() -> None:
    explanation = explained(outline(*BOX), outline(*BOX))
    dimmed = QImage(packshot())
    painter = QPainter(dimmed)
    painter.fillRect(dimmed.rect(), QColor(0, 0, 0, 25))
    painter.end()
    assert lay(packshot(), dimmed, details_of(explanation)).share < 0.01
    recoloured = packshot()
    painter = QPainter(recoloured)
    painter.fillRect(50, 40, 100, 80, QColor(160, 70, 60))
    painter.end()
    assert lay(packshot(), recoloured, details_of(explanation)).share > 0.5


def test_what_lies_beyond_the_object_does_not_count() -> None:
    explanation = explained(outline(*BOX), outline(*BOX))
    beside = packshot(mark=QColor("black"), mark_at=(5, 5))
    assert lay(packshot(), beside, details_of(explanation)).share == 0.0
