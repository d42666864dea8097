"""Telling whether two pictures show the same print."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.infra.vision.opencv import cv2
from desktop_app.infra.vision.print.agreement import Agreement
from tests.print_channel.prints import described, drawn_print, reader, seen, stored, tilted


def test_the_same_print_scores_high_however_it_is_held_and_another_low() -> None:
    hits = [stored(described(drawn_print(seed))) for seed in range(6)]
    for degrees in (0, 25, -60, 170):
        query = described(seen(drawn_print(2), tilted(degrees)))
        scores = reader().compare(query, hits)
        assert scores.argmax() == 2
        assert scores[2] > 0.9
        assert np.delete(scores, 2).max() < 0.5


def test_matched_points_lie_where_the_view_puts_them() -> None:
    view = tilted(20)
    query, hit = described(seen(drawn_print(2), view)), stored(described(drawn_print(2)))
    match = reader().match(query, hit)
    assert match is not None
    assert len(match) > 20
    expected = cv2.perspectiveTransform((match.hit_points * (200, 260))[:, np.newaxis], view)[:, 0]
    assert np.median(np.linalg.norm(match.query_points * 400 - expected, axis=1)) < 2
    corners = np.array([[[50.0, 60.0]], [[150.0, 60.0]], [[100.0, 200.0]]])
    back = cv2.perspectiveTransform(cv2.perspectiveTransform(corners, view), match.homography)
    assert np.abs(back - corners).max() < 4
    assert np.array_equal(query.points[match.query_rows], match.query_points)
    assert np.array_equal(hit.points[match.hit_rows], match.hit_points)
    assert not match.mirrored


def test_a_shared_brand_mark_alone_is_not_the_same_product() -> None:
    mark = drawn_print(40, width=70, height=50)
    one, other = drawn_print(1), drawn_print(2)
    for face in (one, other):
        face[10:60, 60:130] = mark
    query = described(seen(one, tilted(5)))
    same, furniture = reader().compare(query, [stored(described(one)), stored(described(other))])
    assert same > 0.9
    assert furniture < 0.5
    matched = reader().match(query, stored(described(other)))
    if matched is not None:
        assert matched.coverage < 0.5


def test_mirrored_print_is_found_only_when_asked_for() -> None:
    face = drawn_print(8)
    query = described(np.ascontiguousarray(face[:, ::-1]))
    hit = stored(described(face))
    assert reader().compare(query, [hit])[0] < 0.5
    match = reader().match(query, hit, mirrored=True)
    assert match is not None
    assert match.mirrored
    assert match.score > 0.9
    assert np.abs((1 - match.query_points[:, 0]) - match.hit_points[:, 0]).max() < 0.05


def test_too_few_key_points_say_nothing() -> None:
    plain = np.full((200, 200, 3), 240, np.uint8)
    cv2.circle(plain, (100, 100), 20, (0, 0, 0), -1)
    few, many = described(plain), described(drawn_print(1))
    assert np.isnan(reader().compare(few, [many])).all()
    assert np.isnan(reader().compare(many, [few, many])).tolist() == [True, False]
    assert reader().compare(many, []).shape == (0,)


def test_surprise_grows_with_inliers_and_falls_with_pairs() -> None:
    surprises = [Agreement(60, inliers).surprise for inliers in (0, 4, 8, 20)]
    assert surprises == sorted(surprises)
    assert surprises[0] == 0
    assert Agreement(20, 8).surprise > Agreement(150, 8).surprise
    # By hand: 39 more of 59 at 1 % each.
    assert Agreement(60, 60).surprise == pytest.approx(60)


def test_the_channel_names_its_tables() -> None:
    assert reader().codebook.version in reader().version
