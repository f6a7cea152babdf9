"""The viewer's tools from the keyboard and the menus of the whole window."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.app import build_window
from desktop.main_window import MainWindow
from desktop.settings import SettingsFile
from desktop.viewer.hand import Tool
from desktop.viewer.viewer import OtherFilm, Viewer
from engine.model.heatmap import Ramp
from engine.paths import data_folder
from engine.screening.case import CaseResult, CaseStatus
from tests.builders import gradient, write_dicom
from tests.desktop.builders import make_scored

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture
def reading(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """The window with one film of twelve bits in the list and in the viewer."""
    path = tmp_path / "film.dcm"
    write_dicom(path, np.round(gradient() * 4095).astype(np.uint16), BitsStored=12, HighBit=11)
    result = CaseResult(index=0, file="film.dcm", path=path, status=CaseStatus.REJECTED)
    window._rooms.setCurrentWidget(window.room)
    window.room.worklist.add([replace(result, status=CaseStatus.SCORED, score=make_scored(0, 0.9).score)])
    window.room.worklist.settle()
    qtbot.waitUntil(lambda: window.room.viewer.film.has_film, timeout=30_000)
    window.activateWindow()
    window.room.worklist.view.setFocus()
    return window


def _press(
    qtbot: QtBot, window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> Viewer:
    qtbot.keyClick(window.room.worklist.view, key, modifier)
    return window.room.viewer


def test_keys_move_and_turn_the_film(reading: MainWindow, qtbot: QtBot) -> None:
    fitted = reading.room.viewer.film.placement
    assert _press(qtbot, reading, Qt.Key.Key_Plus).film.placement.scale > fitted.scale
    assert _press(qtbot, reading, Qt.Key.Key_0).film.placement == fitted
    assert _press(qtbot, reading, Qt.Key.Key_R).film.placement.turns == 1
    assert _press(qtbot, reading, Qt.Key.Key_X).film.placement.mirrored
    assert _press(qtbot, reading, Qt.Key.Key_0, CTRL).film.placement.scale == 1.0
    assert _press(qtbot, reading, Qt.Key.Key_I).film.look.inverted
    viewer = _press(qtbot, reading, Qt.Key.Key_Backspace)
    assert viewer.film.placement == fitted
    assert not viewer.film.look.inverted


def test_keys_change_the_window(reading: MainWindow, qtbot: QtBot) -> None:
    film = reading.room.viewer.film
    assert film.picture is not None
    seen = [film.look.window_on(film.picture.scale)]
    for key in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5):
        seen.append(_press(qtbot, reading, key, ALT).film.look.window_on(film.picture.scale))
    assert len(set(seen)) == 5
    _press(qtbot, reading, Qt.Key.Key_1, ALT)
    assert film.look.window is None
    middle = 2048
    before = int(film.look.curve(film.picture.scale)[middle])
    assert _press(qtbot, reading, Qt.Key.Key_Up, CTRL).film.look.curve(film.picture.scale)[middle] > before
    width = film.look.window_on(film.picture.scale).width
    assert _press(qtbot, reading, Qt.Key.Key_Right, CTRL).film.look.window_on(film.picture.scale).width < width


def test_keys_choose_a_tool_and_put_it_away(reading: MainWindow, qtbot: QtBot) -> None:
    for key, tool in ((Qt.Key.Key_W, Tool.WINDOW), (Qt.Key.Key_D, Tool.RULER), (Qt.Key.Key_M, Tool.MAGNIFIER)):
        assert _press(qtbot, reading, key).film.tool is tool
        assert _checked(reading) == {f"action_tool_{tool}"}
    assert _press(qtbot, reading, Qt.Key.Key_M).film.tool is Tool.MOVE
    assert _checked(reading) == set()


def test_keys_change_how_heat_is_drawn_and_that_is_remembered(reading: MainWindow, qtbot: QtBot) -> None:
    _press(qtbot, reading, Qt.Key.Key_H, SHIFT)
    _press(qtbot, reading, Qt.Key.Key_C, SHIFT)
    style = _press(qtbot, reading, Qt.Key.Key_L, SHIFT).heat_bar.style_of_heat
    assert (style.shown, style.contours, style.lungs_shown) == (True, True, True)
    _action(reading, "ramp_dusk").trigger()
    reading.close()
    kept = SettingsFile(data_folder()).load().heat_style
    assert kept == replace(style, ramp=Ramp.DUSK)


def test_a_film_is_kept_beside_by_one_key(reading: MainWindow, qtbot: QtBot) -> None:
    viewer = _press(qtbot, reading, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: viewer.beside.has_film, timeout=30_000)
    assert viewer.beside.isVisible()
    assert _action(reading, "keepBeside").isChecked()
    _press(qtbot, reading, Qt.Key.Key_C)
    assert not viewer.beside.isVisible()


def test_earlier_films_are_in_the_menu(reading: MainWindow, qtbot: QtBot) -> None:
    viewer = reading.room.viewer
    (menu,) = [menu for menu in reading.findChildren(QMenu) if menu.title() == "Com&pare with"]
    assert not menu.isEnabled()
    viewer.offer_others([OtherFilm(reading.room.worklist.model.results[0].path, "R&D 2025-03-01")])
    assert menu.isEnabled()
    (action,) = menu.actions()
    assert action.text() == "R&&D 2025-03-01"
    action.trigger()
    qtbot.waitUntil(lambda: viewer.beside.has_film, timeout=30_000)


def test_full_screen_is_the_film_alone_and_escape_leads_back(reading: MainWindow, qtbot: QtBot) -> None:
    around = (reading.menuBar(), reading.room.worklist, reading.room.case_panel)
    _press(qtbot, reading, Qt.Key.Key_F11)
    assert reading.isFullScreen()
    assert not any(widget.isVisible() for widget in around)
    reading.room.viewer.film.setFocus()
    qtbot.keyClick(reading.room.viewer.film, Qt.Key.Key_R)  # keys work without the menu bar
    assert reading.room.viewer.film.placement.turns == 1
    qtbot.keyClick(reading.room.viewer.film, Qt.Key.Key_Escape)
    assert not reading.isFullScreen()
    assert all(widget.isVisible() for widget in around)
    assert not _action(reading, "fullScreen").isChecked()


def test_a_window_closed_in_full_screen_opens_as_it_was_before(reading: MainWindow, qtbot: QtBot) -> None:
    _press(qtbot, reading, Qt.Key.Key_F11)
    reading.close()
    again = build_window()
    assert not again.isFullScreen()
    again.close()


def test_every_key_of_the_viewer_is_in_a_menu_and_on_the_sheet_once(reading: MainWindow) -> None:
    keys = [key.toString() for action in reading.actions_of_menus.all for key in action.shortcuts()]
    assert len(keys) == len(set(keys))
    page = reading.show_page("keys")
    sheet = page.text.toPlainText()
    for words in (
        "Mirror",
        "Ruler",
        "Magnifier",
        "Automatic",
        "Full screen",
        "Right drag",
        "Keep beside the next ones",
    ):
        assert words in sheet
    page.close()


def _action(window: MainWindow, name: str) -> QAction:
    (action,) = [action for action in window.actions_of_menus.all if action.objectName() == f"action_{name}"]
    return action


def _checked(window: MainWindow) -> set[str]:
    tools = [action for action in window.actions_of_menus.all if action.objectName().startswith("action_tool_")]
    return {action.objectName() for action in tools if action.isChecked()}
