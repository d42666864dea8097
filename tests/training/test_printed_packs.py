"""Invented packs: repeatable, many, alike in layout and different in print."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.infra.training.lettering import barcode, font_files, random_line, set_line
from desktop_app.infra.training.printed_packs import Form, PackMaker, printed_pack

PHOTOS = [np.random.default_rng(k).integers(0, 255, (60, 80, 3)).astype(np.uint8) for k in range(3)]


@pytest.fixture(scope="module")
def maker() -> PackMaker:
    return PackMaker(PHOTOS, font_files())


def test_equal_numbers_give_equal_packs(maker: PackMaker) -> None:
    one, again = (maker.pack(layout=3, print_seed=4) for _ in range(2))
    assert np.array_equal(one.front, again.front)
    assert np.array_equal(one.side, again.side)
    assert one.form is again.form


def test_packs_of_one_layout_share_their_form_and_not_their_print(maker: PackMaker) -> None:
    for layout in range(8):
        one, other = (maker.pack(layout=layout, print_seed=k) for k in (1, 2))
        assert one.form is other.form
        assert one.front.shape == other.front.shape
        differing = np.abs(one.front.astype(int) - other.front).max(axis=2) > 25
        assert differing.mean() > 0.02


def test_every_form_comes_up_and_is_a_cutout_with_something_in_it(maker: PackMaker) -> None:
    rng = np.random.default_rng(0)
    seen = set()
    for layout in range(30):
        pack = maker.pack(layout=layout, print_seed=layout)
        seen.add(pack.form)
        look = maker.shown(pack, rng)
        assert look.dtype == np.uint8
        assert look.shape[2] == 4
        assert max(look.shape[:2]) <= 330
        assert (look[:, :, 3] > 127).mean() > 0.2
    assert seen == set(Form)


def test_a_carton_without_spread_shows_its_front_alone(maker: PackMaker) -> None:
    layout = next(k for k in range(99) if maker.pack(layout=k, print_seed=0).form is Form.CARTON)
    pack = maker.pack(layout=layout, print_seed=0)
    look = maker.shown(pack, np.random.default_rng(1), spread=0.0)
    height, width = pack.front.shape[:2]
    assert look.shape[0] / look.shape[1] == pytest.approx(height / width, rel=0.05)


def test_without_fonts_and_photos_packs_are_still_printed() -> None:
    pack = PackMaker([], ()).pack(layout=1, print_seed=1)
    assert len(np.unique(pack.side.reshape(-1, 3), axis=0)) > 5


def test_a_drawn_pack_repeats_with_its_seed() -> None:
    one, again = (printed_pack(np.random.default_rng(8), PHOTOS) for _ in range(2))
    assert np.array_equal(one, again)


@pytest.mark.parametrize("height", [6, 20, 48])
def test_a_line_has_about_the_height_asked_for(height: int) -> None:
    ink = set_line("HONEY", None, height=height)
    rows = np.flatnonzero(ink.max(axis=1) > 100)
    assert 0.5 * height <= np.ptp(rows) + 1 <= 1.6 * height


def test_words_and_bars_repeat_with_their_seed() -> None:
    first, again = (np.random.default_rng(3) for _ in range(2))
    assert random_line(first, words=4) == random_line(again, words=4)
    bars = barcode(first, width=90, height=30)
    assert np.array_equal(bars, barcode(again, width=90, height=30))
    assert set(np.unique(bars)) == {0, 255}
