from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from desktop.viewer.viewer import Viewer
from engine.reasons import Reason
from engine.results.store import FILE_NAME, Store
from engine.screening.case import CaseResult
from tests.desktop.builders import make_scored
from tests.desktop.choosing import choose_when_asked
from tests.desktop.conftest import open_last
from tests.desktop.viewer.conftest import write_film
from tests.engine.results.made_up import make_run

_LEFT = Qt.MouseButton.LeftButton
_PATIENCE = 30_000


@pytest.fixture
def film(tmp_path: Path) -> CaseResult:
    """A film on a stick, as it was screened."""
    path = write_film(tmp_path / "stick" / "film.dcm")
    result = make_scored(0, 0.9)
    return replace(result, file=path.name, path=path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture
def pulled_out(film: CaseResult, own_home: Path, window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window at a kept film whose stick was pulled out."""
    with Store(own_home / FILE_NAME) as store:
        session_id = store.sessions.start(make_run(), [film.path.parent]).session_id
        store.results.add(session_id, [film])
        store.sessions.end(session_id)
    film.path.parent.rename(film.path.parent.with_name("pocket"))
    window._keeper.open()
    return open_last(window, qtbot)


def _lose(qtbot: QtBot, viewer: Viewer, film: CaseResult) -> Path:
    """Move a film away and go to it; where it lies now."""
    moved = film.path.rename(film.path.with_name("moved.dcm"))
    viewer.show_result(film)
    qtbot.waitUntil(viewer.lost.isVisible, timeout=_PATIENCE)
    return moved


def _choose_file(viewer: Viewer, qtbot: QtBot, file: Path) -> None:
    """Press the button, and type the name of the file into the dialog."""
    choose_when_asked(qtbot, file)
    qtbot.mouseClick(viewer.lost.find_button, _LEFT)


def test_a_film_whose_stick_was_pulled_out_is_looked_for_again_by_key(
    pulled_out: MainWindow, film: CaseResult, qtbot: QtBot
) -> None:
    viewer = pulled_out.room.viewer
    qtbot.waitUntil(viewer.lost.isVisible, timeout=_PATIENCE)
    assert pulled_out.room.worklist.model.rowCount() == 1
    assert Reason.NOT_FOUND.sentence in viewer.film.message
    assert str(film.path) in viewer.film.message
    qtbot.keyClick(pulled_out.room.worklist.view, Qt.Key.Key_F5)
    assert viewer.lost.isHidden()
    qtbot.waitUntil(viewer.lost.isVisible, timeout=_PATIENCE)  # it is still not there
    film.path.parent.with_name("pocket").rename(film.path.parent)
    qtbot.keyClick(pulled_out.room.worklist.view, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: viewer.film.has_film, timeout=_PATIENCE)
    assert viewer.lost.isHidden()
    assert viewer.film.message == ""


def test_the_button_looks_again_and_goes_with_its_film(qtbot: QtBot, viewer: Viewer, film: CaseResult) -> None:
    moved = _lose(qtbot, viewer, film)
    viewer.show_result(None)
    assert viewer.lost.isHidden()
    viewer.show_result(film)
    qtbot.waitUntil(viewer.lost.isVisible, timeout=_PATIENCE)
    moved.rename(film.path)
    qtbot.mouseClick(viewer.lost.again_button, _LEFT)
    qtbot.waitUntil(lambda: viewer.film.has_film, timeout=_PATIENCE)


def test_a_film_that_was_moved_is_found_by_its_content(
    qtbot: QtBot, viewer: Viewer, film: CaseResult, tmp_path: Path
) -> None:
    moved = _lose(qtbot, viewer, film)
    other = tmp_path / "other.dcm"
    other.write_bytes(moved.read_bytes() + b"\0")
    _choose_file(viewer, qtbot, other)
    qtbot.waitUntil(lambda: "other.dcm is another film" in viewer.film.message, timeout=_PATIENCE)
    assert viewer.lost.isVisible()
    assert not viewer.film.has_film
    _choose_file(viewer, qtbot, moved)
    qtbot.waitUntil(lambda: viewer.film.has_film, timeout=_PATIENCE)
    viewer.show_result(None)
    viewer.show_result(film)
    qtbot.waitUntil(lambda: viewer.film.has_film, timeout=_PATIENCE)  # where it lies is remembered


def test_a_film_of_unknown_content_is_only_looked_for_again(qtbot: QtBot, viewer: Viewer, film: CaseResult) -> None:
    _lose(qtbot, viewer, replace(film, sha256=None))
    assert viewer.lost.again_button.isVisible()
    assert not viewer.lost.find_button.isVisible()
