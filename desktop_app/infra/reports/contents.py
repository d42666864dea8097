"""What all formats share: texts that any program can take, addresses of links, small pictures."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from PIL import Image

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_PLAIN_IN_ADDRESS = "%/:=&?~#+!$,;'@()*[]|"
_LONGEST_ADDRESS = 2000


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """An encoded picture with its size in pixels; ``suffix`` is .jpg or .png."""

    data: bytes
    width: int
    height: int
    suffix: str

    def fitted(self, width: float, height: float) -> tuple[float, float]:
        """The size that fits in this, in the picture's proportions, never cropped."""
        scale = min(width / self.width, height / self.height)
        return self.width * scale, self.height * scale


def thumbnail_of(data: object) -> Thumbnail | None:
    """None where ``data`` is no JPEG or PNG that can be shown."""
    if not isinstance(data, bytes) or not data:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            suffix = ".png" if picture.format == "PNG" else ".jpg"
            return Thumbnail(data, picture.width, picture.height, suffix)
    except (OSError, ValueError, SyntaxError):
        return None


def readable(text: str) -> str:
    """The text without characters that documents must not hold."""
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode("utf-8")


def web_address(text: str) -> str:
    """The text where it can be a link to the web, in ASCII as links must be; '' where it is
    anything else, such as a script."""
    text = text.strip()
    address = quote(text, safe=_PLAIN_IN_ADDRESS) if _WEB.fullmatch(text) else ""
    return address if len(address) <= _LONGEST_ADDRESS else ""


def file_address(path: str) -> str:
    """The address of a file by its absolute path, '' where it is none or too long."""
    try:
        address = Path(path).as_uri() if path else ""
    except ValueError:
        return ""
    return address if len(address) <= _LONGEST_ADDRESS else ""


def address_of(text: str) -> str:
    """The address of what may be a web address or a path, '' where it is neither."""
    return web_address(text) or file_address(text)
