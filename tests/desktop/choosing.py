"""Choosing a file as a person does: in the dialog that comes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

_COMES_WITHIN_MS = 300


def choose_when_asked(qtbot: QtBot, file: Path) -> None:
    """Type the name of a file into the dialog that the next click opens, and press Return."""

    def type_name() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(field, QLineEdit)
        field.setText(str(file))
        qtbot.keyClick(field, Qt.Key.Key_Return)

    QTimer.singleShot(_COMES_WITHIN_MS, type_name)
