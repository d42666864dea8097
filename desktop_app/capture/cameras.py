"""Which cameras there are, and what to say where there is none."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_app.capture.frame_source import FrameSource


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera a person can choose. ``key`` stays the same when it is plugged in again."""

    key: str
    name: str
    is_default: bool = False


class Permission(StrEnum):
    """Whether the system lets the application use cameras; UNDETERMINED where it will ask."""

    GRANTED = "granted"
    UNDETERMINED = "undetermined"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class NoCamera:
    """Why there is no picture: what happened, what was looked for, what to do about it."""

    what: str
    looked_for: tuple[str, ...]
    remedy: str


class CameraDirectory(QObject):
    """The cameras of this computer. Lives in the GUI thread.

    Signals: ``changed`` when a camera is plugged in or pulled out, ``permission_changed``
    (Permission) after :meth:`request_permission`.
    """

    changed = Signal()
    permission_changed = Signal(object)

    def cameras(self) -> tuple[CameraInfo, ...]:
        """The cameras there are now, the system's default first; names are distinct."""
        raise NotImplementedError

    def open(self, camera: CameraInfo) -> FrameSource:
        """A source for this camera, not started. Raises CameraUnavailable where it is gone."""
        raise NotImplementedError

    def permission(self) -> Permission:
        raise NotImplementedError

    def request_permission(self) -> None:
        """Have the system ask; ``permission_changed`` follows."""
        raise NotImplementedError

    def explain_absence(self) -> NoCamera:
        """What to tell where there is no camera to use."""
        raise NotImplementedError


def with_distinct_names(cameras: Iterable[CameraInfo]) -> tuple[CameraInfo, ...]:
    """The default first; cameras of the same model are numbered."""
    ordered = sorted(cameras, key=lambda camera: not camera.is_default)
    seen: Counter[str] = Counter()
    named = []
    for camera in ordered:
        seen[camera.name] += 1
        number = seen[camera.name]
        named.append(camera if number == 1 else replace(camera, name=f"{camera.name} ({number})"))
    return tuple(named)


@dataclass(frozen=True, slots=True)
class DeviceNode:
    """A video device file of the system, and whether this user may read it."""

    path: str
    readable: bool


def video_device_nodes(folder: Path = Path("/dev")) -> tuple[DeviceNode, ...]:
    """The video devices Linux shows; none elsewhere."""
    if not sys.platform.startswith("linux"):
        return ()
    nodes = sorted(folder.glob("video[0-9]*"))
    return tuple(DeviceNode(str(node), os.access(node, os.R_OK | os.W_OK)) for node in nodes)


def explain_no_camera(
    platform: str, permission: Permission, nodes: Sequence[DeviceNode]
) -> NoCamera:
    """What to tell on ``platform`` (as in sys.platform) where no camera can be used."""
    looked_for: tuple[str, ...]
    if platform == "darwin":
        looked_for = ("built-in and USB cameras", "phones used as a camera")
        settings = "System Settings › Privacy & Security › Camera"
    elif platform == "win32":
        looked_for = ("built-in and USB cameras",)
        settings = "Settings › Privacy & security › Camera"
    else:
        looked_for = ("USB and built-in cameras at /dev/video*",)
        settings = "the settings of your system"

    if permission is Permission.DENIED:
        return NoCamera(
            "Twinshelf may not use the camera.",
            looked_for,
            f"Allow Twinshelf under {settings}, then try again.",
        )
    locked = [node.path for node in nodes if not node.readable]
    if locked:
        return NoCamera(
            "A camera is there, but you may not use it.",
            tuple(locked),
            "Add yourself to the group “video” (sudo usermod -aG video $USER), then sign in again.",
        )
    if platform.startswith("linux"):
        remedy = "Plug a camera in: it appears here by itself."
    else:
        remedy = (
            "Plug a camera in: it appears here by itself. "
            f"If one is there, allow Twinshelf under {settings}."
        )
    return NoCamera("No camera found.", looked_for, remedy)
