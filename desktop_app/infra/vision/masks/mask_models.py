"""The saliency networks on this machine: the shipped one, and one that a person imported."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from desktop_app.domain.errors import ModelUnavailable, StorageFull
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.vision.card_files import WEIGHTS_FILE
from desktop_app.infra.vision.converter import ConverterProcess
from desktop_app.infra.vision.ir_cache import Converter, cached_ir
from desktop_app.infra.vision.masks.cards import SHIPPED, MaskCard, read_mask_card
from desktop_app.infra.vision.masks.export import PREFIX
from desktop_app.infra.vision.masks.saliency import OpenVinoSaliency, Saliency, TorchSaliency
from desktop_app.infra.vision.openvino_runtime import openvino_version
from desktop_app.infra.vision.weights import read_tensors, verify_weights

log = logging.getLogger(__name__)

IMPORTED_FOLDER = "u2net-imported"


class MaskModels:
    """Opens the saliency network and takes in others; safe from any thread.

    ``shipped_dir`` and ``user_dir`` hold a folder for each model, ``cache_dir`` what can be
    made again. ``threads`` of 0 takes all cores.
    """

    def __init__(
        self,
        shipped_dir: Path,
        user_dir: Path,
        cache_dir: Path,
        *,
        threads: int = 0,
        converter: Converter | None = None,
    ) -> None:
        self._shipped_dir = shipped_dir
        self._user_dir = user_dir
        self._cache_dir = cache_dir
        self._threads = threads
        self._converter = converter or ConverterProcess()
        self._preparing = threading.Lock()

    def card(self) -> MaskCard:
        """Of the network in use: the imported one where there is one that can be read, else
        the shipped one. Raises ModelUnavailable where neither can."""
        return self._in_use()[0]

    def saliency(
        self, card: MaskCard, token: CancelToken | None = None, *, threads: int = 0
    ) -> Saliency:
        """The network of ``card``, for one thread, which it gives ``threads`` of its own (0: as
        many as usual).

        Takes half a second; the first time some ten seconds more, in another process, to
        convert it. Raises ModelUnavailable, and Cancelled.
        """
        folder = self._folder_of(card)
        weights = folder / WEIGHTS_FILE
        verify_weights(card, weights)
        try:
            return self._openvino(card, weights, token, threads or self._threads)
        except (ImportError, OSError, RuntimeError, ModelUnavailable) as error:
            log.warning("OpenVINO cannot run %s, torch will: %s", card.name, error)
        try:
            return TorchSaliency(card, read_tensors(weights))
        except (ImportError, RuntimeError) as error:
            raise ModelUnavailable(
                f"{card.title} cannot run on this machine.",
                remedy="Remove the imported mask weights, or reinstall the application.",
                details=f"{type(error).__name__}: {error}",
            ) from error

    def import_mask_weights(self, file: Path, token: CancelToken | None = None) -> MaskCard:
        """Check that ``file`` holds U²-Net weights of either size, keep them and use them from
        now on; returns their card.

        Takes some seconds, in another process. What was imported before is replaced only by
        what passed. Raises ModelUnavailable, StorageFull, and Cancelled.
        """
        kept = self._user_dir / IMPORTED_FOLDER
        try:
            self._user_dir.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._user_dir, prefix=".importing-") as scratch:
                made = Path(scratch) / IMPORTED_FOLDER
                made.mkdir()
                self._convert(["install", "--file", str(file), "--out", str(made)], token)
                card = read_mask_card(made)
                self.remove_imported()
                made.rename(kept)
        except OSError as error:
            raise StorageFull(
                "The mask weights could not be saved.",
                remedy=f"Check that {self._user_dir} can be written to and has space left.",
                details=str(error),
            ) from error
        return card

    def remove_imported(self) -> None:
        """Go back to the shipped network; nothing happens where none was imported."""
        folder = self._user_dir / IMPORTED_FOLDER
        if not folder.is_dir():
            return
        with tempfile.TemporaryDirectory(dir=self._user_dir, prefix=".removing-") as scratch:
            # Gone at once, though deleting takes its time.
            folder.rename(Path(scratch) / IMPORTED_FOLDER)

    def _in_use(self) -> tuple[MaskCard, Path]:
        imported = self._user_dir / IMPORTED_FOLDER
        if imported.is_dir():
            try:
                return read_mask_card(imported), imported
            except ModelUnavailable as error:
                log.warning("imported mask weights left out: %s", error.details)
        shipped = self._shipped_dir / SHIPPED
        return read_mask_card(shipped), shipped

    def _folder_of(self, card: MaskCard) -> Path:
        used, folder = self._in_use()
        if used.key == card.key:
            return folder
        return self._shipped_dir / SHIPPED

    def _openvino(
        self, card: MaskCard, weights: Path, token: CancelToken | None, threads: int
    ) -> Saliency:
        version = openvino_version()
        if not version:
            raise ImportError("openvino is not installed")
        # Several threads ask for the network at once; one of them converts it.
        with self._preparing:
            ir = cached_ir(
                card,
                weights,
                self._cache_dir / "openvino",
                version=version,
                convert=self._convert,
                token=token,
            )
        return OpenVinoSaliency(card, ir, threads=threads)

    def _convert(self, arguments: Sequence[str], token: CancelToken | None = None) -> None:
        verb, *rest = arguments
        self._converter([PREFIX + verb, *rest], token)
