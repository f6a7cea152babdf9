import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.viewer.film_view import FilmView
from desktop.viewer.hand import Tool
from desktop.viewer.heat_layer import HeatLayer
from desktop.viewer.heat_style import HeatStyle
from desktop.viewer.look import Preset
from desktop.viewer.measures import MeasureKind
from engine.films.tone import Window
from engine.model.heatmap import Heat, Ramp
from engine.model.preprocess import Box
from tests.desktop.builders import make_heat, make_lungs, make_picture

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton


@pytest.fixture
def view(dressed: object, qtbot: QtBot) -> FilmView:
    """A film of 200 x 200 pixels in a view of 400 x 400: 1000 everywhere, but for 4000 in its upper left corner."""
    shown = FilmView()
    qtbot.addWidget(shown)
    shown.resize(400, 400)
    shown.show()
    values = np.full((200, 200), 1000, dtype=np.uint16)
    values[:20, :20] = 4000
    picture = make_picture(values, window=Window(2000, 4000), spacing=(0.5, 0.5))
    shown.show_film(picture, HeatLayer(make_heat(), make_lungs(), rows=200, columns=200))
    return shown


def _colour(view: FilmView, x: int, y: int) -> QColor:
    return view.grab().toImage().pixelColor(x, y)


def _drag(qtbot: QtBot, view: FilmView, button: Qt.MouseButton, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(view, button, pos=start)
    qtbot.mouseMove(view, (start + end) / 2)
    qtbot.mouseMove(view, end)
    qtbot.mouseRelease(view, button, pos=end)


def _wheel(view: FilmView, at: QPointF, steps: int) -> None:
    wheel = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, wheel)


def test_the_density_of_the_heat_changes_the_picture(view: FilmView) -> None:
    bare = _colour(view, 200, 200)
    assert bare.saturation() == 0
    view.set_heat(HeatStyle(shown=True, opacity=0.3))
    thin = _colour(view, 200, 200)
    view.set_heat(HeatStyle(shown=True, opacity=0.9))
    dense = _colour(view, 200, 200)
    assert bare.red() < thin.red() < dense.red()
    view.set_bare(True)
    assert _colour(view, 200, 200) == bare
    view.set_bare(False)
    view.set_heat(HeatStyle(shown=False, opacity=0.9))
    assert _colour(view, 200, 200) == bare


def test_heat_leaves_cold_parts_as_they_are(view: FilmView) -> None:
    bare = _colour(view, 350, 350)
    view.set_heat(HeatStyle(shown=True, opacity=1.0))
    assert _colour(view, 350, 350) == bare


def test_contours_leave_the_film_free_within_them(view: FilmView) -> None:
    bare = view.grab().toImage()
    view.set_heat(HeatStyle(shown=True, opacity=1.0, contours=True))
    lined = view.grab().toImage()
    assert lined.pixelColor(200, 200) == bare.pixelColor(200, 200)
    assert any(lined.pixelColor(x, 200) != bare.pixelColor(x, 200) for x in range(100, 200))


def test_other_colours_are_other_colours(view: FilmView) -> None:
    seen = set()
    for ramp in Ramp:
        view.set_heat(HeatStyle(shown=True, opacity=1.0, ramp=ramp))
        seen.add(_colour(view, 200, 200).name())
    assert len(seen) == len(Ramp)


def test_lungs_are_outlined_when_asked_for(view: FilmView) -> None:
    bare = view.grab().toImage()
    view.set_heat(HeatStyle(lungs_shown=True))
    lined = view.grab().toImage()
    blue = [x for x in range(400) if lined.pixelColor(x, 200).saturation() > 60]
    assert {round(x / 57) for x in blue} == {1, 3, 4, 6}  # each lung's two sides, at 57, 171, 243 and 357
    view.set_bare(True)
    assert view.grab().toImage() == bare


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_heat_lies_on_the_same_spot_however_turned(view: FilmView, turns: int, mirrored: bool) -> None:
    """The heat's one hot cell covers the bright corner of the film, and goes with it."""
    grid = np.zeros((14, 14), dtype=np.float32)
    grid[0, 0] = 1.0
    assert view.picture is not None
    view.show_film(view.picture, HeatLayer(Heat(grid, Box(0, 0, 1, 1)), None, rows=200, columns=200))
    for _ in range(turns):
        view.turn()
    if mirrored:
        view.mirror()
    view.set_heat(HeatStyle(shown=True, opacity=1.0))
    picture = view.grab().toImage()
    corners = {(10, 10), (390, 10), (10, 390), (390, 390)}
    coloured = {corner for corner in corners if picture.pixelColor(*corner).saturation() > 30}
    view.set_bare(True)
    bright = {corner for corner in corners if view.grab().toImage().pixelColor(*corner).red() > 200}
    assert coloured == bright
    assert len(bright) == 1


def test_the_value_under_the_pointer_is_the_films_own_however_turned(view: FilmView, qtbot: QtBot) -> None:
    def value(x: int, y: int) -> float | None:
        qtbot.mouseMove(view, QPoint(x, y))
        spot = view.film_under_pointer
        assert spot is not None
        assert view.picture is not None
        return view.picture.value_at(spot.x(), spot.y())

    assert value(10, 10) == 4000
    assert value(390, 10) == 1000
    view.mirror()
    assert value(390, 10) == 4000
    view.turn()
    assert value(390, 390) == 4000
    assert value(10, 10) == 1000
    view.invert()
    assert value(390, 390) == 4000


def test_invert_turn_mirror_and_reset(view: FilmView) -> None:
    before = view.grab().toImage()
    assert _colour(view, 10, 10).red() == 255
    view.turn()
    assert _colour(view, 390, 10).red() == 255
    view.mirror()
    assert _colour(view, 10, 10).red() == 255
    view.invert()
    assert _colour(view, 10, 10).red() == 0
    view.set_preset(Preset.WIDE)
    view.zoom_in()
    view.reset()
    assert view.grab().toImage() == before


def test_a_film_has_its_own_side_in_a_layout_from_right_to_left(view: FilmView) -> None:
    before = view.grab().toImage()
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert view.grab().toImage() == before


def test_the_wheel_zooms_and_the_mouse_drags(view: FilmView, qtbot: QtBot) -> None:
    before = view.placement.scale
    spot = view.placement.film_point(QPointF(100, 100))
    _wheel(view, QPointF(100, 100), 2)
    assert view.placement.scale > before
    assert view.placement.film_point(QPointF(100, 100)) == spot
    for button in (LEFT, MIDDLE):
        centre = view.placement.centre
        _drag(qtbot, view, button, QPoint(100, 100), QPoint(130, 90))
        assert view.placement.centre - centre == QPointF(30, -10)
    qtbot.mouseDClick(view, LEFT, pos=QPoint(100, 100))
    assert view.placement.scale == before
    view.show_actual_size()
    assert view.placement.scale == 1.0


def test_the_window_tool_and_the_right_button_change_the_window(view: FilmView, qtbot: QtBot) -> None:
    place = view.placement
    grey = _colour(view, 200, 200).red()
    view.set_tool(Tool.WINDOW)
    _drag(qtbot, view, LEFT, QPoint(200, 200), QPoint(200, 100))
    brighter = _colour(view, 200, 200).red()
    assert brighter > grey + 20
    view.set_tool(Tool.MOVE)
    _drag(qtbot, view, RIGHT, QPoint(200, 100), QPoint(200, 200))
    assert _colour(view, 200, 200).red() == pytest.approx(grey, abs=1)
    _drag(qtbot, view, RIGHT, QPoint(200, 200), QPoint(40, 200))
    assert view.picture is not None
    assert view.look.window_on(view.picture.scale).width == pytest.approx(2000, rel=0.01)
    assert view.placement == place


def test_a_ruler_is_dragged_and_stays_on_its_spot(view: FilmView, qtbot: QtBot) -> None:
    view.set_tool(Tool.RULER)
    _drag(qtbot, view, LEFT, QPoint(100, 100), QPoint(300, 100))
    (ruler,) = view.measures
    assert view.picture is not None
    assert ruler.words(view.picture.facts) == "50.0 mm"  # 100 film pixels of half a millimetre
    view.mirror()
    view.turn()
    _wheel(view, view.placement.transform().map(QPointF(100, 50)), 3)
    assert view.measures == (ruler,)
    assert ruler.points == (QPointF(50, 50), QPointF(150, 50))
    drawn = view.grab().toImage()
    middle = view.placement.transform().map(QPointF(100, 50)).toPoint()
    assert drawn.pixelColor(middle).saturation() > 100
    view.clear_measures()
    assert view.grab().toImage().pixelColor(middle).saturation() == 0


def test_a_ruler_is_also_set_by_two_clicks(view: FilmView, qtbot: QtBot) -> None:
    view.set_tool(Tool.RULER)
    qtbot.mouseClick(view, LEFT, pos=QPoint(100, 100))
    assert view.measures == ()
    qtbot.mouseMove(view, QPoint(200, 150))
    qtbot.mouseClick(view, LEFT, pos=QPoint(300, 100))
    (ruler,) = view.measures
    assert ruler.points == (QPointF(50, 50), QPointF(150, 50))


def test_an_angle_takes_three_points_and_escape_gives_one_up(view: FilmView, qtbot: QtBot) -> None:
    view.set_tool(Tool.ANGLE)
    _drag(qtbot, view, LEFT, QPoint(100, 100), QPoint(100, 300))
    qtbot.mouseMove(view, QPoint(200, 300))
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.measures == ()
    _drag(qtbot, view, LEFT, QPoint(100, 100), QPoint(100, 300))
    qtbot.mouseClick(view, LEFT, pos=QPoint(300, 300))
    (angle,) = view.measures
    assert angle.kind is MeasureKind.ANGLE
    assert view.picture is not None
    assert angle.degrees(view.picture.facts) == pytest.approx(90.0)


def test_the_magnifier_enlarges_under_the_pointer_only(view: FilmView, qtbot: QtBot) -> None:
    view.set_tool(Tool.MAGNIFIER)
    qtbot.mouseMove(view, QPoint(20, 20))
    assert _colour(view, 60, 60).red() == 255  # the corner ends at 40 on the screen, and at 70 in the glass
    assert _colour(view, 300, 300).red() < 100
    view.set_tool(Tool.MOVE)
    assert _colour(view, 60, 60).red() < 100


def test_only_what_is_in_sight_is_painted_and_rightly_so(view: FilmView) -> None:
    """Every zoom shows each pixel where the placement says it lies."""
    values = np.zeros((801, 613), dtype=np.uint16)
    values[400:, 300:] = 4000
    view.show_film(make_picture(values, window=Window(2000, 4000)), None)
    for steps in (0, 4, 4, 4, -20):
        _wheel(view, QPointF(200, 200), steps)
        picture = view.grab().toImage()
        corner = view.placement.transform().map(QPointF(300, 400))
        for way, bright in ((QPointF(3, 3), True), (QPointF(-3, 3), False), (QPointF(3, -3), False)):
            assert (picture.pixelColor((corner + way).toPoint()).red() > 127) is bright


def test_a_message_takes_the_films_place(view: FilmView) -> None:
    view.show_message("The file is empty.")
    assert not view.has_film
    assert _colour(view, 10, 10) == QColor("#000000")
    for change in (view.turn, view.mirror, view.invert, view.zoom_in, view.reset):
        change()
    assert not view.has_film
