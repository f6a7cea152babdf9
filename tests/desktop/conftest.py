"""What tests of the window have: a platform without a screen unless one is asked for, and a dressed window."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import build_window, prepare_application
from desktop.main_window import MainWindow
from engine.model.pack import ModelPack, load_pack
from engine.reasons import Reason
from engine.results.store import FILE_NAME, Store
from engine.screening.case import CaseResult, CaseStatus
from tests.engine.results.made_up import make_run, make_scored, make_unscored


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
    """Let pass what the platform without a screen says: that it cannot size, raise or fade windows, or grab keys."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(
                pytest.mark.qt_log_ignore(
                    "This plugin does not support "
                    "(propagateSizeHints|raise|setting window opacity|grabbing the keyboard)"
                )
            )


@pytest.fixture
def kept(own_home: Path) -> list[CaseResult]:
    """The results of another model's list that was kept another day: eight films, the likeliest first."""
    return keep_list(own_home)


@pytest.fixture
def reopened(kept: list[CaseResult], window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with that list open."""
    return open_last(window, qtbot)


@pytest.fixture
def of_this_model(own_home: Path, pack: ModelPack, dressed: QApplication, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window with a kept list open that the bundled model scored."""
    keep_list(own_home, model_sha256=pack.sha256)
    opened = build_window()
    qtbot.addWidget(opened)
    with qtbot.waitExposed(opened):
        opened.show()
    yield open_last(opened, qtbot)
    opened.close()


def keep_list(home: Path, **of_run: str) -> list[CaseResult]:
    """Keep a list of eight films, the likeliest first, in the store of this home."""
    results = [replace(make_scored(index, 0.95 - index / 10), patient_key=f"{index:016x}") for index in range(7)]
    results.append(make_unscored(7, Reason.NOT_FRONTAL, CaseStatus.REJECTED))
    with Store(home / FILE_NAME) as store:
        session_id = store.sessions.start(make_run(**of_run), [Path("/films")]).session_id
        store.results.add(session_id, results)
        store.sessions.end(session_id)
    return results


def open_last(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The same window, with the last list opened in it by a click."""
    qtbot.waitUntil(window.welcome.last_button.isVisible, timeout=10_000)
    qtbot.mouseClick(window.welcome.last_button, Qt.MouseButton.LeftButton)
    view = window.room.worklist.view
    qtbot.waitUntil(lambda: view.chosen() is not None, timeout=10_000)
    view.setFocus()
    return window
