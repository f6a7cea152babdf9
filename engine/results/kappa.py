"""Cohen's kappa: how far two readers agree beyond chance."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from engine.model.card import Estimate
from engine.results.intervals import Z95, wilson

_ALL_BUT_ZERO = 1e-12  # what rounding may leave of a variance of 0


def cohens_kappa(counts: ArrayLike) -> Estimate | None:
    """Cohen's kappa with its 95 % interval.

    Kappa is that of Cohen 1960. Its standard error is the one of Fleiss, Cohen and Everitt 1969 for a kappa that need
    not be 0. Where both agree on every film, or on none, that error may be 0 whatever their number; the ends are then
    the kappas at the Wilson ends of the agreement.

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
    both = second[:, np.newaxis] + first[np.newaxis, :]  # of cell (i, j): column sum of i, row sum of j
    weights = (1 - kappa) ** 2 * both**2
    np.fill_diagonal(weights, (1 - np.diagonal(both) * (1 - kappa)) ** 2)
    variance = (float((shares * weights).sum()) - (kappa - chance * (1 - kappa)) ** 2) / (films * (1 - chance) ** 2)
    if variance < _ALL_BUT_ZERO:
        agreed = wilson(round(observed * films), int(films))
        low, high = ((end - chance) / (1 - chance) for end in (agreed.low, agreed.high))
    else:
        reach = Z95 * math.sqrt(variance)
        low, high = kappa - reach, kappa + reach
    return Estimate(kappa, max(-1.0, min(low, kappa)), min(1.0, max(high, kappa)))
