"""Tells what a file is by its first bytes, whatever its name says."""

from __future__ import annotations

from enum import StrEnum

HEAD_BYTES = 64
"""How many of a file's first bytes are looked at."""


class PictureFormat(StrEnum):
    """The formats that can be read; values are the names Pillow has for them."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    TIFF = "TIFF"
    BMP = "BMP"
    GIF = "GIF"
    AVIF = "AVIF"
    HEIF = "HEIF"


_STARTS: tuple[tuple[bytes, PictureFormat], ...] = (
    (b"\xff\xd8\xff", PictureFormat.JPEG),
    (b"\x89PNG\r\n\x1a\n", PictureFormat.PNG),
    (b"GIF87a", PictureFormat.GIF),
    (b"GIF89a", PictureFormat.GIF),
    (b"BM", PictureFormat.BMP),
    (b"II\x2a\x00", PictureFormat.TIFF),
    (b"MM\x00\x2a", PictureFormat.TIFF),
    (b"II\x2b\x00", PictureFormat.TIFF),
    (b"MM\x00\x2b", PictureFormat.TIFF),
)

CAMERA_RAW = "a camera raw file"

_OTHER_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"8BPS", "a Photoshop document"),
    (b"%!PS", "a PostScript document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"FUJIFILMCCD-RAW", CAMERA_RAW),
    (b"IIU\x00", CAMERA_RAW),
    (b"IIRO", CAMERA_RAW),
    (b"MMOR", CAMERA_RAW),
    (b"FOVb", CAMERA_RAW),
    (b"\x1aE\xdf\xa3", "a film"),
    (b"\x00\x00\x01\x00", "an icon"),
)

_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)


def picture_format(head: bytes) -> PictureFormat | None:
    """The format of a file that begins with ``head``; None where it is no picture we read."""
    for start, found in _STARTS:
        if head.startswith(start):
            return None if head[8:10] == b"CR" and found is PictureFormat.TIFF else found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return PictureFormat.WEBP
    brands = _brands(head)
    if brands & _AVIF_BRANDS:
        return PictureFormat.AVIF
    if brands & _HEIF_BRANDS:
        return PictureFormat.HEIF
    return None


def foreign_kind(head: bytes) -> str:
    """What a file that is no picture we read is instead, as in 'it is a PDF document';
    '' where that cannot be told."""
    for start, kind in _OTHER_STARTS:
        if head.startswith(start):
            return kind
    if head[:4] in {b"II\x2a\x00", b"MM\x00\x2a"}:
        return CAMERA_RAW
    brands = _brands(head)
    if brands:
        return CAMERA_RAW if b"crx " in brands else "a film"
    text = head.lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head")):
        return "a web page"
    if text.startswith((b"<svg", b"<?xml", b"<!doctype svg")):
        return "an SVG drawing"
    return ""


def _brands(head: bytes) -> set[bytes]:
    """The brands of an ISO media file; empty for anything else."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    compatible = (head[at : at + 4] for at in range(16, end, 4))
    return {head[8:12], *compatible}
