"""When a picture is taken. Frames and what is seen in them are made by hand, ten a second."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.capturing import Barcode, BarcodeFormat, Burst, FrameView, Hint, Stage
from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.services.capture.trigger import Seen, ShotTrigger, TriggerSettings

STEP_S = 0.1
HEIGHT, WIDTH = 90, 160
EAN = Barcode(BarcodeFormat.EAN_13, "4006381333931")
OTHER_EAN = Barcode(BarcodeFormat.EAN_13, "9506000134352")
ADDRESS = Barcode(BarcodeFormat.QR_CODE, "https://example.com/care")


@dataclass
class Moment:
    """One frame: which product (None: none), where, and how it is seen."""

    product: int | None = 1
    x: int = 60
    hints: tuple[Hint, ...] = ()
    motion: float = 0.02
    sharpness: float = 0.8
    codes: tuple[Barcode, ...] = ()
    side: int = 0

    def made(self) -> tuple[RgbArray, FrameView]:
        rgb = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
        if self.product is None:
            view = FrameView(None, None, self.hints, 0.5, 0.5, self.motion)
            return rgb, view
        rng = np.random.default_rng([self.product, self.side])
        base = np.random.default_rng(self.product).integers(20, 235, (2, 3))
        blocks = base[rng.integers(0, 2, (5, 4))] + rng.integers(-15, 15, (5, 4, 3))
        picture = np.kron(np.clip(blocks, 0, 255), np.ones((10, 8, 1))).astype(np.uint8)
        left = self.x
        rgb[20:70, left : left + 32] = picture[:, : WIDTH - left]
        alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
        alpha[20:70, left : left + 32] = 255
        box = CropBox(left / WIDTH, 20 / HEIGHT, min(1.0, (left + 32) / WIDTH), 70 / HEIGHT)
        return rgb, FrameView(
            box, alpha, self.hints, self.sharpness, 0.5, self.motion, barcodes=self.codes
        )


NOTHING = Moment(product=None)


@dataclass
class Player:
    """Shows moments to a trigger and keeps what it said."""

    trigger: ShotTrigger = field(default_factory=ShotTrigger)
    at_s: float = 0.0
    seen: list[Seen] = field(default_factory=list)

    def show(self, moments: Iterable[Moment]) -> list[Burst]:
        bursts = []
        for moment in moments:
            self.seen.append(self.trigger.see(*moment.made(), self.at_s))
            if self.seen[-1].burst is not None:
                bursts.append(self.seen[-1].burst)
            self.at_s += STEP_S
        return bursts


def moving(product: int = 1, n: int = 5, **more: object) -> Iterator[Moment]:
    """An object carried through the picture."""
    for k in range(n):
        yield Moment(product, x=20 + 8 * k, hints=(Hint.MOVING,), motion=0.7, sharpness=0.4)


def still(product: int = 1, n: int = 15, side: int = 0) -> list[Moment]:
    return [Moment(product, side=side)] * n


def swapped(product: int) -> list[Moment]:
    """Put in place of another between two frames."""
    return [Moment(product, motion=0.9), *still(product)]


def empty(n: int = 6) -> list[Moment]:
    return [NOTHING] * n


@dataclass
class ReaderOfNotes:
    """Reads, in place of bars, a note of what a frame should hold."""

    notes: Sequence[tuple[Barcode, ...]]
    asked: int = 0

    def read(self, _rgb: RgbArray) -> tuple[Barcode, ...]:
        self.asked += 1
        return self.notes[min(self.asked, len(self.notes)) - 1]


def test_an_object_that_comes_and_settles_is_shot_once_and_not_again_while_it_stays() -> None:
    player = Player()
    bursts = player.show([*empty(), *moving(), *still(n=60)])

    assert len(bursts) == 1
    assert bursts[0].was_automatic
    stages = [seen.stage for seen in player.seen]
    assert [s for k, s in enumerate(stages) if k == 0 or stages[k - 1] is not s] == [
        Stage.EMPTY,
        Stage.MOVING,
        Stage.SETTLING,
        Stage.SHOOTING,
        Stage.TAKEN,
    ]


def test_the_shot_comes_about_a_quarter_of_a_second_after_the_object_is_still() -> None:
    player = Player()
    player.show([*empty(), *moving(), *still()])

    shot_at = next(k for k, seen in enumerate(player.seen) if seen.burst is not None)
    still_from = len(empty()) + len(list(moving()))
    assert 0.15 <= (shot_at - still_from) * STEP_S <= 0.35
    progress = [seen.progress for seen in player.seen[still_from : shot_at + 1]]
    assert progress == sorted(progress) and progress[-1] == 1.0


@settings(max_examples=40, deadline=None)
@given(start_s=st.floats(0, 10_000), looks=st.sampled_from([2, 3, 4, 5]))
def test_no_clock_makes_a_look_more_wait(start_s: float, looks: int) -> None:
    step_s = TriggerSettings().settle_s / looks
    trigger = ShotTrigger()
    seen = [trigger.see(*still()[0].made(), start_s + k * step_s) for k in range(looks + 1)]
    assert [each.burst is not None for each in seen] == [*[False] * looks, True]


def test_an_object_that_leaves_and_comes_again_is_shot_again() -> None:
    bursts = Player().show(
        [*empty(), *moving(), *still(), *empty(), *moving(), *still(), *empty(), *still(2)]
    )
    assert len(bursts) == 3


def test_an_object_lost_for_a_moment_has_not_left() -> None:
    bursts = Player().show([*moving(), *still(), *empty(2), *still(), *empty(1), *still()])
    assert len(bursts) == 1


def test_another_product_in_its_place_is_shot_without_the_stage_being_empty_between() -> None:
    bursts = Player().show([*moving(1), *still(1), *swapped(2), *moving(3), *still(3)])

    assert len(bursts) == 3
    for burst, product in zip(bursts, (1, 2, 3), strict=True):
        wanted = Moment(product).made()[0][40, 62]
        assert (burst.shots[0].rgb[40, 62] == wanted).all()


def test_a_like_product_in_a_picture_of_its_own_is_shot() -> None:
    player = Player()
    assert len(player.show([*empty(), *still(1)])) == 1
    # Alike enough to pass for another side of the first, were the scene the same.
    pictures = [Moment(1, side=2).made()] * 12
    bursts = []
    for rgb, view in pictures:
        other_scene = np.random.default_rng(5).integers(0, 255, rgb.shape).astype(np.uint8)
        other_scene[20:70, 60:92] = rgb[20:70, 60:92]
        bursts.append(player.trigger.see(other_scene, view, player.at_s).burst)
        player.at_s += STEP_S
    assert sum(burst is not None for burst in bursts) == 1
    assert player.show(still(1, side=2)) == []


def test_a_mask_that_changes_while_nothing_moves_makes_no_other_object() -> None:
    player = Player()
    assert len(player.show([*empty(), *moving(1), *still(1)])) == 1
    scrap = replace(Moment(1).made()[1], box=CropBox(0.39, 0.6, 0.5, 0.99), alpha=None)
    for _ in range(15):
        assert player.trigger.see(Moment(1).made()[0], scrap, player.at_s).burst is None
        player.at_s += STEP_S
    assert player.show(still(1)) == []


def test_products_handed_through_without_a_rest_are_not_shot() -> None:
    passing = [m for product in range(1, 6) for m in moving(product)]
    assert Player().show([*empty(), *passing, *empty()]) == []


def test_a_trembling_hand_is_still_enough() -> None:
    rng = np.random.default_rng(7)
    trembling = [
        Moment(x=60 + int(rng.integers(-1, 2)), motion=float(rng.uniform(0.05, 0.3)))
        for _ in range(12)
    ]
    assert len(Player().show([*moving(), *trembling])) == 1


def test_one_bad_frame_delays_the_shot_but_does_not_begin_anew() -> None:
    bad = Moment(hints=(Hint.MOVING,), motion=0.6)
    player = Player()
    bursts = player.show([*moving(), *still(n=3), bad, *still(n=6)])
    assert len(bursts) == 1


@pytest.mark.parametrize(
    "hint", [Hint.BLURRED, Hint.TOO_DARK, Hint.TOO_BRIGHT, Hint.TOO_SMALL, Hint.CUT_OFF]
)
def test_an_object_badly_seen_is_not_shot_by_itself_but_by_hand(hint: Hint) -> None:
    player = Player()
    bad = Moment(hints=(hint,), sharpness=0.1)
    assert player.show([*empty(), *moving(), *[bad] * 30]) == []

    burst = player.trigger.shoot_now()

    assert burst is not None and not burst.was_automatic
    assert burst.shots[0].view.hints == (hint,)
    assert burst.shots[0].taken_at_s == pytest.approx(player.at_s - STEP_S)
    # It counts as taken then.
    assert player.show(still(n=20)) == []
    assert len(player.show([*empty(), *still()])) == 1


def test_a_reflection_does_not_keep_from_shooting() -> None:
    assert len(Player().show([*moving(), *[Moment(hints=(Hint.GLARE,))] * 10])) == 1


def test_by_hand_an_empty_stage_is_shot_too_and_without_a_frame_nothing_is() -> None:
    player = Player()
    assert player.trigger.shoot_now() is None
    player.show(empty(2))
    burst = player.trigger.shoot_now()
    assert burst is not None and burst.shots[0].view.box is None
    assert len(player.show(still())) == 1


def test_by_hand_the_same_object_can_be_shot_as_often_as_wanted() -> None:
    player = Player()
    assert len(player.show([*moving(), *still()])) == 1
    assert player.trigger.shoot_now() is not None
    assert player.trigger.shoot_now() is not None
    assert player.show(still(n=20)) == []


def test_a_burst_holds_differing_views_the_best_first() -> None:
    turned = [Moment(x=60 + 6 * k, motion=0.2, sharpness=0.5 + 0.05 * k) for k in range(5)]
    (burst,) = Player().show([*empty(), *turned])

    assert 2 <= len(burst.shots) <= 3
    qualities = [shot.view.sharpness for shot in burst.shots]
    assert qualities == sorted(qualities, reverse=True)
    lefts = {shot.view.box.left for shot in burst.shots if shot.view.box is not None}
    assert len(lefts) == len(burst.shots)


def test_frames_all_alike_give_one_view() -> None:
    (burst,) = Player().show([*empty(), *still()])
    assert len(burst.shots) == 1


def test_what_was_held_up_before_does_not_get_into_the_burst() -> None:
    sharp_but_moving = [Moment(2, x=30 + 9 * k, hints=(Hint.MOVING,), motion=0.3, sharpness=1)
                        for k in range(4)]  # fmt: skip
    (burst,) = Player().show([*empty(), *sharp_but_moving, *still(1)])
    wanted = Moment(1).made()[0][40, 62]
    assert all((shot.rgb[40, 62] == wanted).all() for shot in burst.shots)


def test_a_code_seen_only_in_motion_is_in_the_burst() -> None:
    reader = ReaderOfNotes([(), (EAN,), ()])
    player = Player(ShotTrigger(reader))
    (burst,) = player.show([*empty(), *moving(n=8), *still()])

    assert [code.text for code in burst.barcodes] == [EAN.text]


def test_codes_are_looked_for_some_times_a_second_and_only_where_something_is() -> None:
    reader = ReaderOfNotes([()])
    player = Player(ShotTrigger(reader, TriggerSettings(read_every_s=0.25)))
    player.show(empty(50))
    assert reader.asked == 0
    player.show(still(n=50))
    assert 12 <= reader.asked <= 20


def test_a_code_on_the_shelf_behind_is_not_the_objects() -> None:
    behind = Barcode(EAN.format, EAN.text, ((0.9, 0.1), (0.98, 0.1), (0.98, 0.2), (0.9, 0.2)))
    on_it = Barcode(OTHER_EAN.format, OTHER_EAN.text, ((0.4, 0.4), (0.5, 0.4), (0.5, 0.5)))
    reader = ReaderOfNotes([(behind, on_it)])
    (burst,) = Player(ShotTrigger(reader)).show([*empty(), *still()])
    assert [code.text for code in burst.barcodes] == [OTHER_EAN.text]


def test_codes_that_were_read_are_shown_for_a_while_and_then_no_more() -> None:
    player = Player(ShotTrigger(ReaderOfNotes([(EAN,), ()])))
    player.show(still(n=15))
    assert [code.text for code in player.seen[2].barcodes] == [EAN.text]
    assert player.seen[-1].barcodes == ()


def test_another_gtin_is_another_product_at_once_however_alike_it_looks() -> None:
    first = [Moment(codes=(EAN,))] * 10
    second = [Moment(codes=(OTHER_EAN,))] * 10
    bursts = Player().show([*moving(), *first, *second])
    assert [burst.barcodes[0].text for burst in bursts] == [EAN.text, OTHER_EAN.text]


def test_another_side_with_the_same_code_or_a_code_that_is_no_number_is_no_new_product() -> None:
    front = [Moment(1, codes=(EAN,))] * 8
    back = [Moment(9, codes=(EAN,))] * 20
    with_address = [Moment(1, codes=(ADDRESS,))] * 8
    assert len(Player().show([*moving(), *front, *back])) == 1
    assert len(Player().show([*moving(), *front, *with_address])) == 1


def test_a_code_that_only_shows_after_the_shot_is_kept_for_the_object_it_belongs_to() -> None:
    player = Player()
    later = [Moment(1, codes=(EAN,))]
    carried = [Moment(2, x=60, hints=(Hint.MOVING,), motion=0.8, codes=(OTHER_EAN,))]
    bursts = player.show([*still(1), *later, *still(1, n=3), *carried, *still(2)])
    assert len(bursts) == 2
    assert [code.text for code in bursts[1].barcodes] == [OTHER_EAN.text]


def test_after_a_reset_the_object_is_shot_anew() -> None:
    player = Player()
    assert len(player.show(still())) == 1
    player.trigger.reset()
    assert player.trigger.shoot_now() is None
    assert len(player.show(still())) == 1


def test_a_stream_that_begins_anew_starts_from_nothing() -> None:
    player = Player(at_s=100.0)
    assert len(player.show(still())) == 1
    player.at_s = 0.0
    assert len(player.show(still())) == 1


def test_a_long_gap_in_the_stream_does_not_count_as_time_held_still() -> None:
    player = Player()
    player.show([NOTHING, Moment()])
    player.at_s += 30.0
    assert player.show([Moment()]) == []
    assert len(player.show(still())) == 1


def test_the_first_good_view_is_told_before_the_shot_and_belongs_to_it() -> None:
    player = Player()
    (burst,) = player.show([*empty(), *moving(), *still(n=20)])

    told = [seen.ahead for seen in player.seen]
    first = next(k for k, ahead in enumerate(told) if ahead is not None)
    assert first == len(empty()) + len(list(moving()))
    assert player.seen[first].stage is Stage.SETTLING
    assert all(ahead is told[first] for ahead in told[first:])
    assert burst.ahead is told[first]
    assert burst.ahead is not None
    assert burst.ahead.taken_at_s == pytest.approx(first * STEP_S)


def test_what_leaves_or_gives_way_before_the_shot_is_not_expected_any_more() -> None:
    player = Player()
    player.show([*empty(), *still(1, n=2), *empty()])
    assert player.seen[-1].ahead is None
    player.show([*still(2, n=2), *swapped(3)])
    shown = [seen.ahead for seen in player.seen if seen.ahead is not None]
    products = [tuple(ahead.rgb[40, 62]) for ahead in shown]
    wanted = [tuple(Moment(product).made()[0][40, 62]) for product in (1, 2, 3)]
    assert list(dict.fromkeys(products)) == wanted
    last = player.seen[-1].ahead
    assert last is not None
    assert tuple(last.rgb[40, 62]) == wanted[-1]


def test_by_hand_nothing_is_expected() -> None:
    player = Player(ShotTrigger(settings=TriggerSettings(settle_s=math.inf)))
    player.show([*empty(), *still()])
    assert all(seen.ahead is None for seen in player.seen)
    burst = player.trigger.shoot_now()
    assert burst is not None and burst.ahead is None


MOMENTS = st.builds(
    Moment,
    product=st.sampled_from([None, 1, 2]),
    x=st.integers(0, 120),
    hints=st.lists(st.sampled_from(list(Hint)), max_size=2, unique=True).map(tuple),
    motion=st.floats(0, 1),
    sharpness=st.floats(0, 1),
    codes=st.lists(st.sampled_from([EAN, OTHER_EAN, ADDRESS]), max_size=2, unique=True).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(MOMENTS, max_size=40))
def test_whatever_is_shown_the_stages_and_bursts_agree(moments: list[Moment]) -> None:
    player = Player()
    player.show(moments)
    for seen, moment in zip(player.seen, moments, strict=True):
        assert 0 <= seen.progress <= 1
        assert (seen.burst is not None) == (seen.stage is Stage.SHOOTING)
        if seen.burst is not None:
            assert 1 <= len(seen.burst.shots) <= 3
            assert moment.product is not None
            texts = [code.text for code in seen.burst.barcodes]
            assert len(texts) == len(set(texts))
            assert seen.burst.ahead is seen.ahead is not None
