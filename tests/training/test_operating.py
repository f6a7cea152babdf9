from __future__ import annotations

import numpy as np
import pytest

from training.export.operating import (
    PREVALENCE,
    Variants,
    calibrated,
    check_calibration,
    fit_calibration,
    operating_points,
)
from training.statistics import Outcomes, auroc, estimate, resample_patients, sensitivity, specificity


def drawn(seed: int, *, count: int = 2000, share: float = 0.7, apart: float = 3.0) -> Outcomes:
    """Logits of two normal distributions of width 1; two films per patient."""
    chance = np.random.default_rng(seed)
    truth = chance.random(count) < share
    scores = chance.normal(size=count) + apart * (truth - 0.5)
    return Outcomes(scores, truth, np.array([f"{n // 2}" for n in range(count)]))


def test_calibration_is_right_at_the_stated_prevalence() -> None:
    """For equal-width normals the true log odds at prevalence 0.5 are apart * score, whatever the mix was."""
    calibration = fit_calibration(drawn(1, count=40_000, apart=2.0))
    assert calibration.prevalence == PREVALENCE == 0.5
    assert calibration.slope == pytest.approx(2.0, rel=0.05)
    assert calibration.intercept == pytest.approx(0.0, abs=0.05)


def test_a_good_calibration_checks_out_and_a_bad_one_does_not() -> None:
    calibration = fit_calibration(drawn(1, count=20_000, apart=2.0))
    good = check_calibration(drawn(2, count=2000, apart=2.0), calibration, data_set="more of the same")
    assert good.slope.low < 1.0 < good.slope.high
    assert good.intercept.low < 0.0 < good.intercept.high
    bad = check_calibration(drawn(2, count=2000, apart=1.0), calibration, data_set="harder films")
    assert bad.slope.high < 0.8


def test_operating_points_keep_their_promises_on_other_patients() -> None:
    calibration = fit_calibration(drawn(1))
    choose, report = (calibrated(drawn(seed, count=6000, apart=5.0), calibration) for seed in (2, 3))
    screening, balanced, rule_in = operating_points(Variants(choose), Variants(report), data_set="more of the same")
    assert screening.threshold <= balanced.threshold <= rule_in.threshold
    assert sensitivity(choose, screening.threshold) >= 0.99
    assert specificity(choose, rule_in.threshold) >= 0.99
    assert screening.sensitivity.value == pytest.approx(0.99, abs=0.01)
    assert rule_in.specificity.value == pytest.approx(0.99, abs=0.01)
    assert balanced.sensitivity.value == pytest.approx(balanced.specificity.value, abs=0.02)
    for point in (screening, balanced, rule_in):
        assert point.data_set == "more of the same"
        assert 0.0 < point.uncertain_share < 0.2
        assert point.sensitivity_if_uncertain_read >= point.sensitivity.value >= point.sensitivity_if_uncertain_passed
        assert point.specificity_if_uncertain_read <= point.specificity.value <= point.specificity_if_uncertain_passed


def test_the_interval_covers_the_truth() -> None:
    """AUROC of two normals that lie `apart` widths from each other is Phi(apart / sqrt 2) = 0.9214 for 2."""
    found = estimate(drawn(5, apart=2.0), auroc)
    assert found.low < 0.9214 < found.high
    assert found.high - found.low < 0.05


def test_patients_are_drawn_whole() -> None:
    outcomes = drawn(6, count=200)
    for sample in resample_patients(outcomes, seed=1, resamples=20):
        _, films = np.unique(sample.patients, return_counts=True)
        _, sizes = np.unique(outcomes.patients, return_counts=True)
        size_of = dict(zip(np.unique(outcomes.patients), sizes, strict=True))
        for patient, count in zip(np.unique(sample.patients), films, strict=True):
            assert count % size_of[patient] == 0
            drawn_scores = np.sort(sample.scores[sample.patients == patient])
            own_scores = np.sort(outcomes.scores[outcomes.patients == patient])
            assert np.array_equal(drawn_scores, np.sort(np.repeat(own_scores, count // size_of[patient])))
