"""What a burst turns out to be: by its code, by its pictures, or nothing known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from desktop_app.domain.capturing import AnswerThresholds, Burst, CaptureAnswer, FrameView, Outcome
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import READING_SIDE, CropBox, FloatMatrix, RgbArray
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.vision.enlarging import CubicEnlarger
from desktop_app.services.capture.recognising import Optics, Recogniser, grown
from tests.capturing.building import PLAIN, UNKNOWN, Station, burst, shot

SURE, UNSURE = 0.995, 0.94


def answered(
    station: Station, shown: Burst, found: float = SURE, perhaps: float = UNSURE
) -> CaptureAnswer:
    thresholds = AnswerThresholds(found, perhaps, 0.01, 0.1)
    recogniser = Recogniser(station.catalogue, station.search, lambda: PLAIN, lambda: thresholds)
    return recogniser.answer(shown, CancelToken())


def test_a_known_product_is_found(station: Station) -> None:
    answer = answered(station, burst(2))
    assert answer.outcome is Outcome.FOUND
    assert answer.product_id == station.ids[2]
    assert len(answer.candidates) == 3
    scores = [hit.score for hit in answer.candidates]
    assert scores == sorted(scores, reverse=True)
    assert (answer.exact, answer.barcode, answer.disagrees) == (None, None, False)
    assert answer.looked_ms > 0


def test_an_unsure_likeness_is_offered_with_three_to_choose_from(station: Station) -> None:
    answer = answered(station, burst(2), found=1.0)
    assert answer.outcome is Outcome.PERHAPS
    assert answer.candidates[0].product_id == station.ids[2]
    assert len(answer.candidates) == 3
    assert answer.product_id is None


def test_an_unknown_product_is_not_found(station: Station) -> None:
    answer = answered(station, burst(UNKNOWN))
    assert (answer.outcome, answer.candidates) == (Outcome.NOT_FOUND, ())
    assert answer.results.hits


def test_an_empty_catalogue_finds_nothing(station: Station) -> None:
    station.catalogue.products.remove(station.ids)
    station.search.use(*station.indexing.publish())
    assert answered(station, burst(2)).outcome is Outcome.NOT_FOUND


def test_a_second_shot_that_is_clearer_decides(station: Station) -> None:
    assert answered(station, burst(UNKNOWN)).outcome is Outcome.NOT_FOUND
    answer = answered(station, burst(UNKNOWN, 3))
    assert (answer.outcome, answer.product_id) == (Outcome.FOUND, station.ids[3])


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("4006381333931", "4006381333931"),
        ("04006381333931", "4006381333931"),
        ("4 006381-333931", "4006381333931"),
        ("036000291452", "0036000291452"),
        ("36000291452", "0036000291452"),
        ("https://id.gs1.org/01/04006381333931", "https://id.gs1.org/01/04006381333931"),
    ],
)
def test_a_code_decides_in_any_form_it_is_kept_in(station: Station, stored: str, read: str) -> None:
    station.catalogue.products.update_fields([station.ids[4]], {"barcode": stored})
    answer = answered(station, burst(UNKNOWN, codes=[read]))
    assert (answer.outcome, answer.product_id) == (Outcome.FOUND, station.ids[4])
    assert answer.exact == station.ids[4]
    assert answer.barcode is not None
    assert answer.barcode.text == read
    assert answer.candidates[0].score == 1
    assert not answer.disagrees


def test_a_code_may_be_a_sku(station: Station) -> None:
    answer = answered(station, burst(1, codes=["SKU-0001"]))
    assert (answer.exact, answer.disagrees) == (station.ids[1], False)


def test_codes_that_nobody_knows_leave_it_to_the_pictures(station: Station) -> None:
    answer = answered(station, burst(2, codes=["LOT 7", "4006381333931"]))
    assert (answer.outcome, answer.product_id, answer.exact) == (
        Outcome.FOUND,
        station.ids[2],
        None,
    )
    assert answer.barcode is not None
    assert answer.barcode.text == "4006381333931", "the one that numbers a product is kept"


def test_a_later_code_that_is_known_is_taken(station: Station) -> None:
    answer = answered(station, burst(UNKNOWN, codes=["LOT 7", "sku-0003"]))
    assert answer.exact == station.ids[3]


def test_pictures_that_surely_show_another_product_disagree(station: Station) -> None:
    answer = answered(station, burst(5, codes=["sku-0001"]))
    assert (answer.outcome, answer.exact, answer.disagrees) == (
        Outcome.FOUND,
        station.ids[1],
        True,
    )
    assert [hit.product_id for hit in answer.candidates] == [station.ids[1], station.ids[5]]


def test_pictures_that_are_not_sure_do_not_disagree(station: Station) -> None:
    answer = answered(station, burst(5, codes=["sku-0001"]), found=1.0)
    assert not answer.disagrees
    assert len(answer.candidates) == 1


def test_of_two_products_with_one_code_the_one_that_is_seen_is_taken(station: Station) -> None:
    station.catalogue.products.update_fields(station.ids[1:4], {"barcode": "4006381333931"})
    answer = answered(station, burst(3, codes=["4006381333931"]))
    assert (answer.exact, answer.disagrees) == (station.ids[3], False)


def test_a_code_decides_where_nothing_can_be_searched_yet(station: Station) -> None:
    (bare,) = station.catalogue.products.add(
        replace(station.catalogue.products.get(station.ids[0]).fields, sku="bare")
    ).product_ids
    answer = answered(station, burst(UNKNOWN, codes=["bare"]))
    assert answer.product_id == bare
    assert answer.candidates[0].views == ()


def test_a_code_decides_where_the_search_fails(station: Station) -> None:
    def refuse() -> None:
        raise UserFacingError("The model is gone.")

    station.search._provide_embedder = refuse  # type: ignore[assignment]
    assert answered(station, burst(0, codes=["sku-0002"])).product_id == station.ids[2]
    with pytest.raises(UserFacingError, match="gone"):
        answered(station, burst(0))


def test_a_cancelled_answer_stops(station: Station) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        station.service._recogniser.answer(burst(0, codes=["sku-0002"]), token)


def test_a_box_grows_within_the_picture() -> None:
    assert grown(None).is_whole
    box = grown(CropBox(0.4, 0.2, 0.6, 0.6), margin=0.5)
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((0.3, 0.0, 0.7, 0.8))
    assert grown(CropBox(), margin=0.5).is_whole


def test_a_shot_without_an_object_is_searched_whole(station: Station) -> None:
    seen = shot(2)
    whole = replace(seen, view=replace(seen.view, box=None))
    assert answered(station, Burst((whole,))).results.request.picture.crop.is_whole


def test_a_sure_first_shot_is_not_kept_waiting_by_the_second(station: Station) -> None:
    assert answered(station, burst(2, UNKNOWN)).results.request.also == ()
    assert len(answered(station, burst(UNKNOWN, 2)).results.request.also) == 1


def test_with_a_code_only_one_shot_is_searched_with(station: Station) -> None:
    answer = answered(station, burst(UNKNOWN, 3, codes=["sku-0001"]))
    assert answer.results.request.also == ()


def test_a_second_shot_of_the_same_view_joins_only_an_answer_in_doubt(station: Station) -> None:
    unknown = burst(UNKNOWN, UNKNOWN)
    assert answered(station, unknown).results.request.also == ()
    assert len(answered(station, unknown, perhaps=0.0).results.request.also) == 1
    blurred = replace(unknown.shots[0], view=replace(unknown.shots[0].view, sharpness=0.5))
    sharper = Burst((blurred, unknown.shots[1]))
    assert len(answered(station, sharper).results.request.also) == 1


class Looked:
    """A recogniser, and how many pictures were looked at for it."""

    def __init__(self, station: Station, found: float = SURE) -> None:
        thresholds = AnswerThresholds(found, UNSURE, 0.01, 0.1)
        self.recogniser = Recogniser(
            station.catalogue, station.search, lambda: PLAIN, lambda: thresholds
        )
        self.count = 0
        embed = station.embedder.embed

        def counted(images: Sequence[RgbArray]) -> FloatMatrix:
            self.count += len(images)
            return embed(images)

        station.embedder.embed = counted  # type: ignore[method-assign]


def test_what_was_looked_at_ahead_is_not_looked_at_again(station: Station) -> None:
    shown = burst(2, 5)
    ahead = replace(shown, ahead=shot(2, 0.05))
    assert ahead.ahead is not None
    looked = Looked(station)
    looked.recogniser.look_ahead(ahead.ahead, CancelToken())
    assert looked.count == 1
    answer = looked.recogniser.answer(ahead, CancelToken())
    assert looked.count == 1
    assert (answer.outcome, answer.product_id) == (Outcome.FOUND, station.ids[2])
    assert answer.burst is ahead
    plain = looked.recogniser.answer(ahead, CancelToken())
    assert looked.count == 2, "it is used once"
    assert [hit.product_id for hit in plain.results.hits] == [
        hit.product_id for hit in answer.results.hits
    ]
    assert plain.candidates[0].score == answer.candidates[0].score


def test_an_unsure_look_ahead_is_joined_by_the_best_shot_alone(station: Station) -> None:
    shown = replace(burst(3, 4), ahead=shot(UNKNOWN))
    assert shown.ahead is not None
    looked = Looked(station)
    looked.recogniser.look_ahead(shown.ahead, CancelToken())
    answer = looked.recogniser.answer(shown, CancelToken())
    assert looked.count == 2
    assert (answer.outcome, answer.product_id) == (Outcome.FOUND, station.ids[3])


def test_a_look_ahead_at_something_else_is_dropped(station: Station) -> None:
    looked = Looked(station)
    looked.recogniser.look_ahead(shot(1), CancelToken())
    answer = looked.recogniser.answer(burst(4), CancelToken())
    assert (looked.count, answer.product_id) == (2, station.ids[4])


def test_with_a_code_a_look_ahead_is_all_that_is_needed(station: Station) -> None:
    shown = replace(burst(UNKNOWN, 3, codes=["sku-0001"]), ahead=shot(5))
    assert shown.ahead is not None
    looked = Looked(station)
    looked.recogniser.look_ahead(shown.ahead, CancelToken())
    answer = looked.recogniser.answer(shown, CancelToken())
    assert looked.count == 1
    assert (answer.exact, answer.disagrees) == (station.ids[1], True)


class Brightener:
    """A normaliser that makes everything white, and rectifies what the test says."""

    def __init__(self, front: RgbArray | None = None) -> None:
        self.front = front

    def normalise(self, rgb: RgbArray, _view: FrameView) -> RgbArray:
        return np.full_like(rgb, 255)

    def rectified(self, _rgb: RgbArray, _view: FrameView) -> RgbArray | None:
        return self.front


def test_shots_are_searched_with_in_evened_out_light(station: Station) -> None:
    thresholds = AnswerThresholds(SURE, UNSURE, 0.01, 0.1)
    front = np.zeros((20, 30, 3), np.uint8)
    recogniser = Recogniser(
        station.catalogue,
        station.search,
        lambda: PLAIN,
        lambda: thresholds,
        optics=lambda: Optics(Brightener(front), CubicEnlarger()),
    )
    first, flat, second = recogniser.pictures_of(burst(1, 2, 3))
    assert first.rgb is not None
    assert first.rgb.min() == 255
    assert max(first.rgb.shape) == READING_SIDE, "a small object is enlarged"
    assert flat.rgb is front
    assert second.rgb is not None
