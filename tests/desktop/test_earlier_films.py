from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from desktop.words import day_words
from engine.reasons import Reason
from engine.screening.case import CaseResult
from tests.desktop.verdicts.conftest import kept  # noqa: F401 - a fixture, used by name
from tests.desktop.verdicts.reading import PATIENCE, look_at, switch_blind


def _button(window: MainWindow) -> QToolButton:
    button = window.findChild(QToolButton, "earlierFilms")
    assert isinstance(button, QToolButton)
    return button


def _open_earlier(qtbot: QtBot, window: MainWindow) -> None:
    look_at(qtbot, window, 0)
    qtbot.waitUntil(_button(window).isVisible, timeout=PATIENCE)
    (action,) = _button(window).menu().actions()
    action.trigger()


def test_earlier_films_of_the_patient_are_offered_with_their_date(
    reopened: MainWindow,
    qtbot: QtBot,
    kept: list[CaseResult],  # noqa: F811
) -> None:
    _open_earlier(qtbot, reopened)
    assert _button(reopened).text() == "Earlier: 1"
    viewer = reopened.room.viewer
    qtbot.waitUntil(lambda: viewer.beside.has_film, timeout=PATIENCE)
    facts = kept[2].facts
    assert facts is not None
    assert facts.acquired_at is not None
    assert viewer.other is not None
    assert viewer.other.path == kept[2].path
    assert viewer.other.title == f"{day_words(facts.acquired_at)} · film-2"
    assert viewer.beside.isVisible()


def test_other_patients_and_later_films_are_not_offered(reopened: MainWindow, qtbot: QtBot) -> None:
    look_at(qtbot, reopened, 0)
    qtbot.waitUntil(_button(reopened).isVisible, timeout=PATIENCE)
    for index in (1, 2):
        look_at(qtbot, reopened, index)
        qtbot.wait(300)
        assert not _button(reopened).isVisible()


def test_an_earlier_film_that_is_gone_is_one_sentence(
    reopened: MainWindow,
    qtbot: QtBot,
    kept: list[CaseResult],  # noqa: F811
) -> None:
    kept[2].path.unlink()
    _open_earlier(qtbot, reopened)
    beside = reopened.room.viewer.beside
    qtbot.waitUntil(lambda: beside.message == Reason.NOT_FOUND.sentence, timeout=PATIENCE)
    assert reopened.room.viewer.film.has_film


def test_a_blind_reader_sees_an_earlier_film_without_its_heat(
    reopened: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    reopened.room.viewer.heat_bar.set_heat(shown=True, opacity=0.9)
    look_at(qtbot, reopened, 0)
    switch_blind(qtbot, reopened)
    _open_earlier(qtbot, reopened)
    assert reopened.room.viewer.other is not None
    assert reopened.room.viewer.other.score is None
    switch_blind(qtbot, reopened)
    _open_earlier(qtbot, reopened)
    assert reopened.room.viewer.other.score is not None
