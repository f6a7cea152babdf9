"""Figures with their intervals. Films of one patient are alike, so patients are resampled, not films."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.model.card import Estimate
from engine.results.intervals import wilson

RESAMPLES = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What was predicted for films whose truth is known.

    Attributes:
        scores: (n,) float64; higher means more likely positive.
        truth: (n,) bool.
        patients: (n,) patient of each film.
    """

    scores: NDArray[np.float64]
    truth: NDArray[np.bool_]
    patients: NDArray[np.str_]

    def take(self, index: NDArray[np.intp]) -> Outcomes:
        """The chosen films; an index may repeat."""
        return Outcomes(self.scores[index], self.truth[index], self.patients[index])

    @property
    def patient_count(self) -> int:
        """Number of different patients."""
        return len(np.unique(self.patients))


def auroc(outcomes: Outcomes) -> float:
    """Area under the receiver operating characteristic; NaN where a class is missing.

    It is the share of pairs in which the positive film scores higher; a tie counts half (Hanley and McNeil 1982).
    """
    positive, negative = outcomes.scores[outcomes.truth], np.sort(outcomes.scores[~outcomes.truth])
    if not (len(positive) and len(negative)):
        return float("nan")
    below, not_above = (np.searchsorted(negative, positive, side).sum() for side in ("left", "right"))
    return float((below + not_above) / 2 / (len(positive) * len(negative)))


def sensitivity(outcomes: Outcomes, threshold: float) -> float:
    """Share of positive films that score at least the threshold."""
    return float((outcomes.scores[outcomes.truth] >= threshold).mean())


def specificity(outcomes: Outcomes, threshold: float) -> float:
    """Share of negative films that score below the threshold."""
    return float((outcomes.scores[~outcomes.truth] < threshold).mean())


def estimate(
    outcomes: Outcomes, figure: Callable[[Outcomes], float], *, seed: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """A figure with its 95 % percentile interval by bootstrap over patients (Efron and Tibshirani 1993)."""
    return estimates(outcomes, lambda sample: [figure(sample)], seed=seed, resamples=resamples)[0]


def estimates(
    outcomes: Outcomes, figures: Callable[[Outcomes], Sequence[float]], *, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[Estimate, ...]:
    """Several figures with their 95 % intervals, all from the same draws of patients.

    A draw in which a figure is not defined (NaN) does not count towards its interval; a figure that is not
    defined on the films themselves comes back as NaN throughout.
    """
    values = np.array([figures(sample) for sample in resample_patients(outcomes, seed=seed, resamples=resamples)])
    found = []
    for value, column in zip(figures(outcomes), values.T, strict=True):
        defined = column[~np.isnan(column)]
        known = len(defined) > 0 and not np.isnan(value)
        low, high = np.percentile(defined, [2.5, 97.5]) if known else (np.nan, np.nan)
        found.append(Estimate(float(value), float(low), float(high)))
    return tuple(found)


def honest_interval(share: Estimate, outcomes: Outcomes, among: NDArray[np.bool_]) -> Estimate:
    """A share with an interval that has a width.

    Drawing patients again cannot move a share of exactly 0 or 1. Such a one gets the interval of Wilson 1927, with
    the patients of the films that it is a share of (`among`, (n,) bool) as the cases.
    """
    if share.value not in (0.0, 1.0):
        return share
    patients = outcomes.take(np.flatnonzero(among)).patient_count
    return wilson(round(share.value) * patients, patients)


def resample_patients(outcomes: Outcomes, *, seed: int, resamples: int = RESAMPLES) -> Iterator[Outcomes]:
    """Draw patients with replacement, each with all of their films, as `draw_patients` does."""
    return (outcomes.take(index) for index in draw_patients(outcomes, seed=seed, resamples=resamples))


def draw_patients(outcomes: Outcomes, *, seed: int, resamples: int = RESAMPLES) -> Iterator[NDArray[np.intp]]:
    """Indices of the films of patients drawn with replacement, each with all of their films.

    Where the outcomes hold both classes, draws that miss one are repeated. Scores play no part, so that several
    scores of the same films can be taken from the same draws.
    """
    alike = bool(outcomes.truth.all() or not outcomes.truth.any())
    chance = np.random.default_rng(seed)
    _, owner = np.unique(outcomes.patients, return_inverse=True)
    order = np.argsort(owner, kind="stable")
    films_of = np.split(order, np.cumsum(np.bincount(owner))[:-1])
    drawn = 0
    while drawn < resamples:
        picked = chance.integers(len(films_of), size=len(films_of))
        index = np.concatenate([films_of[patient] for patient in picked])
        truth = outcomes.truth[index]
        if alike or (truth.any() and not truth.all()):
            drawn += 1
            yield index
