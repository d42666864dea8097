"""Trains the shipped mask network to find products in pictures; resumable.

    python -m desktop_app.infra.training.rendered_looks LOOKS --photos PICTURES [PICTURES ...]
    python -m desktop_app.infra.training.train_mask FOLDER --backgrounds PICTURES [PICTURES ...]
        --looks LOOKS [--cutouts RGBA_PICTURES ...] [--encoder MODEL_FOLDER] [--minutes 50]

The encoder begins as that of an embedding model (``--encoder``), the decoder with random weights.
First the decoder's coarse levels learn alone, on small pictures, then all of it and the encoder's
last stages, there all but the depth-wise convolutions, whose gradients cost a processor most of
the time and change least; the encoder's normalisation keeps its statistics.

Scenes, fresh for every step, come from rendered looks (:mod:`.look_scenes`) and from cut-outs
before photographs (:mod:`.mask_scenes`): printed packs made by the project and, from
``--cutouts``, further pictures with transparency. Every twelfth background and object is held out
for the curve. AdamW, the loss of the paper with more weight at edges, bfloat16, and an average of
the weights over the last some thousand pictures, which is what is kept. The input grows during
the training: small pictures teach what objects are, at a fraction of the cost, large ones where
exactly they end.

``FOLDER`` keeps ``state.pt`` (where to go on; folders of pictures may have grown meanwhile) and
``curve.csv``; :mod:`.export_mask` makes a model folder of it.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.look_scenes import LookScenes
from desktop_app.infra.training.mask_loss import deep_supervision_loss, mean_iou
from desktop_app.infra.training.mask_material import (
    BACKGROUND_SIDE,
    is_held_out,
    packs_of,
    read_cutouts,
    read_pictures,
    split,
)
from desktop_app.infra.training.mask_scenes import MaskScenes
from desktop_app.infra.training.rendered_looks import Look, read_looks
from desktop_app.infra.vision.card_files import WEIGHTS_FILE
from desktop_app.infra.vision.masks.u2net_lite import MEAN, STD, U2NetLite
from desktop_app.infra.vision.opencv import cv
from desktop_app.infra.vision.weights import read_tensors

STATE_FILE, CURVE_FILE = "state.pt", "curve.csv"
LEAST_DRAWN = 112
FOLDER_WEIGHT = 0.28
LOOK_SHARE = 0.6
EVALUATED, EVALUATION_SEED = 96, 20
EDGE_WEIGHT = 4.0
FROZEN_BLOCKS = 4
"""The encoder's first stages, down to a sixteenth of the picture's size, stay as they are."""
CURVE_HEADER = ("minutes", "pictures", "side", "loss", "held_out_looks_iou", "held_out_pasted_iou")


@dataclass(frozen=True, slots=True)
class Phase:
    """Up to ``until`` (share of the time) pictures have ``side`` pixels, ``batch`` at a time, and
    levels down to ``finest`` of the decoder learn, with the encoder's last stages if so."""

    until: float
    side: int
    batch: int
    finest: int = 1
    encoder_learns: bool = True


PHASES = (
    Phase(0.3, 128, 14, finest=2, encoder_learns=False),
    Phase(0.72, 160, 10),
    Phase(1.0, 224, 6),
)
"""Batches are small: on a processor only the number of steps counts."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """``learning_rate`` is the decoder's; it rises over ``warm_up`` steps and falls along a
    cosine to a fiftieth. The encoder's is ``encoder_rate`` of it."""

    minutes: float
    learning_rate: float = 2e-3
    encoder_rate: float = 0.2
    weight_decay: float = 1e-4
    warm_up: int = 60
    averaging: float = 0.998
    threads: int = 1
    evaluate_every_s: float = 240.0


class Scenes(Protocol):
    """Draws pictures (side, side, 3) and their object's masks (side, side), uint8."""

    def draw(
        self, rng: np.random.Generator, *, side: int
    ) -> tuple[RgbArray, NDArray[np.uint8]]: ...


@dataclass(frozen=True, slots=True)
class Mixed:
    """Looks and pasted cut-outs in their shares; one of them where the other is None."""

    looks: Scenes | None
    pasted: Scenes

    def draw(self, rng: np.random.Generator, *, side: int) -> tuple[RgbArray, NDArray[np.uint8]]:
        """See Scenes."""
        if self.looks is not None and rng.random() < LOOK_SHARE:
            return self.looks.draw(rng, side=side)
        return self.pasted.draw(rng, side=side)


class Trainer:
    """One training, in the thread that makes it; ``folder`` is where it goes on from."""

    def __init__(
        self,
        folder: Path,
        recipe: Recipe,
        scenes: Mixed,
        held_out: Mixed,
        encoder: Mapping[str, Tensor],
    ) -> None:
        self._folder, self._recipe, self._scenes = folder, recipe, scenes
        torch.set_num_threads(recipe.threads)
        torch.manual_seed(1)
        self._network = U2NetLite().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._network.take_encoder(encoder)
        self._averaged = U2NetLite().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._averaged.load_state_dict(self._network.state_dict())
        self._averaged.eval().requires_grad_(False)
        freeze(self._network, encoder_learns=True)
        mine = [each for each in self._network.encoder.parameters() if each.requires_grad]
        known = {id(each) for each in self._network.encoder.parameters()}
        fresh = [each for each in self._network.parameters() if id(each) not in known]
        groups = [{"params": fresh, "share": 1.0}, {"params": mine, "share": recipe.encoder_rate}]
        self._optimizer = torch.optim.AdamW(
            groups, recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self._seconds, self._steps, self._pictures = 0.0, 0, 0
        self._held_out = {
            name: [
                each.draw(np.random.default_rng((EVALUATION_SEED, number)), side=224)
                for number in range(EVALUATED // 2)
            ]
            for name, each in (("looks", held_out.looks), ("pasted", held_out.pasted))
            if each is not None
        }
        if (folder / STATE_FILE).is_file():
            self._resume()

    @property
    def progress(self) -> float:
        """Of the time given, in [0, 1]."""
        return min(1.0, self._seconds / (60 * self._recipe.minutes))

    def run(self) -> None:
        """Train until the time is over, keeping the state every few minutes."""
        losses: list[float] = []
        kept_at = self._seconds
        while self.progress < 1:
            started = time.monotonic()
            losses.append(self._step())
            self._seconds += time.monotonic() - started
            if self._seconds - kept_at > self._recipe.evaluate_every_s or self.progress >= 1:
                self._keep(float(np.mean(losses)))
                losses.clear()
                kept_at = self._seconds

    def _step(self) -> float:
        phase = phase_at(self.progress)
        seeds = range(self._pictures, self._pictures + phase.batch)
        drawn = [self._drawn(np.random.default_rng((1, seed)), phase.side) for seed in seeds]
        planes, truth = as_tensors(drawn)
        freeze(self._network, encoder_learns=phase.encoder_learns)
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate() * group["share"]
        self._network.train()
        self._network.encoder.eval()
        with torch.autocast("cpu", torch.bfloat16):
            outputs = self._network(planes, finest=phase.finest)
        truth = torch.nn.functional.adaptive_avg_pool2d(truth, outputs[0].shape[2:])
        loss = deep_supervision_loss(outputs, truth, edge_weight=EDGE_WEIGHT)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 5.0)
        self._optimizer.step()
        self._steps += 1
        self._pictures += phase.batch
        self._average()
        return loss.item()

    def _drawn(self, rng: np.random.Generator, side: int) -> tuple[RgbArray, NDArray[np.uint8]]:
        """A scene; small ones are drawn larger, since edges and blur are counted in pixels."""
        rgb, mask = self._scenes.draw(rng, side=max(side, LEAST_DRAWN))
        if side < LEAST_DRAWN:
            rgb, mask = (
                cv.resize(each, (side, side), interpolation=cv.INTER_AREA).astype(np.uint8)
                for each in (rgb, mask)
            )
        return rgb, mask

    def _learning_rate(self) -> float:
        rise = min(1.0, (self._steps + 1) / self._recipe.warm_up)
        fall = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * self.progress))
        return self._recipe.learning_rate * rise * fall

    def _average(self) -> None:
        """Exponential moving average of weights and statistics; young averages forget faster."""
        keep = min(self._recipe.averaging, (1 + self._steps) / (10 + self._steps))
        with torch.no_grad():
            theirs = self._network.state_dict()
            for name, ours in self._averaged.state_dict().items():
                if ours.is_floating_point():
                    ours.lerp_(theirs[name], 1 - keep)
                else:
                    ours.copy_(theirs[name])

    def held_out_iou(self, kind: str, phase: Phase) -> float:
        """Of the averaged weights on pictures of objects and backgrounds never trained on; NaN
        where there are none of that kind."""
        scores = []
        for rgb, mask in self._held_out.get(kind, ()):
            planes, truth = as_tensors([(rgb, mask)])
            small = torch.nn.functional.interpolate(planes, (phase.side, phase.side), mode="area")
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
                logits = self._averaged(small, finest=phase.finest)[0].float()
            large = torch.nn.functional.interpolate(logits, truth.shape[2:], mode="bilinear")
            scores.append(mean_iou(torch.sigmoid(large), truth))
        return float(np.mean(scores)) if scores else math.nan

    def _keep(self, loss: float) -> None:
        phase = phase_at(self.progress)
        row = (
            f"{self._seconds / 60:.1f}",
            self._pictures,
            phase.side,
            f"{loss:.4f}",
            *(f"{self.held_out_iou(kind, phase):.4f}" for kind in ("looks", "pasted")),
        )
        with (self._folder / CURVE_FILE).open("a", newline="", encoding="utf-8") as file:
            if file.tell() == 0:
                csv.writer(file).writerow(CURVE_HEADER)
            csv.writer(file).writerow(row)
        print(*row, flush=True)
        part = self._folder / f"{STATE_FILE}.part"
        state = {
            "network": self._network.state_dict(),
            "averaged": self._averaged.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "counts": [self._seconds, self._steps, self._pictures],
        }
        torch.save(state, part)
        part.replace(self._folder / STATE_FILE)

    def _resume(self) -> None:
        state = torch.load(self._folder / STATE_FILE, weights_only=True)
        self._network.load_state_dict(state["network"])
        self._averaged.load_state_dict(state["averaged"])
        self._optimizer.load_state_dict(state["optimizer"])
        seconds, steps, pictures = state["counts"]
        self._seconds, self._steps, self._pictures = float(seconds), int(steps), int(pictures)


def phase_at(progress: float) -> Phase:
    """The phase at a share of the time."""
    return next((phase for phase in PHASES if progress < phase.until), PHASES[-1])


def as_tensors(drawn: Sequence[tuple[RgbArray, NDArray[np.uint8]]]) -> tuple[Tensor, Tensor]:
    """Normalised planes (n, 3, side, side), channels last, and truth (n, 1, side, side)."""
    pixels = torch.from_numpy(np.stack([rgb for rgb, _ in drawn])).permute(0, 3, 1, 2).float()
    mean, std = (255 * torch.tensor(each).view(1, 3, 1, 1) for each in (MEAN, STD))
    truth = torch.from_numpy(np.stack([mask for _, mask in drawn]))[:, None].float() / 255
    return (pixels - mean) / std, truth


def freeze(network: U2NetLite, *, encoder_learns: bool) -> None:
    """Leave only what learns with a gradient: the decoder and, if so, the encoder's last stages."""
    encoder = network.encoder
    encoder.requires_grad_(False)
    if not encoder_learns:
        return
    encoder.blocks[FROZEN_BLOCKS:].requires_grad_(True)
    for module in encoder.modules():
        if isinstance(module, nn.Conv2d) and module.groups > 1:
            module.requires_grad_(False)


def dealt(looks: Mapping[str, Look]) -> tuple[list[Look], list[Look]]:
    """To train on, and held out."""
    parts: tuple[list[Look], list[Look]] = ([], [])
    for stem, look in looks.items():
        parts[is_held_out(stem)].append(look)
    return parts


def scenes_of(given: argparse.Namespace) -> Iterator[Mixed]:
    """What is trained on, then what is held out."""
    grounds = split(read_pictures(given.backgrounds, side=BACKGROUND_SIDE))
    groups = packs_of(*grounds, count=given.packs)
    for folder in given.cutouts:
        for own, cutouts in zip(groups, split(read_cutouts(folder)), strict=True):
            own.append((FOLDER_WEIGHT, cutouts))
    looks = dealt(read_looks(given.looks)) if given.looks else ([], [])
    for backgrounds, own, seen in zip(grounds, groups, looks, strict=True):
        objects = [len(items) for _, items in own]
        print(f"{len(seen)} looks, {objects} objects, {len(backgrounds)} backgrounds", flush=True)
        rendered = LookScenes(seen, backgrounds) if seen else None
        yield Mixed(rendered, MaskScenes(own, backgrounds))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="train_mask", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="where the training goes on from")
    parser.add_argument("--backgrounds", type=Path, nargs="+", required=True)
    parser.add_argument("--looks", type=Path)
    parser.add_argument("--cutouts", type=Path, nargs="*", default=[])
    parser.add_argument("--encoder", type=Path, default=Path("models/efficientnet-lite2-products"))
    parser.add_argument("--packs", type=int, default=1600, help="printed packs to make")
    parser.add_argument("--minutes", type=float, default=50.0)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    cv.setNumThreads(1)
    scenes, held_out = scenes_of(given)
    recipe = Recipe(given.minutes, threads=given.threads)
    encoder = read_tensors(given.encoder / WEIGHTS_FILE)
    Trainer(given.folder, recipe, scenes, held_out, encoder).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
