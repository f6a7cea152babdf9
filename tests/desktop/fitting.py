"""Finds words that have no room, and widgets that lie over each other."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenuBar,
    QSplitterHandle,
    QStyleOptionViewItem,
    QTabBar,
    QToolButton,
    QWidget,
)

from desktop.case_panel.facts import ValueLabel
from desktop.plain import OneLine
from desktop.viewer.film_view import FilmView
from desktop.worklist.columns import Column
from desktop.worklist.view import WorklistView
from tests.desktop.waiting import let_pass

SHORTENED_ON_PURPOSE = (OneLine, ValueLabel, FilmView)


def misfits(window: QWidget) -> list[str]:
    """What does not fit in a window as it is now, one line each."""
    let_pass(60)
    found = []
    for widget in _shown(window):
        found += [f"{_who(widget)} {what}" for what in (*_cut(widget), *_hidden(widget, window), *_covered(widget))]
    return found


def _shown(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        if widget.window() is window and widget.isVisible() and not isinstance(widget, QSplitterHandle):
            yield widget


def _cut(widget: QWidget) -> Iterator[str]:
    metrics = widget.fontMetrics()
    if isinstance(widget, SHORTENED_ON_PURPOSE):
        return
    if isinstance(widget, QLabel) and widget.text():
        room = widget.contentsRect()
        if widget.wordWrap():
            longest = max(metrics.horizontalAdvance(word) for word in widget.text().split())
            if longest > room.width():
                yield f"has a word of {longest} px in {room.width()} px"
            if widget.heightForWidth(widget.width()) > widget.height():
                yield f"needs {widget.heightForWidth(widget.width())} px of height, has {widget.height()}"
        elif widget.sizeHint().width() > widget.width() or widget.sizeHint().height() > widget.height():
            yield f"needs {widget.sizeHint().toTuple()}, has {widget.size().toTuple()}"
    elif isinstance(widget, QAbstractButton | QTabBar) and widget.sizeHint().width() > widget.width():
        if not (isinstance(widget, QToolButton) and widget.text().endswith("…")):
            yield f"needs {widget.sizeHint().width()} px, has {widget.width()}"
    elif isinstance(widget, QLineEdit) and not isinstance(widget.parent(), QAbstractSpinBox):
        words = widget.text() or widget.placeholderText()
        if metrics.horizontalAdvance(words) > widget.contentsRect().width() - 16:
            yield f"has no room for “{words}”"
    elif isinstance(widget, QAbstractSpinBox):
        if metrics.horizontalAdvance(widget.text()) > widget.width() - 40:
            yield f"has no room for “{widget.text()}”"
    elif isinstance(widget, QComboBox):
        if metrics.horizontalAdvance(widget.currentText()) > widget.width() - 40:
            yield f"has no room for “{widget.currentText()}”"
    elif isinstance(widget, QMenuBar):
        more = widget.findChild(QToolButton, "qt_menubar_ext_button")
        if more is not None and more.isVisible():
            yield "has no room for its menus"
    elif isinstance(widget, WorklistView):
        yield from _cut_cells(widget)


def _cut_cells(view: WorklistView) -> Iterator[str]:
    """Names of files are shortened on purpose; a band is not."""
    model, option = view.model(), QStyleOptionViewItem()
    option.initFrom(view)
    for column in Column:
        if view.isColumnHidden(column) or column in (Column.FILE, Column.REASON, Column.MARKS):
            continue
        for row in range(model.rowCount()):
            index = model.index(row, column)
            needed, room = view.itemDelegate().sizeHint(option, index).width(), view.columnWidth(column)
            if needed > room:
                yield f"cuts “{index.data()}” in column {column.name}: {needed} of {room} px"


def _hidden(widget: QWidget, window: QWidget) -> Iterator[str]:
    """Whether a part of a widget lies outside what holds it; what scrolls may be higher."""
    if widget.isWindow():
        return
    parent = widget.parentWidget()
    if parent is None or isinstance(parent.parentWidget(), QAbstractScrollArea):
        return
    room = parent.rect().adjusted(-1, -1, 1, 1)  # from right to left Qt itself puts panels one pixel too far
    if not room.contains(widget.geometry()) and not isinstance(parent, QAbstractScrollArea):
        yield f"at {widget.geometry().getRect()} lies outside {parent.objectName()} {parent.size().toTuple()}"


def _covered(widget: QWidget) -> Iterator[str]:
    parent = widget.parentWidget()
    if parent is None or isinstance(parent, QLineEdit | QAbstractScrollArea | QTabBar | QMenuBar):
        return
    for other in parent.findChildren(QWidget):
        if other.parentWidget() is not parent or other is widget or not other.isVisible() or other.isWindow():
            continue
        over = _place(widget).intersected(_place(other))
        if id(other) > id(widget) and not over.isEmpty() and not isinstance(other, QSplitterHandle):
            yield f"lies over {_who(other)} by {over.getRect()}"


def _place(widget: QWidget) -> QRect:
    return QRect(QPoint(widget.x(), widget.y()), widget.size())


def _who(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    return f"{type(widget).__name__} {widget.objectName()} “{words}”"
