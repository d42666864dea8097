"""The learned models of a catalogue on disk, a folder each.

``card.json`` says what it is, ``adapter.safetensors`` holds its tensors, ``trial.json`` what came
of it, ``map.npz`` the layout. No file can hold code, and what is damaged or not what its card says
is told and not used. An exported model is one safetensors file with the card in its metadata.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import safetensors
from numpy.typing import NDArray
from safetensors.numpy import save

from desktop_app.domain.errors import (
    CatalogueReadOnly,
    ModelUnavailable,
    StorageFull,
    UserFacingError,
)
from desktop_app.domain.learned_models import (
    EmbeddingMap,
    LearnedModel,
    Projection,
    Trial,
    tensors_sha256,
)
from desktop_app.infra.metric_learning.card_codec import (
    MOST_BYTES,
    MOST_LETTERS,
    card_from_text,
    card_text,
)
from desktop_app.infra.metric_learning.projection_tensors import (
    Tensors,
    projection_from,
    tensors_of,
)
from desktop_app.infra.metric_learning.trial_codec import trial_from_json, trial_to_json
from desktop_app.infra.whole_files import is_full, written_whole

log = logging.getLogger(__name__)

T = TypeVar("T")

FOLDER = "learned"
CARD, TENSORS, TRIAL, MAP = "card.json", "adapter.safetensors", "trial.json", "map.npz"
SUFFIX = ".safetensors"
KIND, CARD_ENTRY = "twinshelf", "card"
"""Entries of an exported file's metadata: what it is, and the card."""
EXPORTED = "learned model 1"
IMPORTED = "Learned from another catalogue; it was not tried on this one."
MOST_TENSOR_BYTES = 512_000_000
_DAMAGE = (
    OSError,
    KeyError,
    TypeError,
    ValueError,
    IndexError,
    EOFError,
    OverflowError,
    zipfile.BadZipFile,
    safetensors.SafetensorError,
)


class LearnedModelFolder:
    """The LearnedModelFiles port. Reading is safe from any thread; the writing thread writes."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """``folder`` is made when something is kept."""
        self._folder = folder
        self._read_only = read_only

    def cards(self) -> tuple[LearnedModel, ...]:
        found = []
        for version in self._versions():
            try:
                found.append(self._card(version))
            except ModelUnavailable as error:
                log.warning("version %s is left out: %s", version, error.details)
        return tuple(found)

    def next_version(self) -> str:
        """Above all there are, damaged ones and those that others were learned after included:
        a version that was removed is not taken for another."""
        parents = [card.parent for card in self.cards() if card.parent.isdecimal()]
        return str(1 + max(map(int, [*self._versions(), *parents, "0"])))

    def save(
        self,
        model: LearnedModel,
        projection: Projection,
        trial: Trial | None = None,
        layout: EmbeddingMap | None = None,
    ) -> LearnedModel:
        """See LearnedModelFiles. Raises ValueError where the version is there already, or is
        not a whole number."""
        self._check_writable()
        target = self._place(model.version)
        if target.exists():
            raise ValueError(f"version {model.version} is there already")
        tensors = tensors_of(projection)
        kept = replace(
            model,
            key=projection.key,
            note=model.note[:MOST_LETTERS],
            sha256=tensors_sha256(tensors),
        )
        part = self._folder / f".{model.version}.part"
        with _told_to_user(self._folder):
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            try:
                _write(part / TENSORS, save(tensors))
                if trial is not None:
                    text = json.dumps(trial_to_json(trial), allow_nan=False)
                    _write(part / TRIAL, text.encode())
                if layout is not None:
                    _write_map(part / MAP, layout)
                _write(part / CARD, card_text(kept).encode())
                part.replace(target)
            except OSError:
                shutil.rmtree(part, ignore_errors=True)
                raise
        return kept

    def projection(self, version: str) -> Projection:
        card = self._card(version)
        path = self._place(version) / TENSORS
        try:
            tensors, _ = _tensors(path)
            return _verified(tensors, card)
        except _DAMAGE as error:
            raise _damaged(version, path, error) from error

    def trial(self, version: str) -> Trial | None:
        """None too where it is damaged, which is logged."""
        return self._read(version, TRIAL, _read_trial)

    def layout(self, version: str) -> EmbeddingMap | None:
        """None too where it is damaged, which is logged."""
        return self._read(version, MAP, _read_map)

    def annotate(self, version: str, note: str) -> LearnedModel:
        """See LearnedModelFiles. Of a longer note the first MOST_LETTERS are kept."""
        self._check_writable()
        card = replace(self._card(version), note=note[:MOST_LETTERS])
        path = self._place(version) / CARD
        with _told_to_user(path.parent):
            _write(path, card_text(card).encode())
        return card

    def remove(self, version: str) -> None:
        """Gone as a whole, or not at all; nothing where there is none."""
        self._check_writable()
        place = self._place(version)
        leaving = self._folder / f".{version}.removed"
        with _told_to_user(self._folder):
            shutil.rmtree(leaving, ignore_errors=True)
            with contextlib.suppress(FileNotFoundError):
                place.replace(leaving)
                shutil.rmtree(leaving, ignore_errors=True)

    def export(self, version: str, path: Path) -> None:
        """See LearnedModelFiles. A file that is there is replaced."""
        tensors = tensors_of(self.projection(version))
        # The version is its place in this catalogue, and means nothing in another.
        card = replace(self._card(version), version="", parent="")
        data = save(tensors, {KIND: EXPORTED, CARD_ENTRY: card_text(card)})
        with _told_to_user(path.parent):
            _write(path, data)

    def import_from(self, path: Path) -> LearnedModel:
        self._check_writable()
        try:
            tensors, about = _tensors(path)
            if about.get(KIND) != EXPORTED:
                raise ValueError(f"says of itself that it is {about.get(KIND)!r}")
            card = card_from_text(about[CARD_ENTRY])
            projection = _verified(tensors, card)
        except _DAMAGE as error:
            raise ModelUnavailable(
                f"“{path.name}” is no learned model, or it is damaged.",
                remedy="Choose a file that was exported from a catalogue.",
                details=str(error),
            ) from error
        taken = replace(card, version=self.next_version(), parent="", reason=IMPORTED)
        return self.save(taken, projection)

    def _versions(self) -> list[str]:
        try:
            names = [entry.name for entry in self._folder.iterdir() if entry.is_dir()]
        except OSError:
            return []
        return sorted((name for name in names if _is_version(name)), key=int)

    def _place(self, version: str) -> Path:
        """Raises ValueError for what may be another folder."""
        if not _is_version(version):
            raise ValueError(f"{version!r} is no version")
        return self._folder / version

    def _card(self, version: str) -> LearnedModel:
        """Raises ModelUnavailable."""
        if not _is_version(version) or not (self._folder / version).is_dir():
            raise ModelUnavailable(
                f"There is no version {version}.", remedy="Choose one that is listed."
            )
        path = self._folder / version / CARD
        try:
            if path.stat().st_size > MOST_BYTES:
                raise ValueError("too long for a card")
            card = card_from_text(path.read_text("utf-8"))
            if card.version != version:
                raise ValueError(f"the card of version {card.version}")
        except _DAMAGE as error:
            raise _damaged(version, path, error) from error
        return card

    def _read(self, version: str, name: str, read: Callable[[Path], T]) -> T | None:
        if not _is_version(version):
            return None
        path = self._folder / version / name
        try:
            return read(path)
        except FileNotFoundError:
            return None
        except (*_DAMAGE, RecursionError):
            log.warning("%s is damaged", path, exc_info=True)
            return None

    def _check_writable(self) -> None:
        if self._read_only:
            raise CatalogueReadOnly(
                "This catalogue is open for reading only; nothing learned can be kept.",
                remedy="Open a copy that can be written.",
            )


def _is_version(name: str) -> bool:
    return name.isascii() and name.isdecimal() and len(name) <= 9 and name[0] != "0"


def _verified(tensors: Tensors, card: LearnedModel) -> Projection:
    """Raises one of _DAMAGE where the tensors are not those of the card."""
    projection = projection_from(tensors, card.base_key)
    if tensors_sha256(tensors_of(projection)) != card.sha256 or projection.key != card.key:
        raise ValueError("not the tensors that the card tells of")
    return projection


def _tensors(path: Path) -> tuple[Tensors, dict[str, str]]:
    """Raises one of _DAMAGE."""
    if path.stat().st_size > MOST_TENSOR_BYTES:
        raise ValueError("too large for a learned model")
    with safetensors.safe_open(path, framework="numpy") as file:
        about = file.metadata() or {}
        return {name: file.get_tensor(name) for name in file.keys()}, about  # noqa: SIM118


def _read_trial(path: Path) -> Trial:
    return trial_from_json(json.loads(path.read_text("utf-8")))


def _read_map(path: Path) -> EmbeddingMap:
    # Opened here, for numpy leaves a damaged file open.
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
        ids = file["content_ids"].astype(np.int64, casting="safe")
        before, after = (_places(file[name], len(ids)) for name in ("before", "after"))
    return EmbeddingMap(ids, before, after)


def _places(array: NDArray[Any], count: int) -> NDArray[np.float32]:
    if array.shape != (count, 2) or not np.isfinite(array).all():
        raise ValueError("not places on a map")
    return array.astype(np.float32, casting="same_kind")


def _write_map(path: Path, layout: EmbeddingMap) -> None:
    with written_whole(path) as stream:
        np.savez(stream, content_ids=layout.content_ids, before=layout.before, after=layout.after)


def _write(path: Path, data: bytes) -> None:
    with written_whole(path) as stream:
        stream.write(data)


def _damaged(version: str, path: Path, error: BaseException) -> ModelUnavailable:
    return ModelUnavailable(
        f"The files of version {version} are missing or damaged.",
        remedy="Remove it and learn the catalogue again.",
        details=f"{path}: {error}",
    )


@contextmanager
def _told_to_user(folder: Path) -> Iterator[None]:
    """Turns what a disk refuses into what a person can act on."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise StorageFull(
                "The disk is full; what was learned was not kept.", remedy="Free some space."
            ) from error
        raise UserFacingError(
            "What was learned could not be written.",
            remedy=f"Check that {folder} can be written to.",
            details=str(error),
        ) from error
