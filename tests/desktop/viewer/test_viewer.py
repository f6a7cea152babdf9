from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.plain import OneLine
from desktop.viewer.hand import Tool
from desktop.viewer.viewer import OtherFilm, Viewer
from engine.screening.case import CaseResult, CaseStatus
from tests.builders import gradient, write_dicom
from tests.desktop.builders import make_scored
from tests.desktop.viewer.conftest import write_film


@pytest.fixture
def films(tmp_path: Path) -> list[CaseResult]:
    """Three films of twelve bits; the last has half the values of the others, and another size."""
    made = []
    for index, (rows, columns, most) in enumerate(((240, 320, 4095), (240, 320, 4095), (300, 200, 2047))):
        window = {"WindowCenter": most / 2, "WindowWidth": most, "ImagerPixelSpacing": [0.2, 0.2]}
        path = write_film(tmp_path / f"film-{index}.dcm", rows, columns, most, **window)
        made.append(CaseResult(index=index, file=path.name, path=path, status=CaseStatus.REJECTED))
    return made


def _show(qtbot: QtBot, viewer: Viewer, film: CaseResult, **more: object) -> None:
    viewer.show_result(film, **more)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: viewer.film.has_film, timeout=30_000)


def _compare(qtbot: QtBot, viewer: Viewer, film: CaseResult) -> None:
    viewer.compare_with(film.path, "last year")
    qtbot.waitUntil(lambda: viewer.beside.has_film, timeout=30_000)


def test_the_next_film_is_there_at_once(qtbot: QtBot, viewer: Viewer, films: list[CaseResult]) -> None:
    _show(qtbot, viewer, films[0], ahead=films[1:])
    qtbot.waitUntil(lambda: all(film.path in viewer._loader._ready for film in films), timeout=30_000)
    for film in (films[1], films[2], films[0]):
        viewer.show_result(film, ahead=films)
        assert viewer.film.has_film  # without going back to the event loop
        assert viewer.film.picture is not None
        assert viewer.film.picture.facts.rows == (300 if film is films[2] else 240)


def test_the_line_under_the_film_says_how_it_is_shown(qtbot: QtBot, viewer: Viewer, films: list[CaseResult]) -> None:
    _show(qtbot, viewer, films[0])
    percent = round(viewer.film.placement.scale * 100)
    assert viewer.film_bar.words == f"W 4095 L 2048 · {percent} % · 0.2 mm (detector)"
    viewer.film.show_actual_size()
    viewer.film.invert()
    viewer.film.mirror()
    viewer.film.turn()
    assert viewer.film_bar.words.endswith("100 % · 0.2 mm (detector) · inverted · mirrored · turned 90°")


def _pointed(viewer: Viewer) -> str:
    line = viewer.film_bar.findChild(OneLine, "pointed")
    assert isinstance(line, OneLine)
    return line.whole


def test_the_value_under_the_pointer_stands_in_the_line(qtbot: QtBot, viewer: Viewer, films: list[CaseResult]) -> None:
    _show(qtbot, viewer, films[0])
    middle = QPoint(viewer.film.width() // 2, viewer.film.height() // 2)
    qtbot.mouseMove(viewer.film, middle)
    spot = viewer.film.film_under_pointer
    assert spot is not None
    stored = round(float(gradient(240, 320)[int(spot.y()), int(spot.x())]) * 4095)
    assert _pointed(viewer) == f"x {int(spot.x())} y {int(spot.y())}: {stored}"
    viewer.set_tool(Tool.RULER)
    QApplication.sendEvent(viewer.film, QEvent(QEvent.Type.Leave))
    assert _pointed(viewer) == "Ruler: drag"


def test_a_window_is_entered_as_numbers(qtbot: QtBot, viewer: Viewer, films: list[CaseResult]) -> None:
    _show(qtbot, viewer, films[0])
    for name, typed in (("windowWidth", "500"), ("windowLevel", "1,5"), ("windowLevel", "1200")):
        field = viewer.film_bar.findChild(QLineEdit, name)
        assert isinstance(field, QLineEdit)
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert viewer.film_bar.words.startswith("W 500 ")
        assert viewer.film.look.window is not None
        assert typed != "1,5" or viewer.film.look.window.center == 1.5
    assert viewer.film.picture is not None
    window = viewer.film.look.window_on(viewer.film.picture.scale)
    assert (window.width, window.center) == (500.0, 1200.0)
    assert viewer.film_bar.words.startswith("W 500 L 1200 ·")
    for nonsense in ("-", "1e", ",,", "nan"):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, nonsense)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    field.setFocus()
    qtbot.keyClicks(field, "77")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert viewer.film.look.window_on(viewer.film.picture.scale).center == 1200.0
    assert field.text() == "1200"


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"RescaleSlope": 0.5, "RescaleIntercept": -1000, "RescaleType": "HU"}, ": 0.0 HU"),
        ({"RescaleSlope": 20, "RescaleIntercept": 0}, ": 40000"),
        ({"RescaleSlope": 0.001, "RescaleIntercept": 0, "RescaleType": "OD"}, ": 2.000 OD"),
    ],
)
def test_a_value_is_as_fine_as_the_films_values_are(
    qtbot: QtBot, viewer: Viewer, tmp_path: Path, tags: dict[str, object], words: str
) -> None:
    pixels = np.full((200, 200), 2000, dtype=np.uint16)
    pixels[0, 0] = 0
    path = write_dicom(tmp_path / "film.dcm", pixels, **tags)
    _show(qtbot, viewer, CaseResult(index=0, file="film.dcm", path=path, status=CaseStatus.REJECTED))
    for place in (QPoint(5, 5), viewer.film.rect().center()):
        qtbot.mouseMove(viewer.film, place)
    assert _pointed(viewer).endswith(words)


def test_two_films_are_moved_and_windowed_together(qtbot: QtBot, viewer: Viewer, films: list[CaseResult]) -> None:
    _show(qtbot, viewer, films[0])
    viewer.film.zoom_in()
    _compare(qtbot, viewer, films[2])
    assert not viewer.beside.placement.fitted
    enlarged = viewer.beside.placement.scale
    qtbot.mousePress(viewer.film, Qt.MouseButton.RightButton, pos=QPoint(100, 100))
    qtbot.mouseMove(viewer.film, QPoint(40, 130))
    qtbot.mouseRelease(viewer.film, Qt.MouseButton.RightButton, pos=QPoint(40, 130))
    assert viewer.film.picture is not None
    assert viewer.beside.picture is not None
    ours = viewer.film.look.window_on(viewer.film.picture.scale)
    theirs = viewer.beside.look.window_on(viewer.beside.picture.scale)
    assert theirs.width / 2047 == pytest.approx(ours.width / 4095)
    assert theirs.center / 2047 == pytest.approx(ours.center / 4095, abs=1e-3)
    viewer.beside.zoom_in()
    assert viewer.beside.placement.scale == pytest.approx(enlarged * 1.2)
    relative = [view.placement.scale / view.placement.fit().scale for view in (viewer.film, viewer.beside)]
    assert relative[0] == pytest.approx(relative[1])


def test_a_film_kept_beside_stays_as_one_goes_on(qtbot: QtBot, viewer: Viewer, films: list[CaseResult]) -> None:
    _show(qtbot, viewer, films[0])
    viewer.keep_beside()
    qtbot.waitUntil(lambda: viewer.beside.has_film, timeout=30_000)
    viewer.beside.zoom_in()
    viewer.show_result(films[2])
    qtbot.waitUntil(lambda: viewer.film.has_film, timeout=30_000)
    assert viewer.comparing
    assert viewer.beside.picture is not None
    assert viewer.beside.picture.facts.rows == 240
    assert not viewer.film.placement.fitted  # the new film lies as the one beside it
    viewer.keep_beside()
    assert not viewer.beside.isVisible()


def test_heat_that_was_hidden_comes_without_moving_the_film(
    qtbot: QtBot, viewer: Viewer, films: list[CaseResult]
) -> None:
    _show(qtbot, viewer, films[0])
    viewer.heat_bar.set_heat(shown=True, opacity=1.0)
    viewer.film.zoom_in()
    place, bare = viewer.film.placement, viewer.film.grab().toImage()
    viewer.show_result(replace(films[0], status=CaseStatus.SCORED, score=make_scored(0, 0.9).score))
    assert viewer.film.placement == place
    assert viewer.film.grab().toImage() != bare
    viewer.show_result(films[0])
    assert viewer.film.grab().toImage() == bare


def test_earlier_films_are_offered_until_another_film_is_chosen(
    qtbot: QtBot, viewer: Viewer, films: list[CaseResult]
) -> None:
    offered: list[tuple[OtherFilm, ...]] = []
    viewer.others_offered.connect(offered.append)
    _show(qtbot, viewer, films[0])
    viewer.offer_others([OtherFilm(films[1].path, "2025-03-01")])
    viewer.show_result(films[2])
    assert [len(others) for others in offered] == [0, 1, 0]


def test_a_film_beside_that_cannot_be_read_says_so(
    qtbot: QtBot, viewer: Viewer, films: list[CaseResult], tmp_path: Path
) -> None:
    _show(qtbot, viewer, films[0])
    with qtbot.waitSignal(viewer._loader.film_failed, timeout=30_000):
        viewer.compare_with(tmp_path / "gone.dcm", "gone")
    assert viewer.film.has_film
    assert not viewer.beside.has_film
