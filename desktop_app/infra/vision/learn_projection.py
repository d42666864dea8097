"""Learns a model's projection to fewer dimensions from pictures without labels; run once.

    python -m desktop_app.infra.vision.learn_projection MODEL_FOLDER --pictures FOLDER ...

Principal components of the unit features, not centred, each divided by its variance to the power
``whitening`` (0: plain rotation and cut; 0.5: fully whitened), after Jégou and Chum, "Negative
evidences and co-occurrences in image retrieval: the benefit of PCA and whitening", ECCV 2012.
The few directions that every picture shares, such as the clutter around a photographed object,
then no longer outvote the rest. Between 0.1 and 0.25 retrieval hardly changes; full whitening
lets the noise of the last components in.

The projection is added to the weights file and described in the card, whose hash changes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.images import FloatMatrix, RgbArray
from desktop_app.domain.model_cards import ModelCard
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, read_card, write_card
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.torch_embedder import TorchEmbedder
from desktop_app.infra.vision.weights import read_tensors, write_tensors

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


def projection_of(features: FloatMatrix, dimension: int, *, whitening: float) -> FloatMatrix:
    """The (dimension, features) matrix learned from unit rows of features.

    Its scale is such that the mean squared length of a projected row is 1. Deterministic up
    to the sign of each component, which is fixed so that the largest entry is positive.
    """
    rows = features.astype(np.float64)
    variances, directions = np.linalg.eigh(rows.T @ rows / len(rows))
    order = np.argsort(-variances)[:dimension]
    components = directions[:, order] * variances[order] ** -whitening
    components *= np.sign(components[np.abs(components).argmax(axis=0), range(dimension)])
    components /= np.sqrt(((rows @ components) ** 2).sum(axis=1).mean())
    return components.T.astype(np.float32)


def _pictures(folders: Sequence[Path]) -> Iterator[tuple[Path, RgbArray]]:
    reader = PillowImageReader()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in SUFFIXES:
                continue
            try:
                yield path, reader.decode(path).rgb
            except UnreadableImage as error:
                print(f"{path}: {error.what}", file=sys.stderr)


def learn(
    folder: Path, pictures: Sequence[Path], *, dimension: int, whitening: float, sources: str
) -> ModelCard:
    """Replace the projection of the model in ``folder``; returns the new card."""
    card = read_card(folder)
    weights = read_tensors(folder / WEIGHTS_FILE)
    weights.pop("projection.weight", None)
    embedder = TorchEmbedder(replace(card, projected=False), weights)
    features = np.stack([vector for _, vector in embedder.embed_stream(_pictures(pictures))])
    embedder.close()
    import torch  # noqa: PLC0415 - slow; the embedder has imported it by now

    matrix = projection_of(features, dimension, whitening=whitening)
    weights["projection.weight"] = torch.from_numpy(matrix).half()
    recipe = (
        f"{card.recipe.partition(' Projection:')[0]} Projection: uncentred principal components "
        f"with exponent {whitening} of {len(features)} pictures ({sources}), by "
        f"desktop_app.infra.vision.learn_projection."
    )
    digest = write_tensors(folder / WEIGHTS_FILE, weights)
    card = replace(card, projected=True, dimension=dimension, sha256=digest, recipe=recipe)
    write_card(folder, card)
    return card


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the model folder to change")
    parser.add_argument("--pictures", type=Path, nargs="+", required=True)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--whitening", type=float, default=0.2)
    parser.add_argument("--sources", required=True, help="what the pictures are, for the card")
    given = parser.parse_args(arguments)
    card = learn(
        given.folder,
        given.pictures,
        dimension=given.dimension,
        whitening=given.whitening,
        sources=given.sources,
    )
    print(card.key)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
