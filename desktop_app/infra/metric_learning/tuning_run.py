"""Tuning a network on labelled pictures: batches, looks at the validation products, checkpoints.

Every picture takes part as the catalogue has it and, twice as often, as it may be looked for
(:mod:`augmentation`); views of one product are positives. AdamW with a warm-up and a cosine; heads
learn ten times faster than the network. What a step draws depends on nothing but the recipe and
the number of the step, so that a run which was stopped anywhere goes on to the same end.

Activations are in memory for a chunk of the batch at a time: the loss's slope by the vectors is
found first and passed through the network chunk by chunk (Gao et al., "Scaling deep contrastive
learning batch size under memory limited setup", 2021, section 3.2); that is exact, since no layer
looks across the batch.

Ended early where nothing was gained on the validation products for ``patience`` looks. What is
kept lies on the straight line between the best weights and those started from, where validation
is best (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022, equation 1).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from desktop_app.domain.metric_learning import CurvePoint, LabelledPictures, Recipe
from desktop_app.infra.metric_learning.augmentation import Plate, plain, sought
from desktop_app.infra.metric_learning.losses import AttributeAnswers, Objective
from desktop_app.infra.metric_learning.losses_classes import attribute_targets
from desktop_app.infra.metric_learning.samplers import Draw, sampler_for
from desktop_app.infra.metric_learning.tuning_checkpoint import Checkpoint
from desktop_app.infra.metric_learning.tuning_looks import GoOn, Score, Stopped, ValidationLooks
from desktop_app.infra.metric_learning.tuning_network import TunedNetwork
from desktop_app.infra.metric_learning.working_time import WorkingTime

VIEWS = 3
"""Of each picture: as it is, and twice as it may be looked for."""
WARM_UP, FLOOR = 0.05, 0.02
HEAD_RATE = 10.0
LEAST_STEPS_TO_LOOK, MOST_STEPS_TO_LOOK = 8, 120
LEAST_STEPS_TO_TELL = 3
"""Before so many steps nothing is said of how long the rest takes."""
SHARES = (1.0, 0.7, 0.4)
"""Of the tuned weights, tried at the end."""
_STEP = 1
"""For what a generator is seeded."""


@dataclass(frozen=True, slots=True)
class TuningReport:
    """``done`` in [0, 1]; a ``point`` where the validation products were looked at; whether a
    checkpoint was written; seconds of work that are left at most, None where nobody knows yet."""

    done: float
    point: CurvePoint | None = None
    is_saved: bool = False
    left_s: float | None = None


class TuningRun:
    """One run; see the module. ``plate`` gives a content's picture, ``network`` is tuned in
    place."""

    def __init__(
        self,
        network: TunedNetwork,
        recipe: Recipe,
        taught: LabelledPictures,
        validation: LabelledPictures,
        *,
        plate: Callable[[int], Plate],
        checkpoint: Path,
        fingerprint: str,
        checkpoint_every_s: float = 60.0,
    ) -> None:
        self._network, self._recipe = network, recipe
        self._taught, self._plate = taught, plate
        self._side = max(network.patch, recipe.side // network.patch * network.patch)
        self._looks = ValidationLooks(
            network, taught, validation, plate, side=self._side, seed=recipe.seed
        )
        products, labels = np.unique(taught.products, return_inverse=True)
        self._labels = labels.astype(np.int64)
        self._sampler = sampler_for(
            recipe, np.tile(self._labels, VIEWS), _places(products, taught.different)
        )
        self._objective = Objective(
            recipe, n_products=len(products), dimension=network.card.dimension
        ).to(network.device)
        sizes = tuple(len(names) for names in taught.attributes.names)
        self._targets = attribute_targets(taught.attributes.values, sizes) if sizes else None
        self._tuned = network.tuned() | {
            f"objective.{name}": p for name, p in self._objective.named_parameters()
        }
        self._start = _copied(self._tuned)
        body = [p for name, p in self._tuned.items() if name.startswith("network.")]
        heads = [p for name, p in self._tuned.items() if not name.startswith("network.")]
        groups = [{"params": body, "scale": 1.0}, {"params": heads, "scale": HEAD_RATE}]
        self._optimiser = torch.optim.AdamW(
            [group for group in groups if group["params"]],
            lr=recipe.rate,
            weight_decay=recipe.decay,
        )
        self._epoch, self._draws = 0, list(self._sampler.epoch(0))
        self._steps_per_epoch = len(self._draws)
        self._total = max(1, recipe.most_epochs * self._steps_per_epoch)
        self._look_every = min(max(self._steps_per_epoch, LEAST_STEPS_TO_LOOK), MOST_STEPS_TO_LOOK)
        self._checkpoint = Checkpoint(checkpoint, fingerprint)
        self._checkpoint_every_s = checkpoint_every_s
        self._work = WorkingTime(lambda: True)
        self.step, self._stale = 0, 0
        self._looked_at = -1
        self._curve: list[CurvePoint] = []
        self._best_score: Score | None = None
        self._best = self._start
        self.first_score = Score(0.0, 0.0)
        self._losses: list[float] = []

    def run(self, go_on: GoOn) -> Iterator[TuningReport]:
        """Reports, at least one a step; of a run that goes on, first those of the looks it had
        taken. Ends early, with a checkpoint written, once ``go_on`` says
        so; :attr:`is_finished` tells. Raises StorageFull, and OSError where a picture is gone."""
        self._work = WorkingTime(go_on)
        self._resume()
        saved_at = self.elapsed_s
        for point in self._curve:
            yield self._report(point)
        try:
            while True:
                if self._is_look_due:
                    point = self._look()
                    if self.is_finished:
                        self._save()
                    yield self._report(point, is_saved=self.is_finished)
                if self.is_finished:
                    return
                if not go_on():
                    raise Stopped
                with self._work:
                    self._learn(self._next_draw())
                is_due = self.elapsed_s - saved_at >= self._checkpoint_every_s
                if is_due:
                    self._save()
                    saved_at = self.elapsed_s
                yield self._report(is_saved=is_due)
        except Stopped:
            if self._best_score is not None:
                self._save()
                yield self._report(is_saved=True)

    def _report(self, point: CurvePoint | None = None, *, is_saved: bool = False) -> TuningReport:
        return TuningReport(self._done, point, is_saved, self.left_s)

    @property
    def elapsed_s(self) -> float:
        """Seconds of work, over all processes that took part; waiting does not count."""
        return self._work.seconds

    @property
    def left_s(self) -> float | None:
        """Seconds of work to the last step at the mean pace so far, None before there is one: at
        most, for it ends sooner once nothing more is gained."""
        if not self._curve or self.step < LEAST_STEPS_TO_TELL:
            return None
        pace_s = (self.elapsed_s - self._curve[0].seconds) / self.step
        left_s = pace_s * (self._total - self.step)
        most_s = self._recipe.most_s
        return min(left_s, max(0.0, most_s - self.elapsed_s)) if most_s else left_s

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to be learned."""
        most_s = self._recipe.most_s
        return (
            self.step >= self._total
            or self._stale >= self._recipe.patience
            or 0 < most_s <= self.elapsed_s
        )

    def settle(self, go_on: GoOn) -> Score:
        """Put in place what is kept of a finished run, and say how well it does. Raises Stopped."""
        found = []
        for share in SHARES:
            self._put({n: self._start[n].lerp(self._best[n], share) for n in self._best})
            found.append((self._looks.score(go_on), share))
        score, share = max(found)
        self._put({n: self._start[n].lerp(self._best[n], share) for n in self._best})
        return score

    @property
    def _done(self) -> float:
        return min(1.0, self.step / self._total)

    @property
    def _is_look_due(self) -> bool:
        if self._looked_at == self.step:
            return False
        return self.step % self._look_every == 0 or self.step >= self._total

    def _next_draw(self) -> Draw:
        """What the coming step learns from."""
        epoch, place = divmod(self.step, self._steps_per_epoch)
        if epoch != self._epoch:
            self._epoch, self._draws = epoch, list(self._sampler.epoch(epoch))
        return self._draws[place]

    def _learn(self, draw: Draw) -> None:
        warm = min(1.0, (self.step + 1) / max(1.0, WARM_UP * self._total))
        cosine = (1 + math.cos(math.pi * self._done)) / 2
        rate = self._recipe.rate * warm * (FLOOR + (1 - FLOOR) * cosine)
        for group in self._optimiser.param_groups:
            group["lr"] = rate * group["scale"]
        self._optimiser.zero_grad(set_to_none=True)
        self._losses.append(self._slope(draw))
        nn.utils.clip_grad_norm_(self._tuned.values(), 5.0)
        self._optimiser.step()
        self.step += 1

    def _slope(self, draw: Draw) -> float:
        """Adds the loss's gradients to the parameters; returns the loss."""
        pixels = self._pixels(draw)
        chunk = self._network.chunk
        features = [
            self._network.early(pixels[start : start + chunk])
            for start in range(0, len(pixels), chunk)
        ]
        if len(features) == 1:
            loss = self._loss(self._network.pooled(features[0]), draw)
            loss.backward()  # type: ignore[no-untyped-call]
            return float(loss.detach())
        with torch.no_grad():
            pooled = torch.cat([self._network.pooled(part) for part in features])
        pooled.requires_grad_(True)
        loss = self._loss(pooled, draw)
        loss.backward()  # type: ignore[no-untyped-call]
        assert pooled.grad is not None
        start = 0
        for part in features:
            again = self._network.pooled(part)
            again.backward(pooled.grad[start : start + len(again)])  # type: ignore[no-untyped-call]
            start += len(again)
        return float(loss.detach())

    def _loss(self, pooled: Tensor, draw: Draw) -> Tensor:
        device = pooled.device
        pictures = draw.rows % len(self._labels)
        said = self._network.branch(pooled)
        labels = torch.from_numpy(self._labels[pictures]).to(device)
        ignored = None
        if draw.ignored is not None:
            ignored = torch.from_numpy(draw.ignored).to(device)
        answers = None
        if self._targets is not None and said.logits.shape[1]:
            rows = torch.from_numpy(pictures)
            targets, known = (part[rows].to(device) for part in self._targets)
            answers = AttributeAnswers(said.logits, targets, known)
        loss: Tensor = self._objective(said.vectors, labels, ignored, answers)
        return loss

    def _pixels(self, draw: Draw) -> NDArray[np.uint8]:
        """The views of a batch (n, side, side, 3)."""
        count = len(self._labels)
        seed = [self._recipe.seed, _STEP, self.step]
        plates = [self._plate(int(self._taught.content_ids[row % count])) for row in draw.rows]
        views = []
        for place, (row, plate) in enumerate(zip(draw.rows, plates, strict=True)):
            if row < count:
                views.append(plain(plate, self._network.card.preprocessing, side=self._side))
            else:
                rng = np.random.default_rng([*seed, place])
                preprocessing = self._network.card.preprocessing
                views.append(sought(plate, plates, rng, preprocessing, side=self._side))
        return np.stack(views)

    def _look(self) -> CurvePoint:
        """Measure, and remember the weights where they are the best so far. Raises Stopped."""
        with self._work:
            score = self._looks.score(self._work.go_on)
            if self._best_score is None:
                self.first_score = score
                self._losses = [self._first_loss()]
            if self._best_score is None or score > self._best_score:
                self._best_score, self._stale = score, 0
                self._best = _copied(self._tuned)
            else:
                self._stale += 1
        self._looked_at = self.step
        loss, self._losses = float(np.mean(self._losses)), []
        epoch = self.step // self._steps_per_epoch
        self._curve.append(CurvePoint(epoch, self.elapsed_s, loss, score.recall_at_1))
        return self._curve[-1]

    @torch.no_grad()
    def _first_loss(self) -> float:
        """Of what is learned from first, before anything is learned."""
        draw, count = self._next_draw(), self._network.chunk
        some = Draw(draw.rows[:count], None if draw.tuples is None else draw.tuples[:count])
        features = self._network.early(self._pixels(some))
        return float(self._loss(self._network.pooled(features), some))

    def _put(self, values: dict[str, Tensor]) -> None:
        with torch.no_grad():
            for name, parameter in self._tuned.items():
                parameter.copy_(values[name])

    def _save(self) -> None:
        self._checkpoint.save(
            {"now": _copied(self._tuned), "best": self._best},
            self._optimiser,
            self._tuned,
            json.dumps(
                {
                    "step": self.step,
                    "elapsed_s": self.elapsed_s,
                    "stale": self._stale,
                    "looked_at": self._looked_at,
                    "best": _told(self._best_score),
                    "first": _told(self.first_score),
                    "losses": self._losses,
                    "curve": [astuple(point) for point in self._curve],
                }
            ),
        )

    def _resume(self) -> None:
        """Go on from the checkpoint, where there is one of this run."""
        loaded = self._checkpoint.load(self._optimiser, self._tuned)
        if loaded is None:
            return
        sets, about = loaded
        state = json.loads(about)
        self.step, self._work.seconds = int(state["step"]), float(state["elapsed_s"])
        self._stale, self._looked_at = int(state["stale"]), int(state["looked_at"])
        self._losses = list(state["losses"])
        self._curve = [CurvePoint(*point) for point in state["curve"]]
        self._best_score, self.first_score = Score(*state["best"]), Score(*state["first"])
        self._best = sets["best"]
        self._put(sets["now"])


def _told(score: Score | None) -> list[float]:
    assert score is not None
    return [score.recall_at_1, score.mean_average_precision]


def _copied(parameters: dict[str, nn.Parameter]) -> dict[str, Tensor]:
    return {name: p.detach().clone() for name, p in parameters.items()}


def _places(products: NDArray[np.int64], different: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of product numbers as pairs of places in ``products``, those of others left out."""
    known = np.isin(different, products).all(axis=1) if len(different) else np.zeros(0, np.bool_)
    return np.searchsorted(products, different[known]).astype(np.int64).reshape(-1, 2)
