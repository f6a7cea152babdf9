"""Cohen's kappa: how far two readers agree beyond chance."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from engine.model.card import Estimate
from engine.results.intervals import Z95, wilson


def cohens_kappa(counts: ArrayLike) -> Estimate | None:
    """Cohen's kappa with its 95 % interval.

    Kappa is that of Cohen 1960. Its standard error is the one of Fleiss, Cohen and Everitt 1969 for a kappa that need
    not be 0. Where both agree on every film that error is 0 whatever their number, so the lower end is then the kappa
    at the lower Wilson end of the agreement.

    Args:
        counts: (k, k); row: what the first said, column: what the second said.

    Returns:
        None where kappa is not defined: no film, or both said the same one thing of all films.
    """
    table = np.asarray(counts, dtype=np.float64)
    films = table.sum()
    if not films:
        return None
    shares = table / films
    first, second = shares.sum(axis=1), shares.sum(axis=0)
    observed, chance = float(np.trace(shares)), float(first @ second)
    if math.isclose(chance, 1.0):
        return None
    kappa = (observed - chance) / (1 - chance)
    if math.isclose(observed, 1.0):
        agreed = wilson(int(films), int(films)).low
        return Estimate(1.0, max(-1.0, (agreed - chance) / (1 - chance)), 1.0)
    both = second[:, np.newaxis] + first[np.newaxis, :]  # of cell (i, j): column sum of i, row sum of j
    weights = (1 - kappa) ** 2 * both**2
    np.fill_diagonal(weights, (1 - np.diagonal(both) * (1 - kappa)) ** 2)
    variance = (float((shares * weights).sum()) - (kappa - chance * (1 - kappa)) ** 2) / (films * (1 - chance) ** 2)
    reach = Z95 * math.sqrt(max(0.0, variance))
    return Estimate(kappa, max(-1.0, kappa - reach), min(1.0, kappa + reach))
