"""What a tuning run keeps in its folder: its job, the pictures it learns from, its checkpoint.

Everything is written whole or not at all, so that a process that is killed leaves what was there
before. No file can hold code: JSON, pictures, safetensors.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
from numpy.typing import NDArray
from safetensors.numpy import save

from desktop_app.domain.errors import StorageFull, UserFacingError
from desktop_app.domain.images import DecodedImage
from desktop_app.domain.metric_learning import AttributeLabels, LabelledPictures, Recipe
from desktop_app.domain.model_cards import ModelCard
from desktop_app.infra.metric_learning.augmentation import Plate
from desktop_app.infra.vision.opencv import cv2
from desktop_app.infra.whole_files import is_full, written_whole

FORMAT = 1
JOB_FILE, LABELS_FILE = "job.json", "labels.safetensors"
CHECKPOINT_FILE, RESULT_FILE, RESULT_WEIGHTS = "checkpoint.safetensors", "result.json", "tuned"
PICTURES = "pictures"
JPEG_QUALITY = 93
_ENLARGED = 1.5
"""Pictures are kept larger than they are learned from by this, since close-ups enlarge parts."""

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class TuningJob:
    """What one run is about. ``weights`` are those of the model ``card`` describes.

    ``dimension`` of the tuned vectors; where that is not the card's, ``projection``
    (dimension, card's dimension) turns its vectors into those that tuning starts from.
    """

    recipe: Recipe
    card: ModelCard
    weights: Path
    taught: LabelledPictures
    validation: LabelledPictures
    projection: NDArray[np.float32] | None = None
    threads: int = 0
    checkpoint_every_s: float = 60.0
    device: str = ""
    fingerprint: str = ""

    def with_fingerprint(self) -> TuningJob:
        """The same job, named by all that decides what comes of it."""
        digest = hashlib.sha256()
        told = {"format": FORMAT, "recipe": self.recipe.to_json(), "base": self.card.key}
        digest.update(json.dumps(told, sort_keys=True).encode())
        for name, array in sorted(self._arrays().items()):
            digest.update(f"{name} {array.shape} {array.dtype}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        columns = (self.taught.attributes.columns, self.taught.attributes.names)
        digest.update(repr(columns).encode())
        return replace(self, fingerprint=digest.hexdigest())

    def write(self, folder: Path) -> None:
        """Raises StorageFull, and UserFacingError where the folder cannot be written."""
        write_whole(folder / LABELS_FILE, save(self._arrays()))
        data = {
            "format": FORMAT,
            "fingerprint": self.fingerprint,
            "recipe": self.recipe.to_json(),
            "card": self.card.to_json(),
            "weights": str(self.weights),
            "columns": list(self.taught.attributes.columns),
            "names": [list(names) for names in self.taught.attributes.names],
            "threads": self.threads,
            "checkpoint_every_s": self.checkpoint_every_s,
            "device": self.device,
        }
        write_whole(folder / JOB_FILE, json.dumps(data, indent=1).encode())

    @classmethod
    def read(cls, folder: Path) -> TuningJob:
        """Raises OSError, KeyError, TypeError or ValueError where ``folder`` holds no job."""
        data = json.loads((folder / JOB_FILE).read_text("utf-8"))
        if data["format"] != FORMAT:
            raise ValueError(f"a job of format {data['format']}")
        arrays, _ = read_arrays(folder / LABELS_FILE)
        columns = tuple(data["columns"])
        names = tuple(tuple(of_column) for of_column in data["names"])
        return cls(
            Recipe.from_json(data["recipe"]),
            ModelCard.from_json(data["card"]),
            Path(data["weights"]),
            _pictures(arrays, "taught", columns, names),
            _pictures(arrays, "validation", columns, names),
            arrays.get("projection"),
            int(data["threads"]),
            float(data["checkpoint_every_s"]),
            str(data["device"]),
            str(data["fingerprint"]),
        )

    def _arrays(self) -> Arrays:
        arrays: Arrays = {}
        for part, pictures in (("taught", self.taught), ("validation", self.validation)):
            arrays |= {
                f"{part}.content_ids": pictures.content_ids,
                f"{part}.products": pictures.products,
                f"{part}.groups": pictures.groups,
                f"{part}.different": pictures.different,
                f"{part}.attributes": pictures.attributes.values,
            }
        if self.projection is not None:
            arrays["projection"] = self.projection
        return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def kept_fingerprint(folder: Path) -> str:
    """Of the job that ``folder`` is about, '' where it is about none."""
    try:
        return str(json.loads((folder / JOB_FILE).read_text("utf-8"))["fingerprint"])
    except (OSError, KeyError, TypeError, ValueError):
        return ""


class PlateStore:
    """Pictures to learn from, in files of their own below ``folder``; one process writes them,
    another reads them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / PICTURES

    def ids(self) -> set[int]:
        """Contents whose picture is there."""
        return {int(path.stem) for path in self._folder.glob("*.jpg") if path.stem.isdecimal()}

    def put(self, content_id: int, image: DecodedImage, *, side: int) -> None:
        """Keep a picture to be learned from at ``side`` pixels. Raises StorageFull, and
        UserFacingError where the folder cannot be written."""
        rgb, alpha = _shrunk(image, longest=round(side * _ENLARGED))
        if alpha is not None and alpha.min() < 255:
            write_whole(self._mask(content_id), _encoded(".png", alpha))
        quality = (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY)
        bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
        # Last: whoever finds the picture finds its mask.
        write_whole(self._picture(content_id), _encoded(".jpg", bgr, quality))

    def get(self, content_id: int) -> Plate:
        """Raises OSError where the picture is not there or not whole."""
        path = self._picture(content_id)
        bgr = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        if bgr is None:
            raise OSError(f"{path} is damaged")
        rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
        alpha = None
        with contextlib.suppress(FileNotFoundError):
            data = np.frombuffer(self._mask(content_id).read_bytes(), np.uint8)
            found = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
            if found is not None and found.shape == rgb.shape[:2]:
                alpha = found.astype(np.uint8, copy=False)
        return Plate(rgb, alpha)

    def _picture(self, content_id: int) -> Path:
        return self._folder / f"{content_id}.jpg"

    def _mask(self, content_id: int) -> Path:
        return self._folder / f"{content_id}.png"


def read_arrays(path: Path) -> tuple[Arrays, dict[str, str]]:
    """Tensors of a safetensors file and what it says of them. Raises OSError, and ValueError
    where the file is damaged."""
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return arrays, file.metadata() or {}
    except safetensors.SafetensorError as error:
        raise ValueError(f"{path} is damaged: {error}") from error


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], about: Mapping[str, str]) -> None:
    """Write a safetensors file whole. Raises as :func:`write_whole`."""
    write_whole(path, save(dict(arrays), dict(about)))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; folders above it are made. Raises StorageFull, and
    UserFacingError where it cannot be written."""
    try:
        with written_whole(path) as stream:
            stream.write(data)
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> UserFacingError:
    """What to tell of a write that failed."""
    if is_full(error):
        return StorageFull(
            "The disk is full; learning stopped and goes on from where it was.",
            remedy="Free some space, then start again.",
            details=f"{path}: {error}",
        )
    return UserFacingError(
        f"{path.parent} cannot be written to; learning stopped.",
        remedy="Check the folder's permissions, then start again.",
        details=f"{path}: {error}",
    )


def _pictures(
    arrays: Arrays, part: str, columns: tuple[str, ...], names: tuple[tuple[str, ...], ...]
) -> LabelledPictures:
    content_ids = arrays[f"{part}.content_ids"]
    return LabelledPictures(
        content_ids,
        arrays[f"{part}.products"],
        arrays[f"{part}.groups"],
        np.empty((len(content_ids), 0), np.float32),
        AttributeLabels(columns, names, arrays[f"{part}.attributes"]),
        arrays[f"{part}.different"],
    )


def _shrunk(
    image: DecodedImage, *, longest: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    height, width = image.rgb.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return image.rgb, image.alpha
    to = max(1, round(width * scale)), max(1, round(height * scale))
    rgb = cv2.resize(image.rgb, to, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    if image.alpha is None:
        return rgb, None
    alpha = cv2.resize(image.alpha, to, interpolation=cv2.INTER_AREA)
    return rgb, alpha.astype(np.uint8, copy=False)


def _encoded(suffix: str, picture: Any, options: tuple[int, ...] = ()) -> bytes:
    _, data = cv2.imencode(suffix, picture, options)
    return data.tobytes()
