"""No word is cut off and nothing lies over another: with long words, from right to left, in a small window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.age_dialog import AgeDialog
from desktop.app import build_window
from desktop.main_window import MainWindow
from engine.reasons import Note
from tests.builders import phantom, write_dicom
from tests.desktop.fitting import misfits
from tests.desktop.long_words import LongWords, lengthened

SMALL_SCREEN = QSize(1366, 768)
SMALLEST = QSize(960, 600)


@pytest.fixture(params=["english", "long words", "long words from right to left"])
def words(request: pytest.FixtureRequest, dressed: QApplication) -> Iterator[str]:
    translator = LongWords()
    if request.param != "english":
        dressed.installTranslator(translator)
    if "right to left" in request.param:
        dressed.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield request.param
    dressed.removeTranslator(translator)
    dressed.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.fixture
def opened(words: str, qtbot: QtBot, own_home: Path) -> Iterator[MainWindow]:
    window = build_window()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.resize(SMALL_SCREEN)
    yield window
    window.close()


@pytest.fixture
def filled(opened: MainWindow, qtbot: QtBot, samples: Path, tmp_path: Path) -> MainWindow:
    """A film with and one without an age, one whose age is outside training, and two files without a score."""
    pixels = np.round(phantom(340, 300) * 4095).astype(np.uint16)
    write_dicom(tmp_path / "ten-years.dcm", pixels, BitsStored=12, HighBit=11, PatientAge="010Y")
    names = ("phantom-01.jpg", "phantom-10.dcm", "holiday.jpg", "reading-list.txt")
    assert opened.screening is not None
    with qtbot.waitSignal(opened.screening.finished, timeout=60_000):
        opened.screen_paths([tmp_path / "ten-years.dcm", *(samples / name for name in names)])
    opened.room.viewer.heat_bar.set_heat(shown=True, opacity=1.0)
    return opened


def hold(window: QWidget) -> None:
    """Nested layouts take a few rounds of events to settle."""
    for _ in range(20):
        if not (found := misfits(window)):
            return
    pytest.fail("\n".join(found))


def test_the_made_up_words_are_longer_and_keep_their_values() -> None:
    assert lengthened("{count} films, of many").startswith("{count} fîlmš")
    assert lengthened("&Keep & turn").startswith("&Kéép")
    assert len(lengthened("No signs of pneumonia found")) >= 1.35 * len("No signs of pneumonia found")


def test_the_first_run(opened: MainWindow, tmp_path: Path) -> None:
    opened.welcome.show_recent([str(tmp_path)] * 4)
    opened.welcome.show_last(100_000, datetime(2026, 12, 24, tzinfo=UTC))
    hold(opened)


def test_each_film_of_a_list(filled: MainWindow) -> None:
    model = filled.room.worklist.model
    shown = [model.result_at(row) for row in range(model.rowCount())]
    assert any(Note.AGE_OUTSIDE_TRAINING in result.notes for result in shown if result is not None)
    for row in range(model.rowCount()):
        filled.room.worklist.view.choose_row(row)
        hold(filled)


def test_the_smallest_window(filled: MainWindow, words: str, qtbot: QtBot) -> None:
    """In English; longer words may fold a panel away there."""
    filled.resize(SMALLEST)
    if words != "english":
        return
    for row in range(filled.room.worklist.model.rowCount()):
        filled.room.worklist.view.choose_row(row)
        hold(filled)


def test_the_settings(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = opened.ask_settings()
    for page in (dialog.choices, dialog.keys):
        dialog.pages.setCurrentWidget(page)
        if page is dialog.keys:
            dialog.keys.choose("next")
            qtbot.keyClick(dialog.keys.edit, Qt.Key.Key_K)
        hold(dialog)


def test_the_age(opened: MainWindow) -> None:
    dialog = AgeDialog(None, opened)
    dialog.open()
    hold(dialog)


@pytest.mark.parametrize("name", ["about", "keys", "card"])
def test_a_page(opened: MainWindow, name: str) -> None:
    page = opened.show_page(name)
    hold(page)
    assert not page.text.horizontalScrollBar().isVisible()
    page.close()
