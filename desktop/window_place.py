"""Where a window stood on the screen, kept apart from the settings that one may read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

_KEY = "geometry"


def restore_place(window: QWidget, path: Path) -> bool:
    """Put a window where it stood; whether that is known."""
    geometry = QSettings(str(path), QSettings.Format.IniFormat).value(_KEY)
    return geometry is not None and window.restoreGeometry(geometry)


def save_place(window: QWidget, path: Path) -> None:
    """Remember where a window stands."""
    QSettings(str(path), QSettings.Format.IniFormat).setValue(_KEY, window.saveGeometry())
