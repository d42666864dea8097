from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from desktop_app.domain.container_classes import CONTAINER_CLASSES, ContainerClass
from desktop_app.domain.shapes import Part
from desktop_app.infra.rendering.designs.brief import Measure, Proportions
from desktop_app.infra.rendering.engine.gbuffer import seen
from desktop_app.infra.rendering.generator.dressing import Coat, Finish
from desktop_app.infra.rendering.generator.hand import hand_for
from desktop_app.infra.rendering.generator.looks import Shot, hand_held, packshot_of, studio
from desktop_app.infra.rendering.generator.outline import widths_mm
from desktop_app.infra.rendering.generator.profiles import distinct_recipes
from desktop_app.infra.rendering.generator.recipes import (
    Container,
    ContainerRecipe,
    make,
    measures,
    outline_of,
    random_recipe,
    restyled,
)
from desktop_app.infra.rendering.generator.variants import (
    LEAST_SHOWN,
    VariantKind,
    changed_measure,
    near_variant,
    outline_difference,
)
from desktop_app.infra.rendering.products import DESIGNS
from desktop_app.infra.rendering.studio import View, packshot_camera

SIZE = 48


def plain(container_class: ContainerClass, design: str, **proportions: float) -> ContainerRecipe:
    """A design as it is, but for these proportions."""
    return replace(
        random_recipe(container_class, 1, design=design),
        proportions=Proportions(ribbed=False, **proportions),
        scale=1.0,
        seed=5,
    )


def in_plastic(recipe: ContainerRecipe, colour: str) -> ContainerRecipe:
    coat = Coat(Finish.MATTE, colour)
    return replace(recipe, dressing=replace(recipe.dressing, body=coat, closure=coat))


def edges(recipe: ContainerRecipe, low: float, high: float) -> np.ndarray:
    """Left and right edges between two heights."""
    return widths_mm(make(recipe).model, np.linspace(low, high, 25))


LOOKS: tuple[Callable[[Container], Shot], ...] = (
    lambda container: packshot_of(container, size=SIZE),
    lambda container: studio(container, seed=6, size=SIZE),
    lambda container: hand_held(container, seed=6, size=SIZE),
)


@pytest.mark.parametrize("look", LOOKS)
def test_equal_recipes_and_seeds_give_equal_pictures_and_masks(
    look: Callable[[Container], Shot],
) -> None:
    first, again = (look(make(random_recipe(ContainerClass.PUMP, 4))) for _ in range(2))
    assert np.array_equal(first.rgb, again.rgb)
    assert np.array_equal(first.mask(), again.mask())
    assert np.array_equal(first.outline(), again.outline())
    assert first.jpeg_quality == again.jpeg_quality


def test_another_seed_gives_another_container_and_another_look() -> None:
    recipe = random_recipe(ContainerClass.JAR, 1)
    assert recipe != random_recipe(ContainerClass.JAR, 2)
    container = make(recipe)
    first, second = (hand_held(container, seed=seed, size=SIZE).rgb for seed in (1, 2))
    assert not np.array_equal(first, second)


def test_an_unknown_design_is_refused() -> None:
    with pytest.raises(KeyError):
        random_recipe(ContainerClass.JAR, 1, design="no such")


@pytest.mark.parametrize("container_class", CONTAINER_CLASSES)
def test_another_dressing_keeps_the_outline(container_class: ContainerClass) -> None:
    recipe = random_recipe(container_class, 9)
    outlines = [make(restyled(recipe, seed)).outline() for seed in (1, 2)]
    assert np.array_equal(outlines[0], outlines[1])
    assert np.array_equal(outlines[0], outline_of(recipe))


def test_another_dressing_is_of_another_brand_and_colour_than_all_it_is_told() -> None:
    first = random_recipe(ContainerClass.BOTTLE, 3)
    for seed in range(20):
        second = restyled(first, seed)
        third = restyled(first, seed + 100, unlike=(second.dressing,))
        brands = {each.dressing.brand for each in (first, second, third)}
        colours = {each.dressing.body.colour for each in (first, second, third)}
        assert len(brands) == len(colours) == 3


def test_a_studio_mask_is_what_depends_on_the_container() -> None:
    recipe = plain(ContainerClass.BOTTLE, "round")
    red, blue = (
        studio(make(in_plastic(recipe, colour)), seed=3, size=SIZE)
        for colour in ("b02020", "2020b0")
    )
    assert np.array_equal(red.mask(), blue.mask())
    differs = (red.rgb != blue.rgb).any(axis=2)
    assert not differs[red.mask() == 0].any()
    assert differs[red.mask() == 255].all()


def test_a_hand_hides_some_of_the_container_and_the_mask_leaves_that_out() -> None:
    container = make(plain(ContainerClass.BOTTLE, "cylinder"))
    shot = hand_held(container, seed=2, size=96)
    count = len(container.model.parts)
    owners = shot.rendered.owners
    seen_samples, hidden = (owners >= 0) & (owners < count), owners >= count
    assert seen_samples.any()
    assert hidden.any()
    whole = shot.mask().astype(float).sum() / 255
    assert whole == pytest.approx(seen_samples.sum() / 4, rel=0.02)


def test_closure_and_body_make_up_the_container() -> None:
    for container_class in (ContainerClass.DROPPER, ContainerClass.JAR, ContainerClass.PUMP):
        shot = packshot_of(make(random_recipe(container_class, 6)), size=SIZE)
        closure, body = shot.mask_of(Part.CLOSURE), shot.mask_of(Part.BODY)
        assert closure.any()
        assert body.any()
        assert np.abs(closure.astype(int) + body - shot.mask()).max() <= 1
        assert np.flatnonzero(closure.any(axis=1))[0] < np.flatnonzero(body.any(axis=1))[0]
        assert not shot.mask_of(Part.NECK).any()


def test_the_outline_has_the_extent_of_the_model_and_stands_on_the_floor() -> None:
    container = make(plain(ContainerClass.SHARP_CLOSURE, "cone"))
    outline, points = container.outline(), container.model.points()
    assert np.ptp(outline, axis=0) == pytest.approx(np.ptp(points[:, :2], axis=0), abs=0.6)
    assert outline[:, 1].max() == 0.0
    assert outline[:, 0].max() == pytest.approx(-outline[:, 0].min(), abs=0.01)


def test_a_lid_with_a_gap_below_it_belongs_to_the_outline() -> None:
    container = make(plain(ContainerClass.POWDER, "closed"))
    height = float(np.ptp(container.model.points()[:, 1]))
    assert np.ptp(container.outline()[:, 1]) == pytest.approx(height, abs=0.8)


def test_a_wider_neck_changes_nothing_below_the_shoulder() -> None:
    recipe = plain(ContainerClass.BOTTLE, "round")
    wider = near_variant(recipe, VariantKind.NECK)
    assert changed_measure(recipe, wider) is Measure.NECK_WIDTH
    assert wider.proportions.neck_width == pytest.approx(1.05)
    assert np.array_equal(edges(recipe, 1.0, 56.0), edges(wider, 1.0, 56.0), equal_nan=True)
    before, after = edges(recipe, 84.0, 90.0), edges(wider, 84.0, 90.0)
    # The cap goes with the neck, whose radius is 9.5 mm.
    assert np.median(np.abs(after) - np.abs(before)) == pytest.approx(0.05 * 9.5, abs=0.2)


def test_a_higher_closure_changes_nothing_below_it() -> None:
    recipe = plain(ContainerClass.PUMP, "lotion")
    higher = near_variant(recipe, VariantKind.CAP)
    assert changed_measure(recipe, higher) is Measure.CLOSURE_HEIGHT
    top = [float(make(each).model.points()[:, 1].max()) for each in (recipe, higher)]
    assert top[1] > top[0] + 1.0
    shoulder = 0.62 * top[0]
    unchanged = np.abs(edges(recipe, 1.0, shoulder) - edges(higher, 1.0, shoulder))
    assert np.nanmax(unchanged) < 0.35


def test_another_shoulder_changes_neither_the_closure_nor_the_lower_body() -> None:
    recipe = plain(ContainerClass.DROPPER, "squat")
    other = near_variant(recipe, VariantKind.SHOULDER)
    assert changed_measure(recipe, other) in (Measure.SHOULDER_ROUND, Measure.SHOULDER_RISE)
    same = plain(ContainerClass.DROPPER, "squat", shoulder_round=0.4)
    assert np.array_equal(edges(recipe, 1.0, 24.0), edges(same, 1.0, 24.0), equal_nan=True)
    assert np.array_equal(edges(recipe, 50.0, 70.0), edges(same, 50.0, 70.0), equal_nan=True)
    assert outline_difference(outline_of(recipe), outline_of(same)) > LEAST_SHOWN


@pytest.mark.parametrize("number", range(1, len(CONTAINER_CLASSES), 2))
def test_near_variants_of_any_class_differ_in_one_measure(number: int) -> None:
    recipe = random_recipe(CONTAINER_CLASSES[number], 5)
    kind = tuple(VariantKind)[number % len(VariantKind)]
    variant = near_variant(recipe, kind)
    assert changed_measure(recipe, variant) is not None
    assert variant.dressing == recipe.dressing
    difference = outline_difference(outline_of(recipe), outline_of(variant))
    assert 0.0 < difference < 0.2


def test_every_design_can_be_changed_in_several_measures() -> None:
    for container_class in CONTAINER_CLASSES:
        for design in DESIGNS[container_class]:
            asked = measures(container_class, design)
            assert len(asked) >= 2, (container_class, design)


def test_outlines_that_are_equal_do_not_differ() -> None:
    outline = outline_of(random_recipe(ContainerClass.STICK, 2))
    assert outline_difference(outline, outline) == 0.0
    assert outline_difference(outline, outline * 2.0) < 0.01


def test_drawn_shapes_are_told_apart_and_a_shorter_run_is_a_prefix() -> None:
    drawn = list(distinct_recipes(7, 3))
    assert [recipe for recipe, _ in distinct_recipes(4, 3)] == [recipe for recipe, _ in drawn[:4]]
    for k, (_, outline) in enumerate(drawn):
        for _, other in drawn[:k]:
            assert outline_difference(outline, other) > 0.03


def test_a_hand_leaves_most_of_every_kind_of_container_in_sight() -> None:
    for container_class in (
        ContainerClass.STICK,
        ContainerClass.COMPACT,
        ContainerClass.GENERAL_CLOSURE,
    ):
        container = make(random_recipe(container_class, 2))
        shot = hand_held(container, seed=3, size=SIZE)
        count = len(container.model.parts)
        assert (shot.rendered.owners >= count).any()
        assert shot.mask().mean() / 255 > 0.03


def test_reversed_parts_of_a_hand_still_face_outwards() -> None:
    container = make(plain(ContainerClass.BOTTLE, "round"))
    camera = packshot_camera(container.model, View("front", 0.0, 7.0))
    for seed in range(4):
        parts = hand_for(container.model, np.random.default_rng(seed), is_flat=False)
        surface = seen([(part.mesh, part.pose) for part in parts], camera, size=32)
        assert np.einsum("ij,ij->i", surface.normals, surface.views).mean() < -0.3
