"""The shipped network as it is exported: what the design asks for, and nothing that only training needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.networks import HeatScale
from training.shipped.network import ReadingNetwork, logits_with_heat

OUTPUTS = ("logits", "heat", "lungs", "embedding")
_DIMENSIONS = 96


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """How features become an embedding whose mean square is about 1 on films like the training films.

    Attributes:
        mean: (F,) mean of the features.
        directions: (F, D) onto which the features less their mean are projected.
    """

    mean: NDArray[np.float32]
    directions: NDArray[np.float32]


def fit_whitening(features: NDArray[np.float64], weights: NDArray[np.float64]) -> Whitening:
    """Principal directions of the features, each scaled to variance 1.

    Args:
        features: (n, F) of the training films.
        weights: (n,) how much each film counts; children and adults are made to count alike.
    """
    shares = weights / weights.sum()
    mean = shares @ features
    centred = (features - mean) * np.sqrt(shares)[:, np.newaxis]
    _, spreads, directions = np.linalg.svd(centred, full_matrices=False)
    kept = min(_DIMENSIONS, int((spreads > 1e-6 * spreads[0]).sum()))
    return Whitening(mean.astype(np.float32), (directions[:kept] / spreads[:kept, np.newaxis]).T.astype(np.float32))


class ExportedReading(nn.Module):
    """What is exported: films in; `logits` (B, 3), `heat`, `lungs` in 0..1 and `embedding` (B, D) out."""

    def __init__(self, network: ReadingNetwork, scale: HeatScale, whitening: Whitening) -> None:
        super().__init__()
        self.network = network
        self.scale = scale
        self.mean = nn.Buffer(torch.from_numpy(whitening.mean))
        self.directions = nn.Buffer(torch.from_numpy(whitening.directions))

    def forward(self, films: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Read normalised films (B, 1, S, S)."""
        reading = self.network(films)
        heat = torch.sigmoid((reading.heat - self.scale.middle) / self.scale.width)
        embedding = (reading.features - self.mean) @ self.directions
        return logits_with_heat(reading), heat, torch.sigmoid(reading.lungs), embedding
