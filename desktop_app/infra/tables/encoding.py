"""Bytes to text: byte order mark, UTF-8, Western code page, then statistics."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from desktop_app.domain.errors import UnreadableTable

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = [
    *("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("mac_roman", "koi8_r", "cp932", "gb18030", "big5", "cp949"),
]
_SAMPLE_BYTES = 256 * 1024
_MAX_NUL_SHARE = 0.1
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœ"
    "€£¢¥§©®™°±²³¹¼½¾µ·×÷–—‘’‚“”„†•…‰‹›«»¡¿ªº´`¨¸\xa0\xad"
)
# Words of Western languages have neither three accented letters in a row nor signs between
# letters; other alphabets read as cp1252 have little else.
_NOT_WESTERN = re.compile(r"[À-ÖØ-öø-ÿŒœ]{3}|[^\W\d_][¡¢£¥¦§¨ª¬±²³¹º¼½¾¿‹›][^\W\d_]")


def decode_text(content: bytes, *, name: str, encoding: str = "") -> tuple[str, str]:
    """The text without byte order mark, and the encoding it was read with.

    ``encoding`` overrides detection. Raises UnreadableTable where it is unknown or does not
    fit, and for content that is not text.
    """
    if encoding:
        return _decode_as(content, encoding, name), encoding
    for mark, marked_encoding in _MARKS:
        if content.startswith(mark):
            return _decode_as(content, marked_encoding, name), marked_encoding
    if b"\0" in content:
        wide = _guess_utf16(content)
        if not wide:
            raise UnreadableTable(
                f"“{name}” is not a text table.",
                remedy="Save the list as XLSX or CSV and import that file.",
            )
        return _decode_as(content, wide, name), wide
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        guess = _guess_legacy(content)
    return _decode_as(content, guess, name), guess


def _decode_as(content: bytes, encoding: str, name: str) -> str:
    try:
        codec = codecs.lookup(encoding)
    except LookupError:
        raise UnreadableTable(
            f"“{encoding}” is not a known text encoding.",
            remedy="Choose another one, for example UTF-8 or Windows-1252.",
        ) from None
    if not getattr(codec, "_is_text_encoding", True):
        raise UnreadableTable(
            f"“{encoding}” is not a text encoding.", remedy="Choose for example UTF-8."
        )
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        raise UnreadableTable(
            f"“{name}” is not written in {encoding}.",
            remedy="Choose another text encoding, or save the list as XLSX.",
            details=str(error),
        ) from error


def _guess_utf16(content: bytes) -> str:
    """Text of mostly Latin letters in UTF-16 without a mark has NULs on one side only."""
    sample = content[:_SAMPLE_BYTES]
    half = max(1, len(sample) // 2)
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if len(content) % 2 == 0 and odd > 0.5 and even < _MAX_NUL_SHARE:
        return "utf-16-le"
    if len(content) % 2 == 0 and even > 0.5 and odd < _MAX_NUL_SHARE:
        return "utf-16-be"
    return ""


def _guess_legacy(content: bytes) -> str:
    # Statistics fail on lists with three umlauts among a thousand numbers, and such lists
    # are common: ask first whether the text makes sense as the most common code page.
    try:
        western = content.decode("cp1252")
    except UnicodeDecodeError:
        western = ""
    foreign = {char for char in western if ord(char) > 127}
    if western and foreign <= _WESTERN and not _NOT_WESTERN.search(western):
        return "cp1252"
    best = from_bytes(_telling_lines(content), cp_isolation=_LEGACY).best()
    return best.encoding if best else "cp1252" if western else "latin-1"


def _telling_lines(content: bytes) -> bytes:
    """The lines with anything beyond ASCII, as many as the sample holds."""
    lines, size = [], 0
    for line in content.splitlines(keepends=True):
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size > _SAMPLE_BYTES:
                break
    return b"".join(lines)
