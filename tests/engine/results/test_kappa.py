from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.results.intervals import Z95, wilson, wilson_or_none
from engine.results.kappa import cohens_kappa


def standard_error(counts: NDArray[np.float64]) -> float:
    """By the delta method, with slopes taken by small steps: nothing here is shared with what is tested."""

    def kappa(shares: NDArray[np.float64]) -> float:
        chance = shares.sum(axis=1) @ shares.sum(axis=0)
        return float((np.trace(shares) - chance) / (1 - chance))

    films = counts.sum()
    shares, step = counts / films, 1e-6
    slopes = np.zeros_like(shares)
    for cell in np.ndindex(shares.shape):
        up, down = shares.copy(), shares.copy()
        up[cell] += step
        down[cell] -= step
        slopes[cell] = (kappa(up) - kappa(down)) / (2 * step)
    variance = (shares * slopes**2).sum() - (shares * slopes).sum() ** 2
    return float(np.sqrt(variance / films))


def test_the_worked_example_of_fleiss() -> None:
    """Two raters, three diagnoses, 100 people: Fleiss, Levin and Paik 2003, table 18.1: kappa .68, error .087."""
    found = cohens_kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert found is not None
    assert found.value == pytest.approx(0.676, abs=0.0005)
    assert (found.high - found.value) / Z95 == pytest.approx(0.087, abs=0.001)


@pytest.mark.parametrize("size", [2, 3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_the_interval_is_that_of_the_delta_method(size: int, seed: int) -> None:
    counts = np.random.default_rng(seed).integers(1, 60, (size, size)).astype(float)
    found = cohens_kappa(counts + 40 * np.eye(size))
    assert found is not None
    assert found.high - found.value == pytest.approx(Z95 * standard_error(counts + 40 * np.eye(size)), rel=1e-4)
    assert found.value - found.low == pytest.approx(found.high - found.value)


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_scikit_learn(seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(seed)
    first = random.integers(0, 4, 200)
    second = np.where(random.random(200) < 0.6, first, random.integers(0, 4, 200))
    counts = np.zeros((4, 4))
    np.add.at(counts, (first, second), 1)
    found = cohens_kappa(counts)
    assert found is not None
    assert found.value == pytest.approx(metrics.cohen_kappa_score(first, second))


def test_full_agreement_on_few_films_is_not_certain() -> None:
    few, many = cohens_kappa([[2, 0], [0, 2]]), cohens_kappa([[200, 0], [0, 200]])
    assert few is not None
    assert many is not None
    assert (few.value, few.high) == (many.value, many.high) == (1.0, 1.0)
    assert few.low < 0.1
    assert 0.97 < many.low < 1.0


def test_no_agreement_on_few_films_is_not_certain() -> None:
    one, many = cohens_kappa([[0, 1], [0, 0]]), cohens_kappa([[0, 200], [0, 0]])
    assert one is not None
    assert many is not None
    assert (one.value, one.low) == (many.value, many.low) == (0.0, 0.0)
    assert one.high == pytest.approx(wilson(0, 1).high)
    assert 0.0 < many.high < 0.03


def test_kappa_below_chance_is_negative() -> None:
    found = cohens_kappa([[0, 10], [10, 0]])
    assert found is not None
    assert found.value == -1.0
    assert found.low == -1.0


@pytest.mark.parametrize("counts", [[[0, 0], [0, 0]], [[7, 0], [0, 0]], [[0, 0], [0, 3]]])
def test_kappa_may_not_be_defined(counts: list[list[int]]) -> None:
    assert cohens_kappa(counts) is None


def test_wilson_intervals_worked_by_others() -> None:
    """Newcombe 1998, table I, method 3."""
    for hits, count, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        found = wilson(hits, count)
        assert found.value == hits / count
        assert (found.low, found.high) == pytest.approx((low, high), abs=0.00005)
    assert wilson_or_none(0, 0) is None
    assert wilson_or_none(1, 2) == wilson(1, 2)
