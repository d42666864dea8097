"""Damaged and hostile bytes end in UnreadableImage or in a picture, never otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from desktop_app.domain.errors import UnreadableImage
from desktop_app.infra.vision.decode import PillowImageReader
from tests.vision_decode.samples import corners, encoded

EXIF = Image.Exif()
EXIF[0x0112] = 6
SEEDS = [
    encoded(corners((24, 16)), "JPEG", exif=EXIF.tobytes()),
    encoded(corners((24, 16)), "JPEG", progressive=True),
    encoded(corners((24, 16)).convert("CMYK"), "JPEG"),
    encoded(corners((24, 16)).convert("RGBA"), "PNG", exif=EXIF.tobytes()),
    encoded(corners((24, 16)).quantize(4), "PNG"),
    encoded(corners((24, 16)), "WEBP", lossless=True),
    encoded(corners((24, 16)), "WEBP", quality=50),
    encoded(corners((24, 16)), "TIFF", compression="tiff_lzw"),
    encoded(corners((24, 16)), "TIFF"),
    encoded(corners((24, 16)), "BMP"),
    encoded(corners((24, 16)), "GIF"),
    encoded(corners((24, 16)), "AVIF"),
    encoded(corners((24, 16)), "HEIF"),
]
# Pillow remarks on oddities by warnings, which the suite would turn into errors.
pytestmark = pytest.mark.filterwarnings("ignore")
READER = PillowImageReader()


def mutations() -> st.SearchStrategy[bytes]:
    edit = st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4))

    def apply(data: bytes, edits: list[tuple[float, bytes]], cut: float) -> bytes:
        changed = bytearray(data)
        for place, replacement in edits:
            at = int(place * (len(changed) - 1))
            changed[at : at + len(replacement)] = replacement
        return bytes(changed[: max(1, int(len(changed) * cut))])

    cuts = st.one_of(st.just(1.0), st.floats(0, 1))
    return st.builds(apply, st.sampled_from(SEEDS), st.lists(edit, min_size=1, max_size=6), cuts)


@settings(max_examples=1500, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
@given(data=mutations(), max_side=st.sampled_from([0, 8]))
def test_mutated_pictures_are_read_or_refused(data: bytes, max_side: int) -> None:
    try:
        decoded = READER.decode(data, max_side=max_side)
    except UnreadableImage as error:
        assert error.what
        assert error.remedy
        return
    assert decoded.rgb.dtype == np.uint8
    assert decoded.rgb.ndim == 3
    assert decoded.rgb.shape[2] == 3
    assert not max_side or max(decoded.rgb.shape[:2]) <= max_side
    assert decoded.alpha is None or decoded.alpha.shape == decoded.rgb.shape[:2]
    assert len(READER.perceptual_hash(decoded)) == 8
    assert READER.encode_thumbnail(decoded).startswith(b"\xff\xd8")


@settings(max_examples=300, deadline=2000)
@given(
    data=st.builds(
        lambda head, tail: head + tail,
        st.sampled_from([data[:12] for data in SEEDS]),
        st.binary(max_size=200),
    )
)
def test_noise_behind_a_good_beginning_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableImage):
        READER.decode(data)
