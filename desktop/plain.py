"""Text from files and names is shown as it stands, and never as the markup that it may hold."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class PlainLabel(QLabel):
    """A label that shows its text letter by letter."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class OneLine(PlainLabel):
    """A label of one line that is shortened at its end where there is no room, and whole in its tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_words(self, words: str) -> None:
        """Change the words."""
        self.whole = words
        self.setAccessibleName(words)
        self.setToolTip(plain_tip(words))
        self._shorten()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten anew."""
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        self.setText(self.fontMetrics().elidedText(self.whole, Qt.TextElideMode.ElideRight, self.width()))


def plain_tip(text: str) -> str:
    """A tooltip that shows its text letter by letter; Qt would guess whether it is markup."""
    return f"<span>{html.escape(text)}</span>" if text else ""


def without_key(text: str) -> str:
    """A text for a button or an item of a menu, where Qt would take an `&` for the sign of a key."""
    return text.replace("&", "&&")
