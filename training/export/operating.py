"""From raw logits to decisions: calibration, operating points and their uncertain bands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from engine.model.card import Calibration, CalibrationCheck, Estimate, OperatingPoint, PerturbedFigures
from training.statistics import Outcomes, draw_patients, estimate, estimates, honest_interval, sensitivity, specificity

PREVALENCE = 0.5
_SCREENING_SENSITIVITY = 0.99
_RULE_IN_SPECIFICITY = 0.99
_BAND_RESAMPLES = 500
_CHECK_RESAMPLES = 500


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


@dataclass(frozen=True, slots=True, eq=False)
class Variants:
    """The same films as they are and changed, each with its probabilities.

    Attributes:
        plain: The films as they are.
        changed: The same films in the same order, by the words for what was done to them.
    """

    plain: Outcomes
    changed: Mapping[str, Outcomes] = field(default_factory=dict)

    def take(self, index: NDArray[np.intp]) -> Variants:
        """The chosen films in all variants; an index may repeat."""
        return Variants(self.plain.take(index), {words: part.take(index) for words, part in self.changed.items()})

    @property
    def all(self) -> tuple[Outcomes, ...]:
        """The films as they are, then each change."""
        return (self.plain, *self.changed.values())


Rule = Callable[[Variants], float]


def operating_points(choose: Variants, report: Variants, *, data_set: str) -> tuple[OperatingPoint, ...]:
    """Operating points chosen on some patients and measured on others; both hold probabilities.

    The uncertain band reaches as far as the threshold itself moves when the choosing patients are resampled:
    its ends are the 2.5th and 97.5th percentile of 500 bootstrap thresholds.

    Args:
        choose: What the thresholds are chosen on.
        report: What they are measured on.
        data_set: What the films to measure on are, in words.
    """
    balanced = "maximises the worse of sensitivity and specificity"
    if choose.changed:
        balanced += " over the films as they are and under each change"
    rules: tuple[tuple[str, str, Rule], ...] = (
        ("screening", "highest threshold with sensitivity at least 0.99, and not above the balanced one", _screening),
        ("balanced", balanced, balanced_threshold),
        ("rule_in", "lowest threshold with specificity at least 0.99, and not below the balanced one", _rule_in),
    )
    return tuple(_measure(name, words, rule, choose, report, data_set) for name, words, rule in rules)


def _measure(name: str, words: str, rule: Rule, choose: Variants, report: Variants, data_set: str) -> OperatingPoint:
    threshold = rule(choose)
    draws = draw_patients(choose.plain, seed=1, resamples=_BAND_RESAMPLES)
    low, high = np.percentile([rule(choose.take(index)) for index in draws], [2.5, 97.5])
    low, high = min(float(low), threshold), max(float(high), threshold)
    plain = report.plain
    uncertain = (plain.scores >= low) & (plain.scores < high)
    by_class = [float(uncertain[plain.truth == positive].mean()) for positive in (True, False)]
    return OperatingPoint(
        name=name,
        rule=words,
        threshold=threshold,
        threshold_low=low,
        threshold_high=high,
        data_set=data_set,
        sensitivity=_share(plain, plain.truth, lambda sample: sensitivity(sample, threshold)),
        specificity=_share(plain, ~plain.truth, lambda sample: specificity(sample, threshold)),
        uncertain_share=PREVALENCE * by_class[0] + (1 - PREVALENCE) * by_class[1],
        sensitivity_if_uncertain_read=sensitivity(plain, low),
        specificity_if_uncertain_read=specificity(plain, low),
        sensitivity_if_uncertain_passed=sensitivity(plain, high),
        specificity_if_uncertain_passed=specificity(plain, high),
        perturbed=_at_worst(report, threshold),
    )


def _share(films: Outcomes, among: NDArray[np.bool_], share: Callable[[Outcomes], float]) -> Estimate:
    return honest_interval(estimate(films, share), films, among)


def _at_worst(report: Variants, threshold: float) -> PerturbedFigures | None:
    """The change under which the lesser of sensitivity and specificity is lowest."""
    figures = [
        PerturbedFigures(
            worst=words, sensitivity=sensitivity(part, threshold), specificity=specificity(part, threshold)
        )
        for words, part in report.changed.items()
    ]
    return min(figures, key=lambda figure: min(figure.sensitivity, figure.specificity), default=None)


def balanced_threshold(films: Variants) -> float:
    """The threshold, or the middle of several, that maximises the worse of both rates over all variants."""
    thresholds = _between(np.concatenate([part.scores for part in films.all]))
    worse = np.min([np.minimum(*_rates(part, thresholds)) for part in films.all], axis=0)
    best = thresholds[worse >= worse.max() - 1e-9]
    return float(best[len(best) // 2])


def _screening(films: Variants) -> float:
    thresholds = _between(films.plain.scores)
    found, _ = _rates(films.plain, thresholds)
    good = thresholds[found >= _SCREENING_SENSITIVITY]
    highest = float(good[-1]) if len(good) else float(thresholds[0])
    return min(highest, balanced_threshold(films))


def _rule_in(films: Variants) -> float:
    thresholds = _between(films.plain.scores)
    _, passed = _rates(films.plain, thresholds)
    good = thresholds[passed >= _RULE_IN_SPECIFICITY]
    lowest = float(good[0]) if len(good) else float(thresholds[-1])
    return max(lowest, balanced_threshold(films))


def _between(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Thresholds between neighbouring scores, ascending; the first calls every film positive."""
    known = np.unique(scores)
    return np.concatenate(([known[0]], (known[1:] + known[:-1]) / 2))


def _rates(outcomes: Outcomes, thresholds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sensitivity and specificity at each threshold."""
    positive, negative = np.sort(outcomes.scores[outcomes.truth]), np.sort(outcomes.scores[~outcomes.truth])
    found = 1 - np.searchsorted(positive, thresholds) / len(positive)
    return found, np.searchsorted(negative, thresholds) / len(negative)
