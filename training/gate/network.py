"""The gate's network: the first half of MobileNetV2, read in every place, and the features it is known by."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from training.networks import MobileNetV2

# Where the features of MobileNetV2 are cut: 1/4, 1/8 and 1/16 of the film's side, with 24, 32 and 64 channels.
_QUARTER, _EIGHTH, _SIXTEENTH = 6, 9, 13
_QUARTER_CHANNELS, _SIXTEENTH_CHANNELS = 24, 64
_REDUCED = 32
SIDE_UNIT = 16
FEATURES = 2 * (_QUARTER_CHANNELS + _SIXTEENTH_CHANNELS)


class Sight(NamedTuple):
    """What the network says of B films.

    Attributes:
        kinds: (B, kinds): logits, in the order of `engine.model.film_gate.FilmKind`.
        features: (B, 176): mean and spread of its first and of its last maps.
    """

    kinds: Tensor
    features: Tensor


class GateNetwork(nn.Module):
    """Takes normalised films (B, 1, S, S), S a multiple of 16.

    Kinds are read from the last maps place by place, since which way up a film lies is a matter of places. The first
    layers, which see edges, stay as they learned them elsewhere: what was never drawn for it still looks odd to them.
    """

    def __init__(self, *, size: int, kinds: int, dropout: float) -> None:
        super().__init__()
        layers = list(MobileNetV2(last_stride=2).features)
        self.edges = nn.Sequential(*layers[:_QUARTER]).requires_grad_(False)
        self.low = nn.Sequential(*layers[_QUARTER:_EIGHTH])
        self.middle = nn.Sequential(*layers[_EIGHTH:_SIXTEENTH])
        self.reduce = nn.Sequential(
            nn.Conv2d(_SIXTEENTH_CHANNELS, _REDUCED, 1, bias=False), nn.BatchNorm2d(_REDUCED), nn.ReLU(inplace=True)
        )
        places = (size // SIDE_UNIT) ** 2
        self.read = nn.Sequential(nn.Flatten(), nn.Dropout(dropout), nn.Linear(_REDUCED * places, kinds))

    def backbone(self) -> list[nn.Module]:
        """The layers that it shares with MobileNetV2, in their order."""
        return [*self.edges, *self.low, *self.middle]

    def train(self, mode: bool = True) -> GateNetwork:
        """Training mode for all but the first layers."""
        super().train(mode)
        self.edges.eval()
        return self

    def forward(self, films: Tensor) -> Sight:
        """Look at normalised films."""
        with torch.no_grad():
            edges = self.edges(films)
        middle = self.middle(self.low(edges))
        features = torch.cat([*_mean_and_spread(edges), *_mean_and_spread(middle)], dim=1)
        return Sight(self.read(self.reduce(middle)).float(), features)


def _mean_and_spread(maps: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation over places: (B, C, h, w) to twice (B, C)."""
    maps = maps.float()
    mean = maps.mean(dim=(2, 3))
    spread = (maps - mean[:, :, None, None]).square().mean(dim=(2, 3))
    return mean, torch.sqrt(spread + 1e-6)
