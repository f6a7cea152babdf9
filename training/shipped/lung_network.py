"""The network of the first stage: where the lungs are, and nothing else."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.networks import MobileNetV2
from training.shipped.network import conv_norm_relu, enlarge

# Where the features of MobileNetV2 are cut: 1/4, 1/8 and 1/16 of the film's side, with 24, 32 and 96 channels.
_QUARTER, _EIGHTH, _SIXTEENTH = 6, 9, 16


class LungNetwork(nn.Module):
    """A small U-Net (Ronneberger et al. 2015) on the first layers of MobileNetV2.

    `forward` takes normalised films (B, 1, S, S) and gives the log odds of lung, (B, 1, S/4, S/4).
    """

    def __init__(self) -> None:
        super().__init__()
        layers = list(MobileNetV2(last_stride=2).features)
        self.edges = nn.Sequential(*layers[:_QUARTER]).requires_grad_(False)
        self.low = nn.Sequential(*layers[_QUARTER:_EIGHTH])
        self.middle = nn.Sequential(*layers[_EIGHTH:_SIXTEENTH])
        self.from_middle = conv_norm_relu(96, 48, kernel=3)
        self.from_low = conv_norm_relu(48 + 32, 48, kernel=3)
        self.from_edges = conv_norm_relu(48 + 24, 32, kernel=3)
        self.lungs = nn.Conv2d(32, 1, 1)

    def backbone(self) -> list[nn.Module]:
        """The layers that it shares with MobileNetV2, in their order."""
        return [*self.edges, *self.low, *self.middle]

    def train(self, mode: bool = True) -> LungNetwork:
        """Training mode for all but the first layers, which see edges."""
        super().train(mode)
        self.edges.eval()
        return self

    def forward(self, films: Tensor) -> Tensor:
        """Log odds of lung."""
        with torch.no_grad():
            edges = self.edges(films)
        low = self.low(edges)
        coarse = self.from_middle(self.middle(low))
        finer = self.from_low(torch.cat([enlarge(coarse, low), low], dim=1))
        maps: Tensor = self.lungs(self.from_edges(torch.cat([enlarge(finer, edges), edges], dim=1)))
        return maps.float()
