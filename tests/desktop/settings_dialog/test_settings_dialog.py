from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QDialogButtonBox, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from desktop.app import build_window
from desktop.main_window import MainWindow
from desktop.settings import SettingsFile
from desktop.settings_dialog.settings_dialog import SettingsDialog
from desktop.theme import LIGHT, colours
from engine.model.heatmap import Ramp
from engine.paths import data_folder


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> Iterator[SettingsDialog]:
    """As the menu opens it."""
    window.actions_of_menus.settings.trigger()
    opened = window.findChild(SettingsDialog)
    assert isinstance(opened, SettingsDialog)
    with qtbot.waitExposed(opened):
        opened.show()
    yield opened
    QApplication.styleHints().unsetColorScheme()


def _press(dialog: SettingsDialog, which: QDialogButtonBox.StandardButton, qtbot: QtBot) -> None:
    box = dialog.findChild(QDialogButtonBox)
    assert isinstance(box, QDialogButtonBox)
    qtbot.mouseClick(box.button(which), Qt.MouseButton.LeftButton)


def _accept(dialog: SettingsDialog, qtbot: QtBot) -> None:
    _press(dialog, QDialogButtonBox.StandardButton.Ok, qtbot)


def test_the_key_of_the_menu_opens_it(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert window.findChild(SettingsDialog) is not None


def test_what_is_accepted_counts_and_is_kept_at_once(window: MainWindow, dialog: SettingsDialog, qtbot: QtBot) -> None:
    choices = dialog.choices
    choices.theme.setFocus()
    qtbot.keyClicks(choices.theme, "L")
    last = choices.point.itemText(choices.point.count() - 1)
    choices.point.setCurrentText(last)
    qtbot.keyClick(choices.age, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(choices.age, "4")
    choices.prevalence.selectAll()
    qtbot.keyClicks(choices.prevalence, "27")
    qtbot.mouseClick(choices.heat_shown, Qt.MouseButton.LeftButton, pos=choices.heat_shown.rect().center() / 4)
    choices.opacity.setValue(80)
    choices.ramp.setCurrentText("Blue to yellow")
    _accept(dialog, qtbot)
    kept = SettingsFile(data_folder()).load()
    assert (kept.theme, kept.default_age_years, kept.prevalence_percent) == ("light", 4, 27)
    assert set(kept.operating_points.values()) == {last}
    assert (kept.heat_shown, kept.heat_opacity) == (True, 0.8)
    assert kept.heat_style.ramp is Ramp.DUSK
    assert colours() is LIGHT
    assert window.session.point_name == last
    assert window.header.findChild(QToolButton, "operatingPoint").text() == last
    assert window.room.viewer.heat_bar.style_of_heat == kept.heat_style


def test_what_is_given_up_changes_nothing(window: MainWindow, dialog: SettingsDialog, qtbot: QtBot) -> None:
    before = window.settings.now
    dialog.choices.prevalence.setValue(40)
    dialog.choices.theme.setCurrentIndex(2)
    dialog.keys.choose("next")
    qtbot.keyClick(dialog.keys.edit, Qt.Key.Key_N)
    _press(dialog, QDialogButtonBox.StandardButton.Cancel, qtbot)
    assert window.settings.now == before
    assert window.actions_of_menus.next.shortcut().toString() == "J"


def test_it_shows_what_is_set(window: MainWindow, dialog: SettingsDialog, qtbot: QtBot) -> None:
    dialog.choices.prevalence.setValue(12)
    dialog.choices.lungs.setChecked(True)
    _accept(dialog, qtbot)
    again = window.ask_settings()
    assert again.choices.prevalence.value() == 12
    assert again.findChild(QCheckBox, "lungOutline").isChecked()
    assert again.settings == window.settings.now
    again.choices.prevalence.setValue(0)
    assert again.settings.prevalence_percent is None


def test_a_pressed_key_becomes_that_of_the_action(window: MainWindow, dialog: SettingsDialog, qtbot: QtBot) -> None:
    dialog.pages.setCurrentWidget(dialog.keys)
    dialog.keys.choose("next")
    dialog.keys.edit.setFocus()
    qtbot.keyClick(dialog.keys.edit, Qt.Key.Key_N)
    _accept(dialog, qtbot)
    assert [key.toString() for key in window.actions_of_menus.next.shortcuts()] == ["N"]
    page = window.show_page("keys")
    assert "N" in page.text.toPlainText().split("Next film")[0].splitlines()
    page.close()
    window.close()
    again = build_window()
    assert again.actions_of_menus.next.shortcut().toString() == "N"
    again.close()


def test_a_key_that_another_action_has_is_refused(window: MainWindow, dialog: SettingsDialog, qtbot: QtBot) -> None:
    keys = dialog.keys
    dialog.pages.setCurrentWidget(keys)
    keys.choose("next")
    keys.edit.setFocus()
    qtbot.keyClick(keys.edit, Qt.Key.Key_K)
    assert keys.said.text() == "K is the key of “Previous film”. Choose another key, or change that one first."
    assert keys.edit.keySequence().toString() == "J"
    qtbot.keyClick(keys.edit, Qt.Key.Key_N)
    assert keys.said.text() == ""
    assert dialog.settings.shortcuts == {"next": ("N",)}


def test_keys_can_be_taken_away_and_reset(dialog: SettingsDialog, qtbot: QtBot) -> None:
    keys = dialog.keys
    dialog.pages.setCurrentWidget(keys)
    for name, key in (("next", Qt.Key.Key_N), ("previous", Qt.Key.Key_J)):
        keys.choose(name)
        keys.edit.setFocus()
        qtbot.keyClick(keys.edit, key)
    keys.choose("search")
    qtbot.mouseClick(keys.findChild(QPushButton, "noKey"), Qt.MouseButton.LeftButton)
    assert dialog.settings.shortcuts == {"next": ("N",), "previous": ("J",), "search": ()}
    qtbot.mouseClick(keys.findChild(QPushButton, "resetKey"), Qt.MouseButton.LeftButton)
    assert dialog.settings.shortcuts == {"next": ("N",), "previous": ("J",)}
    keys.choose("next")
    qtbot.mouseClick(keys.findChild(QPushButton, "resetKey"), Qt.MouseButton.LeftButton)
    assert "J is the key of “Previous film”" in keys.said.text()
    qtbot.mouseClick(keys.findChild(QPushButton, "resetAllKeys"), Qt.MouseButton.LeftButton)
    assert dialog.settings.shortcuts == {}


def test_the_table_of_keys_is_searched_by_action_and_key(dialog: SettingsDialog, qtbot: QtBot) -> None:
    keys = dialog.keys
    dialog.pages.setCurrentWidget(keys)
    keys.search.setFocus()
    for words, name in (("previous f", "Previous film"), ("ctrl+shift+o", "Open files")):
        keys.search.clear()
        qtbot.keyClicks(keys.search, words)
        shown = [row for row in range(keys.table.rowCount()) if not keys.table.isRowHidden(row)]
        assert [keys.table.item(row, 0).text() for row in shown] == [name]


def test_every_item_of_the_menus_is_in_the_table(window: MainWindow, dialog: SettingsDialog) -> None:
    titles = {dialog.keys.table.item(row, 0).text() for row in range(dialog.keys.table.rowCount())}
    assert {"Sample films", "Light or dark: Light", "Sort by: File", "Window: Lungs", "Ruler", "Keys"} <= titles
    assert dialog.keys.table.rowCount() == len(window.actions_of_menus.all)
