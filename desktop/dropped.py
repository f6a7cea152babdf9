"""Files and folders dropped anywhere on a window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class Drops(QObject):
    """Takes what is dropped on a window.

    Signals:
        held: Whether files or folders are held over the window.
        dropped: Their paths, in the order given.
    """

    held = Signal(bool)
    dropped = Signal(list)

    def __init__(self, window: QWidget, *, wanted: bool) -> None:
        """`wanted` is whether anything may be dropped at all."""
        super().__init__(window)
        window.setAcceptDrops(True)
        self._wanted = wanted
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See what comes over the window."""
        if isinstance(event, QDragEnterEvent):
            if self._wanted and dropped_paths(event.mimeData()):
                event.acceptProposedAction()
                self.held.emit(True)
        elif event.type() is QEvent.Type.DragLeave:
            self.held.emit(False)
        elif isinstance(event, QDropEvent) and event.type() is QEvent.Type.Drop:
            self.held.emit(False)
            event.acceptProposedAction()
            self.dropped.emit(dropped_paths(event.mimeData()))
        else:
            return super().eventFilter(watched, event)
        return True


def dropped_paths(data: QMimeData) -> list[Path]:
    """The files and folders of this PC, in the order given; things from elsewhere are passed over."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile() and url.toLocalFile()]
