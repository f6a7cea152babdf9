from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.film_loader import FilmLoader
from desktop.main_window import MainWindow
from desktop.tags.tag_model import TagColumn, TagModel
from desktop.tags.tag_window import TagWindow
from engine.films.tags import TagsEnd
from engine.paths import data_folder
from tests.builders import write_dicom
from tests.engine.films.test_tags import element, headed, nested

PIXELS = np.arange(64 * 48, dtype=np.uint16).reshape(64, 48)
HTML = "<b>bold</b><img src=x>"


@pytest.fixture
def film(tmp_path: Path) -> Path:
    code = Dataset()
    code.CodeMeaning = "Chest X-Ray"
    return write_dicom(
        tmp_path / "film.dcm",
        PIXELS,
        PatientName="Amani^Neema",
        PatientID="P-1",
        PatientComments=HTML,
        ProcedureCodeSequence=Sequence([code]),
    )


@pytest.fixture
def tags(dressed: object, qtbot: QtBot) -> Iterator[TagWindow]:
    loader = FilmLoader()
    window = TagWindow(loader)
    qtbot.addWidget(window)
    yield window
    window.close()
    loader.close()


def opened(tags: TagWindow, qtbot: QtBot, path: Path) -> None:
    tags.show_file(path)
    tags.open_for_reading()
    come(tags, qtbot)


def come(tags: TagWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not tags.sentence.startswith("Reading"), timeout=30_000)


def cells(model: TagModel, row: int, parent: QModelIndex | None = None) -> list[str]:
    return [str(model.index(row, column, parent or QModelIndex()).data()) for column in TagColumn]


def names(model: TagModel) -> list[str]:
    return [cells(model, row)[TagColumn.NAME] for row in range(model.rowCount())]


def test_the_tags_of_a_film_are_a_tree(tags: TagWindow, qtbot: QtBot, film: Path) -> None:
    opened(tags, qtbot, film)
    QAbstractItemModelTester(tags.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    listed = names(tags.model)
    assert cells(tags.model, listed.index("Patient's Name")) == ["(0010,0010)", "Patient's Name", "PN", "Amani^Neema"]
    sequence = tags.model.index(listed.index("Procedure Code Sequence"), 0)
    assert cells(tags.model, 0, sequence)[TagColumn.NAME] == "Item 1"
    item = tags.model.index(0, 0, sequence)
    assert cells(tags.model, 0, item) == ["(0008,0104)", "Code Meaning", "LO", "Chest X-Ray"]
    assert item.parent() == sequence
    assert tags.sentence == f"{tags.model.total} rows"


def test_typing_narrows_the_tree_and_opens_what_is_found(tags: TagWindow, qtbot: QtBot, film: Path) -> None:
    opened(tags, qtbot, film)
    QAbstractItemModelTester(tags.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtbot.keyClicks(tags.search, "patient")
    assert names(tags.model) == ["Patient's Name", "Patient ID", "Patient Comments"]
    tags.search.selectAll()
    qtbot.keyClicks(tags.search, "chest x")
    assert names(tags.model) == ["Procedure Code Sequence"]
    item = tags.model.index(0, 0, tags.model.index(0, 0))
    assert tags.tree.isExpanded(item)
    assert cells(tags.model, 0, item)[TagColumn.VALUE] == "Chest X-Ray"
    assert tags.sentence == f"3 of {tags.model.total} rows"
    tags.search.clear()
    assert tags.model.found == tags.model.total


def test_a_row_is_copied_by_a_key(tags: TagWindow, qtbot: QtBot, film: Path) -> None:
    opened(tags, qtbot, film)
    qtbot.keyClicks(tags.search, "00100020")
    qtbot.keyClick(tags.search, Qt.Key.Key_Return)
    assert tags.tree.hasFocus()
    qtbot.keyClick(tags.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "(0010,0020)\tPatient ID\tLO\tP-1"


def test_markup_in_a_value_stays_letters(tags: TagWindow, qtbot: QtBot, film: Path) -> None:
    opened(tags, qtbot, film)
    row = names(tags.model).index("Patient Comments")
    index = tags.model.index(row, TagColumn.VALUE)
    assert index.data() == HTML
    assert "&lt;b&gt;bold" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_a_picture_is_told_to_have_none(tags: TagWindow, qtbot: QtBot, samples: Path) -> None:
    opened(tags, qtbot, samples / "phantom-01.jpg")
    assert tags.sentence == TagsEnd.NOT_DICOM.sentence
    assert tags.model.total == 0


def test_a_file_that_went_away_is_a_sentence(tags: TagWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(tags, qtbot, tmp_path / "gone.dcm")
    assert tags.sentence.startswith("The file is not there.")


def test_hostile_files_are_shown_as_far_as_they_go(
    tags: TagWindow, qtbot: QtBot, film: Path, tmp_path: Path, samples: Path
) -> None:
    many = b"".join(element(0x5001, place + 0x1000, b"SH", b"same") for place in range(50_000))
    files = {
        "many": (headed(many), TagsEnd.TOO_MANY),
        "deep": (headed(nested(3000, lengths=False)), TagsEnd.TOO_DEEP),
        "cut": (film.read_bytes()[:-100], TagsEnd.CUT_OFF),
    }
    tags.open_for_reading()
    for name, (data, end) in files.items():
        (tmp_path / name).write_bytes(data)
        tags.show_file(tmp_path / name)
        come(tags, qtbot)
        assert tags.sentence == end.sentence
        assert tags.model.total > 10
        tags.tree.expandAll()
        assert not tags.grab().isNull()
    qtbot.keyClicks(tags.search, "patient's name")
    assert names(tags.model) == ["Patient's Name"]


def test_the_last_of_many_wishes_is_shown(tags: TagWindow, qtbot: QtBot, film: Path, tmp_path: Path) -> None:
    for number in range(20):
        shutil.copy(film, tmp_path / f"{number}.dcm")
    (tmp_path / "last").write_bytes(headed(element(0x10, 0x20, b"LO", b"LAST")))
    tags.open_for_reading()
    for number in range(20):
        tags.show_file(tmp_path / f"{number}.dcm")
    tags.show_file(tmp_path / "last")
    come(tags, qtbot)
    assert cells(tags.model, tags.model.rowCount() - 1)[TagColumn.VALUE] == "LAST"
    qtbot.wait(50)
    assert cells(tags.model, tags.model.rowCount() - 1)[TagColumn.VALUE] == "LAST"


def test_a_closed_window_holds_and_reads_nothing(tags: TagWindow, qtbot: QtBot, film: Path) -> None:
    opened(tags, qtbot, film)
    qtbot.keyClick(tags.search, Qt.Key.Key_Escape)
    assert not tags.isVisible()
    assert tags.model.total == 0
    tags.show_file(None)
    tags.show_file(film)
    assert tags.model.total == 0
    tags.open_for_reading()
    come(tags, qtbot)
    assert tags.model.total > 0


def test_it_opens_by_key_and_link_and_follows_the_chosen_film(
    window: MainWindow, qtbot: QtBot, film: Path, tmp_path: Path
) -> None:
    assert window.screening is not None
    write_dicom(tmp_path / "second.dcm", PIXELS[:40, :40], PatientID="P-2")
    with qtbot.waitSignal(window.screening.finished, timeout=60_000):
        window.screen_paths([tmp_path])
    tags, view = window.room.tag_window, window.room.worklist.view
    view.setFocus()

    def patient() -> str:
        listed = names(tags.model)
        return cells(tags.model, listed.index("Patient ID"))[TagColumn.VALUE] if "Patient ID" in listed else ""

    view.choose_row(0)
    qtbot.keyClick(view, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: patient() != "", timeout=30_000)
    first = patient()
    view.choose_row(1)
    qtbot.waitUntil(lambda: patient() not in ("", first), timeout=30_000)
    assert {first, patient()} == {"P-1", "P-2"}
    tags.close()
    link = window.room.case_panel.findChild(QPushButton, "tagsButton")
    assert isinstance(link, QPushButton)
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: patient() not in ("", first), timeout=30_000)
    home = data_folder()
    window.close()
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"Amani" not in kept
