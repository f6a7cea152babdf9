"""Crashes in native code end the program at once; the next start finds what was written down of them."""

from __future__ import annotations

import contextlib
import faulthandler
import os
from types import TracebackType
from typing import BinaryIO

from engine.diagnostics.crash_report import reports_folder, write_report
from engine.diagnostics.events import Event
from engine.diagnostics.log import note_trace
from engine.diagnostics.trace import trace_of_fault

_FILE_NAME = "native.txt"
_MOST_BYTES = 64 * 1024


class NativeCrashes:
    """Has `faulthandler` write to a file of the user's own for as long as the context lasts.

    Attributes:
        found: Whether the program before this one ended that way; a crash report says where.
    """

    def __init__(self) -> None:
        self.found = False
        self._path = reports_folder() / _FILE_NAME
        self._file: BinaryIO | None = None

    def __enter__(self) -> NativeCrashes:
        with contextlib.suppress(OSError):  # without the file the program works as well
            self._take_last()
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.unlink(missing_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = os.fdopen(descriptor, "wb", buffering=0)
            faulthandler.enable(self._file)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _take_last(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb") as stream:
            trace = trace_of_fault(stream.read(_MOST_BYTES).decode("utf-8", "replace"))
        if trace:
            self.found = True
            note_trace(Event.NATIVE_CRASH_BEFORE, trace)
            write_report(trace)
