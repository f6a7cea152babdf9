"""From films in 0..1 to the logits of a network, the same way in every lesson."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.model.preprocess import InputSpec
from training.precision import half_precision
from training.shipped.network import Reading


def class_logits(network: nn.Module, films: Tensor, spec: InputSpec) -> Tensor:
    """Logits (B, classes) float32 of films (B, 1, S, S) in 0..1, in half precision where that is fast."""
    with half_precision(films.device.type):
        output = network(normalised(films, spec))
    return logits_of(output).float()


def logits_of(output: Tensor | Reading) -> Tensor:
    """Logits (B, classes) of what a network gives: its own, or the means of its class maps."""
    return output.mean(dim=(2, 3)) if isinstance(output, Tensor) else output.logits


def unit_films(squares: NDArray[np.uint8]) -> Tensor:
    """Films (B, 1, S, S) float32 in 0..1 of squares (B, S, S)."""
    return torch.from_numpy(squares).unsqueeze(1).float() / 255.0


def normalised(films: Tensor, spec: InputSpec) -> Tensor:
    """Films (B, 1, S, S) in 0..1 as the network is fed."""
    return ((films - spec.mean) / spec.std).contiguous(memory_format=torch.channels_last)
