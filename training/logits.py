"""From films in 0..1 to the logits of a network, the same way in every lesson."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.model.preprocess import InputSpec
from training.precision import half_precision


def class_logits(network: nn.Module, films: Tensor, spec: InputSpec) -> Tensor:
    """Logits (B, classes) float32 of films (B, 1, S, S) in 0..1, in half precision where that is fast."""
    with half_precision(films.device.type):
        maps: Tensor = network(normalised(films, spec))
    return maps.float().mean(dim=(2, 3))


def normalised(films: Tensor, spec: InputSpec) -> Tensor:
    """Films (B, 1, S, S) in 0..1 as the network is fed."""
    return ((films - spec.mean) / spec.std).contiguous(memory_format=torch.channels_last)
