"""The program's log: small files in the user's data folder that say what happened, and to no film or person."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Final

from engine.diagnostics.events import Event
from engine.diagnostics.trace import is_trace_line, trace_of
from engine.paths import data_folder
from engine.version import __version__

FILE_NAME: Final = "mapafu.log"
MAX_BYTES: Final = 256 * 1024
OLD_FILES: Final = 2
HIDDEN: Final = "hidden"

_logger = logging.getLogger("mapafu")
_logger.propagate = False  # no other handler may write down what has not been scrubbed
_logger.setLevel(logging.INFO)
_logger.addHandler(logging.NullHandler())


class _Scrubbed(str):
    """A message that has been scrubbed."""

    __slots__ = ()


def open_log(folder: Path | None = None) -> Path:
    """Write the log to a folder from now on, by default the user's data folder; its path.

    Where the folder cannot be written, nothing is: no film may fail because the log does.
    """
    path = (folder or data_folder()) / FILE_NAME
    for handler in _logger.handlers[:]:
        _logger.removeHandler(handler)
        handler.close()
    handler = _LogHandler(path)
    handler.addFilter(_SCRUBBER)  # for what comes from a logger below ours
    handler.setFormatter(_Lines())
    _logger.addHandler(handler)
    return path


def note(event: Event, *details: object) -> None:
    """Log an event. Of its details numbers, codes and kinds of errors are written; any text is hidden."""
    _logger.info(event, *details)


def note_error(event: Event, error: BaseException) -> None:
    """Log where an error arose."""
    _logger.error(event, exc_info=error)


def note_trace(event: Event, trace: Sequence[str]) -> None:
    """Log a trace that comes from elsewhere, such as a child process."""
    _logger.error(event, extra={"trace": tuple(trace)})


class Scrubber(logging.Filter):
    """Lets through what cannot tell of a patient, and hides the rest.

    It does not look for names: a name looks like any other word. A message is one of `Event` or is left out; a
    detail is a number, a member of one of the program's own enumerations, or hidden; of an error there is its trace.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Scrub the record in place."""
        if isinstance(record.msg, _Scrubbed):
            return True
        words: list[str] = [Event.LEFT_OUT.value]
        if isinstance(record.msg, Event):
            details = record.args if isinstance(record.args, tuple) else (record.args,)
            words = [record.msg.value, *(_harmless(detail) for detail in details)]
        given = getattr(record, "trace", ())
        trace = [line if isinstance(line, str) and is_trace_line(line) else HIDDEN for line in given]
        if record.exc_info and record.exc_info[1] is not None:
            trace += trace_of(record.exc_info[1])
        record.msg, record.args, record.trace = _Scrubbed(" ".join(words)), (), tuple(trace)
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def _harmless(detail: object) -> str:
    if isinstance(detail, BaseException):
        return trace_of(detail)[-1]
    if isinstance(detail, Enum):
        own = type(detail).__module__.partition(".")[0] in ("engine", "desktop")
        return str(detail.value) if own else HIDDEN
    if type(detail) in (bool, int):
        # Patients' ids are numbers too, and longer than any count here.
        return str(detail) if abs(int(detail)) < 1_000_000 else HIDDEN  # type: ignore[call-overload]
    if type(detail) is float:
        return f"{detail:.3g}"
    return HIDDEN


_SCRUBBER = Scrubber()
_logger.addFilter(_SCRUBBER)  # before any handler sees a record, also one that somebody else adds


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="seconds")
        head = " ".join([when, __version__, str(record.process), record.getMessage()])
        return "\n".join([head, *(f"    {line}" for line in getattr(record, "trace", ()))]) + "\n"


class _LogHandler(logging.Handler):
    """Appends to a file of bounded size. It holds no file open, so several programs may share one log."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        data = self.format(record).encode("ascii", "replace")[: MAX_BYTES // 4]
        with contextlib.suppress(OSError):  # a full disk, a folder that is gone: the work goes on without the log
            self._make_room(len(data))
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self._path, flags, 0o600)
            try:
                os.write(descriptor, data)
            finally:
                os.close(descriptor)

    def _make_room(self, size: int) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if not self._path.exists() or self._path.stat().st_size + size <= MAX_BYTES:
            return
        names = [self._path, *(self._path.with_name(f"{FILE_NAME}.{number}") for number in range(1, OLD_FILES + 1))]
        for older, newer in zip(names[:0:-1], names[-2::-1], strict=True):
            if newer.exists():
                newer.replace(older)
