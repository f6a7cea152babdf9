from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from desktop.text_page import TextPage
from tests.builders import phantom, write_dicom
from tests.programs import reading_processes

PIXELS = np.round(phantom(400, 360) * 4095).astype(np.uint16)


def pages() -> list[TextPage]:
    return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, TextPage) and widget.isVisible()]


def screened(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    window.screen_paths([folder])
    screening = window.screening
    assert screening is not None
    qtbot.waitUntil(lambda: not screening.running, timeout=120_000)


def test_the_films_of_the_list_are_copied_and_writing_is_warned_of(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    films, out = tmp_path / "films", tmp_path / "out"
    films.mkdir()
    assert not window.actions_of_menus.export_copies.isEnabled()
    write_dicom(films / "SMITH.dcm", PIXELS, PatientName="SMITH^JOHN")
    write_dicom(films / "<b>marked.dcm", PIXELS, PatientName="SMITH^JOHN", BurnedInAnnotation="YES")
    (films / "<i>note.txt").write_text("no film")
    screened(window, films, qtbot)
    assert window.actions_of_menus.export_copies.isEnabled()
    with qtbot.waitSignal(window.copies.copied, timeout=120_000) as told:
        window.copies.start(out)
    copied = told.args[0]
    assert (copied.written, len(copied.lettered)) == (2, 1)
    assert {path.name for path in out.iterdir()} == {copy.name for copy in copied.copies if copy.name}
    assert not any(b"SMITH" in path.read_bytes() for path in out.iterdir())
    assert "2 of 3 films are copied without names" in window.bottom_bar.message
    (page,) = pages()
    text = page.text.toPlainText()
    assert copied.lettered[0] in text
    assert "<i>note.txt" in text  # as it stands, not as markup
    page.close()


def test_a_window_that_closes_meanwhile_leaves_no_child(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    films = tmp_path / "films"
    films.mkdir()
    for number in range(3):
        write_dicom(films / f"{number}.dcm", PIXELS)
    screened(window, films, qtbot)
    window.copies.start(tmp_path / "out")
    qtbot.waitUntil(lambda: len(reading_processes()) >= 2, timeout=60_000)
    window.close()
    assert reading_processes() == []


def test_a_folder_that_cannot_be_made_is_one_sentence(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("")
    with qtbot.waitSignal(window.copies.failed, timeout=10_000):
        window.copies.start(tmp_path / "file")
    qtbot.waitUntil(lambda: "Choose another one" in window.bottom_bar.message)
