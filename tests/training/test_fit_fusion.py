"""Learning how far to trust whom."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.evidence import CHANNELS, Channel, QueryContext
from desktop_app.domain.fusion import CONTEXT_NAMES, FusionModel
from desktop_app.infra.training import fit_fusion
from desktop_app.infra.training.fit_fusion import LearnedQuery, recall_at_1

LOOK, COLOUR = CHANNELS.index(Channel.LOOK), CHANNELS.index(Channel.COLOUR)
CLUTTER = CONTEXT_NAMES.index("clutter")


def queries(count: int, *, seed: int) -> list[LearnedQuery]:
    """LOOK helps a little always; COLOUR tells before an even background, and misleads before
    clutter."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        is_right = np.arange(20) == 0
        context = np.full(len(CONTEXT_NAMES), 0.5, np.float32)
        context[CLUTTER] = number % 2
        scores = np.full((20, len(CHANNELS)), np.nan, np.float32)
        scores[:, LOOK] = rng.normal(0.5, 0.1, 20) + 0.1 * is_right
        tells = 0.4 if context[CLUTTER] == 0 else -0.4
        scores[:, COLOUR] = rng.normal(0.5, 0.1, 20) + tells * is_right
        made.append(LearnedQuery("set", scores.clip(0, 1), context, is_right))
    return made


@pytest.fixture(scope="module")
def learned() -> FusionModel:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit_fusion, "STEPS", 250)
        patch.setattr(fit_fusion, "BATCH", 48)
        return fit_fusion.fit_fusion(queries(80, seed=0), recipe="a test")


def test_a_channel_is_trusted_where_it_tells_and_not_where_it_misleads(
    learned: FusionModel,
) -> None:
    even, cluttered = (
        learned.trust_in(QueryContext(0.5, clutter, 0.5, 0.5, 0.5, 0.5, 0.5)) for clutter in (0, 1)
    )
    assert even[Channel.COLOUR] > 3 * cluttered[Channel.COLOUR]


def test_what_was_learned_beats_look_alone_on_queries_not_seen(learned: FusionModel) -> None:
    unseen = queries(80, seed=1)
    assert recall_at_1(learned, unseen) > recall_at_1(learned.only([Channel.LOOK]), unseen) + 0.2


def test_more_likeness_never_speaks_against_a_match(learned: FusionModel) -> None:
    for calibration in learned.calibrations.values():
        assert all(np.diff(calibration.log_odds) >= 0)


def test_confidence_is_a_probability(learned: FusionModel) -> None:
    told, truth = [], []
    for query in queries(200, seed=2):
        context = QueryContext(*map(float, query.context))
        told.append(learned.confidences(query.scores, context))
        truth.append(query.is_right)
    confidence, is_right = np.concatenate(told), np.concatenate(truth)
    for low, high in ((0.0, 0.2), (0.2, 0.8), (0.8, 1.01)):
        group = (confidence >= low) & (confidence < high)
        assert abs(confidence[group].mean() - is_right[group].mean()) < 0.15


def test_what_was_learned_survives_being_written(learned: FusionModel) -> None:
    again = FusionModel.from_json(learned.to_json())
    assert again == learned


def test_nothing_to_learn_from_is_told() -> None:
    with pytest.raises(ValueError, match="nothing to learn"):
        fit_fusion.fit_fusion([], recipe="")
