"""Cameras through Qt Multimedia. Importing this loads the multimedia library."""

from __future__ import annotations

import logging
import sys

from PySide6.QtCore import (
    QCameraPermission,
    QCoreApplication,
    QElapsedTimer,
    QObject,
    QPermission,
    Qt,
    QThread,
    QTimer,
    Slot,
)
from PySide6.QtMultimedia import (
    QCamera,
    QCameraDevice,
    QMediaCaptureSession,
    QMediaDevices,
    QVideoFrame,
    QVideoSink,
)

from desktop_app.capture.camera_controls import abilities_of, adjust
from desktop_app.capture.cameras import (
    CameraDirectory,
    CameraInfo,
    NoCamera,
    Permission,
    explain_no_camera,
    video_device_nodes,
    with_distinct_names,
)
from desktop_app.capture.frame_source import (
    LIVE,
    STARTING,
    STOPPED,
    FrameOutlet,
    FrameSource,
    FrameState,
    FrameStatus,
)
from desktop_app.capture.video_frames import choose_format, rgb_from_image
from desktop_app.domain.camera_settings import CameraAbilities, CameraFormat, CameraSettings
from desktop_app.domain.errors import CameraUnavailable

log = logging.getLogger(__name__)

FRAMES_PER_S = 20
FIRST_FRAME_MS = 8000


class _Converter(QObject):
    """Turns the newest of the frames that arrive into pixels; lives in its own thread.

    Arrivals are handled before the timer, so of several that came during a conversion only
    the last is converted.
    """

    def __init__(self, outlet: FrameOutlet, frames_per_s: int) -> None:
        super().__init__()
        self._outlet = outlet
        self._interval_ms = 1000 // frames_per_s
        self._newest: QVideoFrame | None = None
        self._since_last = QElapsedTimer()
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setTimerType(Qt.TimerType.PreciseTimer)
        self._due.timeout.connect(self._convert)

    @Slot(QVideoFrame)
    def take(self, frame: QVideoFrame) -> None:
        self._newest = frame
        if not self._due.isActive():
            passed = self._since_last.elapsed() if self._since_last.isValid() else self._interval_ms
            self._due.start(max(0, self._interval_ms - passed))

    @Slot()
    def halt(self) -> None:
        self._due.stop()
        self._newest = None

    @Slot()
    def _convert(self) -> None:
        frame, self._newest = self._newest, None
        if frame is None:
            return
        self._since_last.start()
        try:
            image = frame.toImage()
            if not image.isNull():
                self._outlet.put(rgb_from_image(image))
        except Exception:
            log.exception("a camera frame could not be converted")


class VideoSinkSource(FrameSource):
    """Frames that arrive at a QVideoSink, whoever puts them there.

    ``FRAMES_PER_S`` at most; conversion happens in a thread of its own.
    """

    def __init__(
        self, name: str, *, frames_per_s: int = FRAMES_PER_S, parent: QObject | None = None
    ) -> None:
        super().__init__(name, parent)
        self._frames_per_s = frames_per_s
        self._sink = QVideoSink(self)
        self._thread: QThread | None = None
        self._converter: _Converter | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(FIRST_FRAME_MS)
        self._patience.timeout.connect(self._give_up)
        self.frame_ready.connect(self._note_frame)

    @property
    def sink(self) -> QVideoSink:
        """Where the frames are expected."""
        return self._sink

    def start(self) -> None:
        if self._thread is not None:
            return
        self._set_state(STARTING)
        self._thread = QThread()
        self._thread.setObjectName(f"frames of {self.name}")
        self._converter = _Converter(self._open_outlet(), self._frames_per_s)
        self._converter.moveToThread(self._thread)
        # Bound slots only: the camera's own thread must never run Python.
        self._sink.videoFrameChanged.connect(
            self._converter.take, Qt.ConnectionType.QueuedConnection
        )
        self._thread.finished.connect(self._converter.halt, Qt.ConnectionType.DirectConnection)
        self._thread.start()
        self._patience.start()

    def stop(self) -> None:
        self._end(STOPPED)

    def _end(self, state: FrameState) -> None:
        self._patience.stop()
        self._shut_outlet()
        if self._thread is not None and self._converter is not None:
            self._sink.videoFrameChanged.disconnect(self._converter.take)
            self._thread.quit()
            self._thread.wait()
            self._thread = None
            self._converter = None
        self._set_state(state)

    @Slot()
    def _note_frame(self) -> None:
        self._patience.stop()
        self._set_state(LIVE)

    @Slot()
    def _give_up(self) -> None:
        self._end(
            FrameState(
                FrameStatus.FAILED,
                self.tr("“{}” sends no picture.").format(self.name),
                self.tr("Close other programs that use it, or plug it in again."),
            )
        )


class QtCameraSource(VideoSinkSource):
    """A camera of this computer. It fails where it is in use elsewhere, and where its pictures
    stop coming."""

    def __init__(self, device: QCameraDevice, name: str, parent: QObject | None = None) -> None:
        super().__init__(name, parent=parent)
        self._device = device
        self._session = QMediaCaptureSession(self)
        self._session.setVideoSink(self.sink)
        self._camera: QCamera | None = None
        self._settings: CameraSettings | None = None

    @property
    def abilities(self) -> CameraAbilities | None:
        return None if self._camera is None else abilities_of(self._camera, self._formats())

    def use(self, settings: CameraSettings) -> None:
        before, self._settings = self._settings, settings
        if self._camera is None:
            return
        if before is None or before.format != settings.format:
            # A running camera takes another format only by chance of its driver.
            self._end(STOPPED)
            self.start()
        else:
            adjust(self._camera, settings)

    def start(self) -> None:
        if self._camera is not None:
            return
        super().start()
        camera = self._camera = QCamera(self._device, self)
        wanted = self._settings.format if self._settings is not None else None
        chosen = choose_format(self._formats(), wanted)
        if chosen is not None:
            camera.setCameraFormat(self._device.videoFormats()[chosen])
        camera.errorOccurred.connect(self._fail)
        camera.supportedFeaturesChanged.connect(self._adjust)
        self._session.setCamera(camera)
        camera.start()
        self._adjust()

    def _formats(self) -> list[CameraFormat]:
        """In the device's order."""
        return [
            CameraFormat(f.resolution().width(), f.resolution().height(), f.maxFrameRate())
            for f in self._device.videoFormats()
        ]

    @Slot()
    def _adjust(self) -> None:
        if self._camera is not None and self._settings is not None:
            adjust(self._camera, self._settings)
        self.abilities_changed.emit()

    @Slot()
    def _note_frame(self) -> None:
        super()._note_frame()
        # A cable that is loose ends the pictures without any error.
        self._patience.start()

    def _end(self, state: FrameState) -> None:
        if self._camera is not None:
            camera, self._camera = self._camera, None
            camera.errorOccurred.disconnect(self._fail)
            camera.supportedFeaturesChanged.disconnect(self._adjust)
            camera.stop()
            self._session.setCamera(None)  # type: ignore[arg-type] # the stub forgot None
            camera.deleteLater()
        super()._end(state)

    @Slot(QCamera.Error, str)
    def _fail(self, error: QCamera.Error, message: str) -> None:
        if error is QCamera.Error.NoError:
            return
        log.warning("camera %s: %s", self.name, message)
        self._end(
            FrameState(
                FrameStatus.FAILED,
                self.tr("“{}” cannot be used.").format(self.name),
                self.tr("Close other programs that use it, or plug it in again."),
            )
        )


class QtCameraDirectory(CameraDirectory):
    """The cameras Qt Multimedia finds."""

    _PERMISSIONS = {  # noqa: RUF012 - never changed
        Qt.PermissionStatus.Granted: Permission.GRANTED,
        Qt.PermissionStatus.Undetermined: Permission.UNDETERMINED,
        Qt.PermissionStatus.Denied: Permission.DENIED,
    }

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._devices = QMediaDevices(self)
        self._devices.videoInputsChanged.connect(self.changed)

    def cameras(self) -> tuple[CameraInfo, ...]:
        return with_distinct_names(
            CameraInfo(_key(device), device.description(), device.isDefault())
            for device in QMediaDevices.videoInputs()
        )

    def open(self, camera: CameraInfo) -> FrameSource:
        for device in QMediaDevices.videoInputs():
            if _key(device) == camera.key:
                return QtCameraSource(device, camera.name)
        raise CameraUnavailable(
            self.tr("“{}” is not connected.").format(camera.name),
            remedy=self.tr("Plug it in, or choose another camera."),
        )

    def permission(self) -> Permission:
        app = QCoreApplication.instance()
        if app is None:
            return Permission.UNDETERMINED
        return self._PERMISSIONS[app.checkPermission(QCameraPermission())]

    def request_permission(self) -> None:
        app = QCoreApplication.instance()
        if app is not None:
            app.requestPermission(QCameraPermission(), self, self._answer)

    def explain_absence(self) -> NoCamera:
        return explain_no_camera(sys.platform, self.permission(), video_device_nodes())

    def _answer(self, permission: QPermission) -> None:
        self.permission_changed.emit(self._PERMISSIONS[permission.status()])


def _key(device: QCameraDevice) -> str:
    return bytes(device.id().data()).hex()
