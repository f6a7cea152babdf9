"""One window for each data folder: a second start hands its paths to the first.

The two talk through a socket in the data folder (a named pipe on Windows) that only the same user can open. It is a
file, not a network: nothing can reach it from another PC. A lock says who the first is, so that of two starts at
once one wins, and what a killed program left behind is taken over.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import struct
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from engine.diagnostics.events import Event
from engine.diagnostics.log import note

MAX_BYTES: Final = 1024 * 1024
MAX_PATHS: Final = 40  # in one message, where each may take 4096 bytes, and six letters for each byte
MAX_GUESTS: Final = 8
GUEST_SECONDS: Final = 5.0
_ANSWER_SECONDS = 10.0
_TAKEN = b"taken"
_HEAD = struct.Struct(">I")
_LONGEST_SOCKET_PATH = 100  # of the 108 bytes that Linux allows, 104 elsewhere


class NoAnswerError(Exception):
    """Another window has this data folder and does not answer."""


class OneWindow(QObject):
    """The first window of a data folder listens here for the starts that follow.

    Signals:
        paths_handed: What a second start was asked to screen; may be nothing, when it only wants the window.
    """

    paths_handed = Signal(list)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = socket_name(folder)
        self._folder = folder
        self._lock = QLockFile(str(folder / "window.lock"))
        self._lock.setStaleLockTime(0)  # a lock is stale once its program is gone, however long that runs
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(MAX_GUESTS)
        self._server.newConnection.connect(self._receive)
        self._guests: set[_Guest] = set()

    def claim(self, paths: Sequence[Path]) -> bool:
        """Become the first window, or hand these paths to it.

        Returns:
            Whether the caller is the first, or nobody can tell: a data folder that cannot be written holds no lock.

        Raises:
            NoAnswerError: Another program holds the folder and does not take the paths.
        """
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
        if self._lock.tryLock(0):
            self._listen()
            return True
        if self._lock.error() is not QLockFile.LockError.LockFailedError:
            note(Event.SOCKET_UNUSABLE)
            return True
        deadline = time.monotonic() + _ANSWER_SECONDS
        parts = [paths[start : start + MAX_PATHS] for start in range(0, len(paths), MAX_PATHS)] or [()]
        while parts:
            if _hand_over(self._name, parts[0]):
                del parts[0]
                continue
            if self._lock.tryLock(100):  # the first has ended meanwhile
                self._listen()
                return True
            if time.monotonic() > deadline:
                self._take_abandoned()
                return True
        note(Event.HANDED_OVER, len(paths))
        return False

    def close(self) -> None:
        """Let the next start be the first."""
        self._server.close()
        for guest in list(self._guests):
            guest.dismiss()
        self._lock.unlock()

    def _take_abandoned(self) -> None:
        """Take a lock that nobody holds, though it does not look so: the PC was given another name since a crash.

        A file that a living program holds cannot be removed here. Raises NoAnswerError.
        """
        if not (self._lock.removeStaleLockFile() and self._lock.tryLock(0)):
            raise NoAnswerError
        self._listen()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            Path(self._lock.fileName()).chmod(0o600)
        QLocalServer.removeServer(self._name)  # with the lock in hand, what lies there is a dead program's
        if not self._server.listen(self._name):
            note(Event.SOCKET_UNUSABLE)

    def _receive(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            if len(self._guests) >= MAX_GUESTS:
                note(Event.SOCKET_REFUSED)
                socket.abort()
                socket.deleteLater()
                continue
            guest = _Guest(socket, self)
            self._guests.add(guest)
            guest.gone.connect(self._guests.discard)
            guest.said.connect(self._hand_on)
            guest.listen()

    def _hand_on(self, paths: list[Path]) -> None:
        note(Event.SECOND_START_ANSWERED, len(paths))
        self.paths_handed.emit(paths)


class _Guest(QObject):
    """One that has connected: it may say one thing, of bounded size, within a bounded time."""

    said = Signal(list)
    gone = Signal(object)

    def __init__(self, socket: QLocalSocket, parent: QObject) -> None:
        super().__init__(parent)
        self._socket = socket
        socket.setParent(self)
        socket.setReadBufferSize(64 * 1024)
        socket.readyRead.connect(self.listen)
        socket.disconnected.connect(self.dismiss)
        self._data = bytearray()
        self._dismissed = False
        QTimer.singleShot(int(GUEST_SECONDS * 1000), self, self.dismiss)

    def listen(self) -> None:
        """Take what has come."""
        if self._dismissed:
            return
        self._data += self._socket.read(_HEAD.size + MAX_BYTES + 1 - len(self._data)).data()
        if len(self._data) < _HEAD.size:
            return
        (size,) = _HEAD.unpack_from(self._data)
        body = bytes(self._data[_HEAD.size :])
        if size > MAX_BYTES or len(body) > size:
            self._refuse()
        elif len(body) == size:
            paths = _parse(body)
            if paths is None:
                self._refuse()
                return
            self._socket.write(_TAKEN)
            self._socket.flush()
            self._socket.readyRead.disconnect(self.listen)
            self._socket.disconnectFromServer()
            self.said.emit(paths)

    def dismiss(self) -> None:
        """Let it go."""
        if not self._dismissed:
            self._dismissed = True
            self._socket.abort()
            self.gone.emit(self)
            self.deleteLater()

    def _refuse(self) -> None:
        note(Event.SOCKET_REFUSED)
        self.dismiss()


def socket_name(folder: Path) -> str:
    """The name of the socket of a data folder: a path inside it, or one made of its hash where that cannot be."""
    whole = str(folder.absolute())
    path = str(folder.absolute() / "window.socket")
    if os.name == "posix" and len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    short = hashlib.sha256(os.fsencode(whole)).hexdigest()[:16]
    if os.name != "posix":
        return f"mapafu-{short}"
    return str(Path(tempfile.gettempdir()) / f"mapafu-{os.getuid()}-{short}")


def _hand_over(name: str, paths: Sequence[Path]) -> bool:
    """Give paths to the first window; whether it took them."""
    if not _is_own(name):
        return False
    body = json.dumps([str(path) for path in paths]).encode("ascii")
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(1000):
        return False
    socket.write(_HEAD.pack(len(body)) + body)
    while socket.bytesToWrite() and socket.waitForBytesWritten(2000):
        pass
    taken = b""
    while len(taken) < len(_TAKEN) and (socket.bytesAvailable() or socket.waitForReadyRead(5000)):
        taken += socket.read(len(_TAKEN)).data()
    socket.abort()
    return taken == _TAKEN


def _is_own(name: str) -> bool:
    """Whether a socket is the user's own: in a folder that others can write, they could listen in its place."""
    if os.name != "posix":
        return True
    try:
        return Path(name).lstat().st_uid == os.getuid()
    except OSError:
        return False


def _parse(body: bytes) -> list[Path] | None:
    """The paths in a message; None where it is none of ours."""
    try:
        names = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(names, list) or len(names) > MAX_PATHS:
        return None
    if not all(isinstance(name, str) and name and "\0" not in name for name in names):
        return None
    paths = [Path(name) for name in names]
    return paths if all(path.is_absolute() for path in paths) else None
