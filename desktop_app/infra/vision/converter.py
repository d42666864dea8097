"""Starts the converter process and tells its troubles (:mod:`desktop_app.infra.vision.export`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.vision.export import EXPECTED_TROUBLE

_PROJECT = Path(__file__).resolve().parents[3]
_POLL_S = 0.1


def converter_command() -> list[str]:
    """How this installation starts the converter."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--export-model"]
    return [sys.executable, "-m", "desktop_app.infra.vision.export"]


class ConverterProcess:
    """Runs the converter and waits for it; safe from any thread.

    ``command`` is the program with its fixed arguments, by default this installation's own.
    """

    def __init__(self, command: Sequence[str] = (), *, timeout_s: float = 900) -> None:
        self._command = list(command) or converter_command()
        self._timeout_s = timeout_s

    def __call__(self, arguments: Sequence[str], token: CancelToken | None = None) -> None:
        """Raises ModelUnavailable where it fails, Cancelled (after ending it) on cancel."""
        paths = [str(_PROJECT), os.environ.get("PYTHONPATH", "")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        try:
            process = subprocess.Popen(
                [*self._command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                encoding="utf-8",
                errors="replace",
                # No console window flashes up beside a windowed application.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise _failed(str(error)) from error
        with process:
            output, complaints = self._outcome(process, token)
        if process.returncode == EXPECTED_TROUBLE:
            raise ModelUnavailable(**json.loads(output.strip().splitlines()[-1]))
        if process.returncode:
            raise _failed(f"exit status {process.returncode}\n{complaints[-4000:]}")

    def _outcome(
        self, process: subprocess.Popen[str], token: CancelToken | None
    ) -> tuple[str, str]:
        deadline = time.monotonic() + self._timeout_s
        while True:
            try:
                return process.communicate(timeout=_POLL_S)
            except subprocess.TimeoutExpired:
                if token is not None and token.is_cancelled:
                    process.kill()
                    raise Cancelled from None
                if time.monotonic() > deadline:
                    process.kill()
                    raise _failed(f"no end after {self._timeout_s:.0f} s") from None


def _failed(details: str) -> ModelUnavailable:
    return ModelUnavailable(
        "The model could not be prepared for this machine.",
        remedy="Try again; if it happens again, reinstall the application.",
        details=details,
    )
