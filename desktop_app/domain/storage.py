"""Values that pass between the services and the catalogue's store."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import IdArray
from desktop_app.domain.products import PictureState


@dataclass(frozen=True, slots=True)
class PendingPicture:
    """A picture that is to be read. ``path`` is absolute."""

    id: int
    path: str
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What was learned from a picture's bytes.

    ``content_hash`` is the BLAKE2b-128 digest of the file's bytes, 32 hex digits.
    ``perceptual_hash`` is the 64-bit pHash of the upright picture, 8 bytes.
    ``mean_colour`` is 0xRRGGBB. Width and height are the file's pixels after EXIF orientation.
    """

    content_hash: str
    width: int
    height: int
    perceptual_hash: bytes
    mean_colour: int


@dataclass(frozen=True, slots=True)
class KnownContent:
    """A content the catalogue has. ``has_vector`` is about the model that was asked for;
    ``has_thumbnail`` is false where the thumbnail was lost and is to be made again.
    """

    id: int
    content: Content
    has_vector: bool
    has_thumbnail: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ReadPicture:
    """The outcome of reading one picture; batches are aligned with their inputs.

    With ``problem`` empty, ``content`` is set; ``vector`` is a unit float32 vector
    (dimension,), or None where the store has it already; ``thumbnail`` is an encoded
    picture, or None likewise. Otherwise ``state`` is FAILED or OFFLINE.
    """

    picture_id: int
    state: PictureState
    problem: str = ""
    content: Content | None = None
    vector: NDArray[np.float32] | None = None
    thumbnail: bytes | None = None
    size_bytes: int = 0
    mtime_ns: int = 0


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A picture file as the catalogue last saw it."""

    picture_id: int
    product_id: int
    path: str
    size_bytes: int
    mtime_ns: int
    content_hash: str
    state: PictureState


@dataclass(frozen=True, slots=True)
class PictureCounts:
    """How many live pictures are in each state."""

    pending: int = 0
    ready: int = 0
    failed: int = 0
    offline: int = 0

    @property
    def total(self) -> int:
        return self.pending + self.ready + self.failed + self.offline


@dataclass(frozen=True, slots=True, eq=False)
class ContentMap:
    """Which products show which content: two aligned arrays, sorted by content then product.

    Only live pictures of live products are listed, each pair once.
    """

    content_ids: IdArray
    product_ids: IdArray


@dataclass(frozen=True, slots=True)
class VectorFingerprint:
    """Identifies the set of stored vectors of one model.

    ``digest`` changes whenever a vector is added, replaced or removed.
    """

    count: int
    digest: str


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a change touched, so that only those views refresh.

    ``structure`` is true when products appeared or vanished, or a category, brand or saved
    filter changed; ``pictures`` when pictures were added, removed, moved or read.
    ``label`` names the change for Undo ("Edit 3 products").
    """

    label: str = ""
    product_ids: tuple[int, ...] = ()
    structure: bool = False
    pictures: bool = False
