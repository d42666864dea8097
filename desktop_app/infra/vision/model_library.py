"""The embedding models on this machine: shipped, installed, and those that could be."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from desktop_app.domain.errors import ModelUnavailable, StorageFull
from desktop_app.domain.model_cards import ModelCard, ModelState
from desktop_app.domain.ports import Embedder
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.infra.vision.backbones import DEFAULT_MODEL, KNOWN_BACKBONES
from desktop_app.infra.vision.card_files import (
    CARD_FILE,
    WEIGHTS_FILE,
    read_card,
    write_card,
)
from desktop_app.infra.vision.converter import ConverterProcess
from desktop_app.infra.vision.download import fetch
from desktop_app.infra.vision.ir_cache import Converter, cached_ir
from desktop_app.infra.vision.masks.cards import is_mask_folder
from desktop_app.infra.vision.openvino_embedder import OpenVinoEmbedder, Precision
from desktop_app.infra.vision.openvino_runtime import openvino_version
from desktop_app.infra.vision.weights import read_tensors, sha256_of, verify_weights

log = logging.getLogger(__name__)


class Engine(StrEnum):
    """What runs the network. AUTO is OpenVINO, or torch where OpenVINO cannot run; TORCH uses
    a CUDA or MPS device where there is one."""

    AUTO = "auto"
    OPENVINO = "openvino"
    TORCH = "torch"


class ModelLibrary:
    """Lists, installs and opens models; safe from any thread.

    ``shipped_dir`` and ``user_dir`` hold a folder for each model, ``cache_dir`` what can be
    made again. Only :meth:`download` uses the network. ``threads`` of 0 takes all cores.
    """

    def __init__(
        self,
        shipped_dir: Path,
        user_dir: Path,
        cache_dir: Path,
        *,
        threads: int = 0,
        known: tuple[ModelCard, ...] = KNOWN_BACKBONES,
        converter: Converter | None = None,
    ) -> None:
        self._shipped_dir = shipped_dir
        self._user_dir = user_dir
        self._cache_dir = cache_dir
        self._threads = threads
        self._known = known
        self._convert = converter or ConverterProcess()
        self._preparing = threading.Lock()

    @property
    def default_name(self) -> str:
        """The model of a new catalogue."""
        return DEFAULT_MODEL

    def cards(self) -> tuple[ModelCard, ...]:
        """Every model: the default, the others shipped, those the user added, those known."""
        found: dict[str, ModelCard] = {}
        for directory in (self._shipped_dir, self._user_dir):
            for path in sorted(directory.glob(f"*/{CARD_FILE}")):
                if is_mask_folder(path.parent):
                    continue
                try:
                    card = read_card(path.parent)
                except ModelUnavailable as error:
                    log.warning("model left out: %s", error.details)
                else:
                    found.setdefault(card.name, card)
        for card in self._known:
            found.setdefault(card.name, card)
        return tuple(sorted(found.values(), key=lambda card: card.name != self.default_name))

    def card(self, name: str) -> ModelCard:
        """Raises ModelUnavailable where there is no such model."""
        for card in self.cards():
            if card.name == name:
                return card
        raise ModelUnavailable(
            f"There is no model named {name}.",
            remedy="Choose one of the models listed in the preferences.",
        )

    def state(self, name: str) -> ModelState:
        """Raises ModelUnavailable where there is no such model."""
        if self._folder(self._shipped_dir, name) is not None:
            return ModelState.SHIPPED
        if self._folder(self._user_dir, name) is not None:
            return ModelState.INSTALLED
        card = self.card(name)
        return ModelState.DOWNLOADABLE if card.source_url else ModelState.NEEDS_FILE

    def embedder(
        self,
        name: str,
        *,
        engine: Engine = Engine.AUTO,
        precision: Precision = Precision.AUTO,
        token: CancelToken | None = None,
        read_as: Callable[[ModelCard], ModelCard] | None = None,
    ) -> Embedder:
        """A new embedder, for one thread. ``precision`` concerns OpenVINO. ``read_as`` gives the
        card, of another name, by which the model's weights are to be read instead.

        Takes about half a second; the first time for a model some ten seconds more, in another
        process, to convert it. Raises ModelUnavailable, and Cancelled.
        """
        card, weights = self._ready(name)
        verify_weights(card, weights)
        card = card if read_as is None else read_as(card)
        if engine is not Engine.TORCH:
            try:
                return self._openvino(card, weights, precision, token)
            except (ImportError, OSError, RuntimeError, ModelUnavailable) as error:
                if engine is Engine.OPENVINO:
                    raise _cannot_run(card, error) from error
                log.warning("OpenVINO cannot run %s, torch will: %s", card.name, error)
        from desktop_app.infra.vision.torch_embedder import TorchEmbedder  # noqa: PLC0415

        try:
            return TorchEmbedder(card, read_tensors(weights), threads=self._threads)
        except (ImportError, RuntimeError) as error:
            raise _cannot_run(card, error) from error

    def install_from_file(
        self, name: str, file: Path, token: CancelToken | None = None
    ) -> ModelCard:
        """Check that ``file`` holds the weights of the model and keep them; returns its card.

        Takes some seconds, in another process. A model installed before is replaced only by
        one that passed. Raises ModelUnavailable, StorageFull, and Cancelled.
        """
        known = self.card(name)
        if self.state(name) is ModelState.SHIPPED:
            raise ModelUnavailable(
                f"{known.title} came with the application.", remedy="Choose another model."
            )
        try:
            self._user_dir.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._user_dir, prefix=".installing-") as scratch:
                made = Path(scratch) / name
                made.mkdir()
                plain = replace(known, sha256="")
                write_card(made, plain)
                places = ["--card", str(made / CARD_FILE), "--file", str(file)]
                self._convert(["install", *places, "--out", str(made / WEIGHTS_FILE)], token)
                digest = sha256_of(made / WEIGHTS_FILE)
                card = replace(known, sha256=digest, source_sha256=sha256_of(file))
                write_card(made, card)
                self.remove(name)
                made.rename(self._user_dir / name)
        except OSError as error:
            raise StorageFull(
                f"{known.title} could not be saved.",
                remedy=f"Check that {self._user_dir} can be written to and has space left.",
                details=str(error),
            ) from error
        return card

    def download(
        self, name: str, token: CancelToken, on_progress: Callable[[Progress], None]
    ) -> ModelCard:
        """Fetch the model from where its card says and install it; returns its card.

        What arrived before a cancel or a broken connection is gone on from the next time.
        Raises ModelUnavailable, StorageFull, Cancelled.
        """
        card = self.card(name)
        if not card.source_url:
            raise ModelUnavailable(
                f"{card.title} cannot be downloaded from here.",
                remedy="Get its weights file yourself, then install it from there.",
            )
        known = next((entry for entry in self._known if entry.name == name), card)
        file = self._cache_dir / "downloads" / f"{name}{Path(card.source_url).suffix}"
        fetch(
            card.source_url,
            file,
            title=card.title,
            expected_sha256=known.source_sha256,
            token=token,
            on_progress=on_progress,
        )
        installed = self.install_from_file(name, file, token)
        file.unlink(missing_ok=True)
        return installed

    def located(self, name: str) -> tuple[ModelCard, Path]:
        """The card and the weights file of a model that is here. Raises ModelUnavailable."""
        return self._ready(name)

    def adopt(self, made: Path, card: ModelCard) -> Path:
        """Take the folder ``made``, with ``card`` and its weights, among the user's models;
        returns where it is now. Raises FileExistsError where the name is taken, OSError where it
        cannot be moved."""
        kept = self._user_dir / card.name
        if any(known.name == card.name for known in self.cards()) or kept.exists():
            raise FileExistsError(f"there is a model named {card.name}")
        self._user_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._user_dir, prefix=".adopting-") as scratch:
            # The folders may lie on two disks; what is half moved must not be found.
            part = Path(shutil.move(made, Path(scratch) / card.name))
            part.rename(kept)
        return kept

    def remove(self, name: str) -> None:
        """Delete an installed model; nothing happens where it is not installed. Vectors made
        with it stay in the catalogues."""
        folder = self._user_dir / name
        if not folder.is_dir():
            return
        with tempfile.TemporaryDirectory(dir=self._user_dir, prefix=".removing-") as scratch:
            # Gone at once, though deleting takes its time.
            folder.rename(Path(scratch) / name)

    def _openvino(
        self, card: ModelCard, weights: Path, precision: Precision, token: CancelToken | None
    ) -> OpenVinoEmbedder:
        version = openvino_version()
        if not version:
            raise ImportError("openvino is not installed")
        # Both lanes ask for the model when a catalogue is opened; one of them converts it.
        with self._preparing:
            ir = cached_ir(
                card,
                weights,
                self._cache_dir / "openvino",
                version=version,
                convert=self._convert,
                token=token,
            )
        return OpenVinoEmbedder(card, ir, threads=self._threads, precision=precision)

    def _ready(self, name: str) -> tuple[ModelCard, Path]:
        for directory in (self._shipped_dir, self._user_dir):
            folder = self._folder(directory, name)
            if folder is not None:
                return read_card(folder), folder / WEIGHTS_FILE
        card = self.card(name)
        raise ModelUnavailable(
            f"{card.title} is not installed.",
            remedy="Download it in the preferences, or install it from a weights file.",
        )

    @staticmethod
    def _folder(directory: Path, name: str) -> Path | None:
        folder = directory / name
        return folder if (folder / CARD_FILE).is_file() else None


def _cannot_run(card: ModelCard, error: Exception) -> ModelUnavailable:
    if isinstance(error, ModelUnavailable):
        return error
    return ModelUnavailable(
        f"{card.title} cannot run on this machine.",
        remedy="Choose another model, or reinstall the application.",
        details=f"{type(error).__name__}: {error}",
    )
