"""Comparing candidates with a query in every channel."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import CHANNELS, STORED_CHANNELS, Channel, PictureEvidence
from desktop_app.domain.evidence_ports import EvidenceChannel, EvidenceChannels
from desktop_app.domain.fusion import FusionModel, ScoreMatrix
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken
from desktop_app.services.candidates import Candidates
from desktop_app.services.query_reading import QueryView, ReadQuery

VERIFIED = 32
"""Candidates whose key points are matched with the query's, one by one: those with the most
votes, and those that look most promising without."""

DESCRIBED_SHARE = 0.9
"""While fewer of the candidates were looked at closely, what was seen of some would rank them
above those that were not reached yet: until then only LOOK and COPY count."""

KEPT_FEATURES = 4096
"""Contents whose unpacked features are kept per channel, for the next query."""

KEPT_QUERIES = 6
"""Pictures of queries whose scores are kept per channel: when another picture joins a query, or
a filter changes, what was compared is not compared again."""

_PLACES = {channel: place for place, channel in enumerate(CHANNELS)}

F = TypeVar("F")


class StoredFeatures(Generic[F]):
    """What the catalogue holds of one channel, unpacked. Used by one thread at a time.

    Damaged records count as none; enriching writes them anew when a version changes.
    """

    def __init__(self, catalogue: Catalogue, channel: EvidenceChannel[F]) -> None:
        self._catalogue = catalogue
        self._channel = channel
        self._revision = ""
        self._kept: OrderedDict[int, F | None] = OrderedDict()
        self._scored: list[tuple[F, dict[int, float]]] = []

    def get(self, content_ids: Sequence[int]) -> dict[int, F]:
        """By content id; those that have none are left out."""
        self._forget_former()
        missing = [content_id for content_id in content_ids if content_id not in self._kept]
        if missing:
            records = self._catalogue.evidence.get(self._channel.channel, missing)
            for content_id in missing:
                self._kept[content_id] = self._unpacked(records.get(content_id))
        found = {}
        for content_id in content_ids:
            self._kept.move_to_end(content_id)
            if (features := self._kept[content_id]) is not None:
                found[content_id] = features
        while len(self._kept) > KEPT_FEATURES:
            self._kept.popitem(last=False)
        return found

    def scores(self, query: F | None, content_ids: Sequence[int]) -> NDArray[np.float32]:
        """The channel's score of each content, NaN where it says nothing."""
        if query is None or not content_ids:
            return np.full(len(content_ids), np.nan, np.float32)
        self._forget_former()
        known = self._scores_of(query)
        missing = [content_id for content_id in content_ids if content_id not in known]
        if missing:
            known.update(dict.fromkeys(missing, float("nan")))
            if stored := self.get(missing):
                found = self._channel.compare(query, list(stored.values()))
                known.update(zip(stored, found.tolist(), strict=True))
        return np.array([known[content_id] for content_id in content_ids], np.float32)

    def _scores_of(self, query: F) -> dict[int, float]:
        """Those known of a query, which is told by its identity."""
        for features, known in self._scored:
            if features is query:
                return known
        known = {}
        self._scored = [*self._scored[-KEPT_QUERIES + 1 :], (query, known)]
        return known

    def _forget_former(self) -> None:
        """What was read before the stored features changed."""
        revision = self._catalogue.evidence.revision(self._channel.channel)
        if revision != self._revision:
            self._kept.clear()
            self._scored.clear()
            self._revision = revision

    def _unpacked(self, record: bytes | None) -> F | None:
        if record is None:
            return None
        try:
            return self._channel.unpack(record)
        except ValueError:
            return None


class Comparer:
    """Compares candidates in the channels there are. Used by one thread at a time."""

    def __init__(self, catalogue: Catalogue, channels: EvidenceChannels) -> None:
        self._channels = channels
        self._print = StoredFeatures(catalogue, channels.print)
        self._shape = StoredFeatures(catalogue, channels.shape)
        self._colour = StoredFeatures(catalogue, channels.colour)

    @property
    def channels(self) -> EvidenceChannels:
        return self._channels

    def stored(self, content_id: int) -> PictureEvidence:
        """What the catalogue holds of one content."""
        return PictureEvidence(
            print=self._print.get([content_id]).get(content_id),
            shape=self._shape.get([content_id]).get(content_id),
            colour=self._colour.get([content_id]).get(content_id),
        )

    def compare(
        self, query: ReadQuery, candidates: Candidates, fusion: FusionModel, token: CancelToken
    ) -> ScoreMatrix:
        """Every channel's score for every candidate; of a query of several pictures the best
        one counts, channel by channel. Raises Cancelled."""
        ids = candidates.content_ids.tolist()
        scores = known_scores(candidates)
        for channel in (Channel.SHAPE, Channel.COLOUR):
            of_views = []
            for view in query.views:
                if channel is Channel.SHAPE:
                    of_views.append(self._shape.scores(view.evidence.shape, ids))
                else:
                    of_views.append(self._colour.scores(view.evidence.colour, ids))
            scores[:, _PLACES[channel]] = _best(of_views)
            token.checkpoint()
        if not self._are_described(candidates):
            scores[:, [_PLACES[channel] for channel in STORED_CHANNELS]] = np.nan
            return scores
        context = query.views[0].context
        promising = np.argsort(-fusion.confidences(scores, context), kind="stable")
        of_views = []
        for view in query.views:
            of_views.append(self._verified(view, candidates, promising))
            token.checkpoint()
        scores[:, _PLACES[Channel.PRINT]] = _best(of_views)
        return scores

    def _are_described(self, candidates: Candidates) -> bool:
        """Whether enough were looked at closely for the others not to suffer from it."""
        ids = candidates.content_ids.tolist()
        known = self._shape.get(ids).keys() | self._colour.get(ids).keys()
        is_known = candidates.has_print | np.isin(candidates.content_ids, list(known))
        return bool(is_known.mean() >= DESCRIBED_SHARE) if len(ids) else False

    def _verified(
        self, view: QueryView, candidates: Candidates, promising: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """PRINT's scores. A candidate that has key points but was neither proposed by them nor
        is promising otherwise scores 0, unseen."""
        scores = np.full(len(candidates), np.nan, np.float32)
        query = view.evidence.print
        if query is None or not len(candidates):
            return scores
        ids = candidates.content_ids.tolist()
        voted = np.argsort(-candidates.votes, kind="stable")[: VERIFIED // 2]
        voted = voted[candidates.votes[voted] > 0]
        rest = [row for row in promising.tolist() if row not in set(voted.tolist())]
        rows = [*voted.tolist(), *rest[: VERIFIED - len(voted)]]
        stored = self._print.get([ids[row] for row in rows])
        scores[candidates.has_print] = 0.0
        seen = [row for row in rows if ids[row] in stored]
        if seen:
            scores[seen] = self._print.scores(query, [ids[row] for row in seen])
        return scores


def known_scores(candidates: Candidates) -> ScoreMatrix:
    """What proposing the candidates has told; the other channels are still NaN."""
    scores = np.full((len(candidates), len(CHANNELS)), np.nan, np.float32)
    scores[:, _PLACES[Channel.LOOK]] = candidates.look
    scores[:, _PLACES[Channel.COPY]] = candidates.copy
    return scores


def _best(scores: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The highest of several; NaN only where all are."""
    best = scores[0]
    for other in scores[1:]:
        best = np.fmax(best, other)
    return best
