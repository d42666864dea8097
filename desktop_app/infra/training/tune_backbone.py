"""Tunes the look network to products: instance discrimination without labels.

    python -m desktop_app.infra.training.tune_backbone RUN_FOLDER \
        --photos MANIFEST ... --rendered FOLDER --cutouts FOLDER --minutes 60 [--resume]

Two views of each thing, as a shop shows it and as it is looked for, are positives; everything else
in the batch is a negative (see :func:`supervised_contrastive`). Part of every batch are things hard
to tell apart: packs of one layout in other prints, containers of one category, and the nearest
neighbours under the network as it is. The last three stages, the head and the projection are tuned
from the weights of ``--model`` in bf16 (see :mod:`split_network`), with AdamW, a warm-up and a
cosine of the minutes; an exponential average of the weights is what is kept.

To tell single things apart costs the network what it knows of kinds of things. The shop's views
are therefore held, by their cosine and with weight ``--anchor``, to where the weights started from
put them ("less-forgetting learning", Jung et al. 2016, with the cosine for distance).

Every few minutes recall on held-out things is added to ``curve.csv`` and a checkpoint is written;
``--resume`` goes on from it. The weights with the best mean recall are ``best.safetensors``.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from desktop_app.infra.metric_learning.losses_classes import supervised_contrastive
from desktop_app.infra.metric_learning.mining import of_one_kind
from desktop_app.infra.metric_learning.split_network import Tail, split
from desktop_app.infra.training.held_out import Measured, append_row, measure, nearest
from desktop_app.infra.training.product_views import Batch, draw_batch, on_paper
from desktop_app.infra.training.training_shelves import Material, Sources, gather
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, read_card
from desktop_app.infra.vision.network import load_network
from desktop_app.infra.vision.opencv import cv2
from desktop_app.infra.vision.weights import read_tensors, write_tensors

SIDES, SIDE_SHARES = (160, 192, 224), (0.55, 0.35, 0.10)
MEASURED_SIDE = 160
PEAK_RATE, WARM_UP = 1.5e-4, 0.04
AVERAGE_OVER = 60
"""Steps the exponential average of the weights looks back over."""
CHECKPOINT = "checkpoint.pt"


class _Stream(IterableDataset[Batch]):
    """Endless batches; every worker has its own seed."""

    def __init__(self, material: Material, *, pairs: int, seed: int) -> None:
        self._material, self._pairs, self._seed = material, pairs, seed

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        rng = np.random.default_rng([self._seed, 0 if worker is None else worker.id])
        while True:
            side = int(rng.choice(SIDES, p=SIDE_SHARES))
            shelves, clutter = self._material.shelves, self._material.clutter
            yield draw_batch(shelves, clutter, rng, pairs=self._pairs, side=side)


class Run:
    """One tuning run in a folder; see the module."""

    def __init__(self, folder: Path, model: Path, *, threads: int, anchor: float = 0.0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.step, self.elapsed, self.best = 0, 0.0, -1.0
        card = read_card(model)
        weights = read_tensors(model / WEIGHTS_FILE)
        self.network, self.trunk, self.tail = split(card, weights, threads=threads)
        self._anchor = anchor
        self._start = Tail(load_network(card, weights)).requires_grad_(False)
        self._tuned = self.tail.tuned()
        self._average = {name: p.detach().clone() for name, p in self._tuned.items()}
        self._optimiser = torch.optim.AdamW(self._tuned.values(), lr=PEAK_RATE, weight_decay=0.0)

    def learn(self, batch: Batch, *, done: float) -> float:
        """One step; ``done`` in [0, 1] is how much of the time has passed. Returns the loss."""
        warm = min(1.0, (done + 1e-3) / WARM_UP)
        for group in self._optimiser.param_groups:
            group["lr"] = PEAK_RATE * warm * (0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2)
        features = self.trunk(batch.pixels)
        vectors = self.tail(features)
        things, kinds = torch.from_numpy(batch.things), torch.from_numpy(batch.kinds)
        loss = supervised_contrastive(vectors, things, of_one_kind(things, kinds))
        if self._anchor > 0:
            half = len(vectors) // 2
            moved = 1 - (vectors[:half] * self._start(features[:half])).sum(1)
            loss = loss + self._anchor * moved.mean()
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._tuned.values(), 5.0)
        self._optimiser.step()
        self.step += 1
        keep = min(1 - 1 / AVERAGE_OVER, self.step / (self.step + 10))
        with torch.no_grad():
            for name, parameter in self._tuned.items():
                self._average[name].lerp_(parameter, 1 - keep)
        return float(loss.detach())

    def embed(self, pixels: np.ndarray) -> np.ndarray:
        """Unit vectors (n, d) under the averaged weights."""
        current = self._exchange(self._average)
        with torch.inference_mode():
            parts = [
                self.tail(self.trunk(pixels[start : start + 64])).numpy()
                for start in range(0, len(pixels), 64)
            ]
        self._exchange(current)
        return np.concatenate(parts)

    def put(self, weights: Mapping[str, Tensor]) -> None:
        """Embed by these weights of the whole network from now on, whose early stages are those
        started from. Raises RuntimeError where they do not fit."""
        self.network.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
        self._average = {name: p.detach().clone() for name, p in self._tuned.items()}

    def keep_best(self, measured: Measured) -> bool:
        """Write the averaged weights where they are the best so far."""
        if measured.mean_recall <= self.best:
            return False
        self.best = measured.mean_recall
        current = self._exchange(self._average)
        tensors = {name: tensor.half() for name, tensor in self.network.state_dict().items()}
        write_tensors(self.folder / "best.safetensors", tensors)
        self._exchange(current)
        return True

    def save(self) -> None:
        """Write the checkpoint atomically."""
        state = {
            "step": self.step,
            "elapsed": self.elapsed,
            "best": self.best,
            "tuned": {name: p.detach() for name, p in self._tuned.items()},
            "average": self._average,
            "optimiser": self._optimiser.state_dict(),
        }
        part = self.folder / (CHECKPOINT + ".part")
        torch.save(state, part)
        part.replace(self.folder / CHECKPOINT)

    def resume(self) -> None:
        """Go on from the checkpoint. Raises OSError where there is none."""
        state: dict[str, Any] = torch.load(self.folder / CHECKPOINT, weights_only=True)
        self.step, self.elapsed, self.best = state["step"], state["elapsed"], state["best"]
        self._exchange(state["tuned"])
        self._average = state["average"]
        self._optimiser.load_state_dict(state["optimiser"])

    def _exchange(self, values: dict[str, Tensor]) -> dict[str, Tensor]:
        """Put ``values`` into the network; returns what was there."""
        before = {name: p.detach().clone() for name, p in self._tuned.items()}
        with torch.no_grad():
            for name, parameter in self._tuned.items():
                parameter.copy_(values[name])
        return before


def with_neighbours(run: Run, material: Material, *, names: tuple[str, ...]) -> Material:
    """The material with the nearest neighbours of the things on the named shelves."""
    shelves = []
    for shelf in material.shelves:
        if shelf.name in names:
            shown = [thing.photos[0] if thing.photos else thing.looks[0] for thing in shelf.things]
            pixels = np.stack([on_paper(_opaque(picture), side=160) for picture in shown])
            shelf = replace(shelf, neighbours=nearest(run.embed(pixels), count=6))  # noqa: PLW2901
        shelves.append(shelf)
    return replace(material, shelves=tuple(shelves))


def _opaque(picture: np.ndarray) -> np.ndarray:
    """A picture on white."""
    if picture.shape[2] == 3:
        return picture
    share = picture[:, :, 3:].astype(np.float32) / 255
    return np.asarray(picture[:, :, :3] * share + 255 * (1 - share), np.uint8)


def tune(run: Run, material: Material, options: argparse.Namespace) -> None:
    """Train until the minutes are over, measuring and saving on the way."""
    curve = run.folder / "curve.csv"
    if run.step == 0:
        measured = measure(run.embed, material.held_out)
        append_row(curve, _place(run, math.nan), measured)
        print("start", measured, flush=True)
    total_s, mined_at = options.minutes * 60, run.elapsed
    while run.elapsed < total_s:
        if run.elapsed - mined_at > options.mine_every * 60:
            material = with_neighbours(run, material, names=("garments",))
            mined_at = run.elapsed
        stream = _Stream(material, pairs=options.pairs, seed=1000 + run.step)
        loader: DataLoader[Batch] = DataLoader(
            stream, batch_size=None, num_workers=options.workers, prefetch_factor=3
        )
        until = min(run.elapsed + options.measure_every * 60, total_s)
        losses, began = [], time.monotonic()
        before = run.elapsed
        for batch in loader:
            losses.append(run.learn(batch, done=run.elapsed / total_s))
            run.elapsed = before + time.monotonic() - began
            if len(losses) % 10 == 0:
                print(f"{run.elapsed / 60:.1f} min, step {run.step}, {np.mean(losses[-10:]):.3f}")
                sys.stdout.flush()
            if run.elapsed >= until:
                break
        measured = measure(run.embed, material.held_out)
        row = _place(run, float(np.mean(losses)))
        append_row(curve, row, measured)
        print(row, measured, "best" if run.keep_best(measured) else "", flush=True)
        run.save()


def _place(run: Run, loss: float) -> dict[str, str]:
    """How far a run has come, for its curve."""
    return {"minutes": f"{run.elapsed / 60:.1f}", "step": str(run.step), "loss": f"{loss:.4f}"}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, default=Path("models/efficientnet-lite2-imagenet"))
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="manifest files")
    parser.add_argument("--rendered", type=Path, help="made by rendered_cutouts")
    parser.add_argument("--cutouts", type=Path, help="further pictures with alpha")
    parser.add_argument("--fonts", type=Path, help="fonts beside those of the system")
    parser.add_argument("--minutes", type=float, default=60.0, help="of training, all pieces")
    parser.add_argument("--measure-every", type=float, default=5.0, help="minutes")
    parser.add_argument("--mine-every", type=float, default=20.0, help="minutes")
    parser.add_argument("--pairs", type=int, default=64)
    parser.add_argument("--anchor", type=float, default=3.0, help="weight of staying in place")
    parser.add_argument("--layouts", type=int, default=400, help="of packs, in three prints each")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    run = Run(options.folder, options.model, threads=options.threads, anchor=options.anchor)
    if options.resume:
        run.resume()
    sources = Sources(tuple(options.photos), options.rendered, options.cutouts, options.fonts)
    material = gather(sources, seed=run.step, layouts=options.layouts, side=MEASURED_SIDE)
    print({shelf.name: len(shelf.things) for shelf in material.shelves}, flush=True)
    tune(run, material, options)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
