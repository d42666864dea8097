"""What a person set on a camera, and what a camera lets be set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

EXPOSURE_STEPS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
"""Offered compensations, in steps of light (EV): one more is twice as bright."""


@dataclass(frozen=True, slots=True)
class CameraFormat:
    """What a camera offers: pixels, and frames per second at most."""

    width: int
    height: int
    frames_per_s: float


class WhiteBalance(StrEnum):
    """Which light the camera takes for white; AUTO where it judges by itself."""

    AUTO = "auto"
    SUNLIGHT = "sunlight"
    CLOUDY = "cloudy"
    SHADE = "shade"
    TUNGSTEN = "tungsten"
    FLUORESCENT = "fluorescent"


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """How a camera is used. ``key`` is the camera's.

    ``format`` of None leaves the choice to the application. ``exposure_ev`` in [-2, 2] is the
    compensation of the automatic exposure; ``exposure_ms`` a fixed exposure, None for an
    automatic one. ``mirrored`` is about the preview only.
    """

    key: str
    format: CameraFormat | None = None
    exposure_ev: float = 0.0
    exposure_ms: float | None = None
    white_balance: WhiteBalance = WhiteBalance.AUTO
    mirrored: bool = False

    def __post_init__(self) -> None:
        if not abs(self.exposure_ev) <= EXPOSURE_STEPS[-1]:
            raise ValueError(f"not a compensation: {self.exposure_ev}")
        if self.exposure_ms is not None and not 0 < self.exposure_ms < math.inf:
            raise ValueError(f"not an exposure: {self.exposure_ms}")

    def to_json(self) -> dict[str, Any]:
        """As plain values; what is left to the application or the camera is left out."""
        written: dict[str, Any] = {
            "key": self.key,
            "exposure_ev": self.exposure_ev,
            "white_balance": self.white_balance.value,
            "mirrored": self.mirrored,
        }
        if self.format is not None:
            each = self.format
            written["format"] = [each.width, each.height, each.frames_per_s]
        if self.exposure_ms is not None:
            written["exposure_ms"] = self.exposure_ms
        return written

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> CameraSettings:
        """What :meth:`to_json` wrote. Raises ValueError, KeyError or TypeError for anything
        else."""
        chosen: CameraFormat | None = None
        if "format" in data:
            width, height, frames_per_s = data["format"]
            chosen = CameraFormat(int(width), int(height), float(frames_per_s))
        exposure_ms = data.get("exposure_ms")
        return cls(
            key=str(data["key"]),
            format=chosen,
            exposure_ev=float(data.get("exposure_ev", 0.0)),
            exposure_ms=None if exposure_ms is None else float(exposure_ms),
            white_balance=WhiteBalance(data.get("white_balance", WhiteBalance.AUTO)),
            mirrored=data.get("mirrored", False) is True,
        )


@dataclass(frozen=True, slots=True)
class CameraAbilities:
    """What a camera lets be set: its ``formats``, the largest first; whether the automatic
    exposure can be made brighter or darker; the shortest and longest fixed exposure in
    milliseconds, None where it cannot be fixed; and its white balances."""

    formats: tuple[CameraFormat, ...] = ()
    has_compensation: bool = False
    exposure_ms: tuple[float, float] | None = None
    white_balances: tuple[WhiteBalance, ...] = (WhiteBalance.AUTO,)
