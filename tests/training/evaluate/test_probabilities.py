from __future__ import annotations

import pytest

from tests.training.evaluate.made_up import calibrated_set, outcomes, question
from training.evaluate.probabilities import (
    calibration_error,
    decision_curve,
    net_benefit,
    reliability,
    reliability_bins,
)
from training.statistics import Outcomes


def test_calibrated_probabilities_have_no_error() -> None:
    assert calibration_error(calibrated_set(), 0.5) < 0.01
    assert all(abs(place.predicted - place.observed) < 0.03 for place in reliability_bins(calibrated_set(), 0.5))


def test_probabilities_that_are_too_high_by_a_fifth() -> None:
    films = calibrated_set()
    too_high = Outcomes(0.2 + 0.8 * films.scores, films.truth, films.patients)
    # the mean of 0.2 + 0.8 s - s over s in 0..1
    assert calibration_error(too_high, 0.5) == pytest.approx(0.1, abs=0.01)


def test_the_error_is_that_of_the_stated_prevalence() -> None:
    """Eight in ten films are positive, and each is given one half: right at one half, 0.3 off as they are."""
    films = outcomes([0.5] * 80, [0.5] * 20)
    assert calibration_error(films, 0.5) == pytest.approx(0.0)
    assert calibration_error(films, 0.8) == pytest.approx(0.3)
    found = reliability_bins(films, 0.8)
    assert [place.films for place in found] == [10] * 10
    assert [place.observed for place in found] == pytest.approx([0.8] * 10)


def test_bins_worked_by_hand() -> None:
    """Twenty films, two in each bin, ten of each sort: every film weighs 1/20."""
    films = outcomes([0.05 * n + 0.02 for n in range(10, 20)], [0.05 * n for n in range(10)])
    found = reliability_bins(films, 0.5)
    assert [place.films for place in found] == [2] * 10
    assert [place.observed for place in found] == [0.0] * 5 + [1.0] * 5
    assert found[0].predicted == pytest.approx(0.025)
    assert found[9].predicted == pytest.approx(0.945)
    off = [0.05 * n for n in range(10)] + [1 - 0.05 * n - 0.02 for n in range(10, 20)]
    assert calibration_error(films, 0.5) == pytest.approx(sum(off) / 20)


def test_few_films_have_no_reliability_diagram() -> None:
    few = reliability(question([0.9] * 10, [0.1] * 10), 0.5, resamples=10)
    assert few.bins == ()
    assert few.error is None
    enough = reliability(question([0.9] * 20, [0.1] * 20), 0.5, resamples=10)
    assert enough.error is not None
    assert enough.error.value == pytest.approx(0.1)


def test_net_benefit_worked_by_hand() -> None:
    films = outcomes([0.9, 0.8, 0.6, 0.1], [0.7, 0.3, 0.2, 0.1, 0.0])
    # At 0.5: sensitivity 3/4, specificity 4/5, odds 1, prevalence 0.5: 0.5 * 0.75 - 0.5 * 0.2 * 1
    assert net_benefit(films, 0.5, 0.5) == pytest.approx(0.275)
    # At 0.25: sensitivity 3/4, specificity 3/5, odds 1/3, prevalence 0.2: 0.2 * 0.75 - 0.8 * 0.4 / 3
    assert net_benefit(films, 0.25, 0.2) == pytest.approx(0.15 - 0.32 / 3)


def test_few_films_have_no_decision_curve() -> None:
    assert decision_curve(question([0.9] * 4, [0.1] * 9), 0.5) is None


def test_reading_all_is_the_model_that_calls_all() -> None:
    curve = decision_curve(question([1.0] * 5, [1.0] * 5), 0.3)
    assert curve is not None
    assert curve.model == pytest.approx(curve.read_all)
    assert curve.read_all[curve.thresholds.index(0.3)] == pytest.approx(0.0)
