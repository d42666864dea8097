"""Why a result matched, how well products are found, and what the preferences prefer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from desktop_app.domain.rules import RankingRule, RuleStrength
from desktop_app.domain.search import QueryPicture, SearchResults
from desktop_app.settings import Settings
from tests.app.conftest import Stage


def search(stage: Stage, path: Path) -> SearchResults:
    with stage.qtbot.waitSignal(stage.window.demo_answered, timeout=60_000) as answered:
        stage.window.searching.query_file(QueryPicture(path.name, path=path))
    results: SearchResults = answered.args[0]
    return results


def test_the_chosen_result_is_explained_beside_the_list(stage: Stage, pictures: Path) -> None:
    stage.open()
    stage.import_pictures(pictures)
    panel = stage.window.evidence
    assert not panel.isVisible()
    results = search(stage, pictures / "jars" / "sku-03.jpg")
    stage.until(lambda: panel.hit is not None and panel.pictures.isEnabled())
    assert panel.isVisible()
    assert panel.hit.product_id == results.hits[0].product_id
    stage.until(lambda: panel.hit.title.startswith("sku-03"))

    other = results.hits[3].product_id
    views = stage.window.results.views
    views.go_to(views.model.row_of(other))
    stage.until(lambda: panel.hit.product_id == other and panel.pictures.isEnabled())

    stage.window.commands.show_why.trigger()
    assert not panel.is_expanded
    stage.window.commands.show_why.trigger()
    assert panel.is_expanded
    stage.window.query.clear()
    stage.until(lambda: not panel.isVisible())
    assert not stage.problems


def test_a_query_that_cannot_be_read_does_not_keep_the_results_of_the_one_before(
    stage: Stage, pictures: Path, tmp_path: Path
) -> None:
    stage.open()
    stage.import_pictures(pictures)
    search(stage, pictures / "jars" / "sku-03.jpg")
    stage.until(stage.window.evidence.isVisible)
    damaged = tmp_path / "damaged.jpg"
    damaged.write_bytes(b"\xff\xd8\xff\xe0 cut off")
    stage.window.query.set_query(QueryPicture(damaged.name, path=damaged))
    stage.until(lambda: not stage.window.evidence.isVisible())
    stage.until(lambda: not stage.window.results.model.has_scores)
    assert len(stage.listed()) == 12


def test_a_scorecard_is_measured_and_its_failures_lead_back_to_the_search(
    stage: Stage, pictures: Path, make_picture: Callable[..., Path]
) -> None:
    workspace = stage.open()
    stage.import_pictures(pictures)
    for place in range(3):
        product_id = int(stage.window.results.model.product_ids[place])
        back = make_picture(f"backs/back-{place}.jpg", seed=50 + place)
        stage.session.keeper.add_pictures(product_id, [(back, "back")])
    stage.wait_until_idle(lambda: workspace.catalogue.pictures.counts().ready == 15)

    stage.window.commands.scorecard.trigger()
    window = stage.window.measuring.window
    window.measure_requested.emit()
    stage.until(lambda: window.card is not None)
    card = window.card
    assert card.scorecard.n_queries == 6
    assert len(card.worst) == len(card.scorecard.worst) > 0
    case = card.worst[0]
    assert case.right is not None
    assert case.thumbnail != case.right_thumbnail

    with stage.qtbot.waitSignal(stage.window.demo_answered, timeout=60_000) as answered:
        window.query_requested.emit(case.query.content_id)
    shown = [hit.content_id for hit in answered.args[0].hits]
    assert case.query.content_id not in shown
    window.product_requested.emit(case.right.id)
    stage.until(lambda: stage.listed() == [case.right.sku])
    # Any scope leads back to the whole list.
    stage.window.browsing.set_filter(stage.window.browsing.filter)
    stage.until(lambda: len(stage.listed()) == 12)
    assert not stage.problems


def test_categories_told_wrong_are_put_right_and_learned_again(
    stage: Stage, pictures: Path
) -> None:
    workspace = stage.open()
    stage.import_pictures(pictures)
    stage.until(lambda: workspace.categories.report is not None)
    stage.window.commands.scorecard.trigger()
    measuring = stage.window.measuring
    measuring.window.confusion_requested.emit()
    dialog = measuring.dialog
    assert dialog is not None and dialog.is_own_on_view
    report = workspace.categories.report
    wrong = report.matrix * (1 - np.eye(2, dtype=np.int64))
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    actual, taken_for = report.labels[row], report.labels[column]
    count = int(wrong[row, column])
    assert count > 0

    def of_category(name: str) -> int:
        return list(workspace.catalogue.products.values("category").values()).count(name)

    before = of_category(taken_for)
    dialog.relabel_requested.emit(actual, taken_for)
    stage.until(lambda: of_category(taken_for) == before + count)
    with stage.qtbot.waitSignal(stage.session.keeper.learned, timeout=60_000) as learned:
        dialog.learn_requested.emit()
    if learned.args[0] is not None:
        assert workspace.categories.report is learned.args[0]
    dialog.close()
    stage.until(lambda: measuring.dialog is None)
    assert not stage.problems


def test_a_ranking_rule_reaches_the_search_at_once(stage: Stage, pictures: Path) -> None:
    stage.open()
    stage.import_pictures(pictures)
    results = search(stage, pictures / "bottles" / "sku-02.jpg")
    # Less than a slight rule: what the guessed category is worth.
    assert results.candidates.bonus.max() < RuleStrength.SLIGHT.log_odds
    rule = RankingRule("category", "jars", RuleStrength.STRONG)
    with stage.qtbot.waitSignal(stage.window.demo_answered, timeout=60_000) as answered:
        stage.window.models.settings_changed.emit(replace(Settings(), ranking_rules=(rule,)))
    bonus = answered.args[0].candidates.bonus
    assert np.count_nonzero(bonus > RuleStrength.CLEAR.log_odds) == 6
