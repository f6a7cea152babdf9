import csv
import math
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.age_dialog import AgeDialog
from desktop.app import build_window
from desktop.main_window import MainWindow
from desktop.settings import SettingsFile
from desktop.text_page import TextPage
from engine.paths import data_folder
from engine.reasons import Note
from engine.reports.csv import COLUMNS
from tests.builders import phantom, write_dicom
from tests.desktop.dropping import drop
from tests.engine.model.models import two_lungs, write_tiny_model
from tests.programs import reading_processes


@pytest.fixture
def filled(window: MainWindow, qtbot: QtBot, samples: Path) -> MainWindow:
    """The window with the samples screened, and the first film shown."""
    assert window.screening is not None
    with qtbot.waitSignal(window.screening.finished, timeout=60_000):
        window.findChild(QPushButton, "samplesButton").click()
    qtbot.waitUntil(lambda: window.room.viewer.film.has_film, timeout=30_000)
    return window


def test_the_first_window_is_no_higher_than_the_screen(window: MainWindow) -> None:
    available = window.screen().availableSize()
    assert window.height() < available.height() <= 800  # the screen of these tests is lower than the window would like


def test_the_window_opens_with_a_welcome(window: MainWindow) -> None:
    assert not window.reading
    words = " ".join(label.text() for label in window.welcome.findChildren(QLabel))
    assert "not a diagnosis" in words
    assert "a clinician reads every film" in words


def test_samples_become_a_list_and_the_head_of_it_is_shown(filled: MainWindow, samples: Path) -> None:
    model = filled.room.worklist.model
    assert model.rowCount() == len([path for path in samples.iterdir() if path.is_file()])
    assert filled.reading
    assert filled.room.worklist.view.chosen() == model.result_at(0)


def test_keys_go_through_the_list(filled: MainWindow, qtbot: QtBot) -> None:
    view = filled.room.worklist.view
    for focus in (view, filled.room.viewer.film):
        view.choose_row(0)
        focus.setFocus()
        for key, row in ((Qt.Key.Key_J, 1), (Qt.Key.Key_Down, 2), (Qt.Key.Key_K, 1), (Qt.Key.Key_Up, 0)):
            qtbot.keyClick(focus, key)
            assert view.currentIndex().row() == row
        qtbot.keyClick(focus, Qt.Key.Key_K)
        assert view.currentIndex().row() == 0


def test_letters_go_into_the_search_box_while_one_types(filled: MainWindow, qtbot: QtBot) -> None:
    view, search = filled.room.worklist.view, filled.room.worklist.search
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Slash)
    qtbot.keyClicks(search, "jk")
    assert search.text() == "jk"


def test_holding_h_shows_the_bare_film(filled: MainWindow, qtbot: QtBot) -> None:
    film = filled.room.viewer.film
    filled.room.viewer.heat_bar.set_heat(shown=True, opacity=0.9)
    with_heat = film.grab().toImage()
    for focus in (filled.room.worklist.view, film):
        focus.setFocus()
        qtbot.keyPress(focus, Qt.Key.Key_H)
        bare = film.grab().toImage()
        assert bare != with_heat
        qtbot.keyRelease(focus, Qt.Key.Key_H)
        assert film.grab().toImage() == with_heat


def test_heat_is_off_for_a_film_without_a_score(filled: MainWindow) -> None:
    model, view = filled.room.worklist.model, filled.room.worklist.view
    switch = filled.findChild(QWidget, "heatSwitch")
    assert isinstance(switch, QWidget)
    assert switch.isEnabled()
    view.choose_row(model.rowCount() - 1)
    assert not switch.isEnabled()


def test_another_operating_point_changes_the_bands_at_once_and_is_remembered(filled: MainWindow) -> None:
    names = [point.name for point in filled._pack.card.operating_points]  # type: ignore[union-attr]
    filled.header.operating_point_chosen.emit(names[-1])
    scored = [result.score for result in filled.room.worklist.model.results if result.score is not None]
    assert {score.operating_point.name for score in scored} == {names[-1]}
    filled.close()
    again = build_window()
    assert again.session.point_name == names[-1]
    again.close()


def test_export_writes_every_row_in_discovery_order(filled: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    filled.room.worklist.search.setText("nothing like this")
    path = tmp_path / "list.csv"
    with qtbot.waitSignal(filled.session.export.exported, timeout=10_000):
        filled.export_csv(path)
    qtbot.waitUntil(lambda: str(path) in filled.bottom_bar.message)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert [row["file"] for row in rows] == [result.file for result in filled.room.worklist.model.results]


def test_an_export_that_fails_is_one_sentence(filled: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with qtbot.waitSignal(filled.session.export.failed, timeout=10_000):
        filled.export_csv(tmp_path / "file" / "list.csv")
    qtbot.waitUntil(lambda: filled.bottom_bar.message.endswith("."))


def test_a_damaged_model_opens_a_window_that_says_so(
    dressed: QApplication, qtbot: QtBot, tmp_path: Path, samples: Path
) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(b"\x08\x07garbage")
    opened = build_window(model)
    qtbot.addWidget(opened)
    opened.show()
    said = opened.findChild(QLabel, "modelProblem")
    assert isinstance(said, QLabel)
    assert said.isVisible()
    assert said.text().startswith("The model cannot be used. ")
    opened.say("The disk is nearly full.")
    assert said.text().startswith("The model cannot be used. ")  # what else there is to say stands below it
    assert opened.welcome.warning.isVisible()
    assert not drop(opened, samples)
    opened.screen_paths([samples])
    assert not opened.reading


def test_a_folder_without_files_is_told(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    assert window.screening is not None
    (tmp_path / "empty").mkdir()
    with qtbot.waitSignal(window.screening.finished, timeout=10_000):
        assert drop(window, tmp_path / "empty")
    assert "no files" in window.bottom_bar.message


def test_closing_while_screening_ends_every_process(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, samples: Path
) -> None:
    film = next(samples.glob("phantom*.jpg"))
    for number in range(60):
        shutil.copy(film, tmp_path / f"{number}.jpg")
    drop(window, tmp_path)
    qtbot.waitUntil(lambda: len(window.room.worklist.model.results) > 2, timeout=60_000)
    window.room.worklist.view.choose_row(0)
    window.close()
    assert reading_processes() == []


def test_a_dropped_folder_is_recent_the_next_time(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    drop(window, tmp_path)
    window.close()
    again = build_window()
    assert again.settings.now.recent_folders == (str(tmp_path),)
    again.close()


def test_no_dropped_folder_is_looked_at_by_the_thread_of_the_window(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share that is gone would make it stand still."""
    looking: list[str] = []
    is_dir = Path.is_dir

    def note(path: Path, **options: bool) -> bool:
        if path == tmp_path:
            looking.append(threading.current_thread().name)
        return is_dir(path, **options)

    monkeypatch.setattr(Path, "is_dir", note)
    assert window.screening is not None
    with qtbot.waitSignal(window.screening.finished, timeout=10_000):
        drop(window, tmp_path)
    assert set(looking) == {"mapafu-screening"}
    assert window.settings.now.recent_folders == (str(tmp_path),)


def test_a_recent_folder_keeps_its_ampersand(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "A & B"
    folder.mkdir()
    assert window.screening is not None
    with qtbot.waitSignal(window.screening.finished, timeout=10_000):
        drop(window, folder)
    (item,) = [item for item in window.actions_of_menus._recent.actions() if item.text().endswith("B")]
    (button,) = [button for button in window.welcome.findChildren(QPushButton) if button.property("recent")]
    for words in (item.text(), button.text()):
        assert words.endswith("A && B")


def test_what_cannot_be_kept_is_said_once(reopened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.assertNotEmitted(reopened.session.said, wait=300):
        reopened.backups.back_up(tmp_path / "no such folder" / "all.zip")
        qtbot.waitUntil(lambda: "cannot be written" in reopened.bottom_bar.message, timeout=10_000)


def test_at_1366_by_768_the_film_has_half_and_nothing_is_cut(filled: MainWindow, qtbot: QtBot) -> None:
    filled.resize(QSize(1366, 768))
    qtbot.waitUntil(lambda: filled.width() == 1366)
    QApplication.processEvents()
    assert filled.room.viewer.width() >= 1366 / 2
    inside = filled.rect()
    for button in filled.findChildren(QPushButton):
        if button.isVisible():
            corner = button.mapTo(filled, button.rect().bottomRight())
            assert inside.contains(corner), button.objectName()
            assert button.width() >= button.minimumSizeHint().width(), button.objectName()


def test_side_panels_fold_away_and_back(filled: MainWindow) -> None:
    action = filled.actions_of_menus.show_list
    action.trigger()
    assert not filled.room.worklist.isVisible()
    action.trigger()
    assert filled.room.worklist.isVisible()


def test_every_named_control_can_be_read_aloud(filled: MainWindow) -> None:
    for button in filled.findChildren(QPushButton):
        assert button.text() or button.accessibleName()
        assert button.objectName() or button.property("recent")


@pytest.mark.parametrize("name", ["about", "keys", "card"])
def test_pages_open(window: MainWindow, name: str) -> None:
    page = window.show_page(name)
    assert len(page.text.toPlainText()) > 200
    page.close()


def test_the_help_menu_opens_the_whole_card(window: MainWindow) -> None:
    window.actions_of_menus.card.trigger()
    (page,) = window.findChildren(TextPage)
    assert page.windowTitle() == "About the model"
    assert window._pack is not None
    card, words = window._pack.card, page.text.toPlainText()
    for said in (card.intended_use, card.known_failures[-1], card.credits[0].who, card.training.commit, "Films by age"):
        assert said in words
    assert "**" not in words
    assert "##" not in words
    page.close()


def test_notes_and_extent_follow_the_operating_point(dressed: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    """A film with P = 0.4 whose heat lies right of the lungs: positive, but for the strictest operating point."""
    heat = np.zeros((14, 14))
    heat[:, 10:12] = 0.8
    outputs = {
        "logits": np.zeros(3),
        "heat": heat,
        "lungs": two_lungs(),
        "embedding": np.full(4, 2.0),
    }
    calibration = {"method": "made up", "slope": 0.0, "intercept": math.log(0.4 / 0.6), "prevalence": 0.5}
    model = write_tiny_model(tmp_path / "model.onnx", outputs, calibration=calibration, ood_limit=3.0)
    pixels = np.round(phantom(340, 300) * 4095).astype(np.uint16)
    write_dicom(tmp_path / "film.dcm", pixels, BitsStored=12, HighBit=11, PatientAge="003Y")
    window = build_window(model)
    qtbot.addWidget(window)
    window.show()
    assert window.screening is not None
    with qtbot.waitSignal(window.screening.finished, timeout=60_000):
        window.screen_paths([tmp_path / "film.dcm"])

    def said(name: str) -> str:
        label = window.room.case_panel.findChild(QLabel, name)
        assert isinstance(label, QLabel)
        return label.text() if label.isVisible() else ""

    qtbot.waitUntil(lambda: said("bandWords") == "Signs of pneumonia")
    notes = (Note.MODEL_UNSIGNED, Note.UNLIKE_TRAINING, Note.HEAT_OUTSIDE_LUNGS)
    assert said("notes") == "\n\n".join(note.sentence for note in notes)
    assert "limited" in said("extent")
    window.header.operating_point_chosen.emit("rule_in")
    qtbot.waitUntil(lambda: said("bandWords") == "Uncertain: review first")
    assert said("notes") == f"{Note.MODEL_UNSIGNED.sentence}\n\n{Note.UNLIKE_TRAINING.sentence}"
    window.close()


def test_an_age_set_once_counts_for_films_that_tell_none(
    window: MainWindow, qtbot: QtBot, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(dialog: AgeDialog) -> int:
        dialog.years.setValue(4)
        return 1

    monkeypatch.setattr(AgeDialog, "exec", answer)
    window.actions_of_menus.default_age.trigger()
    assert window.screening is not None
    with qtbot.waitSignal(window.screening.finished, timeout=60_000):
        window.screen_paths([samples / "phantom-01.jpg"])
    (result,) = window.room.worklist.model.results
    assert result.facts is not None
    assert result.facts.age_years is None
    assert Note.AGE_UNKNOWN not in result.notes
    window.close()
    assert SettingsFile(data_folder()).load().default_age_years == 4


@pytest.fixture
def mirrored(dressed: QApplication) -> Iterator[QApplication]:
    """The program as readers of Arabic have it."""
    dressed.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield dressed
    dressed.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_the_layout_mirrors_for_right_to_left(mirrored: QApplication, filled: MainWindow) -> None:
    middle = filled.width() / 2
    panels = (filled.room.worklist, filled.room.case_panel)
    centres = [panel.mapTo(filled, panel.rect().center()).x() for panel in panels]
    assert centres[0] > middle > centres[1]
    assert not filled.grab().isNull()
