"""The tuning process as whoever starts it sees it (:mod:`tuning_process` is what runs in it)."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktop_app.domain.errors import ModelUnavailable, StorageFull, UserFacingError
from desktop_app.infra.metric_learning.tuning_process import EXPECTED_TROUBLE, STOP

STEP_S = 0.25
"""How long one listens for a word."""
STOP_WITHIN_S = 5.0
"""What a process that was told to stop may take for its checkpoint."""
_PROJECT = Path(__file__).resolve().parents[3]


def tuning_command() -> list[str]:
    """How this installation starts the tuning process."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--tune-model"]
    return [sys.executable, "-m", "desktop_app.infra.metric_learning.tuning_process"]


class TuningProcess:
    """The tuning process, stopped with the context. Told to, it may take ``stop_within_s``."""

    def __init__(self, command: Sequence[str], *, stop_within_s: float = STOP_WITHIN_S) -> None:
        self._stop_within_s = stop_within_s
        paths = [str(_PROJECT), os.environ.get("PYTHONPATH", "")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        flags |= getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                encoding="utf-8",
                errors="replace",
                creationflags=flags,
            )
        except OSError as error:
            raise _failed(str(error)) from error
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._complaints: list[str] = []
        self._trouble: dict[str, Any] | None = None
        assert self._process.stdout is not None and self._process.stderr is not None
        self._readers = [
            threading.Thread(target=self._read, daemon=True, name="tuning-output"),
            threading.Thread(target=self._read_complaints, daemon=True, name="tuning-complaints"),
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> TuningProcess:
        return self

    def __exit__(self, *_: object) -> None:
        """Let it write its checkpoint, for a moment; then end it."""
        self._write(STOP)
        with contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        try:
            self._process.wait(self._stop_within_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for reader in self._readers:
            reader.join()
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()

    def ask_on(self) -> None:
        """Let it go on."""
        self._write("on")

    def listen(self) -> tuple[list[dict[str, Any]], bool]:
        """What it told meanwhile, waiting up to STEP_S for the first, and whether it is over."""
        said: list[dict[str, Any]] = []
        deadline = time.monotonic() + STEP_S
        while True:
            wait = deadline - time.monotonic()
            try:
                line = (
                    self._lines.get(timeout=max(0.0, wait)) if not said else self._lines.get(False)
                )
            except queue.Empty:
                return said, False
            if line is None:
                return said, True
            with contextlib.suppress(ValueError):
                found = json.loads(line)
                if isinstance(found, dict):
                    said.append(found)
                    if "trouble" in found:
                        self._trouble = found

    def tell_trouble(self) -> None:
        """Raises what it ended by, if it was trouble."""
        status = self._process.wait()
        if status == EXPECTED_TROUBLE and self._trouble is not None:
            kinds: dict[str, type[UserFacingError]] = {
                "storage_full": StorageFull,
                "model": ModelUnavailable,
            }
            kind = kinds.get(str(self._trouble["trouble"]), UserFacingError)
            raise kind(
                str(self._trouble["what"]),
                remedy=str(self._trouble["remedy"]),
                details=str(self._trouble["details"]),
            )
        if status:
            self._readers[1].join()
            complaints = "".join(self._complaints)[-4000:]
            raise _failed(f"exit status {status}\n{complaints}")

    def _write(self, line: str) -> None:
        # Where it has just ended, its exit status tells why.
        with contextlib.suppress(OSError, ValueError):
            assert self._process.stdin is not None
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _read_complaints(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._complaints.append(line)
            del self._complaints[:-200]


def _failed(details: str) -> ModelUnavailable:
    return ModelUnavailable(
        "The network could not be tuned on this machine.",
        remedy="Try again: it goes on from where it was.",
        details=details,
    )
