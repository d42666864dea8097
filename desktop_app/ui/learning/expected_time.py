"""How long learning may take, before anything is known of it."""

from __future__ import annotations

from desktop_app.domain.metric_learning import Depth, Recipe

MEASURING_S = 5.0
"""Testing before and after, and laying out the map."""
TAUGHT, VALIDATED = 0.6, 0.15
"""Shares of the pictures: the rest is held back for the test."""
PREPARED_PER_S, LEARNED_PER_S, LOOKED_AT_PER_S = 5.0, 45.0, 50.0
"""Pictures a second of a processor of two cores: read and told from their background, learned from,
looked at. Measured on the demonstration range."""
CONVERTING_S = 15.0
BEST_AFTER = 0.3
"""The share of all steps after which the best is found, as a rule."""
LEAST_TO_LOOK, MOST_TO_LOOK = 8, 120
"""Steps from one look at the validation products to the next."""
MOST_ASKED, MOST_OTHERS = 160, 120
"""Of a look: validation pictures that are searched with, and taught ones among all of them."""


def expected_s(recipe: Recipe, n_pictures: int) -> float:
    """Seconds of work with so many pictures: the most an adapter takes; what tuning the network
    takes as a rule on a processor, which ends once nothing was gained for a while."""
    if recipe.depth is Depth.ADAPTER:
        return recipe.most_s + MEASURING_S
    taught, validated = TAUGHT * n_pictures, VALIDATED * n_pictures
    batch = recipe.products_per_batch * recipe.pictures_per_product
    per_epoch = max(1, round(taught / batch))
    to_look = min(max(per_epoch, LEAST_TO_LOOK), MOST_TO_LOOK)
    most_steps = recipe.most_epochs * per_epoch
    steps = min(most_steps, BEST_AFTER * most_steps + recipe.patience * to_look)
    looked_at = min(MOST_ASKED, validated) + validated + min(MOST_OTHERS, taught)
    learning_s = steps * batch / LEARNED_PER_S + steps / to_look * looked_at / LOOKED_AT_PER_S
    if recipe.most_s > 0:
        learning_s = min(learning_s, recipe.most_s)
    preparing_s = (taught + validated) / PREPARED_PER_S
    return preparing_s + learning_s + CONVERTING_S + n_pictures / LOOKED_AT_PER_S + MEASURING_S
