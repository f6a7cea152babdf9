"""The window with faults planted in it: `python -m tests.desktop.crash.faulty KIND`, for a process of its own.

It raises an error with a patient's name in a place of that kind, and prints what the window is like afterwards.
"""

from __future__ import annotations

import ctypes
import sys
import threading

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop import app
from desktop.main_window import MainWindow


class Faulty(QWidget):
    """Cannot be painted."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 -- Qt's
        raise KeyError("SMITH_JOHN")


class Sender(QObject):
    sent = Signal(str)


def blunder(*_: object) -> None:
    raise OSError(5, "SMITH_JOHN", "/films/SMITH_JOHN.dcm")


class Clumsy:
    def __del__(self) -> None:
        blunder()


def plant(kind: str, window: MainWindow) -> None:
    match kind:
        case "timer":
            QTimer.singleShot(0, blunder)
        case "slot":
            sender = Sender(window)
            sender.sent.connect(blunder)
            sender.sent.emit("SMITH_JOHN")
        case "click":
            window.welcome.samples_asked.disconnect()
            window.welcome.samples_asked.connect(blunder)
            window.actions_of_menus.samples.triggered.connect(blunder)
            window.actions_of_menus.samples.trigger()
        case "thread":
            threading.Thread(target=blunder, name="SMITH_JOHN").start()
        case "painting":
            faulty = Faulty(window)
            faulty.resize(100, 100)
            faulty.show()
            for _ in range(20):
                faulty.repaint()
        case "clean-up":
            Clumsy()
        case "native":
            ctypes.string_at(0)


def main() -> None:
    kind = sys.argv[1]
    build = app.build_window

    def build_faulty() -> MainWindow:
        window = build()
        QTimer.singleShot(300, window, lambda: plant(kind, window))
        QTimer.singleShot(1500, window, lambda: tell(window))
        return window

    app.build_window = build_faulty
    raise SystemExit(app.run([]))


def tell(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    pages = [widget for widget in QApplication.topLevelWidgets() if widget.objectName() == "textPage"]
    sys.stdout.write(f"{window.isVisible()} {len(pages)} {window.bottom_bar.message}\n")
    window.close()
    QApplication.closeAllWindows()


if __name__ == "__main__":
    main()
