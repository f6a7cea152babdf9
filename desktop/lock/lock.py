"""Locks the window after a while without a hand, or by its key, and opens it for the PIN."""

from __future__ import annotations

import time

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from desktop.actions import Actions
from desktop.lock.lock_screen import LockScreen
from desktop.lock.pin_dialog import PinDialog
from desktop.lock.pin_file import PinFile
from engine.diagnostics.events import Event
from engine.diagnostics.log import note

_LOOK_MS = 1000
_A_HAND = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class Lock(QObject):
    """Hides the window and all that belongs to it behind the lock's own; the work goes on.

    Without a PIN it does nothing, and listens to nothing.
    """

    def __init__(self, window: QWidget, actions: Actions, pin_file: PinFile) -> None:
        super().__init__(window)
        self._window, self._actions, self._pin_file = window, actions, pin_file
        self._screen: LockScreen | None = None
        self._waiting: list[QWidget] = []
        self._touched = _now()
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._lock_when_idle)
        self.idle_seconds = 0.0
        actions.lock_now.triggered.connect(lambda _on: self.lock())
        actions.lock_settings.triggered.connect(lambda _on: self._ask())
        self._arm()

    @property
    def locked(self) -> bool:
        """Whether the lock's window stands in the place of the other one."""
        return self._screen is not None

    @property
    def screen(self) -> LockScreen | None:
        """The lock's window while it stands there."""
        return self._screen

    def open(self) -> None:
        """Show the window for the first time: locked, where there is a PIN."""
        if self._pin_file.is_set:
            self.lock()
        else:
            self._window.show()

    def lock(self) -> None:
        """Hide everything, where there is a PIN to bring it back."""
        if self.locked or not self._pin_file.is_set:
            return
        self._screen = screen = LockScreen(self._pin_file)
        screen.opened.connect(self._unlock)
        screen.wrong_pin.connect(lambda: note(Event.WRONG_PIN))
        screen.closed.connect(self._window.close)
        screen.setGeometry(self._window.geometry())
        screen.setWindowState(self._window.windowState())
        screen.show()
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible() and widget not in (screen, self._window) and not widget.close():
                self._put_aside(widget)
        self._window.hide()
        screen.activateWindow()
        screen.ask()
        note(Event.LOCKED)

    def bring_forward(self) -> None:
        """Bring to the front what may be seen now."""
        front = self._screen or self._window
        front.setWindowState(front.windowState() & ~Qt.WindowState.WindowMinimized)
        front.raise_()
        front.activateWindow()

    def close(self) -> None:
        """End with the window."""
        self._look.stop()
        self._stop_listening()
        if self._screen is not None:
            screen, self._screen = self._screen, None
            screen.close()
            screen.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a hand at keyboard, mouse or touch; while locked, keep back windows that open."""
        kind = event.type()
        if kind in _A_HAND:
            self._touched = _now()
        elif kind is QEvent.Type.Show and self._screen is not None:
            self._keep_back(watched)
        return False

    def _keep_back(self, opened: QObject) -> None:
        if isinstance(opened, QWidget) and opened.isWindow() and opened not in (self._screen, self._window):
            opened.setWindowOpacity(0.0)  # it is on its way to the screen, and can only be hidden afterwards
            self._waiting.append(opened)
            QTimer.singleShot(0, opened, opened.hide)

    def _put_aside(self, busy: QWidget) -> None:
        """What cannot be closed now comes back with the window."""
        busy.hide()
        self._waiting.append(busy)

    def _arm(self) -> None:
        """Listen for hands where there is a PIN."""
        self._actions.lock_now.setEnabled(self._pin_file.is_set)
        self._stop_listening()
        self._look.stop()
        if self._pin_file.is_set:
            self.idle_seconds = 60.0 * self._pin_file.idle_minutes
            self._touched = _now()
            _application().installEventFilter(self)
            self._look.start()

    def _stop_listening(self) -> None:
        _application().removeEventFilter(self)

    def _lock_when_idle(self) -> None:
        if _now() - self._touched >= self.idle_seconds:
            self.lock()

    def _unlock(self) -> None:
        screen, self._screen = self._screen, None
        assert screen is not None
        self._touched = _now()
        self._window.show()
        screen.hide()
        screen.deleteLater()
        waiting, self._waiting = self._waiting, []
        for widget in waiting:
            if shiboken6.isValid(widget):
                widget.setWindowOpacity(1.0)
                widget.show()
        self._window.activateWindow()
        note(Event.UNLOCKED)

    def _ask(self) -> None:
        if PinDialog(self._pin_file, self._window).exec():
            self._arm()


def _now() -> float:
    """Seconds that also pass while the PC sleeps, so that it wakes up locked."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
