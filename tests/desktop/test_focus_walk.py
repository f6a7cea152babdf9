"""Everything can be reached, named and seen without a mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.age_dialog import AgeDialog
from desktop.main_window import MainWindow
from desktop.theme_switch import Theme
from tests.desktop.walking import name_read_aloud, picture_of, walk, within_reach

ENOUGH_PIXELS = 12
ENOUGH_CONTRAST = 3.0


@pytest.fixture
def filled(window: MainWindow, qtbot: QtBot, samples: Path) -> MainWindow:
    """The window with three samples screened, and the first film shown."""
    assert window.screening is not None
    with qtbot.waitSignal(window.screening.finished, timeout=60_000):
        window.screen_paths([samples / f"phantom-0{number}.jpg" for number in (1, 2, 3)])
    qtbot.waitUntil(lambda: window.room.viewer.film.has_film, timeout=30_000)
    return window


@pytest.fixture(params=[Theme.DARK, Theme.LIGHT])
def theme(request: pytest.FixtureRequest, window: MainWindow) -> Iterator[Theme]:
    window.theme.choose(request.param)
    yield request.param
    QApplication.styleHints().unsetColorScheme()


def _luminance(image: QImage) -> np.ndarray:
    """(height, width), relative luminance as the WCAG has it."""
    picture = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1, 4)[:, :, 2::-1] / 255
    linear = np.where(rows <= 0.04045, rows / 12.92, ((rows + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def _pixels_that_changed(one: QImage, other: QImage) -> int:
    """How many have another lightness, by a contrast that can be seen."""
    lights = np.stack([_luminance(one), _luminance(other)]) + 0.05
    return int(np.count_nonzero(lights.max(axis=0) / lights.min(axis=0) >= ENOUGH_CONTRAST))


def hold_walk(window: QWidget, qtbot: QtBot) -> None:
    """By Tab one comes to everything, once, and it has a name and looks another way while it has the focus."""
    QApplication.setCursorFlashTime(0)
    reach = within_reach(window)
    seen = walk(window, qtbot)
    assert {_who(widget) for widget in reach} - {_who(widget) for widget in seen} == set()
    assert set(reach) == set(seen)
    assert [_who(widget) for widget in reach if not name_read_aloud(widget).strip()] == []
    unseen = []
    for widget, other in zip(seen, [*seen[1:], seen[0]], strict=True):
        if widget is other:
            continue
        widget.setFocus()
        with_focus = picture_of(widget)
        other.setFocus()
        if _pixels_that_changed(with_focus, picture_of(widget)) < ENOUGH_PIXELS:
            unseen.append(_who(widget))
    assert unseen == []


def _who(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()}"


def test_the_first_run(window: MainWindow, theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    window.welcome.show_recent([str(tmp_path), str(tmp_path / "other")])
    hold_walk(window, qtbot)


def test_a_list_with_films(filled: MainWindow, theme: Theme, qtbot: QtBot) -> None:
    hold_walk(filled, qtbot)


def _settings(window: MainWindow) -> QWidget:
    return window.ask_settings()


def _keys_of_settings(window: MainWindow) -> QWidget:
    dialog = window.ask_settings()
    dialog.pages.setCurrentWidget(dialog.keys)
    return dialog


def _age(window: MainWindow) -> QWidget:
    dialog = AgeDialog(None, window)
    dialog.open()
    return dialog


DIALOGS: dict[str, Callable[[MainWindow], QWidget]] = {
    "settings": _settings,
    "keys of the settings": _keys_of_settings,
    "age": _age,
    "card": lambda window: window.show_page("card"),
    "keys": lambda window: window.show_page("keys"),
    "about": lambda window: window.show_page("about"),
}


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog(window: MainWindow, theme: Theme, qtbot: QtBot, name: str) -> None:
    dialog = DIALOGS[name](window)
    with qtbot.waitExposed(dialog):
        dialog.show()
    hold_walk(dialog, qtbot)
    dialog.close()


def _items(menu: QMenu) -> list[QAction]:
    menu.aboutToShow.emit()
    found = []
    for action in menu.actions():
        inner = action.menu()
        found += [action, *_items(inner)] if isinstance(inner, QMenu) else [action]
    return [action for action in found if not action.isSeparator()]


def test_every_item_of_a_menu_has_words_and_says_what_it_does(filled: MainWindow) -> None:
    menus = [action.menu() for action in filled.menuBar().actions()]
    items = [item for menu in menus if isinstance(menu, QMenu) for item in _items(menu)]
    assert len(items) > 60
    assert [item.objectName() for item in items if not item.text().strip()] == []
    assert [item.text() for item in items if not (item.statusTip() or item.toolTip())] == []
    assert filled.actions_of_menus.all
    assert set(filled.actions_of_menus.all) <= set(items)


def test_every_button_is_named(filled: MainWindow) -> None:
    assert [_who(button) for button in filled.findChildren(QPushButton) if not name_read_aloud(button)] == []
