"""A page to read in a window of its own: the model card, the keys, what this program is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from desktop.markdown import set_markdown
from desktop.theme import colours


class TextPage(QDialog):
    """Shows a page of HTML or Markdown; it can be selected and scrolled by mouse and keyboard, and Esc closes it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QTextBrowser()
        self._fill: Callable[[], None] = self.text.clear
        self.setObjectName("textPage")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(900, 720)
        self.text.setObjectName("pageText")
        self.text.setAccessibleName(title)
        self.text.setOpenLinks(False)
        self.text.document().setDocumentMargin(24)
        close = QPushButton(self.tr("Close"))
        close.setObjectName("closeButton")
        close.clicked.connect(self.reject)
        self.bottom = bottom = QHBoxLayout()
        bottom.setContentsMargins(16, 8, 16, 8)
        bottom.addStretch(1)
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.addWidget(self.text, 1)
        layout.addLayout(bottom)
        self.text.setFocus()

    def set_html(self, page: str) -> None:
        """Change the page to this HTML."""
        self._set(lambda: self.text.setHtml(page))

    def set_markdown(self, page: str) -> None:
        """Change the page to this Markdown."""
        self._set(lambda: set_markdown(self.text.document(), page))

    def changeEvent(self, event: QEvent) -> None:
        """A page is written in the colours of its day: another theme writes it anew, at the same place."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            place = self.text.verticalScrollBar().value()
            self._set(self._fill)
            self.text.verticalScrollBar().setValue(place)

    def _set(self, fill: Callable[[], None]) -> None:
        self._fill = fill
        worn = colours()
        self.text.document().setDefaultStyleSheet(
            f"h1 {{ font-size: 18pt; font-weight: 300; color: {worn.text}; }}"
            f".head {{ font-weight: 600; color: {worn.accent}; margin-top: 24px; }}"
            f"p, li, td {{ color: {worn.text}; }} th {{ color: {worn.muted}; font-weight: 400; }}"
            f".key {{ color: {worn.accent}; }}"
        )
        fill()
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
