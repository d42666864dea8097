"""Searching with what was learned: the index that follows, what queries are made of, going back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.evidence import Channel, ChannelWeights
from desktop_app.domain.fusion import LOOK_ALONE, Calibration
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.search import CategoryGuess, QueryPicture, SearchRequest
from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.sqlite.catalogue import create_catalogue, open_catalogue
from desktop_app.services.learning.learned_search import ACTIVE_SETTING, with_look
from desktop_app.services.scorecard import ScorecardService
from tests.learning.searching import BLUE, GREEN, Colours, MemoryFiles, seeing
from tests.search.fakes import MODEL, flat, vector_of

QUERY = (220, 30, 200)
"""Reddest of all, and as blue as the product BLUE."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "catalogue"
    create_catalogue(folder, "Colours").close()
    return folder


@pytest.fixture
def colours(tmp_path: Path, template: Path) -> Iterator[Colours]:
    catalogue = open_catalogue(shutil.copytree(template, tmp_path / "catalogue"))
    (tmp_path / "pictures").mkdir()
    files = MemoryFiles()
    files.put("1", seeing(BLUE))
    files.put("2", seeing(GREEN))
    made = Colours(catalogue, tmp_path / "pictures", files)
    made.add("RED", (220, 30, 30))
    made.add("BLUE", (20, 20, 200))
    made.add("GREEN", (30, 200, 60))
    made.publish()
    yield made
    catalogue.close()


def first_of(colours: Colours) -> str:
    return colours.found(*QUERY)[0]


def test_a_version_changes_what_is_found_and_going_back_restores_it(colours: Colours) -> None:
    before = colours.results(QUERY)
    assert colours.skus(before)[0] == "RED"
    colours.take_up("1")
    after = colours.results(QUERY)
    assert colours.skus(after)[0] == "BLUE"
    assert after.model_key == seeing(BLUE).key
    colours.take_up("")
    again = colours.results(QUERY)
    assert [hit.score for hit in again.hits] == [hit.score for hit in before.hits]
    assert again.model_key == MODEL


def test_what_was_in_use_answers_until_the_new_index_is_made(colours: Colours) -> None:
    steps = colours.learned.take_up("1", CancelToken())
    next(steps)
    colours.publish()
    assert first_of(colours) == "RED"
    for _step in steps:
        pass
    colours.publish()
    assert first_of(colours) == "BLUE"


def test_a_cancelled_change_leaves_everything_as_it_was(colours: Colours) -> None:
    colours.take_up("2")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        colours.learned.take_up("1", token).__next__()
    colours.publish()
    assert colours.learned.active == "2"
    assert colours.catalogue.saved.setting(ACTIVE_SETTING) == "2"


def test_new_pictures_are_found_with_the_version_in_use(colours: Colours) -> None:
    colours.take_up("1")
    colours.add("NAVY", (20, 25, 201), (20, 25, 199))
    colours.publish()
    assert set(colours.found(*QUERY)[:2]) == {"BLUE", "NAVY"}
    assert len(colours.found(*QUERY)) == 4


def test_a_replaced_vector_is_noticed(colours: Colours) -> None:
    colours.take_up("1")
    ids = colours.add("LATER", (30, 200, 60))
    colours.publish()
    picture = colours.catalogue.pictures.get_by_content(ids[0])[0]
    colours.read(picture.id, picture.content_hash, flat(30, 200, 200))
    colours.replaced += ids
    colours.publish()
    assert set(colours.found(*QUERY)[:2]) == {"BLUE", "LATER"}


def test_a_damaged_vector_is_left_out(colours: Colours) -> None:
    colours.take_up("1")
    ids = colours.add("BROKEN", (220, 30, 200))
    base = colours.base()
    colours.vectors._base = _Zeroed(colours.vectors._base, ids[0])  # type: ignore[assignment]
    searched = colours.learned.searchable(base, colours.catalogue.pictures.content_map())
    assert ids[0] in base.content_ids
    assert ids[0] not in searched.snapshot.content_ids


class _Zeroed:
    """Vectors of which one is stored as zeros."""

    def __init__(self, below: object, content_id: int) -> None:
        self._below = below
        self._id = content_id

    def get(self, key: str, ids: object) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        found, rows = self._below.get(key, ids)  # type: ignore[attr-defined]
        rows[found == self._id] = 0
        return found, rows


def test_the_index_is_kept_and_the_choice_remembered(colours: Colours) -> None:
    colours.take_up("1")
    colours.learned = colours.new_learned()
    colours.learned.load()
    colours.publish()
    assert colours.learned.active == "1"
    assert colours.learned.last_problem == ""
    assert first_of(colours) == "BLUE"


def test_a_damaged_index_is_made_again_and_told_of(colours: Colours) -> None:
    colours.take_up("1")
    for file in (colours.catalogue.folder / "index" / "learned").rglob("*.faiss"):
        file.write_bytes(b"not an index")
    colours.learned = colours.new_learned()
    colours.learned.load()
    colours.publish()
    assert "damaged" in colours.learned.last_problem
    assert first_of(colours) == "BLUE"


def test_what_came_since_it_was_kept_is_found_at_the_next_opening(colours: Colours) -> None:
    colours.take_up("1")
    colours.add("NAVY", (20, 25, 200))
    colours.learned = colours.new_learned()
    colours.learned.load()
    colours.publish()
    assert "NAVY" in colours.found(*QUERY)[:2]


@pytest.mark.parametrize("is_absent", [True, False])
def test_a_version_that_is_gone_or_damaged_is_done_without(
    colours: Colours, *, is_absent: bool
) -> None:
    colours.take_up("1")
    if is_absent:
        del colours.files.held["1"]
    else:
        colours.files.damage("1")
    colours.learned = colours.new_learned()
    colours.learned.load()
    colours.publish()
    assert colours.learned.active == ""
    assert "does without" in colours.learned.last_problem
    assert first_of(colours) == "RED"


def test_a_version_of_another_model_is_refused_and_passed_over(colours: Colours) -> None:
    colours.files.put("9", seeing(BLUE, base_key="other model"))
    with pytest.raises(ModelUnavailable, match="another model"):
        colours.take_up("9")
    assert colours.learned.active == ""
    colours.catalogue.saved.set_setting(ACTIVE_SETTING, "9")
    colours.learned.load()
    assert (colours.learned.active, colours.learned.last_problem) == ("", "")


def test_a_catalogue_that_cannot_be_written_uses_it_in_memory(colours: Colours) -> None:
    colours.take_up("1")
    folder = colours.catalogue.folder
    shutil.rmtree(folder / "index" / "learned")
    colours.catalogue.close()
    catalogue = open_catalogue(folder, read_only=True)
    locked = Colours(catalogue, colours.folder, colours.files)
    locked.learned.load()
    locked.publish()
    assert first_of(locked) == "BLUE"
    assert not (folder / "index" / "learned").exists()
    locked.take_up("2")
    assert catalogue.saved.setting(ACTIVE_SETTING) == "1"
    catalogue.close()


def test_a_stored_picture_searches_as_its_file_does(colours: Colours) -> None:
    ids = colours.add("NAVY", (20, 25, 190))
    colours.take_up("1")
    stored = SearchRequest(QueryPicture("q", content_id=ids[0]))
    found = colours.search.search(stored, CancelToken())
    assert colours.skus(found) == colours.found(20, 25, 190)
    assert found.hits[0].score == pytest.approx(colours.results((20, 25, 190)).hits[0].score, 1e-3)


def test_more_like_moves_the_query_in_the_learned_space(colours: Colours) -> None:
    colours.take_up("1")
    red = colours.catalogue.products.find_by_sku("RED")
    assert red is not None
    assert colours.found(220, 30, 150)[0] == "BLUE"
    assert colours.found(220, 30, 150, more_like=(red.id,))[0] != "BLUE"


def test_the_category_is_guessed_from_the_vector_of_the_model_itself(colours: Colours) -> None:
    class Asked:
        vector: NDArray[np.float32] | None = None

        def predict(self, vector: NDArray[np.float32]) -> tuple[CategoryGuess, ...]:
            self.vector = vector
            return ()

    asked = Asked()
    colours.search.use_categories(asked)
    colours.take_up("1")
    colours.results(QUERY)
    np.testing.assert_allclose(asked.vector, vector_of(flat(*QUERY)), atol=1e-6)


def test_look_is_weighed_as_the_version_says_also_when_sliders_move(colours: Colours) -> None:
    colours.files.put("3", seeing(BLUE), Calibration((-1.0, 1.0), (-9.0, 4.0)))
    colours.take_up("3")
    found = colours.results(QUERY)
    # LOOK_ALONE has no prior and a trust of 1.
    assert found.hits[0].score == pytest.approx(1 / (1 + np.exp(-4)), abs=1e-2)
    colours.take_up("")
    later = colours.search.rerank(found, ChannelWeights(surface=1.0))
    assert [hit.score for hit in later.hits] == [hit.score for hit in found.hits]


def test_versions_are_compared_whatever_is_in_use(colours: Colours) -> None:
    colours.take_up("2")
    base, shown = colours.base(), colours.catalogue.pictures.content_map()
    request = SearchRequest(QueryPicture("q", rgb=flat(*QUERY)))

    def first(version: str) -> str:
        token = CancelToken()
        within = colours.learned.compared(version, base, shown, token)
        return colours.skus(colours.search.search(request, token, within=within))[0]

    assert [first(version) for version in ("", "1", "", "1")] == ["RED", "BLUE", "RED", "BLUE"]
    assert colours.learned.active == "2"
    with pytest.raises(ModelUnavailable):
        first("7")


def test_a_scorecard_measures_what_the_search_does(colours: Colours) -> None:
    # Alike in blue alone: only who sees that finds the other picture of the product.
    colours.add("PAIR", (250, 20, 120), (20, 250, 121))
    card = ScorecardService(colours.catalogue, colours.search, model_key=MODEL)

    def recall() -> float:
        colours.publish()
        *_, last = card.measure(CancelToken())
        assert last.scorecard is not None
        return last.scorecard.scores["fused"].recall_at_1

    assert recall() == 0
    colours.take_up("1")
    assert recall() == 1


def test_a_large_index_is_made_fast(colours: Colours) -> None:
    for number in range(40):
        colours.add(f"P{number}", (number * 6, 20, 100 + number))
    colours.learned = colours.new_learned(
        FaissIndexStore(colours.catalogue.folder / "index" / "learned", exact_limit=10)
    )
    colours.take_up("1")
    *_, last = colours.learned.optimise(CancelToken())
    assert last.snapshot is not None
    colours.publish()
    assert first_of(colours) == "BLUE"
    assert list(colours.learned.optimise(CancelToken())) == []


def test_indexes_of_removed_versions_are_deleted(colours: Colours) -> None:
    folder = colours.catalogue.folder / "index" / "learned"
    colours.take_up("1")
    colours.take_up("2")
    assert len(list(folder.iterdir())) == 2
    del colours.files.held["1"]
    (folder / "notes").mkdir()
    colours.take_up("2")
    assert {path.name for path in folder.iterdir()} > {"notes"}
    assert len(list(folder.iterdir())) == 2


def test_channels_left_out_of_the_fusion_stay_out() -> None:
    look = Calibration((0.0, 1.0), (-1.0, 1.0))
    assert with_look(LOOK_ALONE.only([Channel.COPY]), look).calibrations == {}
    assert with_look(LOOK_ALONE, look).calibrations[Channel.LOOK] is look
    assert with_look(LOOK_ALONE, None) is LOOK_ALONE
