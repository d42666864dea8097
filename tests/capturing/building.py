"""A small capture station without a camera, and bursts to show it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from desktop_app.domain.answering import AnswerSample
from desktop_app.domain.assurance import AssuranceModel
from desktop_app.domain.capturing import Barcode, BarcodeFormat, Burst, FrameView, Shot
from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.index.numpy_index import NumpyIndexStore
from desktop_app.infra.sqlite.catalogue import open_catalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.jpeg import JpegEncoder
from desktop_app.services.capture.recognising import MARGIN
from desktop_app.services.capture.service import CaptureService
from desktop_app.services.indexing import IndexingService
from desktop_app.services.search import SearchService
from tests.indexing.fakes import GridEmbedder, add_products, write_picture

PLAIN = AssuranceModel(0.0, (1.0, 0.0, 0.0, 0.0))
"""Takes the confidence as it is."""

SAMPLE = AnswerSample(np.linspace(3.0, 7.0, 41), np.linspace(0.0, 3.0, 31))
"""Cosines of pictures of one product and of two, as log-odds, more or less."""

UNKNOWN = 99
"""The seed of a picture that no product shows."""


class Station:
    """The services behind a station, over the catalogue in a folder."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self.catalogue = open_catalogue(folder, read_only=read_only)
        self.embedder = GridEmbedder()
        reader = PillowImageReader()
        self.search = SearchService(self.catalogue, reader, lambda: self.embedder)
        self.indexing = IndexingService(
            self.catalogue,
            reader,
            lambda: self.embedder,
            NumpyIndexStore(),
            model_key=self.embedder.key,
        )
        self.service = CaptureService(
            self.catalogue, self.search, reader, JpegEncoder(), lambda: (PLAIN, SAMPLE)
        )
        self.ids: list[int] = []

    def fill(self, folder: Path, count: int) -> None:
        """Products sku-0000 and so on, each with the picture of its seed."""
        paths = [write_picture(folder / f"{seed}.png", seed) for seed in range(count)]
        self.ids = add_products(self.catalogue, paths)
        self.index()

    def index(self) -> None:
        """Read what is waiting, as the importer has it done."""
        for _step in self.indexing.run(CancelToken()):
            pass
        self.search.use(*self.indexing.publish())


def frame(seed: int, *, size: int = 96) -> RgbArray:
    """A frame of a camera that shows the picture of a seed in the middle of a grey stage."""
    colours = np.random.default_rng(seed).integers(0, 255, (4, 4, 3)).astype(np.uint8)
    shown = Image.fromarray(colours).resize((size // 2, size // 2), Image.Resampling.NEAREST)
    stage = np.full((size, size, 3), 128, np.uint8)
    stage[size // 4 : size * 3 // 4, size // 4 : size * 3 // 4] = np.asarray(shown)
    return stage


def shot(seed: int, at_s: float = 0.0, *, box: CropBox | None = None) -> Shot:
    """A picture taken of a seed; what is cut out is just what the seed shows, since the
    embedder of these tests compares places."""
    inset = 0.5 - 0.25 / (1 + 2 * MARGIN)
    found = box or CropBox(inset, inset, 1 - inset, 1 - inset)
    return Shot(frame(seed), FrameView(found, None, (), 0.9, 0.5, 0.0), at_s)


def burst(*seeds: int, codes: Sequence[str] = ()) -> Burst:
    """Shots of these seeds, with codes read meanwhile."""
    barcodes = tuple(Barcode(BarcodeFormat.CODE_128, code) for code in codes)
    return Burst(tuple(shot(seed, number / 10) for number, seed in enumerate(seeds)), barcodes)
