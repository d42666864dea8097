from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.infra.rendering.designs.lettering import Lettering
from desktop_app.infra.rendering.designs.styles import STYLES
from desktop_app.infra.rendering.photo import photo
from desktop_app.infra.rendering.products import DESIGNS, ProductSpec, assemble, random_spec, views
from desktop_app.infra.rendering.studio import packshot

ALL_DESIGNS = [(category, design) for category in ContainerClass for design in DESIGNS[category]]


def spec_of(category: ContainerClass, design: str, seed: int = 3) -> ProductSpec:
    return replace(random_spec(category, seed), design=design)


def test_there_are_fifteen_categories_with_several_designs_each() -> None:
    assert len(ContainerClass) == 15
    assert all(len(DESIGNS[category]) >= 4 for category in ContainerClass)


@pytest.mark.parametrize(("category", "design"), ALL_DESIGNS)
def test_every_design_stands_on_the_floor_in_a_sensible_size(
    category: ContainerClass, design: str
) -> None:
    product = assemble(spec_of(category, design))
    points = product.model.points()
    assert np.isfinite(points).all()
    assert points[:, 1].min() == pytest.approx(0.0, abs=1.5)
    assert 5.0 < product.height_mm < 220.0
    assert 4.0 < product.diameter_mm < 160.0
    assert product.volume_ml is None or 1 <= product.volume_ml <= 500
    assert product.noun
    assert product.material


@pytest.mark.parametrize("category", list(ContainerClass))
def test_a_packshot_shows_the_product_whole_in_the_middle(category: ContainerClass) -> None:
    product = assemble(random_spec(category, 11))
    for view in views(product.spec):
        picture = packshot(product.model, view, size=64)
        assert picture.rgb.shape == (64, 64, 3)
        covered = picture.mask > 0
        assert not covered[[0, -1]].any()
        assert not covered[:, [0, -1]].any()
        assert 0.02 < covered.mean() < 0.75
        rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
        assert (rows[0] + rows[-1]) / 2 == pytest.approx(31.5, abs=2.5)
        assert (columns[0] + columns[-1]) / 2 == pytest.approx(31.5, abs=2.5)
        assert np.ptp(picture.rgb[covered].astype(int).mean(axis=1)) > 20


def test_equal_specifications_give_equal_pictures() -> None:
    spec = random_spec(ContainerClass.DROPPER, 5)
    first, second = (packshot(assemble(spec).model, views(spec)[0], size=48) for _ in range(2))
    assert np.array_equal(first.rgb, second.rgb)
    assert np.array_equal(first.mask, second.mask)


def test_the_seed_varies_the_shape() -> None:
    spec = spec_of(ContainerClass.BOTTLE, "cylinder")
    heights = {assemble(replace(spec, seed=seed)).height_mm for seed in range(6)}
    assert len(heights) > 3


def test_colour_changes_the_picture_and_not_the_mask() -> None:
    spec = replace(spec_of(ContainerClass.JAR, "low"), brand="Jundalise", colourway="Coral")
    coral, lilac = (
        packshot(assemble(replace(spec, colourway=way)).model, views(spec)[0], size=48)
        for way in ("Coral", "Lilac")
    )
    assert np.array_equal(coral.mask, lilac.mask)
    assert not np.array_equal(coral.rgb, lilac.rgb)


def test_scale_grows_every_length() -> None:
    spec = spec_of(ContainerClass.BOTTLE, "oval")
    small, large = (assemble(replace(spec, scale=scale)) for scale in (0.8, 1.2))
    assert large.height_mm > 1.3 * small.height_mm
    assert large.diameter_mm == pytest.approx(1.5 * small.diameter_mm, rel=0.02)
    assert (large.volume_ml or 0) > 2 * (small.volume_ml or 0)


def test_an_unknown_colourway_is_refused() -> None:
    with pytest.raises(KeyError):
        assemble(replace(random_spec(ContainerClass.JAR, 1), colourway="No such"))


def test_every_colourway_dresses_a_bottle() -> None:
    for style in STYLES.values():
        for way in style.colourways:
            spec = ProductSpec(ContainerClass.BOTTLE, "round", style.brand, way.name, "Toner")
            body = assemble(spec).model.parts[-1]
            assert body.decals
            assert body.decals[0].texture[:, :, 3].max() > 0.9


def test_a_photo_is_upright_repeatable_and_different_for_every_seed() -> None:
    model = assemble(random_spec(ContainerClass.JAR, 2)).model
    clutter = [assemble(random_spec(ContainerClass.STICK, 2)).model]
    first, again = (photo(model, clutter, seed=4, size=64) for _ in range(2))
    other = photo(model, clutter, seed=5, size=64)
    assert first.shape == (64, 48, 3)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_lettering_is_trimmed_tracked_and_weighted() -> None:
    plain = Lettering().mask("Toner")
    assert plain[0].any()
    assert plain[-1].any()
    assert plain[:, 0].any()
    assert plain[:, -1].any()
    assert Lettering(tracking=0.3).mask("Toner").shape[1] > plain.shape[1]
    assert Lettering(weight=0.08).mask("Toner").mean() > plain.mean()
    assert Lettering().mask(" ").sum() == 0
