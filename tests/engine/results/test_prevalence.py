from __future__ import annotations

import pytest

from engine.results.prevalence import at_prevalence, of_hundred


def test_the_same_prevalence_changes_nothing() -> None:
    for probability in (0.0, 0.01, 0.5, 0.93, 1.0):
        assert at_prevalence(probability, calibrated_at=0.3, prevalence=0.3) == pytest.approx(probability)


def test_counted_in_films() -> None:
    """Of 1,000 films half show pneumonia; of those alike to this one 80 do and 20 do not. With pneumonia in 100 of
    1,000 films, 16 alike do and 36 do not.
    """
    assert at_prevalence(0.8, calibrated_at=0.5, prevalence=0.1) == pytest.approx(16 / (16 + 36))


def test_there_and_back_again() -> None:
    there = at_prevalence(0.7, calibrated_at=0.6, prevalence=0.05)
    assert there < 0.7
    assert at_prevalence(there, calibrated_at=0.05, prevalence=0.6) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("probability", "calibrated_at", "prevalence"),
    [(-0.1, 0.5, 0.5), (1.1, 0.5, 0.5), (0.5, 0.0, 0.5), (0.5, 0.5, 1.0), (float("nan"), 0.5, 0.5)],
)
def test_what_is_no_share_is_refused(probability: float, calibrated_at: float, prevalence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        at_prevalence(probability, calibrated_at=calibrated_at, prevalence=prevalence)


@pytest.mark.parametrize(
    ("probability", "films"), [(0.0, 1), (0.004, 1), (0.884, 88), (0.886, 89), (0.996, 99), (1.0, 99)]
)
def test_no_film_is_certain(probability: float, films: int) -> None:
    assert of_hundred(probability) == films
