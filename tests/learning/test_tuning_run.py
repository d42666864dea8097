"""Tuning a network: what is learned, what is kept, and that a run goes on to the same end."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from desktop_app.domain.errors import ModelUnavailable, StorageFull
from desktop_app.domain.metric_learning import LabelledPictures, Loss, Recipe
from desktop_app.domain.model_cards import Pooling
from desktop_app.infra import whole_files
from desktop_app.infra.metric_learning.tuning import principal_axes
from desktop_app.infra.metric_learning.tuning_files import PlateStore
from desktop_app.infra.metric_learning.tuning_looks import Stopped
from desktop_app.infra.metric_learning.tuning_network import TunedNetwork, late_parameters
from desktop_app.infra.metric_learning.tuning_run import TuningReport, TuningRun
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, read_card
from desktop_app.infra.vision.devices import best_device, has_quick_bf16
from desktop_app.infra.vision.network import load_network
from desktop_app.infra.vision.weights import read_tensors
from tests.learning.tuning_world import (
    CARD,
    RECIPE,
    SIDE,
    labelled,
    picture_of,
    random_weights,  # noqa: F401 - a fixture
)

SHIPPED = Path(__file__).resolve().parents[2] / "models" / "efficientnet-lite2-products"
TAUGHT, VALIDATION = labelled(range(1, 9)), labelled(range(9, 13))


def always() -> bool:
    return True


class After:
    """Says go on so many times, and then no more."""

    def __init__(self, count: int) -> None:
        self.left = count

    def __call__(self) -> bool:
        self.left -= 1
        return self.left >= 0


@pytest.fixture
def plates(tmp_path: Path) -> PlateStore:
    store = PlateStore(tmp_path / "run")
    for content_id in [*TAUGHT.content_ids.tolist(), *VALIDATION.content_ids.tolist()]:
        image = picture_of(content_id)
        assert image is not None
        store.put(content_id, image, side=SIDE)
    return store


Begin = Callable[..., TuningRun]


@pytest.fixture
def begin(tmp_path: Path, plates: PlateStore, tiny_weights: dict[str, Any]) -> Begin:
    def make(
        recipe: Recipe = RECIPE,
        *,
        taught: LabelledPictures = TAUGHT,
        name: str = "a",
        every_s: float = 1e9,
        **options: Any,
    ) -> TuningRun:
        torch.set_num_threads(1)
        network = TunedNetwork(CARD, tiny_weights, stages=recipe.stages, threads=1, **options)
        return TuningRun(
            network,
            recipe,
            taught,
            VALIDATION,
            plate=plates.get,
            checkpoint=tmp_path / name / "checkpoint.safetensors",
            fingerprint="same",
            checkpoint_every_s=every_s,
        )

    return make


def reports(run: TuningRun, go_on: Callable[[], bool] = always) -> list[TuningReport]:
    return list(run.run(go_on))


def weights_of(run: TuningRun) -> dict[str, torch.Tensor]:
    return run._network.weights()


def test_pictures_of_a_product_come_together_and_the_curve_tells(begin: Begin) -> None:
    run = begin(dataclasses.replace(RECIPE, most_epochs=12))
    curve = [report.point for report in reports(run) if report.point is not None]
    score = run.settle(always)
    assert curve[0].epoch == 0
    assert curve[-1].epoch == 12
    assert curve[-1].loss < curve[0].loss
    assert score >= run.first_score
    assert all(0 <= point.recall_at_1 <= 1 for point in curve)


def test_what_is_left_is_told_once_there_is_a_pace(begin: Begin) -> None:
    recipe = dataclasses.replace(RECIPE, most_epochs=12, patience=1_000)
    told = reports(begin(recipe))
    assert told[0].point is not None
    assert told[0].left_s is None
    known = [report.left_s for report in told if report.left_s is not None]
    assert len(known) >= len(told) - 4
    assert min(known) >= 0
    assert known[-1] == 0
    # At most what the recipe leaves.
    some = reports(begin(dataclasses.replace(recipe, most_s=1e-6, most_epochs=1_000), name="b"))
    assert all(report.left_s in {None, 0.0} for report in some)


def test_stopped_anywhere_a_run_goes_on_to_the_same_end(begin: Begin) -> None:
    whole = begin(name="whole")
    recalls = [report.point.recall_at_1 for report in reports(whole) if report.point is not None]
    whole.settle(always)
    for stop_after in (5, 12):
        name = f"stopped-{stop_after}"
        assert reports(begin(name=name), After(stop_after))[-1].is_saved
        again = begin(name=name)
        found = reports(again)
        assert found[0].done > 0
        curve = [report.point for report in found if report.point is not None]
        assert [point.recall_at_1 for point in curve] == recalls
        again.settle(always)
        assert again.step == whole.step
        for tensor_name, tensor in weights_of(whole).items():
            assert torch.equal(tensor, weights_of(again)[tensor_name]), tensor_name


def test_a_run_stopped_before_its_first_look_has_nothing_to_keep(
    begin: Begin, tmp_path: Path
) -> None:
    assert reports(begin(), After(0)) == []
    assert not (tmp_path / "a" / "checkpoint.safetensors").exists()


def test_it_ends_early_where_nothing_is_gained_and_keeps_what_it_started_from(
    begin: Begin,
    tiny_weights: dict[str, Any],
) -> None:
    run = begin(dataclasses.replace(RECIPE, rate=0.0, patience=2, most_epochs=20))
    assert reports(run)[-1].done < 1.0
    run.settle(always)
    kept = weights_of(run)
    assert all(
        torch.allclose(kept[n].float(), t.float(), atol=1e-3) for n, t in tiny_weights.items()
    )


def test_a_damaged_checkpoint_means_starting_anew(begin: Begin, tmp_path: Path) -> None:
    reports(begin(), After(6))
    file = tmp_path / "a" / "checkpoint.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    run = begin()
    assert reports(run)[0].done == 0.0
    assert run.is_finished


def test_a_checkpoint_of_another_run_is_not_taken(begin: Begin) -> None:
    reports(begin(), After(6))
    other = begin()
    other._checkpoint._fingerprint = "another"
    assert reports(other, After(6))[0].done == 0.0


def test_a_full_disk_is_told_and_the_checkpoint_before_it_stays(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports(begin(), After(6))
    run = begin(every_s=0.0)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(whole_files.os, "fsync", full)
        with pytest.raises(StorageFull):
            reports(run)
    assert reports(begin(), After(3))[0].done > 0


def test_activations_of_a_chunk_at_a_time_give_the_slopes_of_the_whole_batch(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    slopes = []
    for chunk in (64, 3):
        monkeypatch.setattr(
            "desktop_app.infra.metric_learning.tuning_network.CHUNK", chunk, raising=True
        )
        monkeypatch.setattr(
            "desktop_app.infra.metric_learning.tuning_network.has_quick_bf16",
            lambda *_: False,
        )
        run = begin()
        run._slope(run._next_draw())
        slopes.append({n: p.grad for n, p in run._tuned.items() if p.grad is not None})
    assert slopes[0].keys() == slopes[1].keys()
    for name, slope in slopes[0].items():
        assert torch.allclose(slope, slopes[1][name], rtol=1e-3, atol=1e-6), name


def test_columns_teach_the_attribute_branch_too(begin: Begin) -> None:
    taught = labelled(range(1, 9), columns={"brand": lambda n: n % 3, "kind": lambda n: n % 2})
    recipe = dataclasses.replace(
        RECIPE, loss=Loss.GRANULARITY, attribute_weight=1.0, softmax_weight=0.5
    )
    run = begin(recipe, taught=taught, n_attributes=6)
    before = run._start["attributes.weight"].clone()
    curve = [report.point for report in reports(run) if report.point is not None]
    assert curve[-1].loss < curve[0].loss
    assert not torch.equal(before, run._tuned["attributes.weight"])
    assert not any("attributes" in name or "objective" in name for name in weights_of(run))


def test_shorter_vectors_start_from_the_axes_the_old_ones_spread_along(
    begin: Begin,
    tiny_weights: dict[str, Any],
) -> None:
    axes = principal_axes(TAUGHT.vectors, 16)
    run = begin(dataclasses.replace(RECIPE, dimension=16), dimension=16, projection=axes)
    pixels = np.random.default_rng(0).integers(0, 255, (3, SIDE, SIDE, 3)).astype(np.uint8)
    made = run._network.embed(pixels)
    with torch.no_grad():
        whole = load_network(CARD, tiny_weights)(torch.from_numpy(pixels)).numpy()
    expected = whole @ axes.T
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.abs((made * expected).sum(1) - 1).max() < 1e-2
    reports(run, After(8))
    card = run._network.card
    assert (card.dimension, card.projected) == (16, True)
    assert load_network(card, weights_of(run)).projection is not None


def test_vectors_of_a_head_are_not_shortened(tiny_weights: dict[str, Any]) -> None:
    with pytest.raises(ModelUnavailable, match="shorter"):
        TunedNetwork(dataclasses.replace(CARD, head_size=256), tiny_weights, stages=0, dimension=16)


def test_the_last_stages_are_those_after_which_nothing_else_comes(
    tiny_weights: dict[str, Any],
) -> None:
    backbone = load_network(CARD, tiny_weights).backbone
    late = late_parameters(backbone, 2)
    assert any(name.startswith("conv_head") for name in late)
    assert not any(name.startswith(("conv_stem", "blocks.0")) for name in late)
    assert late < late_parameters(backbone, 0) == {n for n, _ in backbone.named_parameters()}


def test_a_root_has_a_slope_where_a_feature_never_fires(tiny_weights: dict[str, Any]) -> None:
    card = dataclasses.replace(CARD, pooling=Pooling.SQRT_AVERAGE)
    network = TunedNetwork(card, tiny_weights, stages=0, threads=1)
    black = np.zeros((2, SIDE, SIDE, 3), np.uint8)
    network.branch(network.pooled(network.early(black))).vectors.sum().backward()
    assert all(bool(torch.isfinite(p.grad).all()) for p in network.tuned().values())


@pytest.mark.slow
def test_the_shipped_network_is_tuned_in_two_halves() -> None:
    card = read_card(SHIPPED)
    network = TunedNetwork(card, read_tensors(SHIPPED / WEIGHTS_FILE), stages=3, threads=1)
    pixels = np.random.default_rng(0).integers(0, 255, (2, 12, 12, 3)).astype(np.uint8)
    pixels = pixels.repeat(8, axis=1).repeat(8, axis=2)
    with torch.no_grad():
        whole = load_network(card, read_tensors(SHIPPED / WEIGHTS_FILE))(torch.from_numpy(pixels))
    expected = torch.nn.functional.normalize(whole, dim=1).numpy()
    assert (network.embed(pixels) * expected).sum(1).min() > 0.99
    names = network.tuned().keys()
    assert "network.projection.weight" in names
    assert not any(name.startswith("network.backbone.blocks.3.") for name in names)
    assert network.chunk > 12


class FakeTorch:
    """A torch that sees these devices."""

    class _Cuda:
        def __init__(self, there: bool) -> None:
            self._there = there

        def is_available(self) -> bool:
            return self._there

        def is_bf16_supported(self) -> bool:
            return self._there

    class _Backends:
        def __init__(self, there: bool) -> None:
            self.mps = FakeTorch._Cuda(there)

    class _Cpu:
        @staticmethod
        def _is_amx_tile_supported() -> bool:
            return False

        @staticmethod
        def _is_avx512_bf16_supported() -> bool:
            return False

    def __init__(self, *, cuda: bool, mps: bool) -> None:
        self.cuda, self.backends, self.cpu = self._Cuda(cuda), self._Backends(mps), self._Cpu()


@pytest.mark.parametrize(
    ("cuda", "mps", "device"),
    [(True, False, "cuda"), (True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_a_gpu_is_used_where_there_is_one(cuda: bool, mps: bool, device: str) -> None:
    there = FakeTorch(cuda=cuda, mps=mps)
    assert best_device(there) == device
    assert has_quick_bf16(device, there) == (device == "cuda")


def test_a_stop_during_a_look_is_not_a_look(begin: Begin) -> None:
    run = begin()
    with pytest.raises(Stopped):
        run._looks.score(After(1))
