"""A number that looks like text until one types over it."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QDoubleValidator, QKeyEvent
from PySide6.QtWidgets import QLineEdit


class NumberField(QLineEdit):
    """Takes a number on Enter, and forgets what was typed on Escape or when one goes elsewhere."""

    value_entered = Signal(float)

    def __init__(self, name: str, accessible: str, *, least: float | None = None) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("number", True)
        self.setAccessibleName(accessible)
        self.setToolTip(accessible)
        self.setFixedWidth(64)
        validator = QDoubleValidator(self)
        plain = QLocale.c()
        plain.setNumberOptions(QLocale.NumberOption.RejectGroupSeparator)
        validator.setLocale(plain)
        if least is not None:
            validator.setBottom(least)
        self.setValidator(validator)
        self._shown = ""
        self.returnPressed.connect(self._take)
        self.editingFinished.connect(self._forget)

    def show_value(self, value: float, *, decimals: int) -> None:
        """Change the number, unless one is being typed."""
        self._shown = f"{value:.{decimals}f}"
        if not (self.hasFocus() and self.isModified()):
            self.setText(self._shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the film without a change. A comma is a point, or 1,5 would become 15."""
        if event.text() == ",":
            self.insert(".")
        elif event.key() == Qt.Key.Key_Escape:
            self._forget()
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def _take(self) -> None:
        number = float(self.text())
        self.setModified(False)
        self.clearFocus()
        self.value_entered.emit(number)

    def _forget(self) -> None:
        self.setText(self._shown)
