"""Whether a learned model is offered, told in the user's words."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.domain.learned_models import Comparison, Held, Refusal
from desktop_app.services.learning.splitting import n_lacking

SATURATED = 0.98
"""Where so many pictures find their product first already, there is no gain in Recall@1 to be
proven: the order of all pictures decides."""

Decision = tuple[Refusal | None, str]


def too_few(n_groups: int) -> Decision | None:
    """The refusal where there is too little to learn from, None where there is enough."""
    if not (lacking := n_lacking(n_groups)):
        return None
    more = "1 more is" if lacking == 1 else f"{lacking} more are"
    return Refusal.TOO_FEW, (
        f"There are {n_groups} products with two different pictures or more that can be learned "
        f"from; {more} needed to tell whether it helped."
    )


def decide(comparisons: Mapping[Held, Comparison]) -> Decision:
    """Offered where products of which nothing was learned are found better beyond chance (the
    interval of the paired gain lies above 0), and other pictures of those that were learned are
    not found worse beyond chance. None and the reason where it is offered."""
    unseen = comparisons.get(Held.UNSEEN)
    if unseen is None:
        return Refusal.TOO_FEW, (
            "No products could be held out to try it with: too many share pictures or verdicts."
        )
    seen = comparisons.get(Held.SEEN)
    if seen is not None and seen.recall_gain.high < 0:
        return Refusal.WORSE_ELSEWHERE, (
            "Other pictures of the products it learned are found worse: "
            f"{_first(seen)}, which is more than chance."
        )
    if unseen.recall_gain.high < 0:
        return Refusal.NO_BETTER, (
            f"Products it has not seen are found worse: {_first(unseen)}, which is more than "
            "chance."
        )
    if unseen.recall_gain.low > 0:
        return (
            None,
            f"Products it has not seen are found better: {_first(unseen)}. {_range(unseen)}",
        )
    if unseen.before.recall_at_1.value >= SATURATED and unseen.precision_gain.low > 0:
        return None, (
            f"Products it has not seen are found first as before: {_first(unseen)}. All their "
            f"pictures come further to the front: mean average precision "
            f"{unseen.before.mean_average_precision.value:.3f} before, "
            f"{unseen.after.mean_average_precision.value:.3f} after."
        )
    return Refusal.NO_BETTER, (
        f"Products it has not seen are not found better beyond chance: {_first(unseen)}. "
        f"{_range(unseen)}"
    )


def _first(comparison: Comparison) -> str:
    before, after = comparison.before.recall_at_1.value, comparison.after.recall_at_1.value
    return f"{100 * before:.1f} of 100 pictures found theirs first before, {100 * after:.1f} after"


def _range(comparison: Comparison) -> str:
    gain = comparison.recall_gain
    return (
        f"The gain lies between {100 * gain.low:+.1f} and {100 * gain.high:+.1f} of 100, as far "
        f"as {comparison.before.n_products} products can tell."
    )
