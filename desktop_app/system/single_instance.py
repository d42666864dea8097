"""One window per user: a second start hands its catalogue to the first and ends."""

from __future__ import annotations

import getpass
import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

TIMEOUT_MS = 800


def _server_name(scope: str) -> str:
    owner = f"{getpass.getuser()}:{scope}".encode()
    return f"twinshelf-{hashlib.blake2b(owner, digest_size=8).hexdigest()}"


class SingleInstance(QObject):
    """Guards one local socket per user and ``scope``.

    Signals: ``activated(str)`` when another start asked to be shown, with the folder it was
    given ('' where none).
    """

    activated = Signal(str)

    def __init__(self, scope: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = _server_name(scope)
        self._server = QLocalServer(self)
        self._server.newConnection.connect(self._greet)

    def hand_over(self, folder: Path | None) -> bool:
        """Whether another instance runs and took the message."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(TIMEOUT_MS):
            return False
        socket.write((str(folder) if folder else "").encode() + b"\n")
        socket.waitForBytesWritten(TIMEOUT_MS)
        socket.disconnectFromServer()
        return True

    def listen(self) -> bool:
        """Become the instance; a socket left by a killed process is cleared away."""
        if self._server.listen(self._name):
            return True
        QLocalServer.removeServer(self._name)
        return self._server.listen(self._name)

    def close(self) -> None:
        """Stop answering."""
        self._server.close()

    @Slot()
    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(socket.deleteLater)
            if socket.canReadLine():
                self._take(socket)

    @Slot()
    def _read(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket) and socket.canReadLine():
            self._take(socket)

    def _take(self, socket: QLocalSocket) -> None:
        line = bytes(socket.readLine().data()).decode("utf-8", "replace").strip()
        self.activated.emit(line)
