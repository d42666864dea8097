"""Codes read from pictures, and under which numbers a catalogue may hold them."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from desktop_app.domain.barcodes import (
    are_other_products,
    barcode_keys,
    check_digit,
    gtin_of,
    is_gtin,
)
from desktop_app.domain.capturing import Barcode, BarcodeFormat
from desktop_app.domain.images import RgbArray
from desktop_app.infra.barcodes.zxing_reader import ZxingBarcodeReader
from desktop_app.infra.vision.opencv import cv

KINDS = {
    BarcodeFormat.EAN_13: (zxingcpp.BarcodeFormat.EAN13, "4006381333931"),
    BarcodeFormat.EAN_8: (zxingcpp.BarcodeFormat.EAN8, "96385074"),
    BarcodeFormat.UPC_A: (zxingcpp.BarcodeFormat.UPCA, "036000291452"),
    BarcodeFormat.UPC_E: (zxingcpp.BarcodeFormat.UPCE, "01234565"),
    BarcodeFormat.CODE_128: (zxingcpp.BarcodeFormat.Code128, "BTL-1001/b"),
    BarcodeFormat.QR_CODE: (zxingcpp.BarcodeFormat.QRCode, "https://example.com/p/77"),
    BarcodeFormat.DATA_MATRIX: (zxingcpp.BarcodeFormat.DataMatrix, "LOT 0815"),
}


def drawn(kind: BarcodeFormat, text: str = "", *, scale: int = 3) -> NDArray[np.uint8]:
    """A code as grey pixels, quiet zone included."""
    engine, example = KINDS[kind]
    code = zxingcpp.create_barcode(text or example, engine)
    grey = np.array(code.to_image(scale=scale, add_quiet_zones=True), np.uint8)
    return np.pad(grey, 12, constant_values=255)


def frame_with(
    code: NDArray[np.uint8], *, degrees: float = 0.0, blur: float = 0.0, seed: int = 3
) -> RgbArray:
    """A 1280 x 720 frame of a mottled scene with the code in its middle."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 200, (45, 80, 3)).astype(np.uint8)
    scene: RgbArray = cv.resize(coarse, (1280, 720), interpolation=cv.INTER_CUBIC)
    height, width = code.shape
    matrix = cv.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[:, 2] += (640 - width / 2, 360 - height / 2)
    laid = cv.warpAffine(code, matrix, (1280, 720), flags=cv.INTER_AREA)
    inside = cv.warpAffine(np.full_like(code, 255), matrix, (1280, 720)) > 127
    scene[inside] = laid[inside][:, None]
    if blur:
        scene = cv.GaussianBlur(scene, (0, 0), blur)
    noisy = scene.astype(np.int16) + rng.normal(0, 4, scene.shape).astype(np.int16)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_of_code_is_read_with_its_kind_and_place(kind: BarcodeFormat) -> None:
    found = ZxingBarcodeReader().read(frame_with(drawn(kind)))

    assert [code.format for code in found] == [kind]
    wanted = "012345000065" if kind is BarcodeFormat.UPC_E else KINDS[kind][1]
    assert found[0].text == wanted
    x, y = np.mean(found[0].corners, axis=0)
    assert abs(x - 0.5) < 0.05 and abs(y - 0.5) < 0.06
    assert len(found[0].corners) == 4
    # Clockwise from the top left.
    (left, top), _, (right, bottom), _ = found[0].corners
    assert left < right and top < bottom


@pytest.mark.parametrize("kind", [BarcodeFormat.EAN_13, BarcodeFormat.QR_CODE])
@pytest.mark.parametrize("degrees", [0, 20, 45, 90, 160])
def test_codes_are_read_at_an_angle_and_a_little_blurred(
    kind: BarcodeFormat, degrees: float
) -> None:
    found = ZxingBarcodeReader().read(frame_with(drawn(kind), degrees=degrees, blur=1.2))

    assert [code.text for code in found] == [KINDS[kind][1]]


def test_two_codes_in_one_frame_are_both_read_and_each_once() -> None:
    one, other = drawn(BarcodeFormat.EAN_13), drawn(BarcodeFormat.QR_CODE)
    frame = np.full((720, 1280, 3), 170, np.uint8)
    for code, (top, left) in ((one, (60, 80)), (other, (300, 700)), (one, (460, 100))):
        frame[top : top + code.shape[0], left : left + code.shape[1]] = code[:, :, None]

    found = ZxingBarcodeReader().read(frame)

    assert sorted(code.text for code in found) == sorted(
        [KINDS[BarcodeFormat.EAN_13][1], KINDS[BarcodeFormat.QR_CODE][1]]
    )


@pytest.mark.parametrize("shape", [(1, 1), (2, 900), (720, 1280)])
def test_a_picture_without_a_code_has_none(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    assert ZxingBarcodeReader().read(rng.integers(0, 255, (*shape, 3)).astype(np.uint8)) == ()


def test_kinds_that_were_not_asked_for_are_not_read() -> None:
    code = zxingcpp.create_barcode("12345", zxingcpp.BarcodeFormat.Code39)
    grey = np.pad(np.array(code.to_image(scale=3), np.uint8), 20, constant_values=255)
    assert ZxingBarcodeReader().read(np.repeat(grey[:, :, None], 3, axis=2)) == ()


def test_a_gs1_code_tells_its_gtin() -> None:
    code = zxingcpp.create_barcode(
        "(01)09501101530003(17)261231", zxingcpp.BarcodeFormat.DataMatrix, gs1=True
    )
    grey = np.pad(np.array(code.to_image(scale=4), np.uint8), 20, constant_values=255)
    found = ZxingBarcodeReader().read(np.repeat(grey[:, :, None], 3, axis=2))

    assert "9501101530003" in barcode_keys(found[0].text)


def test_a_upc_is_looked_up_as_an_ean_too_and_the_other_way_round() -> None:
    assert set(barcode_keys("036000291452")) == {
        "036000291452",
        "0036000291452",
        "00036000291452",
        "36000291452",
    }
    assert barcode_keys("036000291452")[0] == "036000291452"
    assert "036000291452" in barcode_keys("0036000291452")
    assert "036000291452" in barcode_keys("00036000291452")


def test_blanks_and_hyphens_in_a_number_do_not_matter() -> None:
    assert "4006381333931" in barcode_keys(" 4 006381-333931 ")


@pytest.mark.parametrize(
    "text",
    [
        "https://id.gs1.org/01/09506000134352",
        "https://example.com/shop/01/9506000134352/10/ABC?17=261231",
        "https://example.com/gtin/09506000134352#here",
        "(01)09506000134352(17)261231",
        "01095060001343521726123110ABC",
        "]d20109506000134352",
        "\x1d0109506000134352",
    ],
)
def test_links_and_element_strings_hold_a_gtin(text: str) -> None:
    keys = barcode_keys(text)
    assert keys[0] == text.strip()
    assert "9506000134352" in keys


@pytest.mark.parametrize("text", ["BTL-1001", "4006381333932", "https://example.com/01/123", "12"])
def test_other_texts_are_looked_up_as_they_are(text: str) -> None:
    assert barcode_keys(f" {text} ") == (text,)


def test_an_empty_text_is_not_looked_up() -> None:
    assert barcode_keys("  ") == ()


@given(st.text(alphabet="0123456789", min_size=11, max_size=12))
def test_all_forms_of_a_number_share_their_keys(digits: str) -> None:
    whole = digits + str(check_digit(digits))
    assert is_gtin(whole)
    keys = barcode_keys(whole)
    assert len(keys) == len(set(keys))
    for key in keys:
        assert key.lstrip("0") == whole.lstrip("0")
        if is_gtin(key):
            assert gtin_of(key) == gtin_of(whole)
            assert set(barcode_keys(key)) == set(keys)


@given(st.text(max_size=40))
def test_any_text_can_be_looked_up(text: str) -> None:
    keys = barcode_keys(text)
    assert bool(keys) == bool(text.strip())
    assert all(key for key in keys)


def test_codes_without_a_number_do_not_make_other_products() -> None:
    ean, upc_as_ean = (
        Barcode(BarcodeFormat.EAN_13, text) for text in ("4006381333931", "0036000291452")
    )
    upc = Barcode(BarcodeFormat.UPC_A, "036000291452")
    lot = Barcode(BarcodeFormat.DATA_MATRIX, "LOT 1")
    assert are_other_products((ean,), (upc,))
    assert not are_other_products((upc_as_ean,), (upc,))
    assert not are_other_products((ean,), (lot,))
    assert not are_other_products((ean, lot), (ean,))
    assert not are_other_products((), (ean,))
