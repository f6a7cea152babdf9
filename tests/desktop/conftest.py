"""What tests of the window have: a platform without a screen unless one is asked for, and a dressed window."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import build_window, prepare_application
from desktop.main_window import MainWindow
from engine.model.pack import ModelPack, load_pack


@pytest.fixture
def dressed(qapp: QApplication) -> QApplication:
    """The application with its style."""
    prepare_application(qapp)
    return qapp


@pytest.fixture
def pack() -> ModelPack:
    """The bundled model."""
    return load_pack()


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, own_home: Path) -> Iterator[MainWindow]:
    """An open window with the bundled model; closed, with all it started, at the end."""
    opened = build_window()
    qtbot.addWidget(opened)
    with qtbot.waitExposed(opened):
        opened.show()
    yield opened
    opened.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let pass the one thing that the platform without a screen says of every window."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"))
