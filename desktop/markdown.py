"""Markdown set in the type and colours of the program."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)

from desktop.theme import colours

_FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
_TITLE_POINTS = 18.0
_SPACE = 8.0
_CELL_PADDING = 6.0


def set_markdown(document: QTextDocument, text: str) -> None:
    """Fill a document with GitHub-flavoured Markdown. HTML in it is shown as it stands."""
    document.setMarkdown(text, _FEATURES)
    for block in _blocks(document):
        level = block.blockFormat().headingLevel()
        if level:
            _dress_heading(block, level)
        elif not block.textList() and QTextCursor(block).currentTable() is None:
            _space(block, above=0.0, below=_SPACE)
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _dress_table(frame)


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _dress_heading(block: QTextBlock, level: int) -> None:
    style = QTextCharFormat()
    style.setFontWeight(QFont.Weight.Light if level == 1 else QFont.Weight.DemiBold)
    style.setForeground(QColor(colours().accent if level == 2 else colours().text))
    if level == 1:
        style.setFontPointSize(_TITLE_POINTS)
    cursor = QTextCursor(block)
    cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
    cursor.setCharFormat(style)  # merged, Qt's own size of headings would win over this one
    _space(block, above=3 * _SPACE if level == 2 else _SPACE, below=_SPACE)


def _space(block: QTextBlock, *, above: float, below: float) -> None:
    style = QTextBlockFormat()
    style.setTopMargin(above)
    style.setBottomMargin(below)
    QTextCursor(block).mergeBlockFormat(style)


def _dress_table(table: QTextTable) -> None:
    style = table.format()
    style.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    style.setBorder(1)
    style.setBorderBrush(QBrush(QColor(colours().line)))
    style.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    style.setBorderCollapse(True)
    style.setCellPadding(_CELL_PADDING)
    style.setTopMargin(_SPACE)
    style.setBottomMargin(_SPACE)
    table.setFormat(style)
    heads = QTextCharFormat()
    heads.setFontWeight(QFont.Weight.Normal)
    heads.setForeground(QColor(colours().muted))
    for column in range(table.columns()):
        cell, below = table.cellAt(0, column), table.cellAt(1, column)
        cursor = cell.firstCursorPosition()
        cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(heads)
        if below.isValid():
            place = QTextBlockFormat()
            place.setAlignment(below.firstCursorPosition().blockFormat().alignment())
            cursor.mergeBlockFormat(place)
