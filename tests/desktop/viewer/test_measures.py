import pytest
from PySide6.QtCore import QPointF

from desktop.viewer.measures import Measure, MeasureKind, Sketch
from engine.films.film import FilmFacts


def facts(spacing: tuple[float, float] | None = None, *, on_detector: bool = False) -> FilmFacts:
    return FilmFacts(
        container="dicom", rows=100, columns=100, pixel_spacing_mm=spacing, spacing_on_detector=on_detector
    )


RULER = Measure(MeasureKind.RULER, (QPointF(10, 10), QPointF(40, 50)))


@pytest.mark.parametrize(
    ("film", "words"),
    [
        (facts(), "50.0 pixels"),
        (facts((0.2, 0.2)), "10.0 mm"),
        (facts((0.2, 0.2), on_detector=True), "10.0 mm on the detector"),
        (facts((0.0, 1.0)), "30.0 mm"),  # rows and columns each have their own distance
        (facts((1.0, 0.0)), "40.0 mm"),
    ],
)
def test_a_ruler_says_what_it_measured_in(film: FilmFacts, words: str) -> None:
    assert RULER.words(film) == words


@pytest.mark.parametrize(
    ("last", "degrees"),
    [(QPointF(20, 10), 0.0), (QPointF(10, 0), 90.0), (QPointF(0, 20), 135.0), (QPointF(0, 10), 180.0)],
)
def test_angles(last: QPointF, degrees: float) -> None:
    angle = Measure(MeasureKind.ANGLE, (QPointF(20, 10), QPointF(10, 10), last))
    assert angle.degrees(facts()) == pytest.approx(degrees)
    assert angle.words(facts()) == f"{degrees:.1f}°"


def test_an_angle_on_pixels_that_are_not_square() -> None:
    angle = Measure(MeasureKind.ANGLE, (QPointF(1, 0), QPointF(0, 0), QPointF(1, 1)))
    assert angle.degrees(facts((2.0, 1.0))) == pytest.approx(63.4349)


def test_a_point_on_top_of_the_last_one_is_no_point() -> None:
    sketch = Sketch(MeasureKind.RULER, (QPointF(5, 5),), QPointF(5, 6))
    assert not sketch.with_point(apart=2.0).is_whole
    done = sketch.moved(QPointF(50, 5)).with_point(apart=2.0)
    assert done.is_whole
    assert done.settled == (QPointF(5, 5), QPointF(50, 5))
