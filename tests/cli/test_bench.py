"""The bench measures what it says, small."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from desktop_app.domain.errors import UserFacingError
from desktop_app.engines import Engines, own_command
from desktop_app.services.bench import measure_machine, measure_start

from .conftest import PRODUCTS, Place


def test_every_figure_is_there(place: Place) -> None:
    engines = Engines(data=place.data, cache=place.cache)
    figures = measure_machine(
        engines,
        place.pictures,
        model=engines.library.default_name,
        start_command=[sys.executable, "-c", "print('painted 5 torch')"],
        heartbeat_command=[sys.executable, "-c", "print('{\"indexing\": 7}')"],
        rounds=1,
        vectors=500,
        starts=1,
        compared=[200],
        compared_s=0.5,
    )
    engines.close()
    indexing = figures["indexing"]
    assert indexing["pictures"] == PRODUCTS + 1
    for name in ("end_to_end_per_s", "decode_only_per_s", "model_only_per_s"):
        assert indexing[name] > 0
    enriching = figures["enriching"]
    assert enriching["pictures"] == PRODUCTS
    assert enriching["end_to_end_per_s"] > 0
    assert sum(enriching["share"].values()) == pytest.approx(1, abs=0.01)
    assert 0 < enriching["bytes"]["all"]["mean"] <= enriching["bytes"]["all"]["max"] <= 25_000
    assert figures["search"]["vectors"] == 500
    assert figures["query_explained"]["pictures"] == 500
    assert figures["query_by_outline"]["pictures"] == 500
    for measured in (
        figures["search"]["unfiltered"],
        figures["query_from_file_by_look"],
        figures["query_explained"],
        *(figures["query_by_outline"][kind] for kind in ("live", "with_turns", "whole")),
    ):
        assert 0 < measured["p50_ms"] <= measured["p95_ms"]
    (finding,) = figures["finding_duplicates"]
    assert finding["pictures"] == 200
    assert 0 < finding["compared"] <= 200
    assert finding["all_min"] > 0
    assert figures["start"]["engines_imported"] == ["torch"]
    assert figures["start"]["processor_ms"] == 5
    assert figures["window_gaps"] == {"indexing": 7}


def test_the_window_is_painted_before_any_engine_is_imported() -> None:
    start = measure_start([*own_command(), "--first-paint"], starts=1)
    assert start["engines_imported"] == []
    assert 0 < start["processor_ms"] < 60_000


def test_a_window_that_does_not_start_is_told() -> None:
    with pytest.raises(UserFacingError, match="could not be started"):
        measure_start([sys.executable, "-c", "raise SystemExit(1)"], starts=1)


def test_a_folder_without_pictures_is_told(place: Place, tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="no pictures"):
        measure_machine(
            Engines(data=place.data, cache=place.cache),
            tmp_path,
            model="",
            start_command=[],
            heartbeat_command=[],
        )
