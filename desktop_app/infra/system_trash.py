"""The trash of whichever system this is (Send2Trash only here)."""

from __future__ import annotations

import os
from pathlib import Path

from desktop_app.domain.errors import UserFacingError


class SystemTrash:
    """The Trash port."""

    def send(self, path: Path) -> None:
        # On some systems it loads a desktop's libraries, which takes a while.
        from send2trash import send2trash  # noqa: PLC0415

        try:
            send2trash(os.fspath(path))
        except OSError as error:
            raise UserFacingError(
                f"“{path.name}” cannot be moved to the trash.",
                remedy="Check that its folder may be changed and that its drive has a trash.",
                details=str(error),
            ) from error
