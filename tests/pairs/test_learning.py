"""Learning what likeness is worth, and the pictures it is learned from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.evidence import CHANNELS
from desktop_app.infra.training.fit_pairs import (
    LearnedPair,
    fit_stages,
    weights_of,
    write_stages,
)
from desktop_app.infra.training.pair_sets import (
    KnownPicture,
    PairMaterial,
    Relation,
    known_pictures,
)
from desktop_app.infra.training.printed_packs import PackMaker
from desktop_app.infra.training.shop_copies import content_of, edited, recoloured, shop_copy
from desktop_app.infra.vision.opencv import cv
from desktop_app.infra.vision.pairs.difference import Difference
from desktop_app.infra.vision.pairs.measuring import Measured
from desktop_app.infra.vision.pairs.weighing import (
    WEIGHTS_FILE,
    Stage,
    load_weights,
)
from tests.pairs.drawn import pack


def lying(worst: float, edges: float, rng: np.random.Generator) -> Measured:
    noise = float(rng.uniform(0.9, 1.1))
    differs = Difference(
        worst * noise, worst * noise, worst / 4, worst / 4, edges, edges, 1.0, 0.1, 160
    )
    scores = np.full(len(CHANNELS), np.nan)
    scores[1] = 0.9
    return Measured(scores, differs)


def afar(look: float, rng: np.random.Generator) -> Measured:
    return Measured(np.array([0.0, look + rng.normal(0, 0.02), look, np.nan, look]))


@pytest.fixture(scope="module")
def pairs() -> list[LearnedPair]:
    rng = np.random.default_rng(0)
    learned = []
    for _ in range(60):
        learned += [
            LearnedPair(lying(0.5, 0.98, rng), Relation.COPY),
            LearnedPair(lying(8.0, 0.9, rng), Relation.VARIANT),
            LearnedPair(lying(12.0, 0.2, rng), Relation.OTHER),
            LearnedPair(afar(0.9, rng), Relation.VIEW),
            LearnedPair(afar(0.7, rng), Relation.VARIANT),
            LearnedPair(afar(0.3, rng), Relation.OTHER),
        ]
    return learned


def test_copies_versions_and_strangers_are_told_apart(pairs: list[LearnedPair]) -> None:
    weights = weights_of(fit_stages(pairs))
    rng = np.random.default_rng(1)
    chances = []
    for worst, edges in ((0.5, 0.98), (8.0, 0.9), (12.0, 0.2)):
        found = lying(worst, edges, rng)
        assert found.differs is not None
        chances.append(weights.of_laid(found.differs, 0.0, found.scores))
    copy, version, stranger = chances
    assert copy[0] > 0.9
    assert version[1] > 0.8 > version[0]
    assert sum(stranger) < 0.3
    assert weights.of_apart(afar(0.9, rng).scores)[0] > 0.6
    assert sum(weights.of_apart(afar(0.3, rng).scores)) < 0.3


def test_weights_are_never_negative_and_learned_alike_twice(pairs: list[LearnedPair]) -> None:
    stages = fit_stages(pairs)
    assert all(min(stage.weights) >= 0 for stage in stages.values())
    assert fit_stages(pairs) == stages


def test_what_was_learned_is_read_again(pairs: list[LearnedPair], tmp_path: Path) -> None:
    stages = fit_stages(pairs)
    write_stages(stages, {"recipe": "drawn"}, tmp_path / WEIGHTS_FILE)
    read = load_weights(tmp_path)
    assert isinstance(read.same_laid, Stage)
    assert read.same_laid.weights == pytest.approx(stages["same_laid"].weights, abs=1e-3)
    assert read.card["recipe"] == "drawn"


def test_nothing_to_tell_apart_is_refused(pairs: list[LearnedPair]) -> None:
    with pytest.raises(ValueError, match="tell apart"):
        fit_stages([pair for pair in pairs if pair.relation is Relation.COPY] * 2)


def test_a_shop_copy_is_another_file_of_the_same_picture() -> None:
    sizes = set()
    for seed in range(30):
        copy = shop_copy(pack(1), np.random.default_rng(seed), least_side=60)
        assert copy.ndim == 3
        assert copy.dtype == np.uint8
        assert max(copy.shape[:2]) >= 40
        sizes.add(copy.shape[:2])
    assert len(sizes) > 20
    again = shop_copy(pack(1), np.random.default_rng(5))
    np.testing.assert_array_equal(again, shop_copy(pack(1), np.random.default_rng(5)))


@pytest.mark.parametrize("seed", range(12))
def test_versions_differ_where_it_can_be_seen_and_nowhere_else(seed: int) -> None:
    rgb = pack(2)
    where = content_of(rgb)
    for version in (
        recoloured(rgb, where, np.random.default_rng(seed)),
        edited(rgb, where, np.random.default_rng(seed), ()),
    ):
        apart = cv.absdiff(version, rgb).max(axis=2)
        assert (apart > 9).sum() >= 24
        assert (apart[:20] == 0).all()
        assert version.shape == rgb.shape


def test_relations_follow_from_models_products_and_views() -> None:
    rgb = pack(1)
    first = KnownPicture(rgb, "m", "p", 0, "drawn")
    assert first.relation(KnownPicture(rgb, "m", "p", 0, "drawn")) is Relation.COPY
    assert first.relation(KnownPicture(rgb, "m", "p", 1, "drawn")) is Relation.VIEW
    assert first.relation(KnownPicture(rgb, "m", "q", 0, "drawn")) is Relation.VARIANT
    assert first.relation(KnownPicture(rgb, "n", "p", 0, "drawn")) is Relation.OTHER


def test_every_kind_of_material_gives_copies_and_versions() -> None:
    photos = [pack(seed, side=240) for seed in range(4)]
    cutout = np.dstack([pack(1, side=240), content_of(pack(1, side=240))])
    material = PairMaterial(PackMaker(photos, ()), [[cutout, cutout]], [photos[:2]], photos)
    known = list(known_pictures(material, per_source=3, seed=0))
    assert {picture.source for picture in known} == {"pack", "container", "shelf", "photo", "plain"}
    relations = {one.relation(other) for one in known for other in known if one is not other}
    assert relations == set(Relation)
