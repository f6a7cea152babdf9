"""Figures of one question: how well scores tell films apart, and what comes of calling them at a threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.model.card import Estimate, OperatingPoint
from engine.results.intervals import wilson
from training.evaluate.questions import Question
from training.statistics import Outcomes, auroc, estimate, estimates

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
        threshold: Probability from which films count as positive, 0..1.
        precision, f1, accuracy: At the share of positives among these films.
    """

    contrast: str
    films: str
    point: str
    uncertain: str
    threshold: float
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


def point_figures(question: Question, points: Sequence[OperatingPoint], *, resamples: int) -> tuple[PointFigures, ...]:
    """Each operating point three times: by its threshold, and with its uncertain films counted either way."""
    rows = [
        (point.name, words, threshold)
        for point in points
        for words, threshold in (
            (BY_THRESHOLD, point.threshold),
            (AS_POSITIVE, point.threshold_low),
            (AS_NEGATIVE, point.threshold_high),
        )
    ]

    def all_shares(sample: Outcomes) -> list[float]:
        return [share for _, _, threshold in rows for share in Confusion.at(sample, threshold).shares()]

    outcomes = question.outcomes
    found = estimates(outcomes, all_shares, resamples=resamples)
    everyone = np.ones(len(outcomes.truth), dtype=np.bool_)
    counts = (question.positives, question.negatives, *[min(question.positives, question.negatives)] * 3)
    figures = []
    for number, (name, words, threshold) in enumerate(rows):
        sensitivity, specificity, precision, f1, accuracy = (
            share if count >= FEWEST and not math.isnan(share.value) else None
            for count, share in zip(counts, found[5 * number : 5 * number + 5], strict=True)
        )
        figures.append(
            PointFigures(
                contrast=question.contrast,
                films=question.films,
                point=name,
                uncertain=words,
                threshold=threshold,
                confusion=Confusion.at(outcomes, threshold),
                sensitivity=honest_interval(sensitivity, outcomes, outcomes.truth),
                specificity=honest_interval(specificity, outcomes, ~outcomes.truth),
                precision=honest_interval(precision, outcomes, outcomes.scores >= threshold),
                f1=f1,
                accuracy=honest_interval(accuracy, outcomes, everyone),
            )
        )
    return tuple(figures)


def honest_interval(share: Estimate | None, outcomes: Outcomes, among: NDArray[np.bool_]) -> Estimate | None:
    """A share with an interval that has a width.

    Drawing patients again cannot move a share of exactly 0 or 1. Such a one gets the interval of Wilson 1927, with
    the patients of the films that it is a share of (`among`, (n,) bool) as the cases.
    """
    if share is None or share.value not in (0.0, 1.0):
        return share
    patients = outcomes.take(np.flatnonzero(among)).patient_count
    return wilson(round(share.value) * patients, patients)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
