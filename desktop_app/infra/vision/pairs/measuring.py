"""Measuring two pictures against each other: what is cheap first, pixels where it matters.

The look of both, their perceptual hashes under flips and turns, the silhouettes and the colours
come first. Pictures that are far apart by all of these are left at that. The others are laid on
each other, frame on frame, content on content, or print on print, and what then differs is
measured: lookalikes and other colours differ in places, copies do not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.duplicate_ports import ComparedPicture
from desktop_app.domain.evidence import (
    CHANNELS,
    UPRIGHT,
    Channel,
    ColourFeatures,
    Orientation,
    ShapeFeatures,
)
from desktop_app.domain.evidence_ports import EvidenceChannel
from desktop_app.infra.vision.pairs.difference import Difference, difference
from desktop_app.infra.vision.pairs.hashes import least_distance, oriented_hashes
from desktop_app.infra.vision.pairs.laying import NO_FIT, fit, laid, refined, settled
from desktop_app.infra.vision.pairs.placing import (
    Affine,
    candidates,
    from_points,
    inverse,
    orientation_of,
    stretch,
)
from desktop_app.infra.vision.pairs.small_picture import SmallPicture, small_picture
from desktop_app.infra.vision.print.channel import PrintReader

METHOD = 2
"""Raised whenever the same pair would be measured in another way than before."""

NEAR_LOOK = 0.5
NEAR_HASHES = 18
"""Pictures whose look agrees less and whose hashes differ in more of their 64 bits, flipped and
turned in any way, are not looked at closer. The hashes of flipped pictures are known to about
three bits."""
NEAR_PRINT = 0.5
"""Pictures whose print agrees this surely are looked at closer whatever else they are like."""
MIRRORED_LOOK = 0.72
MIRRORED_COLOUR = 0.4
"""From here on in both the print is also tried mirrored, which takes twice the time. Of 180
pictures turned by 25 degrees and mirrored, whose masks then differ most, one in ten agrees less
in colour, of those only mirrored or cropped as well none."""

COPY_BITS = 16
"""Beyond it the score of COPY is 0; see Channel."""

CLOSE, FAR, HOPELESS = 3.0, 12.0, 30.0
"""Distances when small: below the first a way of laying cannot be bettered, above the second
another is looked for, above the third none was found, unless the edges agree."""
HOPEFUL_EDGES = 0.4
UNSETTLED = (0.7, 15.0)
"""Between these differences of lightness a fraction of a pixel may decide."""
LEAST_OVERLAP = 0.4
LEAST_AGREEMENT, LEAST_EDGES = 0.6, 0.25
"""Pictures laid on each other that agree less than this in lightness and edges are unlike, not
aligned."""

Scores = NDArray[np.float64]
F = TypeVar("F")
_LOOK, _COPY, _PRINT, _SHAPE, _COLOUR = (
    CHANNELS.index(channel)
    for channel in (Channel.LOOK, Channel.COPY, Channel.PRINT, Channel.SHAPE, Channel.COLOUR)
)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What is known of a pair before it is weighed: ``scores`` in the order of CHANNELS, and
    where the pictures could be laid on each other what then ``differs``."""

    scores: Scores
    differs: Difference | None = None
    stretch: float = 0.0
    orientation: Orientation = UPRIGHT


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """A picture that is looked at closely."""

    picture: ComparedPicture
    small: SmallPicture

    @property
    def rank(self) -> tuple[int, bytes]:
        """Puts two pictures in one order, whichever came first."""
        return self.small.lab.size, self.small.lab.tobytes()


class PairMeasurer:
    """See the module. One instance serves any number of threads."""

    def __init__(
        self,
        print_channel: PrintReader,
        shape: EvidenceChannel[ShapeFeatures],
        colour: EvidenceChannel[ColourFeatures],
    ) -> None:
        self._print = print_channel
        self._shape = shape
        self._colour = colour
        self._small: WeakKeyDictionary[ComparedPicture, SmallPicture] = WeakKeyDictionary()

    def measure(self, one: ComparedPicture, others: Sequence[ComparedPicture]) -> list[Measured]:
        """What the judgements are made of, aligned with ``others``."""
        if not others:
            return []
        scores, bits = self._cheap_scores(one, others)
        found = []
        for row, other in enumerate(others):
            if not self._is_near(one, other, scores[row], int(bits[row])):
                found.append(Measured(scores[row]))
                continue
            first, second = self._near(one), self._near(other)
            if first is None or second is None:
                scores[row, _PRINT] = self.print_score(one, other)
                found.append(Measured(scores[row]))
            else:
                found.append(self._closely(first, second, scores[row]))
        return found

    def _near(self, picture: ComparedPicture) -> _Near | None:
        # Kept as long as whoever asks keeps the picture: it is compared with others in turn.
        small = self._small.get(picture)
        if small is None:
            image = picture.pixels()
            if image is None:
                return None
            self._small[picture] = small = small_picture(image.rgb)
        return _Near(picture, small)

    def _is_near(
        self, one: ComparedPicture, other: ComparedPicture, scores: Scores, bits: int
    ) -> bool:
        """Whether a closer look is worth its time. Notes the score of PRINT where that had to
        be asked."""
        # Without a look there is no telling, so that pixels decide.
        if math.isnan(scores[_LOOK]) or scores[_LOOK] >= NEAR_LOOK or bits <= NEAR_HASHES:
            return True
        scores[_PRINT] = self.print_score(one, other)
        return bool(scores[_PRINT] >= NEAR_PRINT)

    def _cheap_scores(
        self, one: ComparedPicture, others: Sequence[ComparedPicture]
    ) -> tuple[Scores, NDArray[np.int64]]:
        """(n, len(CHANNELS)) without PRINT, and how many bits the hashes differ by, (n,)."""
        scores = np.full((len(others), len(CHANNELS)), np.nan)
        bits = np.full(len(others), 64)
        hashes = None if one.perceptual_hash is None else oriented_hashes(one.perceptual_hash)
        for row, other in enumerate(others):
            if one.look is not None and other.look is not None:
                scores[row, _LOOK] = min(1.0, max(0.0, float(one.look @ other.look)))
            if hashes is not None and other.perceptual_hash is not None:
                bits[row] = least_distance(hashes, other.perceptual_hash)
                scores[row, _COPY] = 1 - bits[row] / 64 if bits[row] <= COPY_BITS else 0.0
        scores[:, _SHAPE] = _compared(self._shape, one.shape, [each.shape for each in others])
        scores[:, _COLOUR] = _compared(self._colour, one.colour, [each.colour for each in others])
        return scores, bits

    def print_score(self, one: ComparedPicture, other: ComparedPicture) -> float:
        """That of the channel PRINT, NaN where it is silent."""
        if one.print is None or other.print is None:
            return math.nan
        # In one order, so that it does not matter which comes first.
        first, second = (one, other) if one.content_id <= other.content_id else (other, one)
        assert first.print is not None
        assert second.print is not None
        return float(self._print.compare(first.print, [second.print])[0])

    def _closely(self, one: _Near, other: _Near, scores: Scores) -> Measured:
        is_swapped = one.rank > other.rank
        first, second = (other, one) if is_swapped else (one, other)
        affine = self._best_placing(first, second, scores)
        both = None if affine is None else laid(first.small, second.small, affine)
        if affine is None or both is None:
            if math.isnan(scores[_PRINT]):
                scores[_PRINT] = self.print_score(first.picture, second.picture)
            return Measured(scores)
        differs = difference(both)
        is_alike = differs.edges >= HOPEFUL_EDGES
        if is_alike and UNSETTLED[0] < differs.worst_light < UNSETTLED[1]:
            moved = settled(first.small, second.small, affine)
            both = laid(first.small, second.small, moved)
            again = None if both is None else difference(both)
            if again is not None and again.worst_light < differs.worst_light:
                affine, differs = moved, again
        is_alike = differs.agreement >= LEAST_AGREEMENT or differs.edges >= LEAST_EDGES
        if differs.overlap < LEAST_OVERLAP or not is_alike:
            return Measured(scores)
        return Measured(
            scores,
            differs,
            stretch(affine, first.small, second.small),
            orientation_of(inverse(affine) if is_swapped else affine),
        )

    def _best_placing(self, first: _Near, second: _Near, scores: Scores) -> Affine | None:
        """None where no way of laying makes the pictures alike. Notes the score of PRINT where
        that had to be asked."""
        best: Affine | None = None
        least = NO_FIT

        def attempt(affine: Affine) -> None:
            nonlocal best, least
            found = fit(first.small, second.small, affine)
            if found.distance < least.distance:
                best, least = affine, found

        for affine in candidates(first.small, second.small):
            attempt(affine)
            if least.distance < CLOSE:
                return best
        if least.distance >= FAR:
            for affine in self._by_print(first, second, scores):
                attempt(affine)
                if least.distance < FAR:
                    break
        if best is None or (least.distance >= HOPELESS and least.edges < HOPEFUL_EDGES):
            return None
        attempt(refined(first.small, second.small, best))
        return best

    def _by_print(self, first: _Near, second: _Near, scores: Scores) -> Iterator[Affine]:
        """Print on print, then mirrored where the look allows for it."""
        one, other = first.picture.print, second.picture.print
        if one is None or other is None:
            return
        # Colours nobody could tell speak against nothing.
        may_be_mirrored = scores[_LOOK] >= MIRRORED_LOOK and not scores[_COLOUR] < MIRRORED_COLOUR
        for is_mirrored in (False, True):
            if is_mirrored and not may_be_mirrored:
                return
            match = self._print.match(one, other, mirrored=is_mirrored)
            if not is_mirrored:
                scores[_PRINT] = 0.0 if match is None else match.score
            if match is None:
                continue
            affine = from_points(first.small, second.small, match.query_points, match.hit_points)
            if affine is not None:
                yield affine
            if match.score >= NEAR_PRINT:
                return


def _compared(channel: EvidenceChannel[F], one: F | None, others: Sequence[F | None]) -> Scores:
    """The channel's score of each, NaN where it is silent."""
    scores = np.full(len(others), np.nan)
    known = [(row, other) for row, other in enumerate(others) if other is not None]
    if one is not None and known:
        rows = [row for row, _ in known]
        scores[rows] = channel.compare(one, [other for _, other in known])
    return scores
