"""A model is offered where it is better beyond chance, and refused with the reason."""

from __future__ import annotations

from desktop_app.domain.learned_models import (
    Comparison,
    Held,
    HeldOutFigures,
    Interval,
    Refusal,
)
from desktop_app.services.learning.deciding import decide, too_few
from desktop_app.services.learning.splitting import LEAST_PRODUCTS


def figures(recall: float, precision: float) -> HeldOutFigures:
    return HeldOutFigures(
        *(Interval(recall, recall - 0.05, recall + 0.05) for _ in range(4)),
        Interval(precision, precision - 0.05, precision + 0.05),
        100,
        40,
    )


def comparison(
    gain: tuple[float, float],
    *,
    before: float = 0.6,
    precision_gain: tuple[float, float] = (-0.1, 0.1),
) -> Comparison:
    middle, better = sum(gain) / 2, sum(precision_gain) / 2
    return Comparison(
        figures(before, 0.5),
        figures(before + middle, 0.5 + better),
        Interval(middle, *gain),
        Interval(better, *precision_gain),
    )


def test_what_unseen_products_gain_beyond_chance_is_offered() -> None:
    refusal, reason = decide(
        {Held.UNSEEN: comparison((0.06, 0.16)), Held.SEEN: comparison((0.1, 0.2))}
    )
    assert refusal is None
    assert "60.0 of 100 pictures found theirs first before, 71.0 after" in reason
    assert "between +6.0 and +16.0" in reason


def test_a_gain_that_may_be_chance_is_refused() -> None:
    refusal, reason = decide({Held.UNSEEN: comparison((-0.01, 0.1))})
    assert refusal is Refusal.NO_BETTER
    assert "not found better beyond chance" in reason


def test_what_gains_on_seen_products_alone_is_refused() -> None:
    refusal, _ = decide({Held.UNSEEN: comparison((-0.1, 0.02)), Held.SEEN: comparison((0.2, 0.4))})
    assert refusal is Refusal.NO_BETTER


def test_what_makes_learned_products_worse_is_refused() -> None:
    refusal, reason = decide(
        {Held.UNSEEN: comparison((0.02, 0.2)), Held.SEEN: comparison((-0.2, -0.01))}
    )
    assert refusal is Refusal.WORSE_ELSEWHERE
    assert "found worse" in reason


def test_where_all_are_found_first_already_their_order_decides() -> None:
    better = comparison((-0.01, 0.01), before=0.99, precision_gain=(0.02, 0.1))
    assert decide({Held.UNSEEN: better})[0] is None
    same = comparison((-0.01, 0.01), before=0.99)
    assert decide({Held.UNSEEN: same})[0] is Refusal.NO_BETTER


def test_order_alone_does_not_make_up_for_what_is_not_found_first() -> None:
    ordered = comparison((-0.02, 0.02), before=0.7, precision_gain=(0.02, 0.1))
    assert decide({Held.UNSEEN: ordered})[0] is Refusal.NO_BETTER


def test_too_few_products_are_told_with_how_many_are_needed() -> None:
    assert too_few(LEAST_PRODUCTS) is None
    refused = too_few(LEAST_PRODUCTS - 3)
    assert refused is not None
    assert refused[0] is Refusal.TOO_FEW
    assert "3 more are needed" in refused[1]
    one = too_few(LEAST_PRODUCTS - 1)
    assert one is not None
    assert "1 more is needed" in one[1]
    assert decide({})[0] is Refusal.TOO_FEW
