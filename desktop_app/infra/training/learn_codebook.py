"""Learns the tables that compress RootSIFT descriptors and index them; run once.

    python -m desktop_app.infra.training.learn_codebook FOLDER --pictures FOLDER ...

Descriptors come from the pictures as they are and from printed packs that never were, set into
the pictures as a hand-held phone takes them. In this order: the rotation and the codes of
optimised product quantisation, the two tables of half-words, and the codes of what the words
leave over. Tables are kept as float16; the card beside them says what they were made of and how
much the compression loses.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.images import PICTURE_SUFFIXES, READING_SIDE, RgbArray
from desktop_app.infra.training.compositing import hand_held
from desktop_app.infra.training.printed_packs import printed_pack
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.print.codebook import CARD_FILE, CODEBOOK_FILE, PrintCodebook
from desktop_app.infra.vision.print.key_points import find_key_points
from desktop_app.infra.vision.print.rootsift import LENGTH

CODE_BYTES, RESIDUAL_BYTES = 32, 8
PER_PICTURE = 80
"""Descriptors taken of one picture, so that no busy one outvotes the rest."""
ROTATION_ROUNDS = 25
PHOTOS_ON_PACKS = 64

Matrix = NDArray[np.float32]


def learn(descriptors: Matrix) -> dict[str, Matrix]:
    """The tables of PrintCodebook from (n, 128) rows, rounded as they are kept."""
    rotation = faiss.OPQMatrix(LENGTH, CODE_BYTES)
    rotation.niter = ROTATION_ROUNDS
    rotation.train(descriptors)
    matrix = faiss.vector_to_array(rotation.A).reshape(LENGTH, LENGTH)
    matrix = matrix.astype(np.float16).astype(np.float32)
    rotated = descriptors @ matrix.T
    codes = _quantiser(rotated, CODE_BYTES)
    words = _quantiser(rotated, 2)
    residuals = _quantiser(rotated - _nearest(rotated, words), RESIDUAL_BYTES)
    tables = {"rotation": matrix, "codes": codes, "words": words, "residuals": residuals}
    return {name: table.astype(np.float16) for name, table in tables.items()}


def descriptors_of(pictures: Sequence[RgbArray], rng: np.random.Generator, *, packs: int) -> Matrix:
    """From all pictures, and from ``packs`` printed packs held before them."""
    chosen = [
        _some(find_key_points(picture).descriptors, rng) for picture in _shown(pictures, rng, packs)
    ]
    return np.concatenate(chosen)


def loss_of(codebook: PrintCodebook, descriptors: Matrix) -> dict[str, float]:
    """How far the compressed descriptors lie from the true ones (unit vectors), and how often
    the nearest of 20,000 others stays the nearest."""
    rotated = codebook.rotated(descriptors)
    half = min(len(rotated) // 2, 20_000)
    queries, gallery = rotated[:2000], rotated[half : 2 * half]
    decoded = codebook.decode(codebook.encode(gallery))
    exact = (queries @ gallery.T).argmax(axis=1)
    nearness = queries @ decoded.T - 0.5 * np.einsum("ij,ij->i", decoded, decoded)
    return {
        "mean_error": round(float(np.linalg.norm(decoded - gallery, axis=1).mean()), 4),
        "same_nearest": round(float((nearness.argmax(axis=1) == exact).mean()), 4),
    }


def _quantiser(rows: Matrix, parts: int) -> Matrix:
    """Tables (parts, 256, d / parts) by k-means in each part."""
    quantiser = faiss.ProductQuantizer(LENGTH, parts, 8)
    quantiser.train(np.ascontiguousarray(rows))
    table = faiss.vector_to_array(quantiser.centroids).reshape(parts, 256, LENGTH // parts)
    rounded: Matrix = table.astype(np.float16).astype(np.float32)
    return rounded


def _nearest(rows: Matrix, words: Matrix) -> Matrix:
    halves = []
    for part, table in zip(np.split(rows, 2, axis=1), words, strict=True):
        nearness = part @ table.T - 0.5 * np.einsum("ij,ij->i", table, table)
        halves.append(table[nearness.argmax(axis=1)])
    return np.concatenate(halves, axis=1)


def _some(descriptors: Matrix, rng: np.random.Generator) -> Matrix:
    if len(descriptors) <= PER_PICTURE:
        return descriptors
    return descriptors[rng.choice(len(descriptors), PER_PICTURE, replace=False)]


def _shown(
    pictures: Sequence[RgbArray], rng: np.random.Generator, packs: int
) -> Iterator[RgbArray]:
    yield from pictures
    for _ in range(packs):
        chosen = rng.choice(len(pictures), min(PHOTOS_ON_PACKS, len(pictures)), replace=False)
        pack = printed_pack(rng, [pictures[row] for row in chosen])
        background = pictures[int(rng.integers(len(pictures)))]
        yield hand_held(pack, background, rng, side=int(rng.integers(256, 513))).rgb


def _read(folders: Sequence[Path]) -> list[RgbArray]:
    reader = PillowImageReader()
    pictures = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in PICTURE_SUFFIXES:
                try:
                    pictures.append(reader.decode(path, max_side=READING_SIDE).rgb)
                except UnreadableImage as error:
                    print(f"{path}: {error.what}", file=sys.stderr)
    return pictures


def _card(given: argparse.Namespace, counts: dict[str, int], file: Path) -> dict[str, Any]:
    return {
        "kind": "print codebook",
        "name": "rootsift-codebook",
        "title": "RootSIFT codebook",
        "summary": "Compresses and indexes key points of print on packs.",
        "method": "Optimised product quantisation, inverted multi-index (see codebook.py).",
        "data": given.sources,
        "licence": "Apache-2.0",
        "commercial_use": True,
        "recipe": "python -m desktop_app.infra.training.learn_codebook "
        f"--packs {given.packs} --seed {given.seed}",
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        **counts,
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="learn_codebook", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument("folder", type=Path, help="where the tables and their card go")
    parser.add_argument("--pictures", type=Path, nargs="+", required=True)
    parser.add_argument("--packs", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sources", default="", help="what the pictures are, with licences")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args(arguments)
    faiss.omp_set_num_threads(given.threads)
    rng = np.random.default_rng(given.seed)
    pictures = _read(given.pictures)
    descriptors = descriptors_of(pictures, rng, packs=given.packs)
    descriptors = descriptors[rng.permutation(len(descriptors))]
    held_out = len(descriptors) // 10
    print(f"{len(descriptors)} descriptors of {len(pictures)} pictures", flush=True)
    tables = learn(descriptors[held_out:])
    given.folder.mkdir(parents=True, exist_ok=True)
    file = given.folder / CODEBOOK_FILE
    save_file(tables, file)
    codebook = PrintCodebook(
        **{name: table.astype(np.float32) for name, table in tables.items()}, version=""
    )
    counts = {"pictures": len(pictures), "descriptors": len(descriptors) - held_out}
    card = _card(given, counts, file)
    card["metrics"] = loss_of(codebook, descriptors[:held_out])
    (given.folder / CARD_FILE).write_text(
        json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(json.dumps(card["metrics"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
