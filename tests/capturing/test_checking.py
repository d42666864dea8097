"""Checking a station: what is asked for, what a trial tells, and what follows from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.domain.capturing import Hint
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.services.capture.checking import StationTrial, sample_of, station_report
from desktop_app.services.capture.service import STATION_SETTING
from tests.capturing.building import UNKNOWN, Station, burst


def test_products_with_pictures_are_proposed_each_once(station: Station) -> None:
    station.catalogue.products.add(ProductFields("bare"))
    first, second = (station.service.check.proposed(seed=seed) for seed in (1, 2))
    assert sorted(first) == sorted(second) == sorted(station.ids)
    assert first == station.service.check.proposed(seed=1)
    assert first != second


def test_products_of_several_categories_come_first(station: Station) -> None:
    products = station.catalogue.products
    products.update_fields(station.ids[:5], {"category": "Jars"})
    products.update_fields(station.ids[5:], {"category": "Bottles"})
    assert station.ids[5] in station.service.check.proposed(seed=3)[:2]


def test_a_trial_tells_the_place_and_what_would_come_without_the_product(
    station: Station,
) -> None:
    trial = station.service.check.trial(station.ids[2], burst(2), CancelToken())
    assert trial.place == 1
    assert trial.confidence == trial.right > 0.99
    assert trial.unknown < trial.right
    wrong = station.service.check.trial(station.ids[2], burst(3), CancelToken())
    assert wrong.place != 1
    assert wrong.confidence > wrong.right


def test_a_code_does_not_help_in_a_trial(station: Station) -> None:
    trial = station.service.check.trial(
        station.ids[2], burst(UNKNOWN, codes=["sku-0002"]), CancelToken()
    )
    assert trial.confidence < 0.99


def test_a_trial_reads_its_pictures_once(station: Station) -> None:
    station.service.check.trial(station.ids[2], burst(2), CancelToken())
    before = station.embedder.embedded
    embed, calls = station.embedder.embed, []
    station.embedder.embed = lambda images: calls.append(len(images)) or embed(images)  # type: ignore[method-assign, func-returns-value]
    station.service.check.trial(station.ids[2], burst(2), CancelToken())
    assert len(calls) == 1
    assert station.embedder.embedded == before


RIGHT = StationTrial(1, 1, 0.9, 0.9, 0.2, (Hint.GLARE,))
UNSURE = StationTrial(2, 1, 0.6, 0.6, 0.3)
THIRD = StationTrial(3, 3, 0.8, 0.5, 0.8, (Hint.GLARE, Hint.TOO_DARK))
LOST = StationTrial(4, 0, 0.7, 0.0, 0.7)


def test_a_report_counts_places_and_hints() -> None:
    report = station_report([RIGHT, UNSURE, THIRD, LOST], 0.85)
    assert (report.products, report.first, report.first_three) == (4, 0.5, 0.75)
    assert report.found == 0.25
    assert report.confidences == (0.9, 0.6, 0.5, 0.0)
    assert report.hints == ((Hint.GLARE, 2), (Hint.TOO_DARK, 1))
    with pytest.raises(ValueError, match="no trial"):
        station_report([], 0.85)


def test_a_sample_holds_what_came_first_and_counts_what_did_not() -> None:
    sample = sample_of([RIGHT, UNSURE, THIRD, LOST])
    assert sample.wrong == 2
    np.testing.assert_allclose(sample.known, np.log([9, 1.5]), atol=1e-6)
    assert len(sample.unknown) == 4


def test_the_station_answers_by_its_check_until_it_is_forgotten(station: Station) -> None:
    service = station.service
    shipped = service.thresholds
    assert not service.has_station
    trials = [replace(RIGHT, unknown=0.97)] * 10
    proposed = service.proposed_thresholds(trials)
    assert proposed.found > shipped.found
    assert service.use_station(trials) == proposed == service.thresholds
    again = Station(station.catalogue.folder)
    assert again.service.thresholds == proposed, "it is kept in the catalogue"
    again.catalogue.close()
    assert service.forget_station() == shipped == service.thresholds
    assert not service.has_station


@pytest.mark.parametrize("kept", ["[", "{}", '{"known": [], "unknown": [], "wrong": 0}'])
def test_a_damaged_check_is_passed_over(station: Station, kept: str) -> None:
    shipped = station.service.thresholds
    station.catalogue.saved.set_setting(STATION_SETTING, kept)
    again = Station(station.catalogue.folder)
    assert again.service.thresholds == shipped
    assert not again.service.has_station
    again.catalogue.close()
