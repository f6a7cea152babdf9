from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.app import build_window
from desktop.main_window import MainWindow
from engine.results.marks import MarkKind
from engine.results.store import FILE_NAME, Store
from engine.results.verdicts import Verdict
from tests.builders import picture_bytes
from tests.desktop.conftest import open_last
from tests.desktop.dropping import drop
from tests.desktop.verdicts.conftest import FAILED, REJECTED
from tests.desktop.verdicts.reading import (
    KEYS,
    PATIENCE,
    chosen,
    give_initials,
    judge,
    lit,
    look_at,
    panel_words,
    press,
    said,
    sit_down,
    undo,
)

_CONTROL = Qt.KeyboardModifier.ControlModifier


def test_films_can_be_looked_at_before_anyone_is_asked_who_reads(reopened: MainWindow, qtbot: QtBot) -> None:
    panel = reopened.room.case_panel.verdicts
    for key in (Qt.Key.Key_J, Qt.Key.Key_Space, Qt.Key.Key_F):
        press(qtbot, reopened, key)
    assert not panel.asking
    assert reopened.verdicts.reader is None
    assert panel.reader_button.text() == "Who reads?"


def test_the_first_verdict_asks_who_reads_and_is_then_given(reopened: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    look_at(qtbot, reopened, 1)
    press(qtbot, reopened, KEYS[Verdict.OTHER_FINDING])
    panel = reopened.room.case_panel.verdicts
    assert panel.asking
    assert reopened.isEnabled()
    assert said(own_home) == []
    give_initials(qtbot, reopened, "AB")
    qtbot.waitUntil(lambda: said(own_home) == [("AB", "other_finding", "open", "")], timeout=PATIENCE)
    assert not panel.asking
    assert panel.reader_button.text() == "AB"
    assert chosen(reopened) == 3


def test_a_verdict_that_waits_for_initials_is_forgotten_when_one_goes_on(
    reopened: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    look_at(qtbot, reopened, 1)
    press(qtbot, reopened, Qt.Key.Key_1)
    press(qtbot, reopened, Qt.Key.Key_J)
    assert not reopened.room.case_panel.verdicts.asking
    sit_down(qtbot, reopened, "AB")
    judge(qtbot, reopened, 4, Verdict.CANNOT_TELL)
    assert said(own_home) == [("AB", "cannot_tell", "open", "")]


def test_escape_gives_up_the_question(reopened: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    look_at(qtbot, reopened, 1)
    press(qtbot, reopened, Qt.Key.Key_1)
    panel = reopened.room.case_panel.verdicts
    qtbot.keyClick(panel.initials.box, Qt.Key.Key_Escape)
    assert not panel.asking
    assert reopened.room.worklist.view.hasFocus()
    assert said(own_home) == []


def test_initials_are_not_empty(reopened: MainWindow, qtbot: QtBot) -> None:
    look_at(qtbot, reopened, 1)
    press(qtbot, reopened, Qt.Key.Key_1)
    row = reopened.room.case_panel.verdicts.initials
    qtbot.keyClicks(row.box, "   ")
    qtbot.keyClick(row.box, Qt.Key.Key_Return)
    assert not row.button.isEnabled()
    assert reopened.room.case_panel.verdicts.asking
    assert reopened.verdicts.reader is None


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_key_gives_its_verdict_marks_the_film_read_and_goes_on(
    seated: MainWindow, qtbot: QtBot, own_home: Path, verdict: Verdict
) -> None:
    judge(qtbot, seated, 1, verdict)
    assert said(own_home) == [("AB", verdict.value, "open", "")]
    assert chosen(seated) == 3  # the next in triage order
    model = seated.room.worklist.model
    qtbot.waitUntil(lambda: model.has_mark(0, MarkKind.READ), timeout=PATIENCE)
    assert seated.bottom_bar.message.startswith("film-1: ")
    assert "Ctrl+Z" in seated.bottom_bar.message


def test_a_verdict_waits_for_a_film_that_is_being_read(seated: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    look_at(qtbot, seated, 1)
    seated.room.worklist.view.choose_case(4)
    assert not seated.room.viewer.film.has_film
    press(qtbot, seated, Qt.Key.Key_1)
    assert seated.bottom_bar.message == "The film is still being read. Wait for it, then give your verdict."
    assert panel_words(seated, "verdictHint") == ""  # that moment is too short to be told of
    assert said(own_home) == []


def test_a_key_that_is_held_down_judges_one_film(seated: MainWindow) -> None:
    assert not any(action.autoRepeat() for action in seated.actions_of_menus.verdicts.values())


def test_a_button_gives_its_verdict(seated: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    look_at(qtbot, seated, 1)
    button = seated.findChild(QPushButton, "verdict_no_pneumonia")
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: said(own_home) == [("AB", "no_pneumonia", "open", "")], timeout=PATIENCE)
    look_at(qtbot, seated, 1)
    qtbot.waitUntil(lambda: lit(seated) == [Verdict.NO_PNEUMONIA], timeout=PATIENCE)


def test_another_verdict_supersedes_the_first_and_undo_brings_it_back(
    seated: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    judge(qtbot, seated, 1, Verdict.PNEUMONIA)
    judge(qtbot, seated, 1, Verdict.CANNOT_TELL)
    assert said(own_home) == [("AB", "cannot_tell", "open", "")]
    undo(qtbot, seated)
    qtbot.waitUntil(lambda: said(own_home) == [("AB", "pneumonia", "open", "")], timeout=PATIENCE)
    assert chosen(seated) == 1
    qtbot.waitUntil(lambda: lit(seated) == [Verdict.PNEUMONIA], timeout=PATIENCE)
    undo(qtbot, seated)
    qtbot.waitUntil(lambda: said(own_home) == [], timeout=PATIENCE)
    qtbot.waitUntil(lambda: lit(seated) == [], timeout=PATIENCE)
    qtbot.waitUntil(lambda: not seated.room.worklist.model.has_mark(0, MarkKind.READ), timeout=PATIENCE)
    qtbot.keyClick(seated.room.worklist.view, Qt.Key.Key_Y, _CONTROL)
    qtbot.waitUntil(lambda: said(own_home) == [("AB", "pneumonia", "open", "")], timeout=PATIENCE)


def test_a_rejected_film_can_be_judged_and_one_that_is_not_shown_cannot(
    seated: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    judge(qtbot, seated, REJECTED, Verdict.PNEUMONIA)
    assert said(own_home, REJECTED) == [("AB", "pneumonia", "open", "")]
    seated.room.worklist.view.choose_case(FAILED)
    press(qtbot, seated, Qt.Key.Key_1)
    words = "This file could not be read, so it needs no verdict. Go on to the next."
    assert (seated.bottom_bar.message, panel_words(seated, "verdictHint")) == (words, words)
    assert chosen(seated) == FAILED
    assert said(own_home, FAILED) == []


def test_two_readers_on_one_film(seated: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    judge(qtbot, seated, 1, Verdict.PNEUMONIA)
    sit_down(qtbot, seated, "CD")
    assert not seated.actions_of_menus.undo.isEnabled()  # nobody takes back what another one said
    judge(qtbot, seated, 1, Verdict.OTHER_FINDING)
    assert said(own_home) == [("AB", "pneumonia", "open", ""), ("CD", "other_finding", "open", "")]
    look_at(qtbot, seated, 1)
    qtbot.waitUntil(lambda: panel_words(seated, "verdictsSaid") == "CD: Other finding\nAB: Pneumonia", timeout=PATIENCE)
    assert lit(seated) == [Verdict.OTHER_FINDING]
    names = {action.text(): action for action in seated.actions_of_menus.readers_menu.actions()}
    assert names["CD"].isChecked()
    names["AB"].trigger()
    qtbot.waitUntil(lambda: lit(seated) == [Verdict.PNEUMONIA], timeout=PATIENCE)


def test_each_reader_has_read_marks_of_their_own(seated: MainWindow, qtbot: QtBot) -> None:
    model = seated.room.worklist.model
    judge(qtbot, seated, 1, Verdict.PNEUMONIA)
    qtbot.waitUntil(lambda: model.has_mark(0, MarkKind.READ), timeout=PATIENCE)
    sit_down(qtbot, seated, "CD")
    assert not model.has_mark(0, MarkKind.READ)
    sit_down(qtbot, seated, "AB")
    assert model.has_mark(0, MarkKind.READ)


def test_what_was_read_before_initials_were_given_was_read_by_that_reader(
    reopened: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    model = reopened.room.worklist.model
    look_at(qtbot, reopened, 1)
    press(qtbot, reopened, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: model.has_mark(0, MarkKind.READ), timeout=PATIENCE)
    sit_down(qtbot, reopened, "AB")
    assert model.has_mark(0, MarkKind.READ)
    with Store(own_home / FILE_NAME) as store:
        assert len(store.marks.films(MarkKind.READ, store.verdicts.reader("AB").reader_id)) == 1


@pytest.fixture
def next_day(seated: MainWindow, qtbot: QtBot) -> Iterator[MainWindow]:
    """AB called a film pneumonia, with a note; the window is opened again, with the same list."""
    look_at(qtbot, seated, 1)
    qtbot.keyClicks(seated.room.case_panel.verdicts.note, "left base")
    judge(qtbot, seated, 1, Verdict.PNEUMONIA)
    seated.close()
    again = build_window()
    qtbot.addWidget(again)
    again.show()
    look_at(qtbot, open_last(again, qtbot), 1)
    yield again
    again.close()


def test_a_verdict_and_its_reader_are_there_the_next_day(next_day: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: panel_words(next_day, "verdictsSaid") == "AB: Pneumonia – left base", timeout=PATIENCE)
    assert next_day.verdicts.reader is None
    look_at(qtbot, next_day, 3)
    press(qtbot, next_day, Qt.Key.Key_2)
    box = next_day.room.case_panel.verdicts.initials.box
    assert box.text() == "AB"  # one Enter says so again
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: next_day.verdicts.reader is not None, timeout=PATIENCE)
    look_at(qtbot, next_day, 1)
    qtbot.waitUntil(lambda: lit(next_day) == [Verdict.PNEUMONIA], timeout=PATIENCE)
    assert next_day.room.case_panel.verdicts.note.text() == "left base"


def test_a_folded_case_panel_opens_to_ask_who_reads(reopened: MainWindow, qtbot: QtBot) -> None:
    look_at(qtbot, reopened, 1)
    reopened.actions_of_menus.show_case.trigger()
    assert not reopened.room.case_panel.isVisible()
    press(qtbot, reopened, Qt.Key.Key_1)
    assert reopened.room.case_panel.verdicts.initials.isVisible()
    assert reopened.actions_of_menus.show_case.isChecked()


def test_a_verdict_while_films_are_screened_is_kept_and_exported(
    window: MainWindow, qtbot: QtBot, own_home: Path, samples: Path, tmp_path: Path
) -> None:
    assert window.screening is not None
    drop(window, samples)
    qtbot.waitUntil(lambda: window.room.viewer.film.has_film or window.room.worklist.model.total > 0, timeout=60_000)
    window.screening.pause()
    window.room.worklist.view.choose_row(0)
    qtbot.waitUntil(lambda: window.room.viewer.film.has_film, timeout=PATIENCE)
    judged = window.room.worklist.view.chosen()
    assert judged is not None
    press(qtbot, window, Qt.Key.Key_4)
    give_initials(qtbot, window, "AB")
    qtbot.waitUntil(lambda: said(own_home) == [("AB", "cannot_tell", "open", "")], timeout=PATIENCE)
    assert window.screening.running
    with qtbot.waitSignal(window.screening.finished, timeout=60_000):
        window.screening.go_on()
    with qtbot.waitSignal(window.session.export.exported, timeout=PATIENCE):
        window.export_csv(tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as stream:
        labels = {row["file"]: row["reader_label"] for row in csv.DictReader(stream) if row["reader_label"]}
    assert labels == {judged.file: "cannot_tell"}


def test_a_list_that_is_not_kept_takes_no_verdicts_and_says_so(
    window: MainWindow, qtbot: QtBot, own_home: Path, tmp_path: Path
) -> None:
    window.close()
    for left in own_home.glob(f"{FILE_NAME}*"):
        left.unlink()
    with closing(sqlite3.connect(own_home / FILE_NAME)) as another_program:
        another_program.execute("CREATE TABLE shopping (what TEXT)")
    (tmp_path / "film.png").write_bytes(picture_bytes(np.full((300, 300), 90, dtype=np.uint8), "PNG"))
    opened = build_window()
    qtbot.addWidget(opened)
    opened.show()
    assert opened.screening is not None
    with qtbot.waitSignal(opened.screening.finished, timeout=60_000):
        drop(opened, tmp_path / "film.png")
    qtbot.waitUntil(lambda: opened.room.viewer.film.has_film, timeout=PATIENCE)
    press(qtbot, opened, Qt.Key.Key_1)
    sentence = "This list is not kept, so a verdict would be lost. Screen the folder again once results can be kept."
    assert opened.bottom_bar.message == sentence
    assert not opened.room.case_panel.verdicts.asking
    opened.close()


def test_a_known_reader_is_chosen_by_a_click(reopened: MainWindow, qtbot: QtBot, own_home: Path) -> None:
    sit_down(qtbot, reopened, "CD")
    sit_down(qtbot, reopened, "AB")
    look_at(qtbot, reopened, 4)
    other, *_ = [a for a in reopened.actions_of_menus.readers_menu.actions() if a.text() == "CD"]
    other.trigger()
    qtbot.waitUntil(lambda: reopened.room.case_panel.verdicts.reader_button.text() == "CD", timeout=PATIENCE)
    judge(qtbot, reopened, 4, Verdict.CANNOT_TELL)
    assert said(own_home) == [("CD", "cannot_tell", "open", "")]
