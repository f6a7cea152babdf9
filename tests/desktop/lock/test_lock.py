from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop import install_dialog
from desktop.app import build_window
from desktop.lock.lock_screen import LockScreen
from desktop.lock.pin_dialog import PinDialog
from desktop.lock.pin_file import PinFile
from desktop.main_window import MainWindow
from desktop.text_page import TextPage
from engine.screening.case import CaseResult
from engine.screening.installation import Offer
from tests.desktop.conftest import open_last
from tests.engine.model.packs import Files, write

PIN = "2580"
LOCK_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def with_pin(kept: list[CaseResult], own_home: Path, dressed: QApplication, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window with a list open, and a PIN set."""
    PinFile(own_home).set(PIN, 5)
    opened = build_window()
    qtbot.addWidget(opened)
    with qtbot.waitExposed(opened):
        opened.show()
    yield open_last(opened, qtbot)
    opened.close()


def lock_by_key(window: MainWindow, qtbot: QtBot) -> LockScreen:
    qtbot.keyClick(window, Qt.Key.Key_L, LOCK_KEYS)
    qtbot.waitUntil(lambda: window.lock.screen is not None)
    screen = window.lock.screen
    assert screen is not None
    return screen


def visible_windows() -> list[QWidget]:
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible() and widget.windowOpacity() > 0]


def words_of(widget: QWidget) -> str:
    return " ".join([widget.windowTitle(), *(label.text() for label in widget.findChildren(QLabel))])


def test_the_key_hides_film_names_and_list(with_pin: MainWindow, qtbot: QtBot) -> None:
    page = with_pin.show_page("about")
    screen = lock_by_key(with_pin, qtbot)
    assert visible_windows() == [screen]
    assert "film-" not in words_of(screen)
    qtbot.waitUntil(lambda: page not in QApplication.topLevelWidgets() or not page.isVisible())


def test_keys_of_the_reading_room_do_nothing_behind_the_lock(with_pin: MainWindow, qtbot: QtBot) -> None:
    view = with_pin.room.worklist.view
    before = view.chosen()
    screen = lock_by_key(with_pin, qtbot)
    for key in (Qt.Key.Key_J, Qt.Key.Key_F, Qt.Key.Key_F1, Qt.Key.Key_Escape, Qt.Key.Key_F11):
        qtbot.keyClick(screen, key)
    qtbot.keyClick(screen, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait(50)
    assert view.chosen() == before
    assert visible_windows() == [screen]


def test_the_pin_brings_everything_back(with_pin: MainWindow, qtbot: QtBot) -> None:
    before = with_pin.room.worklist.view.chosen()
    screen = lock_by_key(with_pin, qtbot)
    qtbot.keyClicks(screen.field, PIN)
    assert PIN not in screen.field.displayText()
    qtbot.keyClick(screen.field, Qt.Key.Key_Return)
    qtbot.waitUntil(with_pin.isVisible)
    assert not with_pin.lock.locked
    assert with_pin.reading
    assert with_pin.room.worklist.view.chosen() == before


def test_a_wrong_pin_is_said_and_delayed(with_pin: MainWindow, own_home: Path, qtbot: QtBot) -> None:
    screen = lock_by_key(with_pin, qtbot)
    qtbot.keyClicks(screen.field, "0000")
    qtbot.mouseClick(screen.button, Qt.MouseButton.LeftButton)
    assert with_pin.lock.locked
    assert not screen.field.isEnabled()
    assert "Try again in 1 s" in screen.said.text()
    assert screen.field.text() == ""
    qtbot.waitUntil(screen.field.isEnabled, timeout=5000)
    qtbot.keyClicks(screen.field, PIN)
    qtbot.keyClick(screen.field, Qt.Key.Key_Return)
    qtbot.waitUntil(with_pin.isVisible)


def test_a_window_left_alone_locks_itself_and_a_hand_puts_it_off(with_pin: MainWindow, qtbot: QtBot) -> None:
    with_pin.lock.idle_seconds = 3.0
    for _ in range(5):
        qtbot.wait(800)
        qtbot.keyClick(with_pin, Qt.Key.Key_Shift)
    assert not with_pin.lock.locked
    qtbot.waitUntil(lambda: with_pin.lock.locked, timeout=10_000)
    assert not with_pin.isVisible()


def test_a_dialog_that_is_open_goes_when_the_screen_locks(with_pin: MainWindow, qtbot: QtBot) -> None:
    QTimer.singleShot(100, with_pin.lock.lock)
    with_pin.actions_of_menus.default_age.trigger()  # comes back when the dialog is gone
    assert with_pin.lock.locked
    assert visible_windows() == [with_pin.lock.screen]


def test_a_page_that_opens_behind_the_lock_waits_for_the_pin(with_pin: MainWindow, qtbot: QtBot) -> None:
    screen = lock_by_key(with_pin, qtbot)
    page = TextPage("film-001", with_pin)
    page.show()
    assert visible_windows() == [screen]
    qtbot.waitUntil(lambda: not page.isVisible())
    qtbot.keyClicks(screen.field, PIN)
    qtbot.keyClick(screen.field, Qt.Key.Key_Return)
    qtbot.waitUntil(page.isVisible)
    assert page.windowOpacity() == 1.0
    page.close()


def test_screening_goes_on_behind_the_lock(own_home: Path, dressed: QApplication, qtbot: QtBot, samples: Path) -> None:
    PinFile(own_home).set(PIN, 5)
    window = build_window()
    qtbot.addWidget(window)
    window.lock.open()
    assert window.lock.locked  # a start with a PIN begins with it
    assert not window.isVisible()
    window.screen_paths([samples / "phantom-01.jpg", samples / "phantom-02.jpg"])
    screening = window.screening
    assert screening is not None
    qtbot.waitUntil(lambda: len(window.room.worklist.model.results) == 2, timeout=120_000)
    assert visible_windows() == [window.lock.screen]
    window.lock.bring_forward()
    assert not window.isVisible()
    window.close()


def test_closing_the_lock_closes_the_program(with_pin: MainWindow, qtbot: QtBot) -> None:
    screen = lock_by_key(with_pin, qtbot)
    screen.close()
    qtbot.waitUntil(lambda: visible_windows() == [])
    assert not with_pin.lock.locked


def test_closing_the_lock_in_full_screen_shows_no_film(with_pin: MainWindow, qtbot: QtBot) -> None:
    with_pin.actions_of_menus.full_screen.trigger()
    qtbot.waitUntil(with_pin.isFullScreen)
    screen = lock_by_key(with_pin, qtbot)
    shown: list[QEvent.Type] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 -- Qt's
            if event.type() in (QEvent.Type.Show, QEvent.Type.Paint):
                shown.append(event.type())
            return False

    watch = Watch()
    with_pin.installEventFilter(watch)
    screen.close()
    qtbot.waitUntil(lambda: visible_windows() == [])
    assert shown == []
    again = build_window()
    qtbot.addWidget(again)
    again.lock.open()
    assert again.lock.screen is not None
    assert not again.lock.screen.isFullScreen()  # the window opens as it was before the full screen
    again.close()


def test_an_installation_goes_on_unseen_behind_the_lock(
    with_pin: MainWindow, tiny_pack: Files, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, look = threading.Event(), install_dialog.look_at_pack

    def look_slowly(path: Path) -> Offer:
        looked.wait(60)
        return look(path)

    monkeypatch.setattr(install_dialog, "look_at_pack", look_slowly)
    dialog = with_pin.upkeep.install(write(tmp_path / "SMITH.mapafu", tiny_pack))
    assert dialog.isVisible()
    with_pin.lock.lock()
    screen = with_pin.lock.screen
    assert screen is not None
    assert visible_windows() == [screen]
    looked.set()
    qtbot.waitUntil(dialog.close_button.isEnabled, timeout=60_000)
    assert visible_windows() == [screen]
    qtbot.keyClicks(screen.field, PIN)
    qtbot.keyClick(screen.field, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.isModal()
    assert "tiny 1.0" in dialog.words.text()
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_without_a_pin_there_is_no_lock(reopened: MainWindow, qtbot: QtBot) -> None:
    assert not reopened.actions_of_menus.lock_now.isEnabled()
    qtbot.keyClick(reopened, Qt.Key.Key_L, LOCK_KEYS)
    reopened.lock.lock()
    assert not reopened.lock.locked
    assert reopened.isVisible()


def test_a_pin_is_set_in_the_dialog(reopened: MainWindow, own_home: Path, qtbot: QtBot) -> None:
    def fill() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, PinDialog)
        qtbot.keyClicks(dialog.new, PIN)
        qtbot.keyClicks(dialog.again, PIN)
        dialog.minutes.setValue(9)
        qtbot.keyClick(dialog.again, Qt.Key.Key_Return)

    QTimer.singleShot(100, fill)
    reopened.actions_of_menus.lock_settings.trigger()
    assert PinFile(own_home).check(PIN)
    assert reopened.lock.idle_seconds == 540
    with qtbot.waitActive(reopened):
        reopened.activateWindow()
    lock_by_key(reopened, qtbot)


@pytest.mark.parametrize(("new", "again"), [("2580", "2581"), ("258", "258"), ("", "")])
def test_pins_that_differ_or_are_short_are_not_taken(
    dressed: QApplication, tmp_path: Path, qtbot: QtBot, new: str, again: str
) -> None:
    dialog = PinDialog(PinFile(tmp_path))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.new, new)
    qtbot.keyClicks(dialog.again, again)
    qtbot.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Ok), Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert dialog.said.text()
    assert not PinFile(tmp_path).is_set


def test_only_who_knows_the_pin_changes_or_removes_it(dressed: QApplication, tmp_path: Path, qtbot: QtBot) -> None:
    PinFile(tmp_path).set(PIN, 5)
    dialog = PinDialog(PinFile(tmp_path))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.current, "0000")
    qtbot.mouseClick(dialog.remove_button, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert "not the PIN" in dialog.said.text()
    qtbot.wait(1100)
    qtbot.keyClicks(dialog.current, PIN)
    qtbot.mouseClick(dialog.remove_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert not PinFile(tmp_path).is_set
