"""How the bytes of a picture file are told from those of another."""

from __future__ import annotations

import hashlib
from pathlib import Path

CONTENT_HASH_BYTES = 16


def content_hash(data: bytes) -> str:
    """The BLAKE2b-128 digest of a file's bytes, 32 hex digits."""
    return hashlib.blake2b(data, digest_size=CONTENT_HASH_BYTES).hexdigest()


def file_content_hash(path: Path) -> str:
    """:func:`content_hash` of a file, read in pieces. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.blake2b(digest_size=CONTENT_HASH_BYTES)
        ).hexdigest()
