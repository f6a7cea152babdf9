"""How far a film lies from those that the model learned from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def ood_score(embedding: NDArray[np.float32]) -> float:
    """Out-of-distribution score: the squared Mahalanobis distance from the training films, per dimension.

    Lee et al. 2018, "A simple unified framework for detecting out-of-distribution samples and adversarial attacks",
    with one Gaussian for all classes. The network whitens its embedding, so that what is left is the mean square.

    Args:
        embedding: (D,) whitened features; over the training films each has mean 0 and variance 1, and none goes
            with another.

    Returns:
        At least 0, and about 1 for a film like the training films.
    """
    return float(np.square(embedding, dtype=np.float64).mean())
