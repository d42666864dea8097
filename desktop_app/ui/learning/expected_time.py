"""How long learning may take, before anything is known of it."""

from __future__ import annotations

from desktop_app.domain.metric_learning import Depth, Recipe

MEASURING_S = 5.0
"""Testing before and after, and laying out the map."""
TUNED_PER_S = 12.0
"""Pictures a second that a processor of two cores learns from when the network itself is tuned."""
STOPS_AFTER = 0.4
"""The share of the passes after which nothing more is gained, as a rule."""


def expected_s(recipe: Recipe, n_pictures: int) -> float:
    """Seconds of work with so many pictures: the most an adapter takes; what tuning the network
    takes as a rule on a processor."""
    if recipe.depth is Depth.ADAPTER:
        return recipe.most_s + MEASURING_S
    return STOPS_AFTER * recipe.most_epochs * n_pictures / TUNED_PER_S
