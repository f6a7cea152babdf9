"""Sets, changes and removes the PIN of the lock."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from desktop.lock.pin_file import LONGEST_PIN, MINUTES, SHORTEST_PIN, PinFile
from desktop.plain import PlainLabel
from engine.errors import OutputError


class PinDialog(QDialog):
    """Asks for the PIN that is, where there is one, and for the one that is to be."""

    def __init__(self, pin_file: PinFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pinDialog")
        self.setWindowTitle(self.tr("PIN for the lock"))
        self.setMinimumWidth(440)
        self._pin_file = pin_file
        words = PlainLabel(
            self.tr(
                "After a while without a hand the window hides films, names and the list until the PIN is typed. It "
                "keeps curious eyes away; it does not encrypt anything."
            )
        )
        words.setWordWrap(True)
        self.current = _field("currentPin", self)
        self.current.setVisible(pin_file.is_set)
        self.new = _field("newPin", self)
        self.again = _field("newPinAgain", self)
        self.minutes = QSpinBox()
        self.minutes.setObjectName("idleMinutes")
        self.minutes.setRange(*MINUTES)
        self.minutes.setSuffix(self.tr(" minutes"))
        self.minutes.setValue(pin_file.idle_minutes)
        self.said = PlainLabel()
        self.said.setObjectName("pinMessage")
        self.said.setWordWrap(True)
        form = QFormLayout()
        if pin_file.is_set:
            form.addRow(self.tr("PIN now"), self.current)
            self.new.setPlaceholderText(self.tr("as it is"))
        form.addRow(self.tr("New PIN"), self.new)
        form.addRow(self.tr("Once more"), self.again)
        form.addRow(self.tr("Lock after"), self.minutes)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._set)
        self.buttons.rejected.connect(self.reject)
        self.remove_button = self.buttons.addButton(
            self.tr("Remove the PIN"), QDialogButtonBox.ButtonRole.DestructiveRole
        )
        self.remove_button.setVisible(pin_file.is_set)
        self.remove_button.clicked.connect(self._remove)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(words)
        layout.addLayout(form)
        layout.addWidget(self.said)
        layout.addWidget(self.buttons)
        (self.current if pin_file.is_set else self.new).setFocus()

    def _set(self) -> None:
        pin, problem = self.new.text(), ""
        if pin != self.again.text():
            problem = self.tr("The two new PINs differ. Type them again.")
        elif len(pin) < SHORTEST_PIN and (pin or not self._pin_file.is_set):
            problem = self.tr("A PIN has at least {count} letters or digits.").format(count=SHORTEST_PIN)
        if problem or not self._is_allowed():
            self.said.setText(problem or self.said.text())
            return
        try:
            if pin:
                self._pin_file.set(pin, self.minutes.value())
            else:
                self._pin_file.set_minutes(self.minutes.value())
        except OutputError as error:
            self.said.setText(error.sentence)
            return
        self.accept()

    def _remove(self) -> None:
        if not self._is_allowed():
            return
        try:
            self._pin_file.remove()
        except OutputError as error:
            self.said.setText(error.sentence)
            return
        self.accept()

    def _is_allowed(self) -> bool:
        """Whether the PIN that is was given; says so where it was not."""
        if not self._pin_file.is_set or self._pin_file.check(self.current.text()):
            return True
        seconds = math.ceil(self._pin_file.seconds_to_wait)
        self.said.setText(self.tr("That is not the PIN. Try again in {count} s.").format(count=seconds))
        self.current.clear()
        return False


def _field(name: str, parent: QWidget) -> QLineEdit:
    field = QLineEdit(parent)
    field.setObjectName(name)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setMaxLength(LONGEST_PIN)
    return field
