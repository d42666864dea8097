"""Which pictures are worth comparing with a query: those that LOOK, PRINT or COPY propose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import Orientation
from desktop_app.domain.evidence_ports import ORIENTATIONS
from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.ports import IndexSnapshot, VectorStore
from desktop_app.services.copy_index import FARTHEST_TELLING, copy_scores
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.query_reading import ReadQuery

PROPOSED_BY_PRINT = 60
MOST_COPIES = 200


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Distinct contents by id, with what proposing them has told already.

    ``look`` (n,) is the best cosine similarity over the query's vectors, not below 0; ``copy``
    (n,) the score of COPY, NaN where hashes are not known; ``votes`` (n,) those of PRINT, and
    ``has_print`` (n,) says which have key points that could have voted.
    ``orientations`` names those whose hash matches mirrored or turned. ``floor`` is the lowest
    ``look`` that fetching by it went down to: what was not fetched does not lie above.
    """

    content_ids: IdArray
    look: NDArray[np.float32]
    copy: NDArray[np.float32]
    votes: NDArray[np.float32]
    has_print: NDArray[np.bool_]
    orientations: Mapping[int, Orientation] = field(default_factory=dict)
    floor: float = 0.0

    def __len__(self) -> int:
        return len(self.content_ids)

    def only(self, rows: NDArray[np.intp]) -> Candidates:
        """Those of ``rows``, in that order."""
        return replace(
            self,
            content_ids=self.content_ids[rows],
            look=self.look[rows],
            copy=self.copy[rows],
            votes=self.votes[rows],
            has_print=self.has_print[rows],
        )

    def best(self, count: int) -> NDArray[np.intp]:
        """The rows most worth a closer look, rising: those another channel proposed, then the
        most alike."""
        is_proposed = (self.votes > 0) | (np.nan_to_num(self.copy) > 0)
        order = np.lexsort((-self.look, ~is_proposed))
        return np.sort(order[:count])


class Proposer:
    """Finds candidates in one gallery."""

    def __init__(
        self, snapshot: IndexSnapshot, indexes: EvidenceIndexes, vectors: VectorStore
    ) -> None:
        self._snapshot = snapshot
        self._indexes = indexes
        self._vectors = vectors

    def candidates(self, query: ReadQuery, *, by_look: int, allowed: IdArray | None) -> Candidates:
        """The ``by_look`` best contents for each of the query's vectors, and what the other
        channels propose, among ``allowed`` (sorted; None: everything)."""
        found = [
            self._snapshot.search(vector, by_look, allowed=allowed) for vector in query.vectors
        ]
        looked = [ids for ids, _ in found]
        floor = max((float(scores[-1]) for _, scores in found if len(scores)), default=0.0)
        votes = self._votes(query, allowed)
        copies, orientations = self._copies(query, allowed)
        proposed = [np.fromiter(ids, np.int64, len(ids)) for ids in (votes, copies)]
        ids = np.unique(np.concatenate([*looked, *proposed]))
        known, rows = self._vectors.get(self._snapshot.model_key, ids.tolist())
        look = np.zeros(len(ids), np.float32)
        for contents, scores in found:
            np.maximum.at(look, np.searchsorted(ids, contents), scores)
        if len(known):
            # A content that one vector of the query fetched may be nearer to another one.
            places = np.searchsorted(ids, known)
            look[places] = np.maximum(look[places], _best_cosines(query.vectors, rows))
        is_hashed = self._indexes.copies is not None and any(
            view.hashes is not None for view in query.views
        )
        return Candidates(
            ids,
            look,
            _values(ids, copies, 0.0 if is_hashed else np.nan),
            _values(ids, votes, 0.0),
            self._has_print(ids),
            orientations,
            floor,
        )

    def _has_print(self, ids: IdArray) -> NDArray[np.bool_]:
        if self._indexes.print is None:
            return np.zeros(len(ids), np.bool_)
        return np.isin(ids, self._indexes.print.content_ids)

    def _votes(self, query: ReadQuery, allowed: IdArray | None) -> dict[int, float]:
        best: dict[int, float] = {}
        if self._indexes.print is None:
            return best
        for view in query.views:
            if view.evidence.print is None:
                continue
            found, votes = self._indexes.print.propose(
                view.evidence.print, PROPOSED_BY_PRINT, allowed=allowed
            )
            for content_id, count in zip(found.tolist(), votes.tolist(), strict=True):
                best[content_id] = max(count, best.get(content_id, 0.0))
        return best

    def _copies(
        self, query: ReadQuery, allowed: IdArray | None
    ) -> tuple[dict[int, float], dict[int, Orientation]]:
        """Scores of COPY, and how those that do not lie upright do lie."""
        scores: dict[int, float] = {}
        orientations: dict[int, Orientation] = {}
        if self._indexes.copies is None:
            return scores, orientations
        for view in query.views:
            if view.hashes is None:
                continue
            found = self._indexes.copies.matches(view.hashes, FARTHEST_TELLING)
            is_kept = np.ones(len(found.content_ids), np.bool_)
            if allowed is not None:
                is_kept = np.isin(found.content_ids, allowed)
            rows = np.flatnonzero(is_kept)[:MOST_COPIES]
            for content_id, score, place in zip(
                found.content_ids[rows].tolist(),
                copy_scores(found.distances[rows]).tolist(),
                found.orientations[rows].tolist(),
                strict=True,
            ):
                if score > scores.get(content_id, 0.0):
                    scores[content_id] = score
                    orientations[content_id] = ORIENTATIONS[place]
        return scores, {i: lies for i, lies in orientations.items() if not lies.is_upright}


def _best_cosines(query: FloatMatrix, rows: FloatMatrix) -> NDArray[np.float32]:
    return np.asarray((rows @ query.T).max(axis=1).clip(0, 1), np.float32)


def _values(ids: IdArray, known: Mapping[int, float], otherwise: float) -> NDArray[np.float32]:
    values = [known.get(content_id, otherwise) for content_id in ids.tolist()]
    return np.array(values, np.float32)
