from __future__ import annotations

import os
import struct
import threading
import tracemalloc
from pathlib import Path

import pytest
from PIL import Image

from desktop_app.domain.errors import MissingPicture, UnreadableImage
from desktop_app.infra.vision import decode
from desktop_app.infra.vision.decode import PillowImageReader
from tests.vision_decode.samples import corners, encoded, png, tiff


@pytest.fixture(scope="module")
def reader() -> PillowImageReader:
    return PillowImageReader()


def refusal(reader: PillowImageReader, source: Path | bytes, max_side: int = 0) -> UnreadableImage:
    with pytest.raises(UnreadableImage) as caught:
        reader.decode(source, max_side=max_side)
    assert caught.value.remedy
    assert "Error" not in str(caught.value)
    return caught.value


def jpeg_claiming(width: int, height: int, *, progressive: bool = False) -> bytes:
    data = bytearray(encoded(corners(), "JPEG", progressive=progressive))
    at = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, height, width)
    return bytes(data)


def webp_claiming(width: int, height: int) -> bytes:
    data = bytearray(encoded(corners(), "WEBP", lossless=True))
    at = data.index(b"VP8L") + 9
    struct.pack_into("<I", data, at, (width - 1) | (height - 1) << 14)
    return bytes(data)


def bmp_claiming(width: int, height: int) -> bytes:
    data = bytearray(encoded(corners(), "BMP"))
    struct.pack_into("<ii", data, 18, width, height)
    return bytes(data)


def gif_claiming(width: int, height: int) -> bytes:
    data = bytearray(encoded(corners(), "GIF"))
    struct.pack_into("<HH", data, 6, width, height)
    return bytes(data)


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(png(40_000, 40_000, depth=8, colour_type=2, rows=b""), id="png"),
        pytest.param(png(40_000, 40_000, depth=1, colour_type=0, rows=b""), id="png one bit"),
        pytest.param(jpeg_claiming(40_000, 40_000), id="jpeg"),
        pytest.param(jpeg_claiming(16_000, 16_000, progressive=True), id="progressive jpeg"),
        pytest.param(bmp_claiming(40_000, 40_000), id="bmp"),
        pytest.param(gif_claiming(40_000, 40_000), id="gif"),
        pytest.param(webp_claiming(16_383, 16_383), id="webp"),
    ],
)
@pytest.mark.parametrize("max_side", [0, 512])
def test_a_picture_too_large_to_decode_is_refused_by_its_header(
    reader: PillowImageReader, bomb: bytes, max_side: int
) -> None:
    tracemalloc.start()
    try:
        error = refusal(reader, bomb, max_side)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
    assert "too large" in error.what
    assert "pixels" in error.what


class LyingPicture(Image.Image):
    """As some damaged HEIC files: a claim in the container, the truth in the video stream."""

    def __init__(self) -> None:
        super().__init__()
        picture = corners()
        self.im, self._mode, self._size = picture.im, picture.mode, (24, 7_000_000)

    def load(self) -> object:
        self._size = (64, 48)
        return super().load()


def test_a_size_that_turns_out_smaller_while_decoding_is_believed(
    reader: PillowImageReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "_opened", lambda data, picture: LyingPicture())
    decoded = reader.decode(encoded(corners(), "HEIF"))
    assert decoded.rgb.shape == (48, 64, 3)
    assert (decoded.original_width, decoded.original_height) == (64, 48)


def test_a_sequential_jpeg_past_the_limit_is_read_only_at_a_fraction(
    reader: PillowImageReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "MAX_PIXELS", 200_000)
    monkeypatch.setattr(decode, "MAX_SCALED_JPEG_PIXELS", 800_000)
    data = encoded(corners((900, 600)), "JPEG")
    assert reader.decode(data, max_side=100).original_width == 900
    assert "too large" in refusal(reader, data).what
    progressive = encoded(corners((900, 600)), "JPEG", progressive=True)
    assert "too large" in refusal(reader, progressive, 100).what
    assert "too large" in refusal(reader, encoded(corners((1200, 700)), "JPEG"), 100).what


def test_a_file_of_too_many_bytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.tif"
    with path.open("wb") as file:
        file.truncate(3_000_000)
    reader = PillowImageReader(max_file_bytes=2_000_000)
    assert "too large" in refusal(reader, path).what
    assert "too large" in refusal(reader, b"BM" + bytes(3_000_000)).what


def test_an_empty_file_is_said_to_be_empty(reader: PillowImageReader, tmp_path: Path) -> None:
    path = tmp_path / "nothing.jpg"
    path.touch()
    assert refusal(reader, path).what == "“nothing.jpg” is empty (0 bytes)."
    assert "empty" in refusal(reader, b"").what


def test_a_missing_file_is_told_apart(reader: PillowImageReader, tmp_path: Path) -> None:
    assert isinstance(refusal(reader, tmp_path / "gone.jpg"), MissingPicture)
    (tmp_path / "file").touch()
    assert isinstance(refusal(reader, tmp_path / "file" / "below.jpg"), MissingPicture)


def test_a_folder_is_not_a_picture(reader: PillowImageReader, tmp_path: Path) -> None:
    assert "folder" in refusal(reader, tmp_path).what


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no place in this file system")
def test_a_pipe_is_refused_rather_than_waited_for(
    reader: PillowImageReader, tmp_path: Path
) -> None:
    path = tmp_path / "pipe.jpg"
    os.mkfifo(path)
    assert "not a file" in refusal(reader, path).what


def test_a_file_one_may_not_read_is_said_to_be_so(
    reader: PillowImageReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret.jpg"
    path.write_bytes(encoded(corners(), "JPEG"))

    def forbidden(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    # Permission bits do not stop root, as whom tests often run.
    monkeypatch.setattr(Path, "read_bytes", forbidden)
    assert "may not be read" in refusal(reader, path).what


def test_a_failing_drive_is_said_to_fail(
    reader: PillowImageReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(corners(), "JPEG"))

    def failing(_: Path) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", failing)
    assert "drive" in refusal(reader, path).what


def test_a_name_no_system_takes_is_unreadable(reader: PillowImageReader) -> None:
    refusal(reader, Path("a\0b.jpg"))
    refusal(reader, Path("n" * 5000))


@pytest.mark.parametrize(
    "file_format", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "HEIF"]
)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_half_a_picture_is_damaged_not_half_grey(
    reader: PillowImageReader, file_format: str, share: float
) -> None:
    noise = Image.effect_noise((64, 64), 90).convert("RGB")
    data = encoded(noise, file_format)
    error = refusal(reader, data[: int(len(data) * share)])
    assert error.what == "The picture is damaged or incomplete."


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"<?xml version='1.0'?>\n<svg/>", "an SVG drawing"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"8BPS\0\1", "a Photoshop document"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"PK\3\4", "a ZIP archive or an Office document"),
        (b"II\x2a\0\x10\0\0\0CR\2\0", "a camera raw file"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "a camera raw file"),
        (b"FUJIFILMCCD-RAW 0201", "a camera raw file"),
        (b"\0\0\0\x18ftypisom\0\0\0\1isommp42", "a film"),
        (b"\xff\x0a\0\0", "a JPEG XL picture"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
    ],
)
def test_what_is_not_supported_is_called_by_its_name(
    reader: PillowImageReader, tmp_path: Path, data: bytes, kind: str
) -> None:
    path = tmp_path / "thing.jpg"
    path.write_bytes(data)
    error = refusal(reader, path)
    assert error.what == f"“thing.jpg” is {kind}, which Twinshelf does not read."
    assert "JPEG or PNG" in error.remedy


def test_anything_else_is_not_a_picture(reader: PillowImageReader) -> None:
    error = refusal(reader, b"sku;title\nA-1;Jar\n")
    assert "not a picture" in error.what
    assert "HEIC" in error.remedy


def test_a_dng_is_known_by_its_tags(reader: PillowImageReader) -> None:
    import numpy as np

    plain = tiff(np.zeros((8, 8), np.uint8))
    dng = plain.replace(struct.pack("<HHII", 339, 3, 1, 1), struct.pack("<HHII", 50706, 1, 4, 1))
    assert "camera raw" in refusal(reader, dng).what


def test_large_pictures_are_decoded_one_at_a_time(
    reader: PillowImageReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "LARGE_PIXELS", 1)
    inside = threading.Semaphore(1)
    overlapped: list[bool] = []
    original = decode.to_plain_mode

    def watched(image: Image.Image) -> Image.Image:
        entered = inside.acquire(blocking=False)
        overlapped.append(not entered)
        try:
            return original(image)
        finally:
            if entered:
                inside.release()

    monkeypatch.setattr(decode, "to_plain_mode", watched)
    data = encoded(corners((400, 300)), "PNG")
    threads = [threading.Thread(target=reader.decode, args=(data,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overlapped == [False] * 4
