"""The film alone on the whole screen, and everything back as it was."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QWidget


class FullScreen:
    """Hides what stands around the film for as long as it is on."""

    def __init__(self, window: QMainWindow, around: Sequence[QWidget]) -> None:
        self._window, self._around = window, around
        self._hidden: list[QWidget] = []
        self._was_maximized = False

    @property
    def on(self) -> bool:
        """Whether the film has the whole screen."""
        return self._window.isFullScreen()

    def set_on(self, on: bool) -> None:
        """Give the film the whole screen, or take it back."""
        if on == self.on:
            return
        if on:
            self._was_maximized = self._window.isMaximized()
            self._hidden = [widget for widget in self._around if not widget.isHidden()]
            self._window.showFullScreen()
        elif not self._window.isVisible():  # as behind the lock, where showing it in another way would show it
            state = Qt.WindowState.WindowMaximized if self._was_maximized else Qt.WindowState.WindowNoState
            self._window.setWindowState(state)
        elif self._was_maximized:
            self._window.showMaximized()
        else:
            self._window.showNormal()
        for widget in self._hidden:
            widget.setHidden(on)
