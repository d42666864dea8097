"""The learned tables by which descriptors are compressed and turned into visual words.

Jégou, Douze and Schmid, "Product quantization for nearest neighbor search", PAMI 2011; the
rotation after Ge, He, Ke and Sun, "Optimized product quantization", CVPR 2013; words are pairs of
half-words after Babenko and Lempitsky, "The inverted multi-index", CVPR 2012. Learned by
``desktop_app.infra.training.learn_codebook``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from desktop_app.domain.errors import ModelUnavailable

FOLDER = "rootsift-codebook"
CODEBOOK_FILE = "codebook.safetensors"
CARD_FILE = "codebook.json"

_BLOCK = 2048
"""Rows whose distances to all entries stay in the processor's cache, about."""

Table = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class PrintCodebook:
    """All tables are in the rotated space, float32.

    ``rotation`` (d, d) is applied to column vectors; ``codes`` (m, 256, d / m) quantises a
    descriptor for the store; ``words`` (2, 256, d / 2) its two halves for the index, and
    ``residuals`` (r, 256, d / r) what the word leaves of it. ``version`` names them.
    """

    rotation: Table
    codes: Table
    words: Table
    residuals: Table
    version: str

    def __post_init__(self) -> None:
        length = self.rotation.shape[0]
        if self.rotation.shape != (length, length):
            raise ValueError("the rotation is not square")
        for name in ("codes", "words", "residuals"):
            table: Table = getattr(self, name)
            if table.ndim != 3 or table.shape[0] * table.shape[2] != length:
                raise ValueError(f"the table {name} does not fit the rotation")
            if table.shape[1] != 256 or not np.isfinite(table).all():
                raise ValueError(f"the table {name} is not of 256 finite entries")

    @property
    def length(self) -> int:
        """Of a descriptor."""
        return int(self.rotation.shape[0])

    @property
    def code_bytes(self) -> int:
        """Of a compressed descriptor."""
        return int(self.codes.shape[0])

    def rotated(self, descriptors: Table) -> Table:
        """(n, d) into the space of the tables; distances do not change."""
        return np.ascontiguousarray(descriptors @ self.rotation.T)

    def unrotated(self, rotated: Table) -> Table:
        """The inverse of :meth:`rotated`."""
        return np.ascontiguousarray(rotated @ self.rotation)

    def encode(self, rotated: Table) -> NDArray[np.uint8]:
        """The nearest code of each row, (n, code_bytes)."""
        return _nearest(rotated, self.codes)

    def index_codes(self, rotated: Table) -> NDArray[np.uint8]:
        """The two half-words of each row and the codes of what they leave over, (n, 2 + r)."""
        blocks = [np.empty((0, 2 + len(self.residuals)), np.uint8)]
        for start in range(0, len(rotated), _BLOCK):
            block = rotated[start : start + _BLOCK]
            words = _nearest(block, self.words)
            left = block - self.words[np.arange(2), words].reshape(block.shape)
            blocks.append(np.concatenate([words, _nearest(left, self.residuals)], axis=1))
        return np.concatenate(blocks)

    def decode(self, codes: NDArray[np.uint8]) -> Table:
        """What the codes stand for, (n, d), in the rotated space."""
        parts, entries, size = self.codes.shape
        # One table of all entries: taking rows of it is seven times as fast as indexing by two.
        rows = codes + np.arange(0, parts * entries, entries)
        chosen: Table = self.codes.reshape(-1, size).take(rows, axis=0)
        return chosen.reshape(len(codes), self.length)


def _nearest(rows: Table, tables: Table) -> NDArray[np.uint8]:
    """For each part of each row the nearest entry of that part's table, (n, parts)."""
    parts = rows.reshape(len(rows), len(tables), -1).transpose(1, 0, 2)
    # Half of |x - c|^2 without |x|^2, which is the same for all entries.
    distances = np.matmul(parts, -tables.transpose(0, 2, 1))
    distances += 0.5 * np.einsum("mkd,mkd->mk", tables, tables)[:, np.newaxis]
    return np.ascontiguousarray(distances.argmin(axis=2).T.astype(np.uint8))


def load_codebook(folder: Path) -> PrintCodebook:
    """From ``folder``/codebook.safetensors. Raises ModelUnavailable where it is absent or
    damaged."""
    path = folder / CODEBOOK_FILE
    try:
        data = path.read_bytes()
        tables = {name: table.astype(np.float32) for name, table in load(data).items()}
        return PrintCodebook(
            tables["rotation"],
            tables["codes"],
            tables["words"],
            tables["residuals"],
            version=hashlib.sha256(data).hexdigest()[:12],
        )
    except (OSError, KeyError, ValueError, SafetensorError) as error:
        raise ModelUnavailable(
            "The tables for print on packs cannot be read.",
            remedy="They came with the application: install it again.",
            details=f"{path}: {error}",
        ) from error
