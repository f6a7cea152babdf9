"""From raw logits to decisions: calibration, operating points and their uncertain bands."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from engine.model.card import Calibration, CalibrationCheck, OperatingPoint
from training.statistics import Outcomes, estimate, estimates, resample_patients, sensitivity, specificity

PREVALENCE = 0.5
_SCREENING_SENSITIVITY = 0.99
_RULE_IN_SPECIFICITY = 0.99
_BAND_RESAMPLES = 500
_CHECK_RESAMPLES = 500

Rule = Callable[[Outcomes], float]


def fit_calibration(outcomes: Outcomes) -> Calibration:
    """Platt scaling of raw logits, each class weighted so that pneumonia has the card's prevalence."""
    positives = outcomes.truth.mean()
    weights = np.where(outcomes.truth, PREVALENCE / positives, (1 - PREVALENCE) / (1 - positives))
    model = LogisticRegression(C=1e6, max_iter=1000)
    model.fit(outcomes.scores[:, np.newaxis], outcomes.truth, sample_weight=weights)
    return Calibration(
        method="Platt scaling on held-out patients",
        slope=float(model.coef_[0, 0]),
        intercept=float(model.intercept_[0]),
        prevalence=PREVALENCE,
    )


def calibrated(outcomes: Outcomes, calibration: Calibration) -> Outcomes:
    """The same films with probabilities for scores."""
    scores = np.array([calibration.probability(logit) for logit in outcomes.scores])
    return Outcomes(scores, outcomes.truth, outcomes.patients)


def check_calibration(outcomes: Outcomes, calibration: Calibration, *, data_set: str) -> CalibrationCheck:
    """Slope and intercept of a second calibration on top of the first (Cox 1958), on films it was not fitted to.

    Args:
        outcomes: Raw logits.
        calibration: What is to be checked.
        data_set: What the films are, in words.
    """
    again = Outcomes(calibration.slope * outcomes.scores + calibration.intercept, outcomes.truth, outcomes.patients)

    def refit(sample: Outcomes) -> list[float]:
        second = fit_calibration(sample)
        return [second.slope, second.intercept]

    slope, intercept = estimates(again, refit, resamples=_CHECK_RESAMPLES)
    return CalibrationCheck(data_set=data_set, slope=slope, intercept=intercept)


def operating_points(choose: Outcomes, report: Outcomes, *, data_set: str) -> tuple[OperatingPoint, ...]:
    """Operating points chosen on some patients and measured on others; both hold probabilities.

    The uncertain band reaches as far as the threshold itself moves when the choosing patients are resampled:
    its ends are the 2.5th and 97.5th percentile of 500 bootstrap thresholds.

    Args:
        choose: What the thresholds are chosen on.
        report: What they are measured on.
        data_set: What the films to measure on are, in words.
    """
    rules: tuple[tuple[str, str, Rule], ...] = (
        (
            "screening",
            "highest threshold with sensitivity at least 0.99, and not above the balanced one",
            _screening,
        ),
        ("balanced", "maximises the worse of sensitivity and specificity", balanced_threshold),
        (
            "rule_in",
            "lowest threshold with specificity at least 0.99, and not below the balanced one",
            _rule_in,
        ),
    )
    return tuple(_measure(name, words, rule, choose, report, data_set) for name, words, rule in rules)


def _measure(name: str, words: str, rule: Rule, choose: Outcomes, report: Outcomes, data_set: str) -> OperatingPoint:
    threshold = rule(choose)
    moved = [rule(sample) for sample in resample_patients(choose, seed=1, resamples=_BAND_RESAMPLES)]
    low, high = np.percentile(moved, [2.5, 97.5])
    low, high = min(float(low), threshold), max(float(high), threshold)
    uncertain = (report.scores >= low) & (report.scores < high)
    by_class = [float(uncertain[report.truth == positive].mean()) for positive in (True, False)]
    return OperatingPoint(
        name=name,
        rule=words,
        threshold=threshold,
        threshold_low=low,
        threshold_high=high,
        data_set=data_set,
        sensitivity=estimate(report, lambda sample: sensitivity(sample, threshold)),
        specificity=estimate(report, lambda sample: specificity(sample, threshold)),
        uncertain_share=PREVALENCE * by_class[0] + (1 - PREVALENCE) * by_class[1],
        sensitivity_if_uncertain_read=sensitivity(report, low),
        specificity_if_uncertain_read=specificity(report, low),
        sensitivity_if_uncertain_passed=sensitivity(report, high),
        specificity_if_uncertain_passed=specificity(report, high),
        perturbed=None,
    )


def _curve(outcomes: Outcomes) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Thresholds between neighbouring scores, ascending, with sensitivity and specificity at each."""
    scores = np.unique(outcomes.scores)
    thresholds = np.concatenate(([scores[0]], (scores[1:] + scores[:-1]) / 2))
    positive, negative = np.sort(outcomes.scores[outcomes.truth]), np.sort(outcomes.scores[~outcomes.truth])
    found = 1 - np.searchsorted(positive, thresholds) / len(positive)
    passed = np.searchsorted(negative, thresholds) / len(negative)
    return thresholds, found, passed


def balanced_threshold(outcomes: Outcomes) -> float:
    """The threshold that maximises the worse of sensitivity and specificity; the middle one of several."""
    thresholds, found, passed = _curve(outcomes)
    worse = np.minimum(found, passed)
    best = thresholds[worse >= worse.max() - 1e-9]
    return float(best[len(best) // 2])


def _screening(outcomes: Outcomes) -> float:
    thresholds, found, _ = _curve(outcomes)
    good = thresholds[found >= _SCREENING_SENSITIVITY]
    highest = float(good[-1]) if len(good) else float(thresholds[0])
    return min(highest, balanced_threshold(outcomes))


def _rule_in(outcomes: Outcomes) -> float:
    thresholds, _, passed = _curve(outcomes)
    good = thresholds[passed >= _RULE_IN_SPECIFICITY]
    lowest = float(good[0]) if len(good) else float(thresholds[-1])
    return max(lowest, balanced_threshold(outcomes))
