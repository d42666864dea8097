"""The one place where a picture is turned upright."""

from __future__ import annotations

from PIL import ExifTags, Image

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def pending_turn(image: Image.Image) -> Image.Transpose | None:
    """How ``image``, as Pillow loaded it, must still be turned to be upright.

    Asked after loading: PNG may carry EXIF behind the pixels, and Pillow turns TIFF and
    pi-heif turns HEIF while loading, after which neither names an orientation any more.
    """
    try:
        return _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # parsing foreign bytes fails in every way; the pixels are still good
        return None


def swaps_sides(turn: Image.Transpose | None) -> bool:
    """Whether width and height change places."""
    return turn in {
        Image.Transpose.TRANSPOSE,
        Image.Transpose.ROTATE_270,
        Image.Transpose.TRANSVERSE,
        Image.Transpose.ROTATE_90,
    }
