"""The literature's comparisons on public pictures.

    python -m tests.benchmarks.bench_metric_learning --cache FOLDER --table FILE

Small networks are taught on kept vectors of ``train/grocery_store`` and ``data/grocery_store``
under ``--shared`` (MIT, see :mod:`grocery_features`), five times, each time with other products
unseen. Prints the tables, or writes them where ``--table`` says.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from desktop_app.domain.metric_learning import Loss, Sampling
from tests.benchmarks.grocery_features import EARLIER, LAST_STAGE, POOLED, read_grocery
from tests.benchmarks.metric_learning_arms import (
    BATCH,
    DIMENSION,
    N_TAUGHT,
    N_VALIDATION,
    PICTURES_SEEN,
    WIDTH,
    Arm,
    Runner,
    learned,
)
from tests.conftest import SHARED_DATA

SEEDS, RATE_SEEDS = range(5), range(5, 6)
RATES = (3e-4, 1e-3)
MODELS = ("efficientnet-lite2-imagenet",)
UNTAUGHT = Arm("untaught embedding", None)
FEW = Arm("", None, photos=4)
PLAIN = Arm("", None, is_plain=True)
COLUMNS = ("R@1 to photo", "MAP@R to photo", "R@1 to packshot", "R@1 to packshot, taught products")
CRITICAL_T = 2.776
"""Of Student's distribution with four degrees of freedom, 5 %, two-sided."""

INTRODUCTION = f"""# Distance to the literature

Comparisons of papers, made again on public pictures: GroceryStoreDataset by Marcus Klasson (MIT),
phone photos of 81 products in shops and one packshot of each. Written by
`python -m tests.benchmarks.bench_metric_learning`; the losses, samplers and the two-branch network
are those of the application (`desktop_app/infra/metric_learning`).

- Networks on kept vectors: {DIMENSION} numbers out, starting from the main directions of the taught
  vectors, with a hidden layer of {WIDTH} beside. Every arm sees {PICTURES_SEEN:,} pictures, in
  batches of at most {BATCH}, by AdamW.
- Products are split anew for each of {len(SEEDS)} seeds: {N_TAUGHT} taught, {N_VALIDATION} for
  validation, 30 unseen. The learning rate, of {", ".join(f"{rate:g}" for rate in RATES)}, is that
  with the best MAP@R of validation photos in a split of its own, for every arm alike.
- Unseen products, as the papers measure: from photo to photo, each searched with as if it were not
  there, Recall@1 and MAP@R (Musgrave, Belongie and Lim, "A metric learning reality check", 2020);
  from photo to packshot, among the 40 packshots that were not taught. Last, of taught products:
  from photos that were held out to packshots, among all 81.
- Mean ± standard deviation over seeds. Gains are over the first line, seed by seed; "better" and
  "worse" say that a paired t-test finds them at 5 % (two-sided, not corrected for the number of
  comparisons).
- Attributes of SGML and of the tasks beside it: category (3 values) and kind (such as Apple or
  Milk), of taught products.
"""
# What the figures of the first of MODELS say; look again when they change.
TAUGHT_READING = """Agrees for taught products: photos that were never seen find their packshot
nearly twice as often, with triplets most of all. Not for unseen products: nothing is gained, and
Recall@1 from photo to photo loses two to three points of 95. The papers tune whole networks on
thousands of products; here the vectors are given, and 41 products, most of them fruit and
vegetables, say little of others."""
TASKS_READING = """In part: two points more for taught products; unseen ones gain nothing and lose a
point of MAP@R. The paper's second task is ImageNet itself, which keeps a network general; here it
is the same few products once more."""
CLEAN_READING = """The same within chance. The paper finds a gain on pairs as shops have them, wrong
and hopeless ones among them; these labels are clean."""
NOISE_READING = """Agrees in direction: MAP@R gains half a point, beyond chance; the other gains are
within it. They are small, perhaps because a wrong label makes wrong negatives, too, of which this
loss leaves none out, and because given vectors leave less room to learn hopeless pairs by heart.
The margin was not chosen on validation products as the rate was."""
GRANULARITY_READING = """Agrees: SGML is better than the plain deviance on unseen products, by 1.7
points of MAP@R and 0.9 of Recall@1 (the paper: 1.9 of Recall@1). Attributes beside it without the
tie to the pairs bring nothing; it is the tie that helps. For taught products there is no
difference. The softmax helps Recall@1 of unseen photos, too."""
FEW_READING = """Agrees in MAP@R, by less; the rest is within chance."""
SAMPLING_READING = """Agrees for taught products, by 8 points, and by 14 with four photos of each
(the paper: 12 where classes are small). For unseen products the two are the same or, from photo to
photo, image-wise is ahead: what learns more of 41 products leaves the vectors it came from farther
behind."""
LAYER_READING = """Before anything is taught the embedding is the best layer, and the earlier
a layer, the worse; its projection was chosen on such pictures, though without their labels."""
TAUGHT_LAYER_READING = """Agrees: the layer before a taught embedding finds unseen products better,
by 4 points from photo to photo and 7 to packshots. Both stay below the untaught vectors there: such
an embedding, without a way past it, is no choice for so few products."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a paper found: the last of ``arms`` does better than the first. ``reading`` is what the
    figures here say of it."""

    title: str
    source: str
    arms: tuple[Arm, ...]
    reading: str = ""


def noisy(share: float) -> Claim:
    """Robust contrastive against contrastive where labels are wrong."""
    arm = Arm("", None, noise=share)
    return Claim(
        f"Robust contrastive loss, {share:.0%} of the labels wrong",
        "Wang et al. 2016",
        (
            learned("contrastive", Loss.CONTRASTIVE, arm=arm),
            learned("robust contrastive", Loss.ROBUST_CONTRASTIVE, arm=arm),
        ),
        NOISE_READING if share else CLEAN_READING,
    )


def sampling(title: str, arm: Arm) -> Claim:
    """Triplets of images against all pairs of a batch of products."""
    return Claim(
        title,
        "Manandhar, Bastan and Yap 2019",
        (
            learned("image-wise", Loss.BINOMIAL_DEVIANCE, arm=arm, sampling=Sampling.IMAGE_WISE),
            learned("batch-wise", Loss.BINOMIAL_DEVIANCE, arm=arm),
        ),
        SAMPLING_READING,
    )


CLAIMS = (
    Claim(
        "Taught and untaught",
        "Siamese and triplet networks: Hadsell et al. 2006, Schroff et al. 2015, "
        "Hermans et al. 2017",
        (
            UNTAUGHT,
            learned("Siamese, contrastive", Loss.CONTRASTIVE),
            learned("triplet, semi-hard", Loss.TRIPLET_SEMI_HARD, margin=0.2),
            learned("triplet, batch-hard", Loss.TRIPLET_BATCH_HARD, margin=0.2),
            learned("supervised contrastive", Loss.SUPERVISED_CONTRASTIVE),
        ),
        TAUGHT_READING,
    ),
    Claim(
        "Telling products beside the pairs (multi-task)",
        "Wang et al. 2016",
        (
            learned("robust contrastive", Loss.ROBUST_CONTRASTIVE),
            learned("and softmax", Loss.ROBUST_CONTRASTIVE, softmax_weight=0.3),
        ),
        TASKS_READING,
    ),
    noisy(0.0),
    noisy(0.2),
    noisy(0.4),
    Claim(
        "Semantic granularity",
        "Manandhar, Bastan and Yap 2019",
        (
            learned("binomial deviance", Loss.BINOMIAL_DEVIANCE),
            learned("and softmax", Loss.BINOMIAL_DEVIANCE, softmax_weight=0.3),
            learned("and attributes", Loss.BINOMIAL_DEVIANCE, attribute_weight=1.0),
            learned("SGML", Loss.GRANULARITY, attribute_weight=1.0),
        ),
        GRANULARITY_READING,
    ),
    Claim(
        "Semantic granularity, four photos of a product",
        "Manandhar, Bastan and Yap 2019",
        (
            learned("binomial deviance", Loss.BINOMIAL_DEVIANCE, arm=FEW),
            learned("SGML", Loss.GRANULARITY, arm=FEW, attribute_weight=1.0),
        ),
        FEW_READING,
    ),
    sampling("Sampling", Arm("", None)),
    sampling("Sampling, four photos of a product", FEW),
    Claim(
        "Layers of the untaught network",
        "Vo and Hays 2019",
        (
            UNTAUGHT,
            Arm("pooled, before the projection", None, layer=POOLED),
            Arm("stage 7 of 7", None, layer=LAST_STAGE),
            Arm("stage 5 of 7", None, layer=EARLIER),
        ),
        LAYER_READING,
    ),
    Claim(
        "Embedding and the layer before it, taught",
        "Vo and Hays 2019",
        (
            learned("embedding", Loss.TRIPLET_BATCH_HARD, arm=PLAIN, margin=0.2),
            learned(
                "layer before",
                Loss.TRIPLET_BATCH_HARD,
                arm=replace(PLAIN, reads_hidden=True),
                margin=0.2,
            ),
        ),
        TAUGHT_LAYER_READING,
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """An arm at the rate that did best on the validation products: a row for each seed, in the
    order of COLUMNS."""

    rate: float
    recalls: NDArray[np.float64]


class Bench:
    """Measures arms on one network's vectors, each once."""

    def __init__(self, runner: Runner) -> None:
        self._run = runner
        self._measured: dict[Arm, Measured] = {}

    def __call__(self, arm: Arm) -> Measured:
        key = replace(arm, name="")
        if key not in self._measured:
            self._measured[key] = self._measure(key)
        return self._measured[key]

    def _measure(self, arm: Arm) -> Measured:
        rate = 0.0 if arm.recipe is None else max(RATES, key=lambda rate: self._worth(arm, rate))
        found = [self._run(arm, rate=rate, seed=seed) for seed in SEEDS]
        return Measured(rate, np.array([astuple(figures)[1:] for figures in found]))

    def _worth(self, arm: Arm, rate: float) -> float:
        found = [self._run(arm, rate=rate, seed=seed) for seed in RATE_SEEDS]
        return float(np.mean([figures.validation for figures in found]))


def verdict(gain: NDArray[np.float64]) -> str:
    """Whether a gain over seeds is one: a paired t-test at 5 %, two-sided."""
    error = float(gain.std(ddof=1)) / len(gain) ** 0.5
    if abs(float(gain.mean())) <= CRITICAL_T * error:
        return "the same within chance"
    return "better" if gain.mean() > 0 else "worse"


def table(claim: Claim, bench: Bench, *, reading: str) -> str:
    """One comparison as Markdown, and what is to be said of it."""
    lines = [
        f"### {claim.title}",
        f"Source: {claim.source}.",
        "",
        f"| | rate | {' | gain | '.join(COLUMNS)} | gain |",
        "|---" * (2 + 2 * len(COLUMNS)) + "|",
    ]
    first = bench(claim.arms[0])
    for arm in claim.arms:
        found = bench(arm)
        cells = [arm.name, f"{found.rate:g}" if found.rate else ""]
        for values, base in zip(found.recalls.T, first.recalls.T, strict=True):
            cells.append(f"{values.mean():.3f} ± {values.std(ddof=1):.3f}")
            gain = values - base
            told = f"{gain.mean():+.3f} ± {gain.std(ddof=1):.3f}, {verdict(gain)}"
            cells.append("" if found is first else told)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *([reading, ""] if reading else [])])


def main() -> None:
    """Print the tables of every model, or write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED_DATA.parent)
    parser.add_argument("--cache", type=Path, required=True, help="folder for the vectors")
    parser.add_argument("--table", type=Path, help="Markdown file to write")
    parser.add_argument("--models", nargs="+", default=MODELS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    parts = [INTRODUCTION]
    for model in options.models:
        start = time.perf_counter()
        bench = Bench(Runner(read_grocery(options.shared, model, options.cache)))
        parts.append(f"## {model}\n")
        for claim in CLAIMS:
            reading = claim.reading if model == MODELS[0] else ""
            parts.append(table(claim, bench, reading=reading))
            print(parts[-1], file=sys.stderr, flush=True)
        print(f"{model}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    text = "\n".join(parts)
    if options.table is None:
        print(text)
    else:
        options.table.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
