"""Fetching one large file over HTTP: resumable, checked, and never half in place."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO

from desktop_app.domain.errors import ModelUnavailable, StorageFull
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.infra.vision.weights import sha256_of

STAGE = "download"

_CHUNK_BYTES = 1 << 18
_TIMEOUT_S = 30
_REPORT_EVERY_S = 0.1
_PARTIAL, _RANGE_REFUSED = 206, 416


@dataclass(frozen=True, slots=True)
class _Part:
    """What has arrived of a file, and (beside it) which version of which file that is."""

    path: Path

    @property
    def _note(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    def resumable_bytes(self, url: str) -> tuple[int, str]:
        """How much there is of ``url``, and the server's name for that version of it."""
        try:
            note = json.loads(self._note.read_text("utf-8"))
            if note["url"] == url and note["validator"]:
                return self.path.stat().st_size, str(note["validator"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return 0, ""

    def note(self, url: str, validator: str) -> None:
        self._note.write_text(json.dumps({"url": url, "validator": validator}), "utf-8")

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)


def fetch(
    url: str,
    target: Path,
    *,
    title: str,
    expected_sha256: str,
    token: CancelToken,
    on_progress: Callable[[Progress], None],
) -> None:
    """Download ``url`` to ``target``, whose folder is made.

    What arrived before a cancel or a broken connection is kept beside ``target`` and gone on
    from at the next call. ``expected_sha256`` may be the leading digits only, or '' where it
    is not known. ``title`` names the thing in messages. ``on_progress`` counts bytes, at most
    ten times a second. Raises ModelUnavailable, StorageFull, Cancelled.
    """
    part = _Part(target.with_name(target.name + ".part"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _transfer(url, part, title=title, token=token, on_progress=on_progress)
        if not sha256_of(part.path).startswith(expected_sha256):
            part.discard()
            raise ModelUnavailable(
                f"The downloaded file of {title} is not the one that was expected.",
                remedy="Try again later, or get the file elsewhere and install it from there.",
                details=f"{url}: sha256 does not start with {expected_sha256}",
            )
        os.replace(part.path, target)  # noqa: PTH105 - says that it overwrites
        part.discard()
    except OSError as error:
        raise StorageFull(
            f"{title} could not be saved.",
            remedy=f"Free some space on the disk of {target.parent} and download it again.",
            details=str(error),
        ) from error


def _transfer(
    url: str,
    part: _Part,
    *,
    title: str,
    token: CancelToken,
    on_progress: Callable[[Progress], None],
) -> None:
    token.checkpoint()
    have, validator = part.resumable_bytes(url)
    try:
        response = _open(url, have, validator)
    except urllib.error.HTTPError as error:
        with error:
            if error.code != _RANGE_REFUSED or not have:
                raise _refused(title, error) from error
        # What is there does not belong to what the server has now.
        part.discard()
        _transfer(url, part, title=title, token=token, on_progress=on_progress)
        return
    except (OSError, HTTPException) as error:
        raise _unreachable(title, error) from error
    with response:
        if response.headers.get_content_type() == "text/html":
            raise ModelUnavailable(
                f"The site sent a web page in place of {title}.",
                remedy="Download the file with a browser, then install it from there.",
                details=f"{url}: Content-Type text/html",
            )
        if response.status != _PARTIAL:
            have = 0
        part.note(url, response.headers.get("ETag") or response.headers.get("Last-Modified") or "")
        length = response.headers.get("Content-Length")
        total = have + int(length) if length and length.isdigit() else 0
        with part.path.open("ab" if have else "wb") as file:
            done = _copy(
                response, file, have, total, token=token, on_progress=on_progress, title=title
            )
    if total and done < total:
        raise _broken_off(title, f"{done} of {total} bytes")


def _open(url: str, have: int, validator: str) -> HTTPResponse:
    headers = {"User-Agent": "Twinshelf", "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": validator}
    request = urllib.request.Request(url, headers=headers)
    response: HTTPResponse = urllib.request.urlopen(request, timeout=_TIMEOUT_S)
    return response


def _copy(
    response: HTTPResponse,
    file: IO[bytes],
    done: int,
    total: int,
    *,
    token: CancelToken,
    on_progress: Callable[[Progress], None],
    title: str,
) -> int:
    """Bytes of the file that are there afterwards."""
    started = time.monotonic()
    reported = -_REPORT_EVERY_S
    while True:
        token.checkpoint()
        try:
            chunk = response.read(_CHUNK_BYTES)
        except (OSError, HTTPException) as error:
            raise _broken_off(title, str(error)) from error
        file.write(chunk)
        done += len(chunk)
        elapsed = time.monotonic() - started
        if not chunk or elapsed - reported >= _REPORT_EVERY_S:
            on_progress(Progress(STAGE, done, total, elapsed))
            reported = elapsed
        if not chunk:
            return done


def _refused(title: str, error: urllib.error.HTTPError) -> ModelUnavailable:
    return ModelUnavailable(
        f"The site does not offer {title} any more, or not to everybody.",
        remedy="Get the weights file elsewhere, then install it from there.",
        details=f"{error.url}: {error.code} {error.reason}",
    )


def _unreachable(title: str, error: Exception) -> ModelUnavailable:
    return ModelUnavailable(
        f"{title} could not be downloaded: the site cannot be reached.",
        remedy="Check the internet connection and try again, or install it from a file.",
        details=str(error),
    )


def _broken_off(title: str, details: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"The download of {title} broke off.",
        remedy="Download it again; it goes on from where it stopped.",
        details=details,
    )
