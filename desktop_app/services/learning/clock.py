"""How far learning is, and how long it still takes."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.domain.learned_models import LearnStep
from desktop_app.domain.learning_ports import Phase
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.services.indexing_pace import WorkClock
from desktop_app.services.learning.tuning import FineTuningStep

GATHERING = "Reading what is known of the products"
TEACHING = "Learning"
TRYING = "Trying it on what was held out"
MAPPING = "Laying out the pictures"
KEEPING = "Keeping what was learned"
SHARES = {GATHERING: 3, TEACHING: 67, TRYING: 10, MAPPING: 19, KEEPING: 1}
"""Of a hundred, in this order."""

TUNING = {
    Phase.EQUIPPING: "Getting ready to tell products from their background",
    Phase.PREPARING: "Reading the pictures",
    Phase.MEASURING: "Looking how well it finds now",
    Phase.LEARNING: TEACHING,
    Phase.SETTLING: "Choosing the best of what was learned",
    Phase.CONVERTING: "Getting the new model ready",
    Phase.LOOKING: "Looking at all pictures with the new model",
}
"""What is said while the network is tuned."""
SETTLED_S = 1.0
"""Before so much of teaching nothing is said of how long it takes."""


class LearningClock:
    """Makes steps of learning. What is left is told by the pace since teaching began where the
    shares hold (``is_even``, as for an adapter); of tuning only the tuner knows."""

    def __init__(self, token: CancelToken, *, is_even: bool) -> None:
        self.token = token
        self.work = WorkClock()
        self._is_even = is_even
        self._taught_since_s: float | None = None

    def wait(self) -> None:
        """While it is paused, which does not count as work. Raises Cancelled."""
        with self.work.stopped():
            self.token.checkpoint()

    def step(self, stage: str, done: float) -> LearnStep:
        """``done`` in [0, 1] of the stage."""
        before = 0
        for name, share in SHARES.items():
            if name == stage:
                break
            before += share
        if stage == TEACHING and self._taught_since_s is None:
            self._taught_since_s = self.work.elapsed_s
        reached = before + done * SHARES[stage]
        left_s = self._left_s(reached) if self._is_even else None
        total, elapsed_s = sum(SHARES.values()), self.work.elapsed_s
        return LearnStep(
            Progress(stage, round(reached), total, elapsed_s, is_even=False, left_s=left_s)
        )

    def tuned(self, step: FineTuningStep) -> LearnStep:
        """The same of tuning."""
        told = self.step(TEACHING, step.done)
        progress = replace(
            told.progress,
            stage=TUNING[step.phase],
            failed=step.n_unreadable,
            left_s=step.left_s,
        )
        return replace(told, progress=progress)

    def _left_s(self, reached: float) -> float | None:
        if self._taught_since_s is None:
            return None
        taught_s, share = self.work.elapsed_s - self._taught_since_s, reached - SHARES[GATHERING]
        if taught_s < SETTLED_S or share <= 0:
            return None
        return taught_s * (sum(SHARES.values()) - reached) / share
