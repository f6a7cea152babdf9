from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop.app import build_window
from desktop.install_dialog import InstallDialog
from desktop.main_window import MainWindow
from desktop.text_page import TextPage
from engine.model.installed import InstalledModels
from engine.model.pack import bundled_model, load_pack
from engine.model.pack_file import MODEL
from engine.reasons import Note
from engine.results.store import FILE_NAME, Store
from engine.screening.installation import install_pack, look_at_pack
from tests.engine.model.packs import Files, KeyPair, signed, write
from tests.programs import reading_processes

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def pack_path(tiny_pack: Files, tmp_path: Path) -> Path:
    return write(tmp_path / "tiny.mapafu", tiny_pack)


def ready(dialog: InstallDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(dialog.close_button.isEnabled, timeout=60_000)


def press(dialog: InstallDialog, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.install_button, LEFT)
    assert not dialog.close_button.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    ready(dialog, qtbot)


def test_a_trusted_pack_is_installed_with_one_button(
    window: MainWindow, tiny_pack: Files, qtbot: QtBot, tmp_path: Path
) -> None:
    key = KeyPair()
    key.trust("clinic")
    dialog = window.upkeep.install(write(tmp_path / "a.mapafu", signed(tiny_pack, key)))
    ready(dialog, qtbot)
    assert "tiny 1.0" in dialog.words.text()
    assert "Signed with the key clinic" in dialog.words.text()
    assert not dialog.accept_box.isVisible()
    press(dialog, qtbot)
    assert "is installed" in dialog.words.text()
    qtbot.mouseClick(dialog.close_button, LEFT)
    assert not dialog.isVisible()
    assert load_pack().card.model_id == "tiny"
    assert window._pack is not None
    assert window._pack.path == bundled_model()


def test_an_unsigned_pack_needs_a_tick_and_its_results_say_so(
    window: MainWindow, pack_path: Path, samples: Path, qtbot: QtBot
) -> None:
    dialog = window.upkeep.install(pack_path)
    ready(dialog, qtbot)
    assert "Nobody has signed it" in dialog.words.text()
    assert not dialog.install_button.isEnabled()
    qtbot.mouseClick(dialog.accept_box, LEFT, pos=QPoint(8, dialog.accept_box.height() // 2))
    assert dialog.install_button.isEnabled()
    press(dialog, qtbot)
    qtbot.mouseClick(dialog.close_button, LEFT)
    window.close()
    again = build_window()
    qtbot.addWidget(again)
    again.show()
    assert again.screening is not None
    with qtbot.waitSignal(again.screening.finished, timeout=60_000):
        again.screen_paths([samples / "phantom-01.jpg"])
    (result,) = again.room.worklist.model.results
    assert Note.MODEL_UNSIGNED in result.notes
    index = again.room.worklist.model.index(0, 0)
    words = [again.room.worklist.model.index(0, column).data() for column in range(index.model().columnCount())]
    assert any("unsigned model" in str(word) for word in words)
    again.close()


def test_a_damaged_pack_says_what_to_do(window: MainWindow, pack_path: Path, qtbot: QtBot) -> None:
    pack_path.write_bytes(pack_path.read_bytes()[:1000])
    dialog = window.upkeep.install(pack_path)
    ready(dialog, qtbot)
    assert "Copy it again" in dialog.words.text()
    assert not dialog.install_button.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert not InstalledModels().folder.exists()


def answer(box: QMessageBox, words: str, qtbot: QtBot) -> None:
    (button,) = [button for button in box.buttons() if button.text() == words]
    qtbot.mouseClick(button, LEFT)


def test_the_window_goes_back_to_the_model_before(window: MainWindow, pack_path: Path, qtbot: QtBot) -> None:
    installed = install_pack(look_at_pack(pack_path), accept_unsigned=True)
    window.actions_of_menus.roll_back.trigger()
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    answer(box, "Leave it", qtbot)
    assert load_pack().path == installed.model
    answer(window.upkeep.ask_roll_back(), "Go back", qtbot)
    warning = window.welcome.warning
    qtbot.waitUntil(lambda: "uses the model that came with Mapafu" in warning.text(), timeout=10_000)
    assert load_pack().path == bundled_model()
    answer(window.upkeep.ask_roll_back(), "Go back", qtbot)
    qtbot.waitUntil(lambda: "none to go back to" in warning.text(), timeout=10_000)


def test_a_store_that_another_program_holds_does_not_stop_the_window(
    window: MainWindow, pack_path: Path, own_home: Path, qtbot: QtBot
) -> None:
    install_pack(look_at_pack(pack_path), accept_unsigned=True)
    Store(own_home / FILE_NAME).close()
    heartbeats: list[bool] = []
    heart = QTimer(window)
    heart.timeout.connect(lambda: heartbeats.append(not window.welcome.warning.text()))
    with closing(sqlite3.connect(own_home / FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer(window.upkeep.ask_roll_back(), "Go back", qtbot)
        heart.start(100)
        qtbot.waitUntil(lambda: len(heartbeats) > 3, timeout=10_000)
        other.execute("ROLLBACK")
    assert all(heartbeats)  # it was waiting for the store, and the window lived
    qtbot.waitUntil(lambda: bool(window.welcome.warning.text()), timeout=20_000)


def test_an_operating_point_stays_with_its_model(
    window: MainWindow, tiny_pack: Files, pack_path: Path, qtbot: QtBot
) -> None:
    assert window._pack is not None
    first, *_, last = [point.name for point in window._pack.card.operating_points]
    window.header.operating_point_chosen.emit(last)
    window.close()
    install_pack(look_at_pack(pack_path), accept_unsigned=True)
    other = build_window()
    assert other.session.point_name == first
    other.close()
    InstalledModels().roll_back()
    again = build_window()
    assert again.session.point_name == last
    again.close()


def test_a_damaged_installed_model_is_said_and_films_can_be_screened(
    dressed: QApplication, pack_path: Path, qtbot: QtBot
) -> None:
    model = install_pack(look_at_pack(pack_path), accept_unsigned=True)
    (model.folder / MODEL).unlink()
    window = build_window()
    qtbot.addWidget(window)
    window.show()
    assert "the model that comes with the program is used" in window.welcome.problem.text()
    assert window.findChild(QPushButton, "samplesButton").isEnabled()
    window.close()


def test_the_self_test_appears_line_by_line(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_of_menus.self_test.trigger()
    page = window.findChild(TextPage)
    assert isinstance(page, TextPage)
    qtbot.waitUntil(lambda: "All is well." in page.text.toPlainText(), timeout=60_000)
    text = page.text.toPlainText()
    for words in ("JPEG 2000", "Results can be kept", "Date", "Memory"):
        assert words in text
    assert "✗" not in text
    page.close()


def test_closing_the_window_during_the_self_test_leaves_no_child(window: MainWindow, qtbot: QtBot) -> None:
    window.upkeep.show_self_test()
    qtbot.waitUntil(lambda: bool(reading_processes()), timeout=30_000)
    window.close()
    qtbot.waitUntil(lambda: not reading_processes(), timeout=30_000)
