"""Waiting at the end for what must still be written, and saying so where that takes a while."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.plain import PlainLabel

_QUIET_SECONDS = 1.0
_LOOK_SECONDS = 0.02
# Nothing is begun any more: neither by a hand, nor by another start of the program.
_PAINT_ONLY = QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents | QEventLoop.ProcessEventsFlag.ExcludeSocketNotifiers


class ClosingNotice(QWidget):
    """A small window that says why the program has not ended."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("closingNotice")
        self.setWindowTitle("Mapafu")
        words = PlainLabel(
            self.tr("Mapafu is still writing what is to be kept. It ends by itself; leave this PC on until then.")
        )
        words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.addWidget(words)
        self.setMinimumWidth(420)


def wait_until_written(writing: Callable[[], bool]) -> None:
    """Wait, however long it takes, until nothing is being written; a notice says so where it takes long."""
    began = time.monotonic()
    notice: ClosingNotice | None = None
    while writing():
        if notice is None and time.monotonic() - began > _QUIET_SECONDS:
            notice = ClosingNotice()
            notice.show()
        if notice is not None:
            QCoreApplication.processEvents(_PAINT_ONLY)
        time.sleep(_LOOK_SECONDS)
    if notice is not None:
        notice.hide()
        notice.deleteLater()
