from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from engine.results.marks import MarkKind
from engine.results.store import FILE_NAME, Store
from engine.screening.case import CaseResult
from tests.desktop.choosing import choose_when_asked
from tests.desktop.conftest import open_last

_LEFT = Qt.MouseButton.LeftButton
_PATIENCE = 15_000


def _choose(window: MainWindow, qtbot: QtBot, action: QAction, file: Path) -> None:
    """Click an item of the Tools menu, and type the name of a file into the dialog that comes."""
    menu = window.actions_of_menus.tools_menu
    menu.popup(window.mapToGlobal(window.rect().topLeft()))
    qtbot.waitUntil(menu.isVisible)
    choose_when_asked(qtbot, file)
    qtbot.mouseClick(menu, _LEFT, pos=menu.actionGeometry(action).center())


def _answer(qtbot: QtBot, words: str) -> QMessageBox:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    (button,) = [button for button in box.findChildren(QPushButton) if button.text() == words]
    qtbot.mouseClick(button, _LEFT)
    return box


def _back_up(window: MainWindow, qtbot: QtBot, file: Path) -> None:
    _choose(window, qtbot, window.actions_of_menus.back_up, file)
    qtbot.waitUntil(lambda: str(file) in window.bottom_bar.message, timeout=_PATIENCE)
    _activate(window, qtbot)


def _activate(window: MainWindow, qtbot: QtBot) -> None:
    """Without a desktop nobody does it when a dialog goes, and keys need it."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def _soon(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=_PATIENCE)


def test_everything_is_backed_up_and_comes_back(
    reopened: MainWindow, kept: list[CaseResult], own_home: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window, view, file = reopened, reopened.room.worklist.view, tmp_path / "all.zip"
    reopened.verdicts.choose_reader("AB")
    _soon(qtbot, lambda: window.verdicts.reader is not None)
    _back_up(window, qtbot, file)
    assert "It is not encrypted" in window.bottom_bar.message
    assert FILE_NAME in zipfile.ZipFile(file).namelist()
    qtbot.keyClick(view, Qt.Key.Key_F)
    _soon(qtbot, lambda: window.room.worklist.model.has_mark(0, MarkKind.FLAG))
    _choose(window, qtbot, window.actions_of_menus.restore, file)
    box = _answer(qtbot, "Restore")
    assert "put aside" in box.informativeText()
    _soon(qtbot, window.welcome.last_button.isVisible)
    assert not window.reading
    assert f"{len(kept)} results and 0 verdicts are back." in window.welcome.warning.text()
    assert not window.history.canUndo()
    open_last(window, qtbot)
    assert window.room.worklist.model.total == len(kept)
    assert not window.room.worklist.model.has_mark(0, MarkKind.FLAG)
    assert list(own_home.glob("results.replaced-*.sqlite"))
    _soon(qtbot, lambda: window.verdicts.reader is not None)
    _activate(window, qtbot)
    qtbot.keyClick(view, Qt.Key.Key_U)  # the window goes on with the store that came back, and its reader
    _soon(qtbot, lambda: window.room.worklist.model.has_mark(0, MarkKind.READ))
    window.close()
    with Store(own_home / FILE_NAME) as store:
        (reader,) = store.verdicts.readers()
        assert reader.initials == "AB"
        assert len(store.marks.films(MarkKind.READ, reader.reader_id)) == 1


def test_a_restore_that_is_not_wanted_changes_nothing(reopened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    _back_up(reopened, qtbot, tmp_path / "all.zip")
    _choose(reopened, qtbot, reopened.actions_of_menus.restore, tmp_path / "all.zip")
    _answer(qtbot, "Leave it")
    assert reopened.reading
    assert reopened.room.worklist.model.total == 8


def test_another_program_that_has_the_store_open_is_in_the_way(
    reopened: MainWindow, own_home: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    _back_up(reopened, qtbot, tmp_path / "all.zip")
    with Store(own_home / FILE_NAME) as other:
        assert other.sessions.newest(1)
        _choose(reopened, qtbot, reopened.actions_of_menus.restore, tmp_path / "all.zip")
        _answer(qtbot, "Restore")
        _soon(qtbot, lambda: "Another Mapafu has the results open" in reopened.welcome.warning.text())
        open_last(reopened, qtbot)  # it is as it was
    assert reopened.room.worklist.model.total == 8
    assert not list(own_home.glob("results.replaced-*"))


def test_a_file_that_is_no_backup_is_refused(reopened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    other = tmp_path / "other.zip"
    other.write_text("no zip")
    _choose(reopened, qtbot, reopened.actions_of_menus.restore, other)
    _answer(qtbot, "Restore")
    _soon(qtbot, lambda: "other.zip is no backup" in reopened.welcome.warning.text())
    open_last(reopened, qtbot)
    assert reopened.room.worklist.model.total == 8


def test_a_backup_that_cannot_be_written_says_so_and_the_window_goes_on(
    reopened: MainWindow, own_home: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    reopened.backups.back_up(tmp_path / "no such folder" / "all.zip")
    _soon(qtbot, lambda: "cannot be written" in reopened.bottom_bar.message)
    qtbot.keyClick(reopened.room.worklist.view, Qt.Key.Key_F)
    _soon(qtbot, lambda: reopened.room.worklist.model.has_mark(0, MarkKind.FLAG))
    with closing(sqlite3.connect(own_home / FILE_NAME)) as connection:
        assert connection.execute("SELECT count(*) FROM marks").fetchone() == (1,)


def test_nothing_is_restored_while_films_are_screened(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window.actions_of_menus.samples.trigger()
    screening = window.screening
    assert screening is not None
    window.actions_of_menus.restore.trigger()
    assert "Films are being screened" in window.bottom_bar.message
    screening.cancel()
    _soon(qtbot, lambda: not screening.running)
