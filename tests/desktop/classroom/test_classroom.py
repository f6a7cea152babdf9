from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from desktop.classroom.page import ClassroomPage
from desktop.main_window import MainWindow
from engine.paths import data_folder
from engine.results.store import FILE_NAME, Store
from engine.results.verdicts import ReadingMode, Verdict
from tests.desktop.waiting import let_pass

P, N = Verdict.PNEUMONIA, Verdict.NO_PNEUMONIA


def give(window: MainWindow, initials: str, said: dict[int, Verdict], mode: ReadingMode = ReadingMode.OPEN) -> None:
    """Put verdicts on films, by their place in the list, straight into the store."""
    session_id, model = window.session.session_id, window.room.worklist.model
    assert session_id is not None
    with Store(data_folder() / FILE_NAME) as store:
        reader = store.verdicts.reader(initials)
        for place, verdict in said.items():
            row = model.row_of(place)
            assert row is not None
            store.verdicts.give(verdict, film_id=model.film_id_at(row), session_id=session_id, reader=reader, mode=mode)


def opened(window: MainWindow, qtbot: QtBot) -> ClassroomPage:
    view = window.room.worklist.view
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=10_000)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    page = window.classroom.page
    qtbot.waitUntil(lambda: page.isVisible() and bool(words(page)), timeout=10_000)
    return page


def words(page: ClassroomPage) -> str:
    return page.text.toPlainText()


def says(page: ClassroomPage, qtbot: QtBot, sentence: str) -> None:
    qtbot.waitUntil(lambda: sentence in words(page), timeout=10_000)


def label_table(folder: Path) -> Path:
    """The first four films of the list show pneumonia."""
    table = folder / "labels.csv"
    rows = [f"film-{place:06}.dcm,{'pneumonia' if place < 4 else 'normal'}" for place in range(8)]
    table.write_text("\n".join(["file,label", *rows]))
    return table


def press(page: ClassroomPage, qtbot: QtBot, name: str) -> None:
    button = page.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def labelled(of_this_model: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClassroomPage:
    """The page, open, after a table of labels was chosen."""
    page = opened(of_this_model, qtbot)
    table = label_table(tmp_path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(table), ""))
    press(page, qtbot, "labelTable")
    says(page, qtbot, "have a label")
    return page


def test_an_unread_list_says_so(of_this_model: MainWindow, qtbot: QtBot) -> None:
    page = opened(of_this_model, qtbot)
    says(page, qtbot, "Nobody has given a verdict on these 8 films yet.")
    assert "No labels are loaded." in words(page)
    assert not page.mistakes.isVisible()


def test_labels_come_from_a_table_and_stay_with_the_list(
    of_this_model: MainWindow, labelled: ClassroomPage, own_home: Path
) -> None:
    assert "8 of 8 films have a label: 4 with pneumonia, 4 without." in words(labelled)
    assert labelled.sentence == "8 films have a label now."
    session_id = of_this_model.session.session_id
    assert session_id is not None
    with Store(own_home / FILE_NAME) as store:
        assert sum(store.references.of_session(session_id).values()) == 4


def test_labels_come_from_folders(
    of_this_model: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(8):
        folder = tmp_path / ("PNEUMONIA" if place < 3 else "NORMAL")
        folder.mkdir(exist_ok=True)
        (folder / f"film-{place:06}.dcm").write_bytes(b"x")
    page = opened(of_this_model, qtbot)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    press(page, qtbot, "labelFolder")
    says(page, qtbot, "8 of 8 films have a label: 3 with pneumonia, 5 without.")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("nothing here", "holds no label"), ("file,label\nelsewhere.png,normal", "None of these labels is about a film")],
)
def test_labels_that_are_of_no_use_are_one_sentence(
    of_this_model: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, sentence: str
) -> None:
    (tmp_path / "labels.csv").write_text(text)
    page = opened(of_this_model, qtbot)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "labels.csv"), ""))
    press(page, qtbot, "labelTable")
    qtbot.waitUntil(lambda: sentence in page.sentence, timeout=10_000)


def test_the_score_is_told_and_a_wrong_film_is_a_click_away(
    of_this_model: MainWindow, labelled: ClassroomPage, qtbot: QtBot
) -> None:
    give(of_this_model, "AB", {0: P, 1: P, 2: N, 3: P, 4: N, 5: P, 6: N, 7: N})
    of_this_model.verdicts.choose_reader("AB")
    qtbot.waitUntil(lambda: of_this_model.verdicts.reader is not None, timeout=10_000)
    labelled.score_wanted.emit()
    says(labelled, qtbot, "You found 3 of 4 films with pneumonia, and cleared 3 of 4 without.")
    assert "75 % (30 to 95)" in words(labelled)
    assert "The model found" in words(labelled)
    assert "These are few films." in words(labelled)
    shown = [labelled.mistakes.topLevelItem(row) for row in range(labelled.mistakes.topLevelItemCount())]
    assert [(item.text(0), item.text(3)) for item in shown[:2]] == [
        ("You", "films/film-000002.dcm"),
        ("You", "films/film-000005.dcm"),
    ]
    of_this_model.room.worklist.search.setText("film-000000")  # the filter hides the film one goes to
    place = labelled.mistakes.visualItemRect(shown[1]).center()
    qtbot.mouseClick(labelled.mistakes.viewport(), Qt.MouseButton.LeftButton, pos=place)
    chosen = of_this_model.room.worklist.view.chosen()
    assert chosen is not None
    assert chosen.file == "films/film-000005.dcm"
    labelled.mistakes.setFocus()
    qtbot.keyClick(labelled.mistakes, Qt.Key.Key_Up)
    qtbot.keyClick(labelled.mistakes, Qt.Key.Key_Return)
    chosen = of_this_model.room.worklist.view.chosen()
    assert chosen is not None
    assert chosen.file == "films/film-000002.dcm"


def test_blind_and_open_verdicts_are_chosen_by_key(
    of_this_model: MainWindow, labelled: ClassroomPage, qtbot: QtBot
) -> None:
    give(of_this_model, "AB", {0: N, 1: N}, ReadingMode.BLIND)
    give(of_this_model, "AB", {0: P}, ReadingMode.OPEN)
    labelled.score_wanted.emit()
    says(labelled, qtbot, "AB found 1 of 2 films")
    labelled.modes.setFocus()
    qtbot.keyClick(labelled.modes, Qt.Key.Key_Down)
    says(labelled, qtbot, "AB found 0 of 2 films")
    qtbot.keyClick(labelled.modes, Qt.Key.Key_Down)
    says(labelled, qtbot, "AB found 1 of 1 film ")


def test_another_operating_point_changes_the_models_figures(
    of_this_model: MainWindow, labelled: ClassroomPage, qtbot: QtBot
) -> None:
    assert of_this_model._pack is not None
    name = of_this_model._pack.card.operating_points[-1].name
    of_this_model.header.operating_point_chosen.emit(name)
    says(labelled, qtbot, f"The model, at {name}")


def test_a_list_of_another_model_leaves_the_model_out(
    reopened: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(reopened, qtbot)
    table = label_table(tmp_path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(table), ""))
    press(page, qtbot, "labelTable")
    says(page, qtbot, "Another model scored this list")


def test_the_figures_are_copied_and_saved_without_naming_films(
    of_this_model: MainWindow, labelled: ClassroomPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(of_this_model, "AB", dict.fromkeys(range(8), P))
    labelled.score_wanted.emit()
    says(labelled, qtbot, "AB found 4 of 4 films")
    press(labelled, qtbot, "copyScore")
    copied = QGuiApplication.clipboard().text()
    assert "AB\t100 % (51 to 100)\t0 % (0 to 49)" in copied
    path = tmp_path / "reading.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    press(labelled, qtbot, "saveScore")
    qtbot.waitUntil(lambda: str(path) in labelled.sentence, timeout=10_000)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert (rows[0]["first"], rows[0]["sensitivity"], rows[0]["specificity"]) == ("AB", "1.0000", "0.0000")
    assert "film-" not in copied + path.read_text(encoding="utf-8")


def test_verdicts_given_meanwhile_are_counted_when_one_comes_back(
    of_this_model: MainWindow, labelled: ClassroomPage, qtbot: QtBot
) -> None:
    labelled.close()
    give(of_this_model, "AB", {0: P})
    page = opened(of_this_model, qtbot)
    says(page, qtbot, "AB gave a verdict on 1 of 8 films; 7 left.")


def test_without_a_list_there_is_a_sentence(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_of_menus.classroom.trigger()
    page = window.classroom.page
    qtbot.waitUntil(lambda: "No list is kept here yet." in words(page), timeout=10_000)
    save = page.findChild(QPushButton, "saveScore")
    assert isinstance(save, QPushButton)
    assert not save.isEnabled()


def test_a_closed_page_asks_for_nothing(of_this_model: MainWindow, labelled: ClassroomPage, qtbot: QtBot) -> None:
    qtbot.keyClick(labelled, Qt.Key.Key_Escape)
    assert not labelled.isVisible()
    before = words(labelled)
    give(of_this_model, "AB", {0: P})
    of_this_model.classroom.refresh()
    let_pass(200)
    assert words(labelled) == before
