"""What a network of the training room says of films."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training.logits import logits_of

_BATCH = 32


@torch.inference_mode()
def predict_logits(network: nn.Module, tensors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Logits (n, classes) of preprocessed films (n, 1, S, S), in 32-bit floating point throughout."""
    batches = torch.split(torch.from_numpy(tensors), _BATCH)
    return torch.cat([logits_of(network(batch)) for batch in batches]).double().numpy()
