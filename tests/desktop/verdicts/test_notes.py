from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from desktop.verdicts.notes import NoteDrafts
from engine.results.verdicts import Verdict
from tests.desktop.verdicts.reading import (
    KEYS,
    PATIENCE,
    chosen,
    judge,
    keeper_held_up,
    lit,
    look_at,
    press,
    said,
    undo,
)


def _type(qtbot: QtBot, window: MainWindow, words: str) -> None:
    """Type a note to the chosen film, and stay in its line."""
    press(qtbot, window, Qt.Key.Key_T)
    note = window.room.case_panel.verdicts.note
    assert note.hasFocus()
    qtbot.keyClicks(note, words)


def _says(qtbot: QtBot, home: Path, case_index: int, verdict: Verdict, note: str) -> None:
    entry = ("AB", verdict.value, "open", note)
    qtbot.waitUntil(lambda: said(home, case_index) == [entry], timeout=PATIENCE)


def test_digits_in_the_note_are_typed_and_the_note_goes_with_the_verdict(
    seated: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    look_at(qtbot, seated, 1)
    press(qtbot, seated, Qt.Key.Key_T)
    note = seated.room.case_panel.verdicts.note
    assert note.hasFocus()
    qtbot.keyClicks(note, "1234 bj ")
    assert note.text() == "1234 bj "
    assert chosen(seated) == 1
    assert said(own_home) == []
    qtbot.keyClick(note, Qt.Key.Key_Return)
    assert seated.room.worklist.view.hasFocus()
    judge(qtbot, seated, 1, Verdict.PNEUMONIA)
    assert said(own_home) == [("AB", "pneumonia", "open", "1234 bj")]


def test_a_note_that_is_changed_later_goes_with_the_same_verdict(
    seated: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    judge(qtbot, seated, 1, Verdict.PNEUMONIA)
    look_at(qtbot, seated, 1)
    qtbot.waitUntil(lambda: lit(seated) == [Verdict.PNEUMONIA], timeout=PATIENCE)
    press(qtbot, seated, Qt.Key.Key_T)
    note = seated.room.case_panel.verdicts.note
    qtbot.keyClicks(note, "left base")
    qtbot.keyClick(note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: said(own_home) == [("AB", "pneumonia", "open", "left base")], timeout=PATIENCE)


def test_a_note_waits_for_its_film(seated: MainWindow, qtbot: QtBot) -> None:
    look_at(qtbot, seated, 1)
    note = seated.room.case_panel.verdicts.note
    note.setFocus()
    qtbot.keyClicks(note, "look again")
    qtbot.keyClick(note, Qt.Key.Key_Escape)
    press(qtbot, seated, Qt.Key.Key_J)
    assert note.text() == ""
    press(qtbot, seated, Qt.Key.Key_K)
    assert note.text() == "look again"


@pytest.fixture
def judged(seated: MainWindow, qtbot: QtBot) -> MainWindow:
    """AB called a film pneumonia, and is at it again."""
    judge(qtbot, seated, 1, Verdict.PNEUMONIA)
    look_at(qtbot, seated, 1)
    qtbot.waitUntil(lambda: lit(seated) == [Verdict.PNEUMONIA], timeout=PATIENCE)
    return seated


@pytest.fixture
def noted(judged: MainWindow, qtbot: QtBot, own_home: Path) -> MainWindow:
    """AB is at another film, after a note to that verdict was kept."""
    _type(qtbot, judged, "left base")
    look_at(qtbot, judged, 2)
    _says(qtbot, own_home, 1, Verdict.PNEUMONIA, "left base")
    return judged


def _click_on_the_list(qtbot: QtBot, window: MainWindow) -> None:
    view = window.room.worklist.view
    place = view.visualRect(view.model().index(2, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def _press_in_the_line(key: Qt.Key) -> Callable[[QtBot, MainWindow], None]:
    return lambda qtbot, window: qtbot.keyClick(window.room.case_panel.verdicts.note, key)


_WAYS = {
    "a click": _click_on_the_list,
    "the arrow": _press_in_the_line(Qt.Key.Key_Down),
    "Return": _press_in_the_line(Qt.Key.Key_Return),
    "Escape": _press_in_the_line(Qt.Key.Key_Escape),
    "the end": lambda _qtbot, window: window.close(),
    "another reader": lambda _qtbot, window: window.verdicts.choose_reader("CD"),
    "another list": lambda _qtbot, window: window.screen_paths([Path(__file__)]),  # as from a second start
}


@pytest.mark.parametrize("way", _WAYS)
def test_a_note_typed_after_the_verdict_is_kept_whatever_one_does_next(
    judged: MainWindow, qtbot: QtBot, own_home: Path, way: str
) -> None:
    session_id = judged.session.session_id
    _type(qtbot, judged, "lobar")
    _WAYS[way](qtbot, judged)
    qtbot.waitUntil(lambda: said(own_home, 1, session_id) == [("AB", "pneumonia", "open", "lobar")], timeout=PATIENCE)


def test_a_note_typed_before_the_verdict_is_known_to_be_kept_goes_with_it(
    seated: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    look_at(qtbot, seated, 1)
    with keeper_held_up(seated):
        press(qtbot, seated, KEYS[Verdict.PNEUMONIA])
        look_at(qtbot, seated, 1)
        _type(qtbot, seated, "lobar")
        look_at(qtbot, seated, 2)
    _says(qtbot, own_home, 1, Verdict.PNEUMONIA, "lobar")
    qtbot.waitUntil(
        lambda: seated.bottom_bar.message == "film-1: your note is kept (AB). Ctrl+Z takes it back.", timeout=PATIENCE
    )
    undo(qtbot, seated)
    _says(qtbot, own_home, 1, Verdict.PNEUMONIA, "")
    assert chosen(seated) == 1


def test_another_verdict_given_at_once_leaves_the_note_as_it_is(
    noted: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    with keeper_held_up(noted):
        look_at(qtbot, noted, 1)
        press(qtbot, noted, KEYS[Verdict.CANNOT_TELL])
    _says(qtbot, own_home, 1, Verdict.CANNOT_TELL, "left base")


def test_a_note_is_taken_away_by_emptying_its_line(noted: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    look_at(qtbot, noted, 1)
    note = noted.room.case_panel.verdicts.note
    qtbot.waitUntil(lambda: note.text() == "left base", timeout=PATIENCE)
    press(qtbot, noted, Qt.Key.Key_T)
    note.selectAll()
    qtbot.keyClick(note, Qt.Key.Key_Delete)
    press(qtbot, noted, KEYS[Verdict.OTHER_FINDING])
    _says(qtbot, own_home, 1, Verdict.OTHER_FINDING, "")


def test_the_kept_note_shows_also_while_one_goes_by_with_the_cursor_in_its_line(
    noted: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    note = noted.room.case_panel.verdicts.note
    look_at(qtbot, noted, 3)
    press(qtbot, noted, Qt.Key.Key_T)
    assert note.text() == ""
    qtbot.keyClick(note, Qt.Key.Key_Up)
    assert chosen(noted) == 1
    qtbot.waitUntil(lambda: note.text() == "left base", timeout=PATIENCE)
    assert note.hasFocus()
    qtbot.keyClicks(note, ", round")
    press(qtbot, noted, Qt.Key.Key_J)
    _says(qtbot, own_home, 1, Verdict.PNEUMONIA, "left base, round")


def test_a_note_that_is_as_it_was_is_no_step(noted: MainWindow, qtbot: QtBot) -> None:
    look_at(qtbot, noted, 1)
    note = noted.room.case_panel.verdicts.note
    qtbot.waitUntil(lambda: note.text() == "left base", timeout=PATIENCE)
    steps = noted.history.count()
    _type(qtbot, noted, "x")
    qtbot.keyClick(note, Qt.Key.Key_Backspace)
    press(qtbot, noted, Qt.Key.Key_J)
    assert noted.history.count() == steps


def test_a_draft_waits_until_what_is_kept_is_what_was_typed() -> None:
    drafts = NoteDrafts()
    drafts.write(1, "left ")
    assert drafts.take_new(1, kept="") == "left"
    assert drafts.take_new(1, kept="") is None  # it is on its way
    drafts.write(1, "left base")
    drafts.settle(1, "left")
    assert drafts.shown(1, "left") == "left base"
    assert drafts.take_new(1, kept="left") == "left base"
    drafts.settle(1, "left base")
    assert drafts.take(1) is None
    assert drafts.shown(1, "left base") == "left base"


def test_a_draft_that_was_not_kept_stays_and_goes_with_the_next_verdict() -> None:
    drafts = NoteDrafts()
    drafts.write(1, "left")
    assert drafts.take(1) == "left"
    assert drafts.shown(1, "") == "left"
    assert drafts.take(1) == "left"
