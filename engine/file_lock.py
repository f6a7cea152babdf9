"""Files that one holder at a time has alone. They come free when it ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCKED_PLACE = 2**30  # nobody else can read a locked place, so it lies far behind what is written
_PAUSE_SECONDS = 0.02
_PATIENCE_SECONDS = 1.0


class HeldFile:
    """A file that nobody else can take until it is removed or closed, or this program ends."""

    def __init__(self, path: Path, number: int) -> None:
        self._path = path
        self._number = number

    def stream(self) -> BinaryIO:
        """A stream that adds to the file, and leaves it held when it is closed."""
        return os.fdopen(self._number, "ab", closefd=False)

    def remove(self) -> None:
        """Delete the file, and let go of it."""
        if sys.platform == "win32":  # which deletes no open file, and so none that somebody else took in between
            os.close(self._number)
            with contextlib.suppress(OSError):
                self._path.unlink()
            return
        with contextlib.suppress(OSError):
            if _is_at(self._number, self._path):
                self._path.unlink()
        os.close(self._number)

    def close(self) -> None:
        """Let go of the file, and leave it there."""
        os.close(self._number)


def take(path: Path, *, seconds: float = 0.0) -> HeldFile | None:
    """Take a file for oneself alone, made (mode 0600) where there is none.

    Args:
        path: The file. Another holder in the same program counts too.
        seconds: How long to wait for another holder.

    Returns:
        None where another one has it.

    Raises:
        OSError: It cannot be opened.
    """
    deadline = time.monotonic() + seconds
    while True:
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            is_locked = _lock(number)
            if is_locked and _is_at(number, path):
                return HeldFile(path, number)
        except BaseException:  # whatever it was, the file must not stay open
            os.close(number)
            raise
        os.close(number)
        # A locked file that is not there any more was removed by its holder just now: the next one may be free.
        if time.monotonic() >= deadline + (_PATIENCE_SECONDS if is_locked else 0.0):
            return None
        if not is_locked:
            time.sleep(_PAUSE_SECONDS)


def is_held(path: Path) -> bool:
    """Whether somebody has a file for himself alone; one that was left behind is removed. Raises OSError."""
    if not path.exists():
        return False
    held = take(path)
    if held is not None:
        held.remove()
    return held is None


def _lock(number: int) -> bool:
    try:
        if sys.platform == "win32":
            os.lseek(number, _LOCKED_PLACE, os.SEEK_SET)
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _is_at(number: int, path: Path) -> bool:
    """Whether an open file still is the one of this name."""
    try:
        return os.path.samestat(os.fstat(number), path.stat())
    except FileNotFoundError:
        return False
