from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from engine.results.marks import MarkKind
from engine.results.store import FILE_NAME, Store
from engine.results.verdicts import ReadingMode, Verdict
from engine.screening.case import CaseResult
from tests.desktop.conftest import open_last
from tests.engine.results.made_up import make_run, make_scored

_LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(own_home: Path, window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window at the second of two lists: four films, of which the first and the third are of one patient.

    The first list has the first film alone, with a verdict and a flag.
    """
    keys = ("a" * 16, "b" * 16, "a" * 16, None)
    films = [replace(make_scored(index, 0.9 - index / 10), patient_key=key) for index, key in enumerate(keys)]
    with Store(own_home / FILE_NAME) as store:
        for run_id, results in (("first", films[:1]), ("second", films)):
            session_id = store.sessions.start(make_run(run_id=run_id), [Path("/films")]).session_id
            film_ids = store.results.add(session_id, results)
            store.verdicts.give(
                Verdict.PNEUMONIA,
                film_id=film_ids[0],
                session_id=session_id,
                reader=store.verdicts.reader("AB"),
                note="",
                mode=ReadingMode.OPEN,
            )
            store.marks.put(MarkKind.FLAG, film_ids[:1], on=True)
            store.sessions.end(session_id)
    window._keeper.open()
    return open_last(window, qtbot)


def _order(window: MainWindow) -> list[int]:
    model = window.room.worklist.model
    return [result.index for row in range(model.rowCount()) if (result := model.result_at(row)) is not None]


def _kept(home: Path) -> Sequence[Sequence[CaseResult]]:
    """What each kept session has, the newest first."""
    with Store(home / FILE_NAME) as store:
        sessions = store.sessions.newest(9)
        return [[entry.result for entry in store.results.of_session(one.session_id)] for one in sessions]


def _right_click(window: MainWindow) -> None:
    """Open the menu of the chosen row."""
    view = window.room.worklist.view
    place = view.visualRect(view.currentIndex()).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place))
    QApplication.sendEvent(view.viewport(), event)


def _choose(window: MainWindow, qtbot: QtBot, action: QAction) -> QMessageBox:
    """Click an item of the list's menu; the question that comes."""
    _right_click(window)
    menu = window.deleting.menu
    qtbot.waitUntil(menu.isVisible)
    qtbot.mouseClick(menu, _LEFT, pos=menu.actionGeometry(action).center())
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    return box


def _answer(box: QMessageBox, qtbot: QtBot, words: str) -> None:
    (button,) = [button for button in box.findChildren(QPushButton) if button.text() == words]
    qtbot.mouseClick(button, _LEFT)


def test_a_film_leaves_every_list_and_what_is_kept(opened: MainWindow, own_home: Path, qtbot: QtBot) -> None:
    view = opened.room.worklist.view
    qtbot.keyClick(view, Qt.Key.Key_F)  # something to undo
    qtbot.waitUntil(opened.history.canUndo)
    box = _choose(opened, qtbot, opened.actions_of_menus.delete_film)
    assert "film-000000" in box.text()
    assert "cannot be undone" in box.informativeText()
    assert "verdicts of all readers" in box.informativeText()
    _answer(box, qtbot, "Delete")
    qtbot.waitUntil(lambda: _order(opened) == [1, 2, 3], timeout=10_000)
    chosen = view.chosen()
    assert chosen is not None
    assert chosen.index == 1
    assert not opened.history.canUndo()
    assert opened.bottom_bar.numbers == "3 films"
    assert opened.bottom_bar.message == "Deleted for good: results 2, verdicts 2."
    assert [[result.index for result in results] for results in _kept(own_home)] == [[1, 2, 3], []]
    with Store(own_home / FILE_NAME) as store:
        assert len(store.marks.films(MarkKind.FLAG)) == 0


def test_a_question_that_is_answered_no_changes_nothing(opened: MainWindow, own_home: Path, qtbot: QtBot) -> None:
    before = [[result.index for result in results] for results in _kept(own_home)]
    for words in ("Keep", None):
        box = _choose(opened, qtbot, opened.actions_of_menus.delete_film)
        if words is not None:
            _answer(box, qtbot, words)
        else:
            qtbot.keyClick(box, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    opened.close()
    assert _order(opened) == [0, 1, 2, 3]
    assert [[result.index for result in results] for results in _kept(own_home)] == before == [[0, 1, 2, 3], [0]]


def test_all_films_of_a_patient_go(opened: MainWindow, own_home: Path, qtbot: QtBot) -> None:
    box = _choose(opened, qtbot, opened.actions_of_menus.delete_patient)
    assert "Films of this patient in this list: 2." in box.informativeText()
    _answer(box, qtbot, "Delete")
    qtbot.waitUntil(lambda: _order(opened) == [1, 3], timeout=10_000)
    assert [[result.index for result in results] for results in _kept(own_home)] == [[1, 3], []]


def test_a_film_of_nobody_offers_no_patient(opened: MainWindow, qtbot: QtBot) -> None:
    actions = opened.actions_of_menus
    opened.room.worklist.view.choose_row(3)
    _right_click(opened)
    assert actions.delete_film.isEnabled()
    assert not actions.delete_patient.isEnabled()
    opened.deleting.menu.close()
    opened.room.worklist.view.choose_row(0)
    _right_click(opened)
    assert actions.delete_patient.isEnabled()
    opened.deleting.menu.close()


def test_a_list_goes_and_the_one_before_is_offered(opened: MainWindow, own_home: Path, qtbot: QtBot) -> None:
    box = _choose(opened, qtbot, opened.actions_of_menus.delete_list)
    assert "Its results (4)" in box.informativeText()
    _answer(box, qtbot, "Delete")
    qtbot.waitUntil(lambda: not opened.reading, timeout=10_000)
    assert opened.room.worklist.model.total == 0
    assert opened.session.session_id is None
    assert not opened.actions_of_menus.export.isEnabled()
    assert [[result.index for result in results] for results in _kept(own_home)] == [[0]]
    open_last(opened, qtbot)
    assert _order(opened) == [0]
    box = _choose(opened, qtbot, opened.actions_of_menus.delete_list)
    _answer(box, qtbot, "Delete")
    qtbot.waitUntil(lambda: not opened.reading, timeout=10_000)
    qtbot.wait(200)
    assert not opened.welcome.last_button.isVisible()
    assert _kept(own_home) == []


def test_nothing_is_deleted_while_films_are_screened(opened: MainWindow, own_home: Path, qtbot: QtBot) -> None:
    box = _choose(opened, qtbot, opened.actions_of_menus.delete_list)
    assert opened.screening is not None
    opened.actions_of_menus.samples.trigger()
    assert opened.screening.running
    _answer(box, qtbot, "Delete")
    assert "Films are being screened" in opened.bottom_bar.message
    opened.actions_of_menus.list_menu.popup(QPoint(0, 0))
    actions = opened.actions_of_menus
    assert not any(action.isEnabled() for action in (actions.delete_film, actions.delete_patient, actions.delete_list))
    opened.actions_of_menus.list_menu.close()
    opened.screening.cancel()
    qtbot.waitUntil(lambda: opened.screening is not None and not opened.screening.running, timeout=60_000)
    assert len(_kept(own_home)) >= 2
