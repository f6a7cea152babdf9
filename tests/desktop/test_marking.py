from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from engine.results.marks import MarkKind
from engine.results.store import FILE_NAME, Store

_CONTROL = Qt.KeyboardModifier.ControlModifier


def _marked(window: MainWindow, kind: MarkKind) -> list[int]:
    """The rows that show a mark."""
    model = window.room.worklist.model
    return [row for row in range(model.rowCount()) if model.has_mark(row, kind)]


def _kept(home: Path, kind: MarkKind) -> int:
    with Store(home / FILE_NAME) as store:
        return len(store.marks.films(kind))


def _wait_for(qtbot: QtBot, window: MainWindow, kind: MarkKind, rows: list[int]) -> None:
    qtbot.waitUntil(lambda: _marked(window, kind) == rows, timeout=10_000)


def test_f_flags_a_film_and_the_store_has_it_by_then(reopened: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    view = reopened.room.worklist.view
    qtbot.keyClick(view, Qt.Key.Key_F)
    _wait_for(qtbot, reopened, MarkKind.FLAG, [0])
    assert _kept(own_home, MarkKind.FLAG) == 1
    assert reopened.actions_of_menus.flag.isChecked()
    qtbot.keyClick(view, Qt.Key.Key_F)
    _wait_for(qtbot, reopened, MarkKind.FLAG, [])
    assert _kept(own_home, MarkKind.FLAG) == 0
    assert not reopened.actions_of_menus.flag.isChecked()


def test_flags_and_read_marks_are_undone_and_done_again(reopened: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    view = reopened.room.worklist.view
    assert not reopened.actions_of_menus.undo.isEnabled()
    qtbot.keyClick(view, Qt.Key.Key_F)
    qtbot.keyClick(view, Qt.Key.Key_J)
    qtbot.keyClick(view, Qt.Key.Key_U)
    _wait_for(qtbot, reopened, MarkKind.READ, [1])
    qtbot.keyClick(view, Qt.Key.Key_J)
    qtbot.keyClick(view, Qt.Key.Key_Z, _CONTROL)
    _wait_for(qtbot, reopened, MarkKind.READ, [])
    assert view.currentIndex().row() == 1
    qtbot.keyClick(view, Qt.Key.Key_Z, _CONTROL)
    _wait_for(qtbot, reopened, MarkKind.FLAG, [])
    assert view.currentIndex().row() == 0
    assert _kept(own_home, MarkKind.FLAG) == _kept(own_home, MarkKind.READ) == 0
    qtbot.keyClick(view, Qt.Key.Key_Z, _CONTROL | Qt.KeyboardModifier.ShiftModifier)
    _wait_for(qtbot, reopened, MarkKind.FLAG, [0])


def test_space_reads_on_to_the_next_unread_film(reopened: MainWindow, qtbot: QtBot) -> None:
    view = reopened.room.worklist.view
    view.choose_row(1)
    qtbot.keyClick(view, Qt.Key.Key_U)
    _wait_for(qtbot, reopened, MarkKind.READ, [1])
    view.choose_row(0)
    for focus, row in ((view, 2), (reopened.room.viewer.film, 3)):
        focus.setFocus()
        qtbot.keyClick(focus, Qt.Key.Key_Space)
        assert view.currentIndex().row() == row
    _wait_for(qtbot, reopened, MarkKind.READ, [0, 1, 2])


def test_space_says_when_all_is_read(reopened: MainWindow, qtbot: QtBot) -> None:
    view, model = reopened.room.worklist.view, reopened.room.worklist.model
    for read in range(model.rowCount()):
        assert view.currentIndex().row() == read
        qtbot.keyClick(view, Qt.Key.Key_Space)
        _wait_for(qtbot, reopened, MarkKind.READ, list(range(read + 1)))
    assert view.currentIndex().row() == model.rowCount() - 1
    assert reopened.bottom_bar.message == "Every film of this list is read."


@pytest.mark.parametrize("name", ["count_positive", "heatSwitch"])
def test_space_presses_a_button_that_has_the_focus(reopened: MainWindow, qtbot: QtBot, name: str) -> None:
    view = reopened.room.worklist.view
    button = reopened.findChild(QWidget, name)
    assert isinstance(button, QWidget)
    button.setFocus()
    with qtbot.waitSignal(button.clicked, timeout=2000):  # type: ignore[attr-defined]
        qtbot.keyClick(button, Qt.Key.Key_Space)
    assert view.currentIndex().row() == 0
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert view.currentIndex().row() == 1


def test_letters_in_the_search_box_mark_nothing(reopened: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    view, search = reopened.room.worklist.view, reopened.room.worklist.search
    qtbot.keyClick(view, Qt.Key.Key_Slash)
    qtbot.keyClicks(search, "fu ")
    assert search.text() == "fu "
    qtbot.wait(200)
    assert _kept(own_home, MarkKind.FLAG) == _kept(own_home, MarkKind.READ) == 0


def test_under_unread_only_a_read_film_goes_when_one_leaves_it(reopened: MainWindow, qtbot: QtBot) -> None:
    worklist = reopened.room.worklist
    qtbot.keyClick(worklist.view, Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    assert worklist.filter.rows.read is False
    qtbot.keyClick(worklist.view, Qt.Key.Key_U)
    _wait_for(qtbot, reopened, MarkKind.READ, [0])
    qtbot.wait(700)
    assert worklist.model.rowCount() == 8
    qtbot.keyClick(worklist.view, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: worklist.model.rowCount() == 7, timeout=2000)
    chosen = worklist.view.chosen()
    assert chosen is not None
    assert chosen.index == 1
    assert worklist.view.currentIndex().row() == 0
