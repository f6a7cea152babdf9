"""One piece of work at a time in a thread beside the window."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engine.errors import MapafuError


class Background(QObject):
    """Does work in a thread and says what came of it.

    Attributes:
        done: What the work returned.
        failed: The MapafuError that it raised.
    """

    done = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether it works."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, work: Callable[[], object]) -> None:
        """Do this, after what is being done."""
        self.wait()
        self._thread = threading.Thread(target=self._do, args=(work,), name="mapafu-background", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until nothing is being done."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _do(self, work: Callable[[], object]) -> None:
        try:
            result = work()
        except MapafuError as error:
            self.failed.emit(error)
        else:
            self.done.emit(result)
