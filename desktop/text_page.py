"""A page to read in a window of its own: the model card, the keys, what this program is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from desktop.markdown import set_markdown
from desktop.theme import DARK


class TextPage(QDialog):
    """Shows a page of HTML or Markdown; it can be selected and scrolled by mouse and keyboard, and Esc closes it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("textPage")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(900, 720)
        self.text = QTextBrowser()
        self.text.setObjectName("pageText")
        self.text.setAccessibleName(title)
        self.text.setOpenLinks(False)
        self.text.document().setDocumentMargin(24)
        self.text.document().setDefaultStyleSheet(
            f"h1 {{ font-size: 18pt; font-weight: 300; color: {DARK.text}; }}"
            f".head {{ font-weight: 600; color: {DARK.accent}; margin-top: 24px; }}"
            f"p, li, td {{ color: {DARK.text}; }} th {{ color: {DARK.muted}; font-weight: 400; }}"
            f".key {{ color: {DARK.accent}; }}"
        )
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
        self.text.setHtml(page)

    def set_markdown(self, page: str) -> None:
        """Change the page to this Markdown."""
        set_markdown(self.text.document(), page)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
