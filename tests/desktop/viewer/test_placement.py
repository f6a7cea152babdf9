import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF

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


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_mirroring_swaps_left_and_right_of_the_screen_however_turned(placement: Placement, turns: int) -> None:
    for _ in range(turns):
        placement = placement.turned()
    placement = placement.zoomed(1.5, QPointF(300, 500))
    for spot in (QPointF(10, 20), QPointF(390, 20), QPointF(100, 290)):
        before, after = placement.transform().map(spot), placement.flipped().transform().map(spot)
        assert after.x() == pytest.approx(800 - before.x())
        assert after.y() == pytest.approx(before.y())
    again = placement.flipped().flipped()
    assert (again.turns, again.mirrored, again.centre) == (placement.turns, False, placement.centre)


def test_a_point_of_the_view_finds_its_spot_on_a_turned_and_mirrored_film(placement: Placement) -> None:
    moved = placement.turned().flipped().zoomed(1.3, QPointF(200, 200))
    spot = moved.film_point(moved.transform().map(QPointF(33, 44)))
    assert (spot.x(), spot.y()) == pytest.approx((33, 44))


def test_what_is_in_sight_is_a_part_of_the_film(placement: Placement) -> None:
    assert placement.in_sight(QRectF(0, 0, 800, 800)) == QRectF(0, 0, 400, 300)
    close = placement.flipped().zoomed(4.0, QPointF(0, 400))
    seen = close.in_sight(QRectF(0, 0, 800, 800))
    assert seen.right() == pytest.approx(400)  # its right side is on the left of the screen
    assert seen.width() == pytest.approx(100)


def test_a_film_follows_another_of_a_different_size(placement: Placement) -> None:
    small = Placement(film=QSizeF(200, 150), view=QSizeF(800, 800)).fit()
    moved = placement.zoomed(3.0, QPointF(100, 300))
    followed = small.like(moved)
    for place in (QPointF(0, 0), QPointF(800, 800), QPointF(100, 300)):
        ours, theirs = followed.film_point(place), moved.film_point(place)
        assert (ours.x() / 200, ours.y() / 150) == pytest.approx((theirs.x() / 400, theirs.y() / 300))
    assert small.turned().like(moved).turns == 1
    assert followed.like(placement).fitted


def test_upright_undoes_turns_and_mirrors(placement: Placement) -> None:
    assert placement.turned().flipped().zoomed(2.0, QPointF(5, 5)).upright() == placement
