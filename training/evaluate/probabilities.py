"""What probabilities are worth: whether they come true, and whether reading by them brings a benefit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.model.card import Estimate
from training.evaluate.measures import FEWEST, Confusion
from training.evaluate.questions import Question
from training.statistics import Outcomes, estimate

FEWEST_CALIBRATED = 30  # films in a reliability diagram: three in each bin
BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Films of like probability: how many, what they were given and what came true, each 0..1 and reweighted."""

    films: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Whether probabilities come true. `error` is the expected calibration error; None where films are too few."""

    contrast: str
    films: str
    prevalence: float
    bins: tuple[ReliabilityBin, ...]
    error: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCurve:
    """Net benefit per film at each threshold probability; reading no film has 0 throughout."""

    contrast: str
    films: str
    prevalence: float
    thresholds: tuple[float, ...]
    model: tuple[float, ...]
    read_all: tuple[float, ...]


def reliability(question: Question, prevalence: float, *, resamples: int) -> Reliability:
    """Reliability diagram with its expected calibration error, or an empty one where films are too few."""
    enough = min(question.positives, question.negatives) >= FEWEST and len(question.outcomes.truth) >= FEWEST_CALIBRATED

    def error(sample: Outcomes) -> float:
        return calibration_error(sample, prevalence)

    return Reliability(
        contrast=question.contrast,
        films=question.films,
        prevalence=prevalence,
        bins=reliability_bins(question.outcomes, prevalence) if enough else (),
        error=estimate(question.outcomes, error, resamples=resamples) if enough else None,
    )


def reliability_bins(outcomes: Outcomes, prevalence: float) -> tuple[ReliabilityBin, ...]:
    """Ten bins with equally many films each, by rising probability; films weigh as `reweighted` says."""
    return tuple(
        ReliabilityBin(films=films, predicted=given / weight, observed=true / weight)
        for films, weight, given, true in _bins(outcomes, prevalence)
    )


def calibration_error(outcomes: Outcomes, prevalence: float) -> float:
    """Expected calibration error, 0..1, over ten equal-count bins (Naeini 2015; Nixon 2019), reweighted."""
    return sum(abs(given - true) for _, _, given, true in _bins(outcomes, prevalence))


def _bins(outcomes: Outcomes, prevalence: float) -> Iterator[tuple[int, float, float, float]]:
    """Films, their weight, and the weighted sums of probability and of truth, in each bin.

    Films with the same score share their truth evenly, so that no order among them matters.
    """
    weights = reweighted(outcomes.truth, prevalence)
    scores, score_of, films = np.unique(outcomes.scores, return_inverse=True, return_counts=True)
    weight = np.repeat(np.bincount(score_of, weights) / films, films)
    true = np.repeat(np.bincount(score_of, weights * outcomes.truth) / films, films)
    given = weight * np.repeat(scores, films)
    for place in np.array_split(np.arange(len(weights)), BINS):
        if len(place):
            yield len(place), float(weight[place].sum()), float(given[place].sum()), float(true[place].sum())


def reweighted(truth: NDArray[np.bool_], prevalence: float) -> NDArray[np.float64]:
    """(n,) weights that sum to 1 and give positive films the share `prevalence`. Both sorts must be there."""
    positives = int(truth.sum())
    return np.where(truth, prevalence / positives, (1.0 - prevalence) / (len(truth) - positives))


def net_benefit(outcomes: Outcomes, threshold: float, prevalence: float) -> float:
    """Net benefit per film of reading those that score at least `threshold` (Vickers and Elkin 2006).

    True positives gained, less false positives weighed by the odds of the threshold, at a prevalence of the finding.
    """
    sensitivity, specificity, *_ = Confusion.at(outcomes, threshold).shares()
    odds = threshold / (1.0 - threshold)
    return sensitivity * prevalence - (1.0 - specificity) * (1.0 - prevalence) * odds


def decision_curve(question: Question, prevalence: float) -> DecisionCurve | None:
    """Net benefit at threshold probabilities of 0.01 to 0.99; None where a sort has fewer than 5 films."""
    if min(question.positives, question.negatives) < FEWEST:
        return None
    thresholds = tuple(round(step / 100, 2) for step in range(1, 100))
    return DecisionCurve(
        contrast=question.contrast,
        films=question.films,
        prevalence=prevalence,
        thresholds=thresholds,
        model=tuple(net_benefit(question.outcomes, threshold, prevalence) for threshold in thresholds),
        read_all=tuple(prevalence - (1.0 - prevalence) * step / (1.0 - step) for step in thresholds),
    )
