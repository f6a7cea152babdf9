from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.model.card import AgeBand, Calibration, Estimate, PointsByAge
from engine.results.intervals import wilson
from tests.training.evaluate.made_up import (
    BALANCED,
    BALANCED_BY_AGE,
    calibrated_set,
    operating_point,
    outcomes,
    question,
)
from training.evaluate.measures import Confusion, discrimination, point_figures
from training.statistics import Outcomes, auroc, estimate, estimates, honest_interval, resample_patients


def test_counts_and_shares_worked_by_hand() -> None:
    confusion = Confusion.at(outcomes([0.9, 0.8, 0.5, 0.1], [0.6, 0.4, 0.3, 0.2, 0.1, 0.0]), 0.5)
    assert confusion == Confusion(true_positive=3, false_positive=1, false_negative=1, true_negative=5)
    assert confusion.shares() == pytest.approx((3 / 4, 5 / 6, 3 / 4, 6 / 8, 8 / 10))


def test_a_share_of_nothing_is_no_number() -> None:
    sensitivity, specificity, precision, f1, _ = Confusion.at(outcomes([], [0.1, 0.2]), 0.5).shares()
    assert np.isnan([sensitivity, precision, f1]).all()
    assert specificity == 1.0


def test_uncertain_films_are_counted_either_way() -> None:
    asked = question([0.9, 0.9, 0.6, 0.4, 0.1], [0.05, 0.1, 0.35, 0.55, 0.8])
    threshold, read, passed = point_figures(asked, [BALANCED_BY_AGE], resamples=20)
    assert threshold.confusion == Confusion(3, 2, 2, 3)
    assert read.confusion == Confusion(4, 3, 1, 2)
    assert passed.confusion == Confusion(2, 1, 3, 4)
    assert read.sensitivity is not None
    assert read.sensitivity.value == pytest.approx(0.8)
    assert read.sensitivity.low <= 0.8 <= read.sensitivity.high
    assert [row.threshold for row in (threshold, read, passed)] == [0.5, 0.3, 0.7]


def test_films_are_called_at_the_threshold_of_their_age() -> None:
    strict = operating_point("balanced", 0.8, 0.85, 0.9)
    calibration = Calibration(method="", slope=1.0, intercept=0.0, prevalence=0.5)
    band = AgeBand(age_from_years=18, age_to_years=99, calibration=calibration, operating_points=(strict,))
    child = AgeBand(age_from_years=1, age_to_years=5, calibration=calibration, operating_points=(BALANCED,))
    points = PointsByAge(BALANCED, ((child, BALANCED), (band, strict)))
    asked = question([0.9, 0.82, 0.6, 0.6, 0.6], [0.6, 0.6, 0.2, 0.1, 0.6])
    mixed = replace(asked, ages=np.array([40.0, 40.0, 40.0, 3.0, np.nan, 40.0, 3.0, 3.0, np.nan, 40.0]))
    threshold, read, _ = point_figures(mixed, [points], resamples=20)
    assert threshold.confusion == Confusion(3, 1, 2, 4)
    assert read.confusion == Confusion(4, 1, 1, 4)
    assert threshold.threshold is None
    grown = replace(asked, ages=np.full(10, 40.0))
    (row, *_) = point_figures(grown, [points], resamples=20)
    assert (row.threshold, row.confusion) == (0.85, Confusion(1, 0, 4, 5))


def test_four_films_of_a_sort_give_a_dash() -> None:
    asked = question([0.9, 0.8, 0.7, 0.6], [0.4, 0.3, 0.2, 0.1, 0.0])
    (row, *_) = point_figures(asked, [BALANCED_BY_AGE], resamples=20)
    assert (row.sensitivity, row.precision, row.f1, row.accuracy) == (None, None, None, None)
    assert row.specificity is not None
    assert discrimination(asked, resamples=20).auroc is None
    assert discrimination(question([0.9] * 5, [0.1] * 5), resamples=20).auroc == Estimate(1.0, 1.0, 1.0)


def test_a_share_of_one_gets_a_width() -> None:
    films = Outcomes(np.full(8, 0.9), np.ones(8, dtype=np.bool_), np.array(["a", "a", "b", "c", "d", "e", "f", "g"]))
    share = honest_interval(Estimate(1.0, 1.0, 1.0), films, films.truth)
    assert share == wilson(7, 7)
    assert 0.6 < share.low < 0.7
    between = Estimate(0.9, 0.8, 0.95)
    assert honest_interval(between, films, films.truth) is between


def test_figures_from_one_set_of_draws_are_those_drawn_apart() -> None:
    films = calibrated_set(200)
    together = estimates(films, lambda sample: [auroc(sample), float("nan")], seed=4, resamples=50)
    assert together[0] == estimate(films, auroc, seed=4, resamples=50)
    assert np.isnan([together[1].value, together[1].low, together[1].high]).all()


def test_draws_of_films_of_one_class_come_to_an_end() -> None:
    assert len(list(resample_patients(outcomes([0.5, 0.6], []), seed=1, resamples=5))) == 5
