"""A push button with a name that tests and the style know it by."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton


def named_button(words: str, name: str) -> QPushButton:
    """A button that Return presses only where it has the keyboard."""
    button = QPushButton(words)
    button.setObjectName(name)
    button.setAutoDefault(False)
    return button
