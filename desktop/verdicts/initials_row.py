"""Asks who reads, in the panel itself: nothing pops up, and films can be looked at all the while."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.plain import PlainLabel
from engine.results.verdict_log import MAX_INITIALS, clean_initials


class InitialsRow(QWidget):
    """One line for initials. Enter takes them, Escape leaves everything as it was."""

    named = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("initialsRow")
        question = PlainLabel(self.tr("Who is reading? Your initials stand beside your verdicts."))
        question.setObjectName("initialsQuestion")
        question.setWordWrap(True)
        self.box = QLineEdit()
        self.box.setObjectName("initials")
        self.box.setAccessibleName(self.tr("Your initials"))
        self.box.setPlaceholderText(self.tr("Initials"))
        self.box.setMaxLength(MAX_INITIALS)
        self.button = QPushButton(self.tr("That is me"))
        self.button.setObjectName("initialsButton")
        self.button.setProperty("primary", True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.box, 1)
        row.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(question)
        layout.addLayout(row)
        self.box.textChanged.connect(lambda text: self.button.setEnabled(_cleaned(text) is not None))
        self.box.returnPressed.connect(self._take)
        self.button.clicked.connect(self._take)
        self.button.setEnabled(False)

    def ask(self, suggestion: str) -> None:
        """Put the cursor here, with the likeliest initials already typed."""
        self.box.setText(suggestion)
        self.box.selectAll()
        self.box.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives it up."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _take(self) -> None:
        initials = _cleaned(self.box.text())
        if initials is not None:
            self.named.emit(initials)


def _cleaned(text: str) -> str | None:
    try:
        return clean_initials(text)
    except ValueError:
        return None
