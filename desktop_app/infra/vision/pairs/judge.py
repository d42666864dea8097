"""Says how likely two pictures show one product. Implements PairJudge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from desktop_app.domain.duplicate_ports import ComparedPicture
from desktop_app.domain.duplicates import PairJudgement
from desktop_app.domain.evidence import CHANNELS, Channel, ColourFeatures, ShapeFeatures
from desktop_app.domain.evidence_ports import EvidenceChannel
from desktop_app.infra.vision.pairs.measuring import METHOD, Measured, PairMeasurer
from desktop_app.infra.vision.pairs.weighing import PairWeights, load_weights
from desktop_app.infra.vision.print.channel import PrintReader

SHOWN = 0.3
"""Pairs less likely to be the same or versions of one are hardly ever looked at."""

_PRINT = CHANNELS.index(Channel.PRINT)


class PictureJudge:
    """See the module. One instance serves any number of threads."""

    def __init__(self, weights: PairWeights, measurer: PairMeasurer) -> None:
        self._weights = weights
        self._measurer = measurer

    @classmethod
    def shipped(
        cls,
        folder: Path,
        print_channel: PrintReader,
        shape: EvidenceChannel[ShapeFeatures],
        colour: EvidenceChannel[ColourFeatures],
    ) -> PictureJudge:
        """With the weights in ``folder``. Raises ModelUnavailable."""
        return cls(load_weights(folder), PairMeasurer(print_channel, shape, colour))

    @property
    def version(self) -> str:
        """See PairJudge."""
        return f"pairs{METHOD}@{self._weights.version}"

    def judge(self, one: ComparedPicture, others: Sequence[ComparedPicture]) -> list[PairJudgement]:
        """See PairJudge."""
        judged = []
        for other, found in zip(others, self._measurer.measure(one, others), strict=True):
            judgement = self.weighed(found)
            # Not needed to judge pictures that could be laid on each other, but worth showing.
            if found.differs is not None and judgement.same + judgement.variant >= SHOWN:
                found.scores[_PRINT] = self._measurer.print_score(one, other)
                judgement = self.weighed(found)
            judged.append(judgement)
        return judged

    def weighed(self, found: Measured) -> PairJudgement:
        """The judgement of what was measured."""
        scores = tuple(float(score) for score in found.scores)
        if found.differs is None:
            same, variant = self._weights.of_apart(found.scores)
            return PairJudgement(same, variant, scores)
        same, variant = self._weights.of_laid(found.differs, found.stretch, found.scores)
        return PairJudgement(
            same, variant, scores, found.differs.worst_seen, orientation=found.orientation
        )
