"""What is known of an embedding model: what it is, where it is from, what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

PREPROCESSING_VERSION = 1
"""Raised whenever the same file would be turned into other network input than before."""


class Pooling(StrEnum):
    """How a feature map becomes one vector.

    NATIVE is what the architecture does itself (mean, class token, attention pooling).
    SQRT_AVERAGE is the square root of the mean over all places: features that fire strongly
    everywhere then outweigh the others less. SQRT_BANDS is the same of the upper, the middle and
    the lower third, one after the other.
    """

    NATIVE = "native"
    SQRT_AVERAGE = "sqrt_average"
    SQRT_BANDS = "sqrt_bands"


class ModelState(StrEnum):
    """SHIPPED and INSTALLED models are ready; a DOWNLOADABLE one is fetched when a person
    asks for it, or read from a file like one that NEEDS_FILE."""

    SHIPPED = "shipped"
    INSTALLED = "installed"
    DOWNLOADABLE = "downloadable"
    NEEDS_FILE = "needs_file"


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a picture becomes network input: shrunk or enlarged to fit ``side`` by ``side``
    pixels, centred, the rest filled with the grey level ``pad`` (0-255); then scaled to
    [0, 1], less ``mean``, divided by ``std``, per channel.
    """

    side: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    pad: int = 255


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model.

    ``architecture`` is its name in timm. ``head_size`` counts the outputs of the
    architecture's own head where that is part of the embedding, else 0. ``projected`` says
    that the weights hold a linear projection to ``dimension`` numbers.
    ``sha256`` is that of the weights file as kept, '' while there is none;
    ``source_sha256`` that of the file it was made from: all 64 digits, leading ones, or ''
    where it is not known. ``download_mb`` is the size of that file in megabytes, about.
    ``metrics`` are figures by name, with the way they were taken in ``recipe``.
    """

    name: str
    title: str
    summary: str
    architecture: str
    preprocessing: Preprocessing
    dimension: int
    licence: str
    commercial_use: bool
    origin: str
    pooling: Pooling = Pooling.NATIVE
    head_size: int = 0
    projected: bool = False
    licence_note: str = ""
    source_url: str = ""
    source_sha256: str = ""
    download_mb: int = 0
    sha256: str = ""
    recipe: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Names the weights and the preprocessing: vectors under equal keys are comparable.

        Raises ValueError while the card has no weights.
        """
        if not self.sha256:
            raise ValueError(f"{self.name} has no weights yet")
        return f"{self.name}@{self.sha256[:12]}.p{PREPROCESSING_VERSION}"

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; :meth:`from_json` is its inverse."""
        data: dict[str, Any] = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        data["preprocessing"] = {
            entry.name: getattr(self.preprocessing, entry.name)
            for entry in fields(self.preprocessing)
        }
        data["metrics"] = dict(self.metrics)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ModelCard:
        """Raises KeyError, TypeError or ValueError where ``data`` is not of the written form."""
        values = dict(data)
        preprocessing = dict(values["preprocessing"])
        for name in ("mean", "std"):
            red, green, blue = preprocessing[name]
            preprocessing[name] = (float(red), float(green), float(blue))
        values["preprocessing"] = Preprocessing(**preprocessing)
        values["pooling"] = Pooling(values["pooling"])
        return cls(**values)
