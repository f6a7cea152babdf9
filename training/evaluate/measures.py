"""Figures of one question: how well scores tell films apart, and what comes of calling them at a threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.model.card import Estimate, PointsByAge
from training.evaluate.questions import Question
from training.statistics import Outcomes, auroc, estimate, estimates, honest_interval

FEWEST = 5  # films of a sort; a share of fewer is not printed
BY_THRESHOLD, AS_POSITIVE, AS_NEGATIVE = "by the threshold", "as positive", "as negative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrimination:
    """How well the scores tell two sorts of films apart. `auroc` is None where a sort has fewer than 5 films."""

    contrast: str
    films: str
    positives: int
    negatives: int
    patients: int
    auroc: Estimate | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """Films by truth and call. A share whose films are missing is NaN."""

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @classmethod
    def at(cls, outcomes: Outcomes, threshold: float) -> Confusion:
        """Films that score at least the threshold are called positive."""
        called = outcomes.scores >= threshold
        positives, found = int(outcomes.truth.sum()), int((called & outcomes.truth).sum())
        wrong = int(called.sum()) - found
        return cls(found, wrong, positives - found, len(called) - positives - wrong)

    def shares(self) -> tuple[float, float, float, float, float]:
        """Sensitivity, specificity, precision, F1 and accuracy, each 0..1."""
        hit, wrong, missed, passed = self.true_positive, self.false_positive, self.false_negative, self.true_negative
        return (
            _share(hit, hit + missed),
            _share(passed, passed + wrong),
            _share(hit, hit + wrong),
            _share(2 * hit, 2 * hit + wrong + missed),
            _share(hit + passed, hit + wrong + missed + passed),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PointFigures:
    """What an operating point does to the films of a question. Shares of too few films are None.

    Attributes:
        uncertain: How films in the uncertain band are counted.
        threshold: Probability from which films count as positive, 0..1; None where it differs by their age.
        precision, f1, accuracy: At the share of positives among these films.
    """

    contrast: str
    films: str
    point: str
    uncertain: str
    threshold: float | None
    confusion: Confusion
    sensitivity: Estimate | None
    specificity: Estimate | None
    precision: Estimate | None
    f1: Estimate | None
    accuracy: Estimate | None


def discrimination(question: Question, *, resamples: int) -> Discrimination:
    """AUROC with its interval by bootstrap over patients."""
    enough = min(question.positives, question.negatives) >= FEWEST
    return Discrimination(
        contrast=question.contrast,
        films=question.films,
        positives=question.positives,
        negatives=question.negatives,
        patients=question.outcomes.patient_count,
        auroc=estimate(question.outcomes, auroc, resamples=resamples) if enough else None,
    )


def point_figures(question: Question, points: Sequence[PointsByAge], *, resamples: int) -> tuple[PointFigures, ...]:
    """Each operating point three times: by its threshold, and with its uncertain films counted either way."""
    return tuple(
        _figures(question, point.name, words, thresholds, resamples)
        for point in points
        for words, thresholds in _edges(question, point)
    )


def calls_at(question: Question, thresholds: NDArray[np.float64]) -> Outcomes:
    """How far each score lies over the threshold of its film, (n,): from 0 up it is called positive."""
    outcomes = question.outcomes
    return Outcomes(outcomes.scores - thresholds, outcomes.truth, outcomes.patients)


def _edges(question: Question, point: PointsByAge) -> tuple[tuple[str, NDArray[np.float64]], ...]:
    """The thresholds of the films, (n,), for each way to count uncertain films."""
    low, threshold, high = point.thresholds(question.ages)
    return (BY_THRESHOLD, threshold), (AS_POSITIVE, low), (AS_NEGATIVE, high)


def _figures(
    question: Question, name: str, words: str, thresholds: NDArray[np.float64], resamples: int
) -> PointFigures:
    calls = calls_at(question, thresholds)
    found = estimates(calls, lambda sample: Confusion.at(sample, 0.0).shares(), resamples=resamples)
    counts = (question.positives, question.negatives, *[min(question.positives, question.negatives)] * 3)
    everyone = np.ones(len(calls.truth), dtype=np.bool_)
    # What each share is a share of; none for F1, which is no share of films.
    among = (calls.truth, ~calls.truth, calls.scores >= 0.0, None, everyone)
    sensitivity, specificity, precision, f1, accuracy = (
        None
        if count < FEWEST or math.isnan(share.value)
        else (share if part is None else honest_interval(share, calls, part))
        for count, share, part in zip(counts, found, among, strict=True)
    )
    return PointFigures(
        contrast=question.contrast,
        films=question.films,
        point=name,
        uncertain=words,
        threshold=float(thresholds[0]) if np.ptp(thresholds) == 0 else None,
        confusion=Confusion.at(calls, 0.0),
        sensitivity=sensitivity,
        specificity=specificity,
        precision=precision,
        f1=f1,
        accuracy=accuracy,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
