"""Reads picture files, telling apart what can be wrong with a path."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from desktop_app.domain.errors import MissingPicture, UnreadableImage

_DRIVE_IS_AWAY = frozenset(
    {errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ENOTCONN, errno.ETIMEDOUT}
    | {errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENETUNREACH}
)


def read_picture_file(path: Path, max_bytes: int) -> bytes:
    """The bytes of the file. Raises UnreadableImage, as MissingPicture where there is none
    or its drive is away."""
    name = f"“{path.name}”"
    try:
        # Asked first: opening a pipe would wait for ever, and some devices never end.
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise UnreadableImage(
                f"{name} is a folder, not a picture.", remedy="Choose a picture inside it."
            )
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableImage(f"{name} is not a file.", remedy="Choose a picture file.")
        if found.st_size > max_bytes:
            raise too_many_bytes(name, found.st_size, max_bytes)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise _told(error, name) from error


def too_many_bytes(name: str, size: int, max_bytes: int) -> UnreadableImage:
    """The refusal of a file that is too large to be taken into memory."""
    return UnreadableImage(
        f"{name} is too large: {size // 2**20:,} MB, of at most {max_bytes // 2**20:,} MB.",
        remedy="Save it smaller, for instance as JPEG.",
    )


def _told(error: OSError | ValueError, name: str) -> UnreadableImage:
    details = str(error)
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return MissingPicture(
            f"{name} is not there any more.",
            remedy="Put it back, or connect its drive, and read it again.",
            details=details,
        )
    if isinstance(error, OSError) and error.errno in _DRIVE_IS_AWAY:
        return MissingPicture(
            f"The drive of {name} does not answer.",
            remedy="Connect it, and read the picture again.",
            details=details,
        )
    if isinstance(error, PermissionError):
        return UnreadableImage(
            f"{name} may not be read by you.",
            remedy="Ask for permission to read the file, then read it again.",
            details=details,
        )
    return UnreadableImage(
        f"{name} could not be read from its drive.",
        remedy="Check the drive and its connection, then read it again.",
        details=details,
    )
