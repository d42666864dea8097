"""Trains U²-Net small to find products in pictures; resumable.

    python -m desktop_app.infra.training.train_mask FOLDER --backgrounds PICTURES [PICTURES ...]
        [--cutouts RGBA_PICTURES ...] [--minutes 110]

Objects are printed packs and containers made by the project and, from ``--cutouts``, further
pictures with transparency. Scenes come from :mod:`desktop_app.infra.training.mask_scenes`, fresh
for every step. Every twelfth background and object is held out for the curve. AdamW, the loss of
the paper, bfloat16, and an average of the weights over the last some thousand pictures, which is
what is kept. The input grows during the training: small pictures teach what objects are, at a
fraction of the cost, large ones where exactly they end.

``FOLDER`` keeps ``state.pt`` (where to go on) and ``curve.csv``; ``--export MODEL_FOLDER`` writes
``weights.safetensors`` (float16) and ``curve.csv`` into a model folder instead of training.
"""

from __future__ import annotations

import argparse
import csv
import math
import re
import sys
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from desktop_app.domain.images import PICTURE_SUFFIXES, RgbArray
from desktop_app.infra.training.compositing import RgbaArray
from desktop_app.infra.training.mask_loss import deep_supervision_loss, mean_iou
from desktop_app.infra.training.mask_scenes import MaskScenes
from desktop_app.infra.training.printed_packs import printed_pack
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.masks.cards import MEAN, STD
from desktop_app.infra.vision.masks.u2net import U2Net
from desktop_app.infra.vision.opencv import cv

STATE_FILE, CURVE_FILE = "state.pt", "curve.csv"
HELD_OUT = 12
BACKGROUND_SIDE, CUTOUT_SIDE, MAX_CUTOUTS = 256, 224, 1500
LEAST_DRAWN = 112
PACK_WEIGHT, FOLDER_WEIGHT = 0.45, 0.28
EVALUATED, EVALUATION_SEED = 96, 20
Group = tuple[float, list[RgbaArray]]
"""How often objects of a kind are used, and those of the kind."""
CURVE_HEADER = ("minutes", "pictures", "side", "loss", "held_out_iou")


@dataclass(frozen=True, slots=True)
class Phase:
    """Up to ``until`` (share of the time) pictures have ``side`` pixels, ``batch`` at a time."""

    until: float
    side: int
    batch: int


PHASES = (Phase(0.45, 64, 24), Phase(0.74, 96, 16), Phase(0.92, 128, 12), Phase(1.0, 160, 10))
"""Batches are small: on a processor only the number of steps counts."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """``learning_rate`` rises over ``warm_up`` steps and falls along a cosine to a fiftieth."""

    minutes: float
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    warm_up: int = 100
    averaging: float = 0.998
    threads: int = 1
    evaluate_every_s: float = 240.0


class Trainer:
    """One training, in the thread that makes it; ``folder`` is where it goes on from."""

    def __init__(
        self, folder: Path, recipe: Recipe, scenes: MaskScenes, held_out: MaskScenes
    ) -> None:
        self._folder, self._recipe, self._scenes = folder, recipe, scenes
        torch.set_num_threads(recipe.threads)
        torch.manual_seed(1)
        self._network = U2Net().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._averaged = U2Net().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._averaged.load_state_dict(self._network.state_dict())
        self._averaged.eval().requires_grad_(False)
        self._optimizer = torch.optim.AdamW(
            self._network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self._seconds, self._steps, self._pictures = 0.0, 0, 0
        self._held_out = [
            held_out.draw(np.random.default_rng((EVALUATION_SEED, number)), side=256)
            for number in range(EVALUATED)
        ]
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
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate()
        self._network.train()
        with torch.autocast("cpu", torch.bfloat16):
            outputs = self._network(planes)
        loss = deep_supervision_loss(outputs, truth)
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

    def held_out_iou(self, side: int) -> float:
        """Of the averaged weights on pictures of objects and backgrounds never trained on."""
        scores = []
        for rgb, mask in self._held_out:
            planes, truth = as_tensors([(rgb, mask)])
            small = torch.nn.functional.interpolate(planes, (side, side), mode="area")
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
                logits = self._averaged(small)[0].float()
            large = torch.nn.functional.interpolate(logits, truth.shape[2:], mode="bilinear")
            scores.append(mean_iou(torch.sigmoid(large), truth))
        return float(np.mean(scores))

    def _keep(self, loss: float) -> None:
        phase = phase_at(self.progress)
        row = (
            f"{self._seconds / 60:.1f}",
            self._pictures,
            phase.side,
            f"{loss:.4f}",
            f"{self.held_out_iou(phase.side):.4f}",
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


def read_pictures(
    folders: Sequence[Path], *, side: int, wanted: Callable[[str], bool] = lambda _: True
) -> dict[str, RgbArray]:
    """Every picture below the folders by its file's stem, at most ``side`` pixels a side, of
    those whose stem is ``wanted``."""
    reader = PillowImageReader()
    return {
        path.stem: reader.decode(path, max_side=side).rgb
        for path in _pictures(folders)
        if wanted(path.stem)
    }


def read_cutouts(
    folder: Path, *, side: int = CUTOUT_SIDE, limit: int = MAX_CUTOUTS
) -> dict[str, RgbaArray]:
    """Every picture with transparency below ``folder``, cropped to what is seen of it, by its
    file's stem. At most ``limit``, evenly picked."""
    found = {}
    paths = _pictures([folder])
    for path in paths[:: max(1, -(-len(paths) // limit))]:
        with Image.open(path) as picture:
            rgba = picture.convert("RGBA")
        box = rgba.getchannel("A").point(lambda level: 255 * (level > 16)).getbbox()
        if box is not None and rgba.getchannel("A").getextrema() != (255, 255):
            cropped = rgba.crop(box)
            cropped.thumbnail((side, side), Image.Resampling.LANCZOS)
            found[path.stem] = np.asarray(cropped, np.uint8)
    return found


def packs_of(
    photos: list[RgbArray], unseen_photos: list[RgbArray], *, count: int
) -> tuple[list[Group], list[Group]]:
    """Printed packs to train on, and one twelfth of them, with other pictures on them, held out."""
    held_out = count // HELD_OUT
    train = [printed_pack(np.random.default_rng((31, k)), photos) for k in range(count - held_out)]
    unseen = [printed_pack(np.random.default_rng((32, k)), unseen_photos) for k in range(held_out)]
    return [(PACK_WEIGHT, train)], [(PACK_WEIGHT, unseen)]


def split(items: Mapping[str, NDArray[np.uint8]]) -> tuple[list[NDArray[np.uint8]], ...]:
    """To train on, and held out: one thing in twelve, by its name up to a dash or underline,
    which views and variants of a thing share."""
    train: list[NDArray[np.uint8]] = []
    unseen: list[NDArray[np.uint8]] = []
    for name, item in items.items():
        (unseen if is_held_out(name) else train).append(item)
    return train, unseen


def is_held_out(name: str) -> bool:
    """Whether what a file's stem names is kept from training."""
    # Shop photos are named train-<sort>-<number>: each is a thing of its own.
    thing = name if name.startswith("train-") else re.split("[-_]", name)[0]
    return zlib.crc32(thing.encode()) % HELD_OUT == 0


def _pictures(folders: Sequence[Path]) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix.lower() in PICTURE_SUFFIXES
    )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="train_mask", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="where the training goes on from")
    parser.add_argument("--backgrounds", type=Path, nargs="+", required=True)
    parser.add_argument("--cutouts", type=Path, nargs="*", default=[])
    parser.add_argument("--packs", type=int, default=1600, help="printed packs to make")
    parser.add_argument("--minutes", type=float, default=110.0)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    cv.setNumThreads(1)
    backgrounds, unseen_backgrounds = split(read_pictures(given.backgrounds, side=BACKGROUND_SIDE))
    groups, unseen_groups = packs_of(backgrounds, unseen_backgrounds, count=given.packs)
    for folder in given.cutouts:
        seen, unseen = split(read_cutouts(folder))
        groups.append((FOLDER_WEIGHT, seen))
        unseen_groups.append((FOLDER_WEIGHT, unseen))
    objects = [len(items) for _, items in groups]
    print(f"{objects} objects, {len(backgrounds)} backgrounds", flush=True)
    trainer = Trainer(
        given.folder,
        Recipe(given.minutes, threads=given.threads),
        MaskScenes(groups, backgrounds),
        MaskScenes(unseen_groups, unseen_backgrounds),
    )
    trainer.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
