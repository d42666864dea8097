"""What was compared once is not compared again while pictures join a query, and never when it
is out of date."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.domain.evidence import Channel
from desktop_app.domain.ports import Catalogue
from desktop_app.services.comparing import KEPT_QUERIES, StoredFeatures


class Number:
    """Features of which one is as good as the other: what tells queries apart is which it is."""

    def __init__(self, value: float) -> None:
        self.value = value


class NearnessChannel:
    """Scores how near two numbers are; ``compared`` counts pairs."""

    channel = Channel.SHAPE
    version = "near-1"

    def __init__(self) -> None:
        self.compared = 0

    def compare(self, query: Number, others: Sequence[Number]) -> NDArray[np.float32]:
        self.compared += len(others)
        return np.array([1 / (1 + abs(query.value - o.value)) for o in others], np.float32)

    def unpack(self, data: bytes) -> Number:
        if data == b"?":
            raise ValueError("damaged")
        return Number(float(data))


class Records:
    """Stored features; ``change`` puts others in their place."""

    def __init__(self) -> None:
        self.written = {n: str(n).encode() for n in range(10)} | {7: b"?"}
        self.number = 0

    def revision(self, _channel: Channel) -> str:
        return str(self.number)

    def get(self, _channel: Channel, content_ids: Sequence[int]) -> dict[int, bytes]:
        return {n: self.written[n] for n in sorted(content_ids) if n in self.written}

    def change(self, content_id: int, value: float) -> None:
        self.written[content_id] = str(value).encode()
        self.number += 1


class Kept:
    def __init__(self) -> None:
        self.records, self.channel = Records(), NearnessChannel()
        catalogue = cast(Catalogue, SimpleNamespace(evidence=self.records))
        channel: Any = self.channel
        self.stored: StoredFeatures[Number] = StoredFeatures(catalogue, channel)


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_only_what_is_new_is_compared(kept: Kept) -> None:
    query = Number(3)
    first = kept.stored.scores(query, [5, 3, 1])
    assert first.tolist() == pytest.approx([1 / 3, 1, 1 / 3])
    again = kept.stored.scores(query, [1, 2, 3])
    assert again.tolist() == pytest.approx([1 / 3, 1 / 2, 1])
    assert kept.channel.compared == 4


def test_what_is_missing_or_damaged_says_nothing_each_time(kept: Kept) -> None:
    query = Number(3)
    for _ in range(2):
        scores = kept.stored.scores(query, [7, 99, 3])
        assert np.isnan(scores[:2]).all()
        assert scores[2] == 1
    assert kept.channel.compared == 1


def test_other_features_are_compared_anew(kept: Kept) -> None:
    query = Number(3)
    kept.stored.scores(query, [1, 2])
    kept.records.change(2, 3)
    assert kept.stored.scores(query, [2]).tolist() == [1]


def test_queries_are_told_apart_and_old_ones_forgotten(kept: Kept) -> None:
    queries = [Number(3) for _ in range(KEPT_QUERIES + 1)]
    for query in queries:
        kept.stored.scores(query, [1])
    assert kept.channel.compared == len(queries)
    kept.stored.scores(queries[-1], [1])
    assert kept.channel.compared == len(queries)
    kept.stored.scores(queries[0], [1])
    assert kept.channel.compared == len(queries) + 1
