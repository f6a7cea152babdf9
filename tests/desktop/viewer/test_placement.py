import pytest
from PySide6.QtCore import QPointF, QSizeF

from desktop.viewer.placement import Placement


@pytest.fixture
def placement() -> Placement:
    return Placement(film=QSizeF(400, 300), view=QSizeF(800, 800)).fit()


def test_fit_shows_the_whole_film(placement: Placement) -> None:
    assert placement.scale == 2.0
    transform = placement.transform()
    assert transform.map(QPointF(0, 0)) == QPointF(0, 100)
    assert transform.map(QPointF(400, 300)) == QPointF(800, 700)


def test_zoom_keeps_the_spot_under_the_cursor(placement: Placement) -> None:
    cursor = QPointF(600, 350)
    inverse, _ = placement.transform().inverted()
    spot = inverse.map(cursor)
    zoomed = placement.zoomed(1.7, cursor)
    after = zoomed.transform().map(spot)
    assert abs(after.x() - cursor.x()) < 1e-6
    assert abs(after.y() - cursor.y()) < 1e-6
    assert not zoomed.fitted


def test_a_turned_film_is_fitted_anew(placement: Placement) -> None:
    turned = placement.turned()
    assert turned.turns == 1
    assert turned.scale == 2.0
    assert turned.transform().map(QPointF(0, 0)) == QPointF(700, 0)
    assert placement.turned().turned().turned().turned().turns == 0


def test_a_fitted_film_follows_the_view_and_a_zoomed_one_does_not(placement: Placement) -> None:
    assert placement.resized(QSizeF(400, 400)).scale == 1.0
    zoomed = placement.zoomed(2.0, QPointF(400, 400))
    assert zoomed.resized(QSizeF(400, 400)).scale == zoomed.scale


def test_a_film_cannot_be_lost(placement: Placement) -> None:
    far = placement.panned(QPointF(1e6, -1e6))
    corner = far.transform().map(QPointF(0, 300))
    assert corner.x() < 800
    assert corner.y() > 0
    assert placement.zoomed(1e9, QPointF(0, 0)).scale <= 16.0
    assert placement.zoomed(1e-9, QPointF(0, 0)).scale > 0.1
