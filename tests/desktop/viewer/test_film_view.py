import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.viewer.film_view import FilmView
from desktop.viewer.picture import prepare_picture
from tests.desktop.builders import make_heat


@pytest.fixture
def view(dressed: object, qtbot: QtBot) -> FilmView:
    shown = FilmView()
    qtbot.addWidget(shown)
    shown.resize(400, 400)
    shown.show()
    pixels = np.full((200, 200), 0x4000, dtype=np.uint16)
    pixels[:20, :20] = 0xFFFF
    shown.show_film(prepare_picture(pixels), make_heat())
    return shown


def _colour(view: FilmView, x: int, y: int) -> QColor:
    return view.grab().toImage().pixelColor(x, y)


def test_the_density_of_the_heat_changes_the_picture(view: FilmView) -> None:
    bare = _colour(view, 200, 200)
    assert bare.saturation() == 0
    view.set_heat(shown=True, opacity=0.3)
    thin = _colour(view, 200, 200)
    view.set_heat(shown=True, opacity=0.9)
    dense = _colour(view, 200, 200)
    assert bare.red() < thin.red() < dense.red()
    view.set_bare(True)
    assert _colour(view, 200, 200) == bare
    view.set_bare(False)
    view.set_heat(shown=False, opacity=0.9)
    assert _colour(view, 200, 200) == bare


def test_heat_leaves_cold_parts_as_they_are(view: FilmView) -> None:
    bare = _colour(view, 350, 350)
    view.set_heat(shown=True, opacity=1.0)
    assert _colour(view, 350, 350) == bare


def test_invert_and_turn(view: FilmView) -> None:
    assert _colour(view, 10, 10).red() == 255
    view.turn()
    assert _colour(view, 390, 10).red() == 255
    view.invert()
    assert _colour(view, 390, 10).red() == 0


def test_the_wheel_zooms_and_the_mouse_drags(view: FilmView, qtbot: QtBot) -> None:
    before = view.placement.scale
    wheel = QWheelEvent(
        QPointF(100, 100),
        view.mapToGlobal(QPointF(100, 100)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, wheel)
    assert view.placement.scale > before
    centre = view.placement.centre
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(view, QPoint(130, 90))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(130, 90))
    assert view.placement.centre - centre == QPointF(30, -10)
    view.fit()
    assert view.placement.scale == before
    view.show_actual_size()
    assert view.placement.scale == 1.0


def test_a_message_takes_the_films_place(view: FilmView) -> None:
    view.show_message("The file is empty.")
    assert not view.has_film
    assert _colour(view, 10, 10) == QColor("#000000")
