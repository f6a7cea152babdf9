"""Waiting as a person does: with the window's own loop running."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer


def let_pass(milliseconds: int) -> None:
    """Let this much time pass. `QTest.qWait` would hold Python's lock, and no thread could run."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_for(condition: Callable[[], bool], *, seconds: float = 60.0) -> None:
    """Wait until the condition holds. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("what was waited for did not happen")
        let_pass(20)
