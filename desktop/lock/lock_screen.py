"""What stands in the window's place while it is locked: no film, no name, no list."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QFont
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.lock.pin_file import LONGEST_PIN, PinFile
from desktop.plain import PlainLabel
from desktop.theme import scaled

_WIDTH = 420


class LockScreen(QWidget):
    """A window of its own that asks for the PIN, and makes whoever gives a wrong one wait."""

    opened = Signal()
    wrong_pin = Signal()
    closed = Signal()

    def __init__(self, pin_file: PinFile) -> None:
        super().__init__()
        self.setObjectName("lockScreen")
        self.setWindowTitle("Mapafu")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._pin_file = pin_file
        title = PlainLabel(self.tr("Mapafu is locked"))
        scaled(title, 1.6, weight=QFont.Weight.Light)
        words = PlainLabel(self.tr("Type your PIN to go on. What is being screened goes on meanwhile."))
        self.field = QLineEdit()
        self.field.setObjectName("pinField")
        self.field.setAccessibleName(self.tr("PIN"))
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMaxLength(LONGEST_PIN)
        self.field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.button = QPushButton(self.tr("Unlock"))
        self.button.setObjectName("unlockButton")
        self.button.setProperty("primary", True)
        self.said = PlainLabel()
        self.said.setObjectName("lockMessage")
        forgotten = PlainLabel(
            self.tr(
                "Forgotten? Close Mapafu, have whoever looks after this PC remove the file {file}, and start again. "
                "Your results stay."
            ).format(file=pin_file.path)
        )
        forgotten.setProperty("quiet", True)
        for label in (words, self.said, forgotten):
            label.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(self.button)
        column = QVBoxLayout()
        column.setSpacing(16)
        for part in (title, words):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(self.said)
        column.addWidget(forgotten)
        inside = QWidget()
        inside.setFixedWidth(_WIDTH)
        inside.setLayout(column)
        middle = QHBoxLayout()  # with an alignment instead, wrapped lines would be cut
        middle.addStretch(1)
        middle.addWidget(inside)
        middle.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addLayout(middle)
        layout.addStretch(2)
        self._countdown = QTimer(self)
        self._countdown.setInterval(200)
        self._countdown.timeout.connect(self._wait)
        self.field.returnPressed.connect(self._try)
        self.button.clicked.connect(self._try)

    def ask(self) -> None:
        """Begin anew: an empty field that has the keyboard."""
        self.field.clear()
        self.said.clear()
        self.field.setFocus()
        self._wait()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing this window closes the program, as closing the other one does."""
        self.closed.emit()
        super().closeEvent(event)

    def _try(self) -> None:
        pin = self.field.text()
        self.field.clear()
        if not pin or self._pin_file.seconds_to_wait:
            return
        if self._pin_file.check(pin):
            self.opened.emit()
        else:
            self.wrong_pin.emit()
            self._wait()

    def _wait(self) -> None:
        seconds = self._pin_file.seconds_to_wait
        waiting = seconds > 0
        self.field.setEnabled(not waiting)
        self.button.setEnabled(not waiting)
        if waiting:
            self.said.setText(self.tr("That was not it. Try again in {count} s.").format(count=math.ceil(seconds)))
            self._countdown.start()
        elif self._countdown.isActive():
            self._countdown.stop()
            self.said.clear()
            self.field.setFocus()
