"""What a camera of Qt lets be set, and setting it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtMultimedia import QCamera

from desktop_app.domain.camera_settings import (
    CameraAbilities,
    CameraFormat,
    CameraSettings,
    WhiteBalance,
)

_MODES = {
    WhiteBalance.AUTO: QCamera.WhiteBalanceMode.WhiteBalanceAuto,
    WhiteBalance.SUNLIGHT: QCamera.WhiteBalanceMode.WhiteBalanceSunlight,
    WhiteBalance.CLOUDY: QCamera.WhiteBalanceMode.WhiteBalanceCloudy,
    WhiteBalance.SHADE: QCamera.WhiteBalanceMode.WhiteBalanceShade,
    WhiteBalance.TUNGSTEN: QCamera.WhiteBalanceMode.WhiteBalanceTungsten,
    WhiteBalance.FLUORESCENT: QCamera.WhiteBalanceMode.WhiteBalanceFluorescent,
}


class AdjustableCamera(Protocol):
    """The part of QCamera that is used here."""

    def supportedFeatures(self) -> QCamera.Feature: ...
    def isWhiteBalanceModeSupported(self, mode: QCamera.WhiteBalanceMode, /) -> bool: ...
    def setWhiteBalanceMode(self, mode: QCamera.WhiteBalanceMode, /) -> None: ...
    def minimumExposureTime(self) -> float: ...
    def maximumExposureTime(self) -> float: ...
    def setExposureCompensation(self, ev: float, /) -> None: ...
    def setManualExposureTime(self, seconds: float, /) -> None: ...
    def setAutoExposureTime(self) -> None: ...


def abilities_of(camera: AdjustableCamera, formats: Sequence[CameraFormat]) -> CameraAbilities:
    """What the camera lets be set; ``formats`` as it lists them."""
    features = camera.supportedFeatures()
    exposure_ms = None
    if QCamera.Feature.ManualExposureTime in features:
        low, high = camera.minimumExposureTime() * 1000, camera.maximumExposureTime() * 1000
        # Some drivers offer it and name no range.
        exposure_ms = (low, high) if 0 < low < high else None
    return CameraAbilities(
        formats=distinct_formats(formats),
        has_compensation=QCamera.Feature.ExposureCompensation in features,
        exposure_ms=exposure_ms,
        white_balances=tuple(
            balance
            for balance, mode in _MODES.items()
            if balance is WhiteBalance.AUTO or camera.isWhiteBalanceModeSupported(mode)
        ),
    )


def distinct_formats(formats: Sequence[CameraFormat]) -> tuple[CameraFormat, ...]:
    """Each once, the largest first: cameras list one for every encoding of its pixels."""
    return tuple(
        sorted(set(formats), key=lambda each: (-each.width * each.height, -each.frames_per_s))
    )


def adjust(camera: AdjustableCamera, settings: CameraSettings) -> None:
    """Set exposure and white balance; what the camera cannot do is passed over. Cameras keep
    what was set when they are closed, so that automatic ones are set as well."""
    able = abilities_of(camera, ())
    if able.exposure_ms is not None and settings.exposure_ms is not None:
        low, high = able.exposure_ms
        camera.setManualExposureTime(min(max(settings.exposure_ms, low), high) / 1000)
    else:
        if able.exposure_ms is not None:
            camera.setAutoExposureTime()
        if able.has_compensation:
            camera.setExposureCompensation(settings.exposure_ev)
    balance = settings.white_balance
    if balance not in able.white_balances:
        balance = WhiteBalance.AUTO
    if camera.isWhiteBalanceModeSupported(_MODES[balance]):
        camera.setWhiteBalanceMode(_MODES[balance])
