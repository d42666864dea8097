"""Teaching an adapter on the vectors that a catalogue holds, by torch on the processor."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from desktop_app.domain.learning_ports import AdapterStep
from desktop_app.domain.metric_learning import CurvePoint, LabelledPictures, Recipe
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.metric_learning.adam import AdamTowardsStart
from desktop_app.infra.metric_learning.adapter import (
    Network,
    adapter_network,
    base_network,
    projection_of,
)
from desktop_app.infra.metric_learning.losses import AttributeAnswers, Objective
from desktop_app.infra.metric_learning.losses_classes import attribute_targets
from desktop_app.infra.metric_learning.mining import of_one_kind, told_apart
from desktop_app.infra.metric_learning.samplers import Draw, Sampler, sampler_for

THREADS = 2
_MOST_DONE = 0.99
STEP_S = 0.25
"""A step ends after so much work."""
LEAST_BETWEEN_LOOKS, MOST_BETWEEN_LOOKS = 8, 64
"""Batches between two looks at the validation products; an epoch's where that lies between."""
SHARES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7)
"""Of the way from where learning began to where it led: tried at the end. Of 31 cartons half were
taught; of their photos 78 of 100 found their product at the start, 96 at the end and 86 after a
tenth of the way, of the other half's 79, 51 and 79."""
MOST_QUERIES, MOST_OTHERS = 500, 3_000
"""Validation pictures that are searched with, and taught ones among which they are looked for,
beside their own kind."""


class TorchAdapterTeacher:
    """The AdapterTeacher port.

    The weights decay to where they started, near the base model, which knows what products have in
    common that were not learned. ``threads`` are torch's while it works; those of the calling
    thread are set back between steps.
    """

    def __init__(self, *, threads: int = THREADS) -> None:
        self._threads = threads

    def teach(
        self,
        recipe: Recipe,
        taught: LabelledPictures,
        validation: LabelledPictures,
        *,
        base_key: str,
        token: CancelToken,
    ) -> Iterator[AdapterStep]:
        """See AdapterTeacher. The projection is that of the best look: on the way, at the end
        between where learning began and where it led (:meth:`Projection.towards`), or the first,
        at the base model's own vectors: then nothing helps. Without ``validation`` there is no look
        and no curve. Raises ValueError also where it has pictures, but no product with two."""
        work = _Work(self._threads)
        with work:
            course = _Course(recipe, taught, validation)
        work.seconds = 0.0  # getting ready is not learning
        yield AdapterStep(0.0, course.point(0, work.seconds) if course.looks else None)
        waited = since_look = 0
        if course.looks:
            with work:
                course.look()
        for batch in _batches(course.sampler, recipe.most_epochs):
            token.checkpoint()
            with work:
                course.learn(batch.draw)
            since_look += 1
            is_late = 0 < recipe.most_s <= work.seconds
            done = _done(recipe, batch.epoch, work.seconds)
            if course.looks and (is_late or batch.is_last or _is_due(since_look, batch)):
                with work:
                    waited = 0 if course.look() else waited + 1
                since_look = 0
                yield AdapterStep(done, course.point(batch.epoch, work.seconds))
                if waited >= recipe.patience:
                    break
            elif work.has_taken(STEP_S):
                yield AdapterStep(done)
            if is_late:
                break
        if course.looks:
            with work:
                course.look_between()
            yield AdapterStep(_MOST_DONE, course.point(batch.epoch, work.seconds))
        start = projection_of(course.start, base_key)
        yield AdapterStep(1.0, projection=projection_of(course.best, base_key), start=start)


class _Course:
    """The network as it is taught, and how it did."""

    def __init__(
        self, recipe: Recipe, taught: LabelledPictures, validation: LabelledPictures
    ) -> None:
        numbers, labels = np.unique(taught.products, return_inverse=True)
        labels = labels.astype(np.int64)
        different = _renumbered(taught.different, numbers)
        self.sampler: Sampler = sampler_for(recipe, labels, different)
        self._labels = torch.from_numpy(labels)
        self._different = torch.from_numpy(different)
        self._groups = _groups(taught)
        self._contents = _contents(taught)
        self._vectors = torch.from_numpy(np.ascontiguousarray(taught.vectors))
        attributes = taught.attributes
        sizes = tuple(map(len, attributes.names)) if recipe.attribute_weight > 0 else ()
        self._targets = attribute_targets(attributes.values, sizes) if sum(sizes) else None
        self._network = adapter_network(recipe, taught, sum(sizes))
        self.start = copy.deepcopy(self._network)
        self._objective = Objective(
            recipe, n_products=len(numbers), dimension=self._network.past.out_features
        )
        self._optimiser = AdamTowardsStart(
            self._network.parameters(),
            self._objective.parameters(),
            rate=recipe.rate,
            decay=recipe.decay,
        )
        with torch.no_grad():
            self._losses = [float(self._loss(next(self.sampler.epoch(1))))]
        self._loss_told = 0.0
        self.looks = len(validation) > 0
        self._best = self._network
        if self.looks:
            self._looking = _Looking(taught, validation, recipe.seed)
            self._best = base_network(recipe, taught)
            self._found = self._best_found = self._looking(self._best)

    @property
    def best(self) -> Network:
        """That of the best look; without looks, as it is now."""
        return self._best

    def learn(self, draw: Draw) -> None:
        """One batch."""
        loss = self._loss(draw)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        self._losses.append(float(loss.detach()))

    def look(self) -> bool:
        """How the validation products are found now; whether that is the best so far."""
        self._found = self._looking(self._network)
        return self._keep_best(self._network)

    def look_between(self) -> None:
        """How they are found between where learning began and where it is now; what is found
        then is the best of all looks."""
        for share in SHARES:
            between = copy.deepcopy(self._network)
            with torch.no_grad():
                starts = self.start.parameters()
                for weights, start in zip(between.parameters(), starts, strict=True):
                    weights.lerp_(start, 1 - share)
            self._found = self._looking(between)
            self._keep_best(between)
        self._found = self._best_found

    def _keep_best(self, network: Network) -> bool:
        """Whether what was found just now, by this one, is the best so far."""
        is_better = self._looking.is_blind or self._found.worth > self._best_found.worth
        if is_better:
            self._best_found = self._found
            self._best = copy.deepcopy(network)
        return is_better

    def point(self, epoch: int, seconds: float) -> CurvePoint:
        """What the last look found, with the loss since the point before."""
        if self._losses:
            self._loss_told = float(np.mean(self._losses))
            self._losses = []
        return CurvePoint(epoch, seconds, self._loss_told, self._found.recall_at_1)

    def _loss(self, draw: Draw) -> Tensor:
        rows = torch.from_numpy(draw.rows)
        labels = self._labels[rows]
        said = self._network(self._vectors[rows])
        answers = None
        if self._targets is not None:
            targets, known = self._targets
            answers = AttributeAnswers(said.logits, targets[rows], known[rows])
        loss: Tensor = self._objective(
            said.vectors, labels, self._ignored(draw, rows, labels), answers
        )
        return loss

    def _ignored(self, draw: Draw, rows: Tensor, labels: Tensor) -> Tensor | None:
        """Pairs that say nothing: those the sampler leaves out, views of one picture, and those
        of two products that are tied together by a picture, unless a person told them apart."""
        parts = [] if draw.ignored is None else [torch.from_numpy(draw.ignored)]
        if self._contents is not None:
            contents = self._contents[rows]
            parts.append(contents[:, None] == contents[None, :])
        if self._groups is not None:
            tied = of_one_kind(labels, self._groups[rows])
            parts.append(tied & ~told_apart(labels, self._different))
        return torch.stack(parts).any(0) if parts else None


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look found: Recall@1, and mean average precision."""

    recall_at_1: float
    average_precision: float

    @property
    def worth(self) -> float:
        """Recall@1 moves in jumps where products are few, and says nothing any more where one
        picture of each is found easily; the ranks of all tell the way between."""
        return self.recall_at_1 + self.average_precision


class _Looking:
    """Searches with validation pictures among the others and some taught ones, as far as they
    have another picture of their product."""

    def __init__(self, taught: LabelledPictures, validation: LabelledPictures, seed: int) -> None:
        rng = np.random.default_rng(seed)
        queries = _with_others(validation)
        self.is_blind = not len(validation)
        if not len(queries) and not self.is_blind:
            raise ValueError("no product of the validation has two pictures")
        queries = _some(queries, MOST_QUERIES, rng)
        others = _some(np.arange(len(taught)), MOST_OTHERS, rng)
        self._gallery = torch.from_numpy(
            np.concatenate([validation.vectors, taught.vectors[others]])
        )
        products = np.concatenate([validation.products, taught.products[others]])
        self._queries = torch.from_numpy(queries)
        contents = np.concatenate([validation.content_ids, taught.content_ids[others]])
        same = products[queries][:, np.newaxis] == products
        # Of a picture there may be several views, of which one tells nothing of another.
        other = contents[queries][:, np.newaxis] != contents
        self._right, self._wrong = torch.from_numpy(same & other), torch.from_numpy(~same)

    @torch.no_grad()
    def __call__(self, network: Network) -> _Found:
        vectors = network(self._gallery).vectors
        near = vectors[self._queries] @ vectors.T
        # Of equally near ones the wrong come first, as where it is measured.
        wrong = near.masked_fill(~self._wrong, -torch.inf).sort(1).values
        above = wrong.shape[1] - torch.searchsorted(wrong, near.contiguous())
        # Right ones that are equally near have as many wrong ones above them.
        own = above.masked_fill(~self._right, above.shape[1]).sort(1).values
        places = torch.arange(1, own.shape[1] + 1)
        counted = places[None, :] <= self._right.sum(1, keepdim=True)
        precisions = (places / (places + own)).double().masked_fill(~counted, 0.0)
        average = precisions.sum(1) / self._right.sum(1)
        return _Found(float((own[:, 0] == 0).double().mean()), float(average.mean()))


class _Work:
    """Counts the seconds inside, with torch's threads for them."""

    def __init__(self, threads: int) -> None:
        self.seconds = 0.0
        self._threads = threads
        self._before = threads
        self._begun = 0.0
        self._told = 0.0

    def has_taken(self, seconds: float) -> bool:
        """Whether so much work was done since this was last so."""
        if self.seconds - self._told < seconds:
            return False
        self._told = self.seconds
        return True

    def __enter__(self) -> None:
        self._before = torch.get_num_threads()
        torch.set_num_threads(self._threads)
        self._begun = time.monotonic()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.seconds += time.monotonic() - self._begun
        torch.set_num_threads(self._before)


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    draw: Draw
    epoch: int
    ends_epoch: bool
    is_last: bool


def _batches(sampler: Sampler, most_epochs: int) -> Iterator[_Batch]:
    """All batches of all epochs."""
    for epoch in range(1, most_epochs + 1):
        draws = sampler.epoch(epoch)
        draw = next(draws, None)
        while draw is not None:
            following = next(draws, None)
            ends_epoch = following is None
            yield _Batch(draw, epoch, ends_epoch, ends_epoch and epoch == most_epochs)
            draw = following


def _is_due(since_look: int, batch: _Batch) -> bool:
    least = LEAST_BETWEEN_LOOKS if batch.ends_epoch else MOST_BETWEEN_LOOKS
    return since_look >= least


def _done(recipe: Recipe, epoch: int, seconds: float) -> float:
    """Below 1 until the last step."""
    share = epoch / max(1, recipe.most_epochs)
    if recipe.most_s > 0:
        share = max(share, seconds / recipe.most_s)
    return min(share, _MOST_DONE)


def _renumbered(pairs: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of ``numbers`` as places in them; those of others are left out."""
    known = pairs[np.isin(pairs, numbers).all(axis=1)]
    return np.searchsorted(numbers, known).astype(np.int64).reshape(-1, 2)


def _groups(taught: LabelledPictures) -> Tensor | None:
    """None where no two products are tied together."""
    pairs = np.unique(np.stack([taught.products, taught.groups]), axis=1)
    if len(np.unique(pairs[1])) == pairs.shape[1]:
        return None
    return torch.from_numpy(taught.groups)


def _contents(taught: LabelledPictures) -> Tensor | None:
    """None where each picture is there once."""
    contents = taught.content_ids
    return None if len(np.unique(contents)) == len(contents) else torch.from_numpy(contents)


def _with_others(pictures: LabelledPictures) -> NDArray[np.intp]:
    """Rows of products with several pictures."""
    pairs = np.unique(np.stack([pictures.products, pictures.content_ids]), axis=1)
    numbers, counts = np.unique(pairs[0], return_counts=True)
    return np.flatnonzero(np.isin(pictures.products, numbers[counts > 1]))


def _some(rows: NDArray[np.intp], most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))
