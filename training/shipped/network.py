"""The network that ships: classes, heat, lungs and features from one pass."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from torch import Tensor, nn

from training.networks import FEATURES, MobileNetV2

# Where the features of MobileNetV2 are cut: 1/4, 1/8, 1/16 and 1/32 of the film's side.
_QUARTER, _EIGHTH, _SIXTEENTH = 6, 9, 16
# Films are halved five times, and the maps of every step have to lie on each other.
SIDE_UNIT = 32
_EIGHTH_CHANNELS, _SIXTEENTH_CHANNELS = 32, 96
_FUSED, _HEAT, _LUNGS = 96, 64, 32
# What a place outside the lungs still counts when the maps are pooled.
_OUTSIDE = 0.15
_MAX_LOG_ODDS = 30.0
# Before it has learned anything, a cell is taken to be no opacity.
_HEAT_BIAS = -3.0

# Heat is learned from drawn opacities, which look alike at all ages; classes taught by children order adults worse.
HEAT_SHARE = 1.0


class Reading(NamedTuple):
    """What the network says of B films.

    Attributes:
        logits: (B, 3): normal, bacterial, viral, of the class maps alone.
        heat: (B, 1, S/16, S/16): log odds of an opacity in each cell.
        pooled_heat: (B,): the heat of the whole film, which a single hot cell can raise.
        lungs: (B, 1, S/8, S/8): log odds of lung in each cell.
        features: (B, 1280): what the classes are read from.
        findings: (B, findings): logits of the findings that adult films are labelled with; for training only.
    """

    logits: Tensor
    heat: Tensor
    pooled_heat: Tensor
    lungs: Tensor
    features: Tensor
    findings: Tensor


class ReadingNetwork(nn.Module):
    """MobileNetV2 whose class maps are pooled where the lungs are.

    Heat has layers of its own on features that it cannot change: it is learned from drawn opacities, and features that
    learned to see the drawing were worse at real films (docs/experiments.md). The first layers, which see edges, stay
    as they learned them elsewhere.
    """

    def __init__(self, *, classes: int, findings: int, dropout: float) -> None:
        super().__init__()
        layers = list(MobileNetV2(classes=classes, last_stride=2).features)
        self.edges = nn.Sequential(*layers[:_QUARTER]).requires_grad_(False)
        self.low = nn.Sequential(*layers[_QUARTER:_EIGHTH])
        self.middle = nn.Sequential(*layers[_EIGHTH:_SIXTEENTH])
        self.high = nn.Sequential(*layers[_SIXTEENTH:])
        self.dropout = nn.Dropout2d(dropout)
        self.classes = nn.Conv2d(FEATURES, classes, 1)
        self.reduce = conv_norm_relu(FEATURES, _FUSED, kernel=1)
        self.fuse = conv_norm_relu(_SIXTEENTH_CHANNELS + _FUSED, _FUSED, kernel=3)
        self.reduce_for_heat = conv_norm_relu(FEATURES, _FUSED, kernel=1)
        self.heat = nn.Sequential(
            conv_norm_relu(_SIXTEENTH_CHANNELS + _FUSED, _FUSED, kernel=3),
            conv_norm_relu(_FUSED, _HEAT, kernel=3),
            nn.Conv2d(_HEAT, 1, 1),
        )
        self.lungs = nn.Sequential(conv_norm_relu(_EIGHTH_CHANNELS + _FUSED, _LUNGS, kernel=3), nn.Conv2d(_LUNGS, 1, 1))
        self.findings = nn.Sequential(nn.Dropout(dropout), nn.Linear(FEATURES, findings))
        _start(self.classes, std=0.01, bias=0.0)
        _start(self.heat[-1], std=0.01, bias=_HEAT_BIAS)

    def backbone(self) -> list[nn.Module]:
        """The layers that it shares with MobileNetV2, in their order."""
        return [*self.edges, *self.low, *self.middle, *self.high]

    def train(self, mode: bool = True) -> ReadingNetwork:
        """Training mode for all but the first layers."""
        super().train(mode)
        self.edges.eval()
        return self

    def forward(self, films: Tensor) -> Reading:
        """Read normalised films (B, 1, S, S), S a multiple of 32."""
        with torch.no_grad():
            edges = self.edges(films)
        low = self.low(edges)
        middle = self.middle(low)
        high = self.high(middle)
        fused = self.fuse(torch.cat([middle, enlarge(self.reduce(high), middle)], dim=1))
        lungs = self.lungs(torch.cat([low, enlarge(fused, low)], dim=1)).float()
        weights = _OUTSIDE + F.avg_pool2d(torch.sigmoid(lungs.detach()), 2)
        seen = torch.cat([middle.detach(), enlarge(self.reduce_for_heat(high.detach()), middle)], dim=1)
        heat = self.heat(seen).float()
        pooled_heat = torch.log(_mean(torch.exp(heat.clamp(max=_MAX_LOG_ODDS)), weights))
        coarse = F.avg_pool2d(weights, 2)
        logits = _mean(self.classes(self.dropout(high)).float(), coarse)
        features = _mean(high.float(), coarse)
        return Reading(logits, heat, pooled_heat[:, 0], lungs, features, self.findings(features))


def pneumonia_log_odds(logits: Tensor) -> Tensor:
    """Log odds of either pneumonia against normal: (B, 3) to (B,)."""
    return torch.logsumexp(logits[:, 1:], dim=1) - logits[:, 0]


def logits_with_heat(reading: Reading) -> Tensor:
    """The logits that ship, (B, 3): the log odds of either pneumonia grow by `HEAT_SHARE` of the pooled heat."""
    found = HEAT_SHARE * reading.pooled_heat.unsqueeze(1)
    return torch.cat([reading.logits[:, :1], reading.logits[:, 1:] + found], dim=1)


def conv_norm_relu(inputs: int, outputs: int, *, kernel: int) -> nn.Sequential:
    """A convolution of stride 1 with its normalisation."""
    conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


def enlarge(maps: Tensor, like: Tensor) -> Tensor:
    """Maps brought to the height and width of others."""
    return F.interpolate(maps, size=like.shape[-2:], mode="bilinear", align_corners=False)


def _mean(maps: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean over places: (B, C, h, w) and (B, 1, h, w) to (B, C)."""
    return (maps * weights).sum(dim=(2, 3)) / weights.sum(dim=(2, 3))


def _start(layer: nn.Module, *, std: float, bias: float) -> None:
    assert isinstance(layer, nn.Conv2d)
    assert layer.bias is not None
    nn.init.normal_(layer.weight, std=std)
    nn.init.constant_(layer.bias, bias)
