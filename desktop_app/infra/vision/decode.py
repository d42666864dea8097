"""Picture files to upright 8-bit sRGB, and what is made from them, by Pillow.

The way of a picture: told by its first bytes, measured by its header, decoded (JPEG at a
fraction where a small result is wanted), brought to a plain pixel mode, shrunk, converted to
sRGB, turned upright, laid on white.
"""

from __future__ import annotations

import io
import math
import threading
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import (
    AvifImagePlugin,  # noqa: F401 - Image.open knows only imported plugins
    Image,
    TiffImagePlugin,
    WebPImagePlugin,  # noqa: F401
)

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.images import DecodedImage
from desktop_app.infra.vision.colour_profiles import ColourConverter
from desktop_app.infra.vision.orientation import pending_turn, swaps_sides
from desktop_app.infra.vision.perceptual_hash import perceptual_hash
from desktop_app.infra.vision.picture_files import read_picture_file, too_many_bytes
from desktop_app.infra.vision.pixel_modes import to_plain_mode
from desktop_app.infra.vision.small_jpeg import decode_small_jpeg
from desktop_app.infra.vision.sniffing import (
    CAMERA_RAW,
    HEAD_BYTES,
    PictureFormat,
    foreign_kind,
    picture_format,
)
from desktop_app.infra.vision.thumbnails import encode_thumbnail, fitted, shrunk

MAX_FILE_BYTES = 512 * 2**20
MAX_PIXELS = 178_956_970
"""Pixels that are ever held decoded: half a gigabyte as RGB. Pillow's own limit for errors."""
MAX_SCALED_JPEG_PIXELS = 400_000_000
"""Pixels of a sequential JPEG that is decoded at a fraction, so that memory stays within
MAX_PIXELS. Progressive ones are held whole by libjpeg whatever the fraction: MAX_PIXELS."""
LARGE_PIXELS = 40_000_000
"""Pictures from this size on are decoded one at a time, whatever the number of threads."""

JPEG_MARGIN = 1.5
"""How much larger than wanted a JPEG is decoded before the last, good shrinking. Against a full
decode, measured on 5 and 12 megapixels: 1.0 gives 36-47 dB, 1.5 gives 45-51 dB at a quarter to
a half of its time, 2.0 no more than that where 1.5 is not already the same step."""
REDUCING_GAP = 3.0

SAVE_SMALLER = "Save it smaller: 4,000 pixels on the longer side are plenty."

_RAW_SUFFIXES = frozenset(
    {".3fr", ".arw", ".cr2", ".cr3", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos", ".mrw"}
    | {".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".sr2", ".srf", ".srw", ".x3f"}
)
_DNG_VERSION, _NEW_SUBFILE_TYPE, _SUB_IFDS = 50706, 254, 330

# Our own limits, checked from the header of every file, take the place of Pillow's, which
# warns and fails at sizes that know nothing of decoding at a fraction.
Image.MAX_IMAGE_PIXELS = None


class PillowImageReader:
    """Implements ImageReader; one instance serves any number of threads."""

    def __init__(self, *, max_file_bytes: int = MAX_FILE_BYTES) -> None:
        self._max_file_bytes = max_file_bytes
        self._colours = ColourConverter()
        self._one_large_at_a_time = threading.Lock()

    def read_file(self, path: Path) -> bytes:
        """See ImageReader."""
        return read_picture_file(path, self._max_file_bytes)

    def decode(self, source: Path | bytes, *, max_side: int = 0) -> DecodedImage:
        """See ImageReader."""
        if isinstance(source, Path):
            name, suffix, data = f"“{source.name}”", source.suffix, self.read_file(source)
        else:
            name, suffix, data = "The picture", "", source
        picture = self._identified(data, name=name, suffix=suffix)
        if picture is PictureFormat.JPEG and not max_side:
            rgb = decode_small_jpeg(data)
            if rgb is not None:
                height, width = rgb.shape[:2]
                return DecodedImage(rgb, None, width, height)
        try:
            return self._decoded(data, picture, name=name, max_side=max_side)
        except UnreadableImage:
            raise
        except MemoryError as error:
            raise UnreadableImage(
                f"{name} is too large for this computer's memory.", remedy=SAVE_SMALLER
            ) from error
        except Exception as error:  # parsing foreign bytes fails in every way there is
            raise UnreadableImage(
                f"{name} is damaged or incomplete.",
                remedy="Copy it again from where it came from, or save it anew in a picture "
                "program.",
                details=f"{type(error).__name__}: {error}",
            ) from error

    def shrink(self, image: DecodedImage, *, side: int) -> DecodedImage:
        """See ImageReader."""
        alpha = None if image.alpha is None else shrunk(image.alpha, side)
        return replace(image, rgb=shrunk(image.rgb, side), alpha=alpha)

    def encode_thumbnail(self, image: DecodedImage, *, side: int = 256) -> bytes:
        """See ImageReader."""
        return encode_thumbnail(image.rgb, side)

    def perceptual_hash(self, image: DecodedImage) -> bytes:
        """See ImageReader."""
        return perceptual_hash(image.rgb)

    def _identified(self, data: bytes, *, name: str, suffix: str) -> PictureFormat:
        if not data:
            raise UnreadableImage(
                f"{name} is empty (0 bytes).", remedy="Copy it again from where it came from."
            )
        if len(data) > self._max_file_bytes:
            raise too_many_bytes(name, len(data), self._max_file_bytes)
        head = data[:HEAD_BYTES]
        found = picture_format(head)
        if found is None:
            raise _not_supported(name, foreign_kind(head))
        if found is PictureFormat.TIFF and suffix.lower() in _RAW_SUFFIXES:
            raise _not_supported(name, CAMERA_RAW)
        return found

    def _decoded(
        self, data: bytes, picture: PictureFormat, *, name: str, max_side: int
    ) -> DecodedImage:
        with _opened(data, picture) as image:
            original = image.size
            box = _prepare_scaled(image, max_side) if picture is PictureFormat.JPEG else None
            _refuse_bomb(name, original, decoded=image.size, held_whole=_held_whole(image))
            if isinstance(image, TiffImagePlugin.TiffImageFile) and _is_camera_raw(image):
                raise _not_supported(name, CAMERA_RAW)
            large = math.prod(image.size) >= LARGE_PIXELS
            with self._one_large_at_a_time if large else nullcontext():
                image.load()
                if box is None:
                    original = image.size  # HEIF may only know its size now
                turn = pending_turn(image)
                small = _shrunk(to_plain_mode(image), original, box, max_side)
            profile = image.info.get("icc_profile")
        alpha = _transparency(small)
        opaque = small.convert(small.mode[:-1]) if small.mode.endswith("A") else small
        rgb = self._colours.to_srgb(opaque, profile)
        if alpha is not None:
            on_white = Image.new("RGB", rgb.size, "white")
            on_white.paste(rgb, mask=alpha)
            rgb = on_white
        if turn is not None:
            rgb = rgb.transpose(turn)
            alpha = alpha and alpha.transpose(turn)
        width, height = reversed(original) if swaps_sides(turn) else original
        return DecodedImage(
            rgb=np.array(rgb),
            alpha=None if alpha is None else np.array(alpha),
            original_width=width,
            original_height=height,
        )


def _opened(data: bytes, picture: PictureFormat) -> Image.Image:
    if picture is PictureFormat.HEIF:
        from pi_heif import HeifImageFile  # noqa: PLC0415 - rare, and slow to load

        opened: Image.Image = HeifImageFile(io.BytesIO(data))
        return opened
    return Image.open(io.BytesIO(data), formats=(picture.value,))


def _prepare_scaled(image: Image.Image, max_side: int) -> tuple[float, float, float, float] | None:
    """Have a JPEG decoded at 1/2, 1/4 or 1/8 where that is enough; returns the part of the
    result that the picture takes, to a fraction of a pixel."""
    if not max_side:
        return None
    width, height = (math.ceil(side * JPEG_MARGIN) for side in fitted(image.size, max_side))
    drafted = image.draft(image.mode, (width, height))
    return drafted[1] if drafted else None


def _held_whole(image: Image.Image) -> bool:
    """Whether decoding takes memory for all pixels, also at a fraction."""
    return image.format not in {"JPEG", "MPO"} or "progressive" in image.info


def _refuse_bomb(
    name: str, original: tuple[int, int], *, decoded: tuple[int, int], held_whole: bool
) -> None:
    limit = MAX_PIXELS if held_whole or decoded == original else MAX_SCALED_JPEG_PIXELS
    if math.prod(original) > limit or math.prod(decoded) > MAX_PIXELS:
        width, height = original
        raise UnreadableImage(
            f"{name} is too large: {width:,} by {height:,} pixels.", remedy=SAVE_SMALLER
        )


def _shrunk(
    image: Image.Image,
    original: tuple[int, int],
    box: tuple[float, float, float, float] | None,
    max_side: int,
) -> Image.Image:
    size = fitted(original, max_side) if max_side else original
    if size == image.size:
        return image
    # Colours of transparent pixels must not bleed into their neighbours.
    premultiplied = {"LA": "La", "RGBA": "RGBa"}.get(image.mode)
    small = (image.convert(premultiplied) if premultiplied else image).resize(
        size, Image.Resampling.LANCZOS, box=box, reducing_gap=REDUCING_GAP
    )
    return small.convert(image.mode) if premultiplied else small


def _transparency(image: Image.Image) -> Image.Image | None:
    """The alpha channel; None where there is none or every pixel is opaque."""
    if not image.mode.endswith("A"):
        return None
    alpha = image.getchannel("A")
    return None if alpha.getextrema() == (255, 255) else alpha


def _is_camera_raw(image: TiffImagePlugin.TiffImageFile) -> bool:
    """Whether a TIFF is a camera's: it says so, or begins with a preview of what is inside."""
    tags = image.tag_v2
    return _DNG_VERSION in tags or (tags.get(_NEW_SUBFILE_TYPE) == 1 and _SUB_IFDS in tags)


def _not_supported(name: str, kind: str) -> UnreadableImage:
    if kind:
        return UnreadableImage(
            f"{name} is {kind}, which Twinshelf does not read.",
            remedy="Save it as JPEG or PNG and use that.",
        )
    return UnreadableImage(
        f"{name} is not a picture, or of a kind Twinshelf does not know.",
        remedy="Use JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF or HEIC.",
    )
