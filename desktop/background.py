"""One piece of work at a time in a thread beside the window."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.crash.guard import report_in_thread
from engine.errors import MapafuError


class Background(QObject):
    """Does work in a thread and says what came of it, in the thread of whoever listens.

    Attributes:
        writes: Whether the program waits for its end before it ends itself. Reading may hang on a drive that is gone.
        done: What the work returned.
        failed: The MapafuError that it raised; one that says so where the error was another.
    """

    done = Signal(object)
    failed = Signal(object)
    _ended = Signal(object, object)

    def __init__(self, parent: QObject | None = None, *, writes: bool = True) -> None:
        super().__init__(parent)
        self.writes = writes
        self._thread: threading.Thread | None = None
        self._ended.connect(self._tell)

    @property
    def busy(self) -> bool:
        """Whether it works, or has yet to say what came of it."""
        return self._thread is not None

    @property
    def working(self) -> bool:
        """Whether its thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, work: Callable[[], object]) -> None:
        """Do this. Whoever may ask twice looks first whether it is busy."""
        assert not self.busy
        self._thread = threading.Thread(target=self._do, args=(work,), name="mapafu-background", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until nothing is being done."""
        if self._thread is not None:
            self._thread.join()

    def _do(self, work: Callable[[], object]) -> None:
        result: object = None
        problem: MapafuError | None = None
        try:
            result = work()
        except MapafuError as error:
            problem = error
        except Exception as error:  # noqa: BLE001 -- whoever waits for the work must hear that it ended, whatever it was
            report_in_thread(error)
            problem = MapafuError(self.tr("This could not be done. Try it again."))
        with contextlib.suppress(RuntimeError):  # the window is gone, and with it who asked
            self._ended.emit(result, problem)

    def _tell(self, result: object, error: MapafuError | None) -> None:
        self.wait()
        self._thread = None
        if error is None:
            self.done.emit(result)
        else:
            self.failed.emit(error)
