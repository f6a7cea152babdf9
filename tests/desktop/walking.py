"""Going through a window by Tab, as one does who has no mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot


def within_reach(window: QWidget) -> list[QWidget]:
    """Every widget of a window that Tab should come to now."""
    widgets = [window, *window.findChildren(QWidget)]
    return [
        widget
        for widget in widgets
        if widget.window() is window
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]


def walk(window: QWidget, qtbot: QtBot) -> list[QWidget]:
    """The widgets that Tab comes to, in their order, until one comes again."""
    window.activateWindow()
    if (focus := window.focusWidget()) is None:
        window.setFocus()
    seen: list[QWidget] = []
    qtbot.keyClick(focus or window, Qt.Key.Key_Tab)
    while (focus := QApplication.focusWidget()) is not None and focus not in seen:
        seen.append(focus)
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    return seen


def name_read_aloud(widget: QWidget) -> str:
    """What a screen reader says of a widget: its accessible name, its own words, or those of its label."""
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton):
        return widget.text()
    return next((label.text() for label in widget.window().findChildren(QLabel) if label.buddy() is widget), "")


def picture_of(widget: QWidget) -> QImage:
    """A widget with what is around it, as its window shows it."""
    window = widget.window()
    corner = widget.mapTo(window, QPoint(0, 0))
    return window.grab(QRect(corner, widget.size()).adjusted(-3, -3, 3, 3)).toImage()
