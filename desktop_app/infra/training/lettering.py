"""Words and lines of print for invented goods, in whatever fonts the machine has."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from desktop_app.infra.vision.opencv import cv2

Ink = NDArray[np.uint8]
"""(height, width), 255 where the letters are."""

_FOLDERS: dict[str, tuple[str, ...]] = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts"),
    "darwin": ("/Library/Fonts", "/System/Library/Fonts/Supplemental"),
    "win32": ("C:/Windows/Fonts",),
}
_SYLLABLES = (
    "al be bo ca cha co da de di el en fa fi ga go gra ha in ka ki la le li lo lu ma me mi mo na "
    "ne ni no nu o or pa pe pi po pra ra re ri ro sa se si so sol su ta te ti to tri u va ve vi "
    "vo xa ya zi zo ster ling ton berg nor lin quel"
)
_COMMON = (
    "natural original fresh organic classic pure light extra soft daily care milk oat apple juice "
    "orange vanilla cherry lemon berry honey tea coffee cocoa crispy golden yoghurt cream butter "
    "rice pasta tomato basil olive sea salt sugar free no added vitamin C protein fibre energy "
    "shampoo lotion soap mint aloe rose body hand face intense repair sensitive 1L 500 ml 250 g "
    "100% 2x new family pack premium select delight garden farm mountain valley river sun"
)


def font_files(folders: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Font files below ``folders`` and in the places of this system, sorted; maybe none."""
    places = [*folders, *(Path(name) for name in _FOLDERS.get(sys.platform, ()))]
    found = {path for place in places for path in place.rglob("*.[to]tf") if path.is_file()}
    return tuple(sorted(found))


def random_word(rng: np.random.Generator) -> str:
    """An invented name or a word often seen on packs."""
    if rng.random() < 0.45:
        return _drawn(_COMMON, rng)
    count = int(rng.integers(2, 4))
    return "".join(_drawn(_SYLLABLES, rng) for _ in range(count))


def _drawn(words: str, rng: np.random.Generator) -> str:
    choice = words.split()
    return choice[int(rng.integers(len(choice)))]


def random_line(rng: np.random.Generator, *, words: int) -> str:
    """``words`` words in one of the usual cases."""
    line = " ".join(random_word(rng) for _ in range(words))
    case = rng.random()
    if case < 0.35:
        return line.upper()
    return line.title() if case < 0.7 else line


@lru_cache(maxsize=512)
def _font(file: Path, size: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(file, size)
    except OSError:
        return None


def set_line(text: str, font_file: Path | None, *, height: int) -> Ink:
    """The line about ``height`` pixels high, cropped to its ink; at least 1 by 1.

    Without a font file, or where it cannot be used, the strokes of Hershey's fonts are drawn.
    """
    size = max(4, height)
    font = None if font_file is None else _font(font_file, size)
    if font is not None:
        left, top, right, bottom = (int(v) for v in font.getbbox(text))
        canvas = Image.new("L", (max(1, right - left), max(1, bottom - top)), 0)
        ImageDraw.Draw(canvas).text((-left, -top), text, fill=255, font=font)
        ink = np.asarray(canvas, np.uint8)
        if ink.any():
            return ink
    return _stroked(text, size)


def _stroked(text: str, size: int) -> Ink:
    face, thickness = cv2.FONT_HERSHEY_DUPLEX, max(1, size // 12)
    scale = cv2.getFontScaleFromHeight(face, size, thickness)
    plain = text.encode("ascii", "replace").decode("ascii")
    (width, height), below = cv2.getTextSize(plain, face, scale, thickness)
    ink = np.zeros((height + below + 2, max(1, width)), np.uint8)
    cv2.putText(ink, plain, (0, height), face, scale, 255, thickness, cv2.LINE_AA)
    return ink


def barcode(rng: np.random.Generator, *, width: int, height: int) -> Ink:
    """Bars of random widths with a quiet zone around them."""
    ink = np.zeros((height, width), np.uint8)
    x = max(1, width // 12)
    while x < width - max(1, width // 12):
        bar, gap = (max(1, round(float(v) * width / 90)) for v in rng.integers(1, 5, 2))
        ink[height // 10 : height - height // 10, x : x + bar] = 255
        x += bar + gap
    return ink
