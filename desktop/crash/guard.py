"""Errors that nobody caught, in slots and in threads: they are logged and told, and the window stays."""

from __future__ import annotations

import contextlib
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from engine.diagnostics.crash_report import write_report
from engine.diagnostics.events import Event
from engine.diagnostics.log import note_trace
from engine.diagnostics.trace import trace_of

_MOST_KINDS = 50


def report_in_thread(error: Exception) -> None:
    """Have an error that a thread outlives told and written down, as one would be that ends it."""
    threading.excepthook(
        threading.ExceptHookArgs((type(error), error, error.__traceback__, threading.current_thread()))
    )


class CrashGuard(QObject):
    """Takes the place of Python's own hooks, which would write a trace with its values to the terminal.

    An error that comes again and again, as one in painting does, is written down once.
    """

    told = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: set[tuple[str, ...]] = set()

    def install(self) -> None:
        """Stand guard from now on."""
        sys.excepthook = self._in_main_thread
        threading.excepthook = self._in_thread
        sys.unraisablehook = self._in_clean_up

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__

    def _in_main_thread(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if issubclass(kind, Exception):
            self._take(error.with_traceback(traceback))
        else:
            sys.__excepthook__(kind, error, traceback)

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._take(args.exc_value)

    def _in_clean_up(self, unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_value is not None:
            self._take(unraisable.exc_value)

    def _take(self, error: BaseException) -> None:
        # An error while one is told, as where no memory is left, must not come back here for ever.
        with contextlib.suppress(Exception):
            trace = trace_of(error)
            place = trace[-2:]
            if place not in self._seen and len(self._seen) < _MOST_KINDS:
                self._seen.add(place)
                note_trace(Event.UNEXPECTED_ERROR, trace)
                write_report(trace)
            self.told.emit(
                self.tr("Something went wrong in Mapafu, and it goes on. Help, Crash reports, says where it was.")
            )
