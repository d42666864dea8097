"""Tuning a network: it learns, can be stopped and gone on with, and is measured on what it has
not seen."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from desktop_app.infra.training.held_out import append_row, measure, nearest
from desktop_app.infra.training.product_views import Batch
from desktop_app.infra.training.training_shelves import HeldOut, Sources, gather
from desktop_app.infra.training.tune_backbone import Run
from desktop_app.infra.vision.card_files import WEIGHTS_FILE
from desktop_app.infra.vision.opencv import cv2
from desktop_app.infra.vision.weights import read_tensors

SHIPPED = Path(__file__).resolve().parents[2] / "models" / "efficientnet-lite2-imagenet"
NONE = np.empty(0, np.int64)


@pytest.fixture
def batch() -> Batch:
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 255, (8, 6, 6, 3)).astype(np.uint8)
    pixels = coarse.repeat(11, axis=1).repeat(11, axis=2)
    return Batch(pixels, np.tile(np.arange(4), 2), np.full(8, -1))


def test_the_loss_falls_and_a_resumed_run_goes_on_where_it_stopped(
    tmp_path: Path, batch: Batch
) -> None:
    run = Run(tmp_path / "run", SHIPPED, threads=1)
    losses = [run.learn(batch, done=0.1) for _ in range(3)]
    assert losses[-1] < losses[0]
    run.elapsed = 30.0
    run.save()
    again = Run(tmp_path / "run", SHIPPED, threads=1)
    again.resume()
    assert (again.step, again.elapsed) == (3, 30.0)
    assert np.allclose(again.embed(batch.pixels), run.embed(batch.pixels), atol=1e-3)
    assert again.learn(batch, done=0.1) == pytest.approx(run.learn(batch, done=0.1), rel=0.02)


def test_only_better_weights_are_kept_and_they_fit_the_shipped_ones(
    tmp_path: Path, batch: Batch
) -> None:
    run = Run(tmp_path, SHIPPED, threads=1)
    run.learn(batch, done=0.1)
    held_out = [HeldOut("things", batch.pixels[:4], batch.pixels[:4], NONE)]
    assert run.keep_best(measure(run.embed, held_out))
    kept = read_tensors(tmp_path / "best.safetensors")
    shipped = read_tensors(SHIPPED / WEIGHTS_FILE)
    assert {name: tensor.shape for name, tensor in kept.items()} == {
        name: tensor.shape for name, tensor in shipped.items()
    }
    assert not run.keep_best(measure(run.embed, held_out))


def test_recall_is_counted_among_the_things_of_all_sorts(tmp_path: Path) -> None:
    def embed(pixels: np.ndarray) -> np.ndarray:
        return np.eye(8, dtype=np.float32)[pixels[:, 0, 0, 0]]

    def pictures(*numbers: int) -> np.ndarray:
        return np.array(numbers, np.uint8).reshape(-1, 1, 1, 1).repeat(3, axis=3)

    found = measure(
        embed,
        [
            HeldOut("a", pictures(0, 1, 2), pictures(0, 1, 2), np.array([0, 0, 0])),
            HeldOut("b", pictures(3, 0), pictures(3, 4), NONE),
        ],
    )
    assert found.recall_at_1 == {"a": 1.0, "b": 0.5}
    assert found.mean_recall == 0.75
    assert found.category_precision_at_10 == 1.0
    for step in (0, 1):
        append_row(tmp_path / "curve.csv", {"step": str(step)}, found)
    with (tmp_path / "curve.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["0", "1"]
    assert rows[0]["recall_at_1"] == "0.7500"


def test_the_nearest_others_come_in_order_of_nearness() -> None:
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1]], np.float32)
    assert nearest(vectors, count=5).tolist() == [[1, 2], [0, 2], [1, 0]]


def test_held_out_things_are_never_trained_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop_app.infra.training import training_shelves

    monkeypatch.setattr(training_shelves, "HELD_OUT_GARMENTS", 3)
    monkeypatch.setattr(training_shelves, "_HELD_OUT_LAYOUTS", 2)
    rng = np.random.default_rng(2)
    rows = ["path,sku,category,role,source"]
    for k in range(12):
        name, of = f"{k}.png", ("Grocery" if k > 7 else "garments")
        picture = rng.integers(0, 255, (5, 5, 3)).astype(np.uint8).repeat(8, 0).repeat(8, 1)
        cv2.imwrite(str(tmp_path / name), picture)
        category = "Packages" if k > 9 else "Fruit"
        rows.append(f"{name},{'carton' if k > 9 else 'apple'},{category},train,{of}")
    (tmp_path / "manifest.csv").write_text("\n".join(rows), encoding="utf-8")
    sources = Sources((tmp_path / "manifest.csv",), None, None, None)
    material = gather(sources, seed=0, layouts=2, side=48)
    shelves = {shelf.name: shelf.things for shelf in material.shelves}
    assert [len(shelves[name]) for name in ("garments", "groceries", "packs")] == [5, 3, 6]
    held = {of.name: of for of in material.held_out}
    assert len(held["garments"].queries) == 3
    trained = {thing.photos[0].tobytes() for thing in shelves["garments"]}
    assert len(trained) == 5
    assert {picture.tobytes() for picture in material.clutter} >= trained
    assert len(material.clutter) == 9
    carton = next(thing for thing in shelves["groceries"] if not thing.is_kind)
    assert len(carton.photos) == 2
    again = gather(sources, seed=7, layouts=2, side=48)
    assert np.array_equal(again.held_out[1].queries, material.held_out[1].queries)
    assert not np.array_equal(
        again.shelves[2].things[0].looks[0], material.shelves[2].things[0].looks[0]
    )
