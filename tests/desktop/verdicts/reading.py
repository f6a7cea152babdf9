"""What a reader does, in a word, and what is in the store afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from engine.paths import data_folder
from engine.results.store import FILE_NAME, Store
from engine.results.verdicts import Verdict

KEYS = dict(zip(Verdict, (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4), strict=True))
PATIENCE = 30_000


def look_at(qtbot: QtBot, window: MainWindow, case_index: int) -> None:
    """Choose a film and wait until it is shown."""
    window.room.worklist.view.choose_case(case_index)
    qtbot.waitUntil(lambda: chosen(window) == case_index and window.room.viewer.film.has_film, timeout=PATIENCE)


def chosen(window: MainWindow) -> int | None:
    """The film that is chosen."""
    result = window.room.worklist.view.chosen()
    return None if result is None else result.index


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    """Press a key in the list."""
    window.room.worklist.view.setFocus()
    qtbot.keyClick(window.room.worklist.view, key)


def switch_blind(qtbot: QtBot, window: MainWindow) -> None:
    """Begin or end a blind reading, by its key in the window."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    if window.reading:
        window.room.worklist.view.setFocus()
    qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)


def undo(qtbot: QtBot, window: MainWindow) -> None:
    """Take back what was done last, by its key in the list."""
    window.room.worklist.view.setFocus()
    qtbot.keyClick(window.room.worklist.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def lit(window: MainWindow) -> list[Verdict]:
    """The verdicts whose buttons are lit."""
    return [verdict for verdict, button in window.room.case_panel.verdicts.buttons.items() if button.isChecked()]


@contextmanager
def keeper_held_up(window: MainWindow) -> Iterator[None]:
    """What is asked of the store meanwhile is done afterwards, as with a disk that is slow."""
    go_on = Event()
    window._keeper._work.put(lambda: _wait(go_on))
    try:
        yield
    finally:
        go_on.set()


def sit_down(qtbot: QtBot, window: MainWindow, initials: str) -> None:
    """Give initials as one does without a verdict: from the menu."""
    (*_, other) = window.actions_of_menus.readers_menu.actions()
    other.trigger()
    give_initials(qtbot, window, initials)


def give_initials(qtbot: QtBot, window: MainWindow, initials: str) -> None:
    """Type initials where they are asked for, and wait until they are known."""
    row = window.room.case_panel.verdicts.initials
    assert row.box.hasFocus()
    row.box.selectAll()
    qtbot.keyClicks(row.box, initials)
    qtbot.keyClick(row.box, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: window.verdicts.reader is not None and window.verdicts.reader.initials == initials, timeout=PATIENCE
    )


def judge(qtbot: QtBot, window: MainWindow, case_index: int, verdict: Verdict) -> None:
    """Look at a film, give a verdict by its key, and wait until it is kept."""
    reader = window.verdicts.reader
    assert reader is not None
    look_at(qtbot, window, case_index)
    press(qtbot, window, KEYS[verdict])
    qtbot.waitUntil(
        lambda: (reader.initials, verdict.value) in [entry[:2] for entry in said(data_folder(), case_index)],
        timeout=PATIENCE,
    )


def said(home: Path, case_index: int | None = None, session_id: int | None = None) -> list[tuple[str, str, str, str]]:
    """Who says what now, how it counts and with which note, of one film or of all; by default of the newest list."""
    with Store(home / FILE_NAME) as store:
        session_id = session_id or store.sessions.newest(1)[0].session_id
        film_of = {stored.film_id: stored.result.index for stored in store.results.of_session(session_id)}
        return [
            (entry.reader.initials, str(entry.verdict), str(entry.mode), entry.note)
            for entry in store.verdicts.standing(session_id)
            if case_index is None or film_of[entry.film_id] == case_index
        ]


def panel_words(window: MainWindow, name: str) -> str:
    """What a line of the case panel says; empty where it is hidden."""
    label = window.room.case_panel.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text() if label.isVisible() else ""


def _wait(event: Event) -> None:
    event.wait(PATIENCE / 1000)
