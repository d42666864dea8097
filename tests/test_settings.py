"""Preferences: kept, reset where bad, never lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ChannelWeights, WeightPreset
from desktop_app.domain.resolving import KeepRule
from desktop_app.domain.rules import RankingRule, RuleStrength
from desktop_app.settings import RECENT_LIMIT, Settings, load_settings, save_settings


def test_settings_survive_being_saved_and_loaded(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.toml"
    settings = Settings(theme="dark", result_limit=24, reduce_motion=True).with_recent(tmp_path)
    save_settings(settings, path)
    assert load_settings(path) == (settings, ())


def test_ranking_rules_survive_being_saved_and_loaded(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    rules = (
        RankingRule("availability", "in stock"),
        RankingRule("brand", "Nivo", RuleStrength.STRONG, enabled=False),
    )
    save_settings(Settings(ranking_rules=rules), path)
    assert load_settings(path) == (Settings(ranking_rules=rules), ())


def test_how_duplicates_are_merged_survives_being_saved_and_loaded(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    settings = Settings(
        keep_rules=(KeepRule.CHEAPEST, KeepRule.LOWEST_SKU),
        merged_pictures="all",
        protected_folders=("/shop/master",),
    )
    save_settings(settings, path)
    assert load_settings(path) == (settings, ())


def test_a_missing_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.toml") == (Settings(), ())


def test_an_unreadable_file_is_kept_beside_and_reset(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"theme = \xff\xfe broken")
    settings, notes = load_settings(path)
    assert settings == Settings()
    assert "settings.toml.bad" in notes[0]
    assert (tmp_path / "settings.toml.bad").read_bytes().startswith(b"theme")


@pytest.mark.parametrize(
    "line",
    [
        'theme = "pink"',
        "threads = 4000",
        'result_limit = "many"',
        "reduce_motion = 1",
        "recent_catalogues = [1, 2]",
        'weight_presets = [{ name = "Mine", weights = { shape = 9.0 } }]',
        "weight_presets = [{ weights = { shape = 1.0 } }]",
        'recent_catalogues = "one"',
        'ranking_rules = "one"',
        'keep_rules = ["luckiest"]',
        'merged_pictures = "some"',
        "protected_folders = [1]",
        'ranking_rules = ["available"]',
        'ranking_rules = [{column = "brand"}]',
        'ranking_rules = [{column = "brand", value = ""}]',
        'ranking_rules = [{column = "brand", value = "Nivo", strength = "absolute"}]',
        'ranking_rules = [{column = "brand", value = "Nivo", enabled = "no"}]',
    ],
)
def test_one_bad_value_is_reset_and_the_rest_kept(tmp_path: Path, line: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"keep_recent_queries = false\n{line}\n", "utf-8")
    settings, notes = load_settings(path)
    assert settings == Settings(keep_recent_queries=False)
    assert line.split(" ", maxsplit=1)[0] in notes[0]


def test_a_refused_write_is_told_and_leaves_no_litter(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", "utf-8")
    with pytest.raises(UserFacingError, match="could not be saved"):
        save_settings(Settings(), blocked / "settings.toml")
    assert list(tmp_path.iterdir()) == [blocked]


def test_recent_catalogues_are_unique_newest_first_and_bounded(tmp_path: Path) -> None:
    settings = Settings()
    for number in range(RECENT_LIMIT + 3):
        settings = settings.with_recent(tmp_path / str(number))
    settings = settings.with_recent(tmp_path / "5")
    assert len(settings.recent_catalogues) == RECENT_LIMIT
    assert settings.recent_catalogues[0] == str(tmp_path / "5")
    assert len(set(settings.recent_catalogues)) == RECENT_LIMIT
    assert str(tmp_path / "5") not in settings.without_recent(tmp_path / "5").recent_catalogues


def test_a_person_s_presets_are_kept_with_their_weights(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    mine = WeightPreset("Same form, “any” print", ChannelWeights(shape=1.35, print=0.0))
    save_settings(Settings(weight_presets=(mine,)), path)
    assert load_settings(path) == (Settings(weight_presets=(mine,)), ())
