"""Deciding what a row is, for any likeness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.catalogue_diff import DiffStatus
from desktop_app.domain.duplicates import PairJudgement
from desktop_app.services.catalogue_diff.deciding import KnownNumber, decide
from desktop_app.services.catalogue_diff.numbers import plain_barcode
from desktop_app.services.duplicates.reporting import LIKELY_VARIANT

SKUS = {number: f"P-{number}" for number in range(1, 6)}


@st.composite
def judgements(draw: st.DrawFn) -> PairJudgement:
    same = draw(st.floats(0, 1))
    return PairJudgement(same, draw(st.floats(0, 1 - same)))


LIKENESS = st.dictionaries(st.sampled_from(sorted(SKUS)), judgements(), max_size=5)
THRESHOLD = st.floats(0.51, 1)


@given(likeness=LIKENESS, threshold=THRESHOLD, number=st.sampled_from(sorted(SKUS)))
def test_a_known_number_is_never_new(
    likeness: dict[int, PairJudgement], threshold: float, number: int
) -> None:
    known = KnownNumber(number, "SKU")
    decision = decide(known, likeness, skus=SKUS, has_pictures=True, threshold=threshold)
    assert decision.product_id == number
    is_changed = number in likeness and likeness[number].same < threshold
    expected = DiffStatus.CHANGED_PICTURE if is_changed else DiffStatus.MATCHED
    assert decision.status is expected


@given(likeness=LIKENESS, threshold=THRESHOLD)
def test_an_unknown_number_is_matched_only_where_pictures_look_the_same(
    likeness: dict[int, PairJudgement], threshold: float
) -> None:
    decision = decide(None, likeness, skus=SKUS, has_pictures=True, threshold=threshold)
    most = max((judgement.same for judgement in likeness.values()), default=0.0)
    assert (decision.status is DiffStatus.MATCHED) == (most >= threshold)
    if decision.product_id is not None:
        assert decision.judgement is likeness[decision.product_id]
        assert SKUS[decision.product_id] in decision.reason
    if decision.status is DiffStatus.VARIANT:
        assert decision.judgement is not None and decision.judgement.variant >= LIKELY_VARIANT


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("4006381333931", "4006381333931"),
        ("0 4006381-333931", "4006381333931"),
        ("036000291452", "36000291452"),
        ("12", ""),
        ("SKU-12345678", ""),
        ("", ""),
    ],
)
def test_barcodes_are_compared_by_their_digits(text: str, digits: str) -> None:
    assert plain_barcode(text) == digits
