"""MobileNetV2 on one grey channel, as a network with class maps and as what others are built on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

# (expansion, channels, repeats, first stride) of each stage: Sandler et al. 2018, table 2.
_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
_STEM, _LAST_HALVING = 32, 160
FEATURES = 1280


def _conv_norm(inputs: int, outputs: int, *, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(outputs)]


class _Bottleneck(nn.Module):
    """Inverted residual with a linear bottleneck."""

    def __init__(self, inputs: int, outputs: int, *, expansion: int, stride: int) -> None:
        super().__init__()
        width = inputs * expansion
        self.layers = nn.Sequential(
            *_conv_norm(inputs, width, kernel=1),
            nn.ReLU6(inplace=True),
            *_conv_norm(width, width, kernel=3, stride=stride, groups=width),
            nn.ReLU6(inplace=True),
            *_conv_norm(width, outputs, kernel=1),
        )
        self.adds = stride == 1 and inputs == outputs

    def forward(self, films: Tensor) -> Tensor:
        changed: Tensor = self.layers(films)
        return films + changed if self.adds else changed


class MobileNetV2(nn.Module):
    """Three-class network whose logits are the mean of a class activation map (Zhou et al. 2016).

    `forward` takes (B, 1, S, S) and gives the class maps (B, classes, S/16, S/16).
    """

    def __init__(self, *, classes: int = 3, dropout: float = 0.2, last_stride: int = 1) -> None:
        """`last_stride` 1 leaves the last halving out: a 224 px film then gives a 14 x 14 map instead of 7 x 7."""
        super().__init__()
        layers: list[nn.Module] = [*_conv_norm(1, _STEM, kernel=3, stride=2), nn.ReLU6(inplace=True)]
        inputs = _STEM
        for expansion, outputs, repeats, first_stride in _STAGES:
            for repeat in range(repeats):
                stride = first_stride if repeat == 0 else 1
                if outputs == _LAST_HALVING:
                    stride = min(stride, last_stride)
                layers.append(_Bottleneck(inputs, outputs, expansion=expansion, stride=stride))
                inputs = outputs
        layers += [*_conv_norm(inputs, FEATURES, kernel=1), nn.ReLU6(inplace=True)]
        self.features = nn.Sequential(*layers)
        self.dropout = nn.Dropout2d(dropout)
        self.head = nn.Conv2d(FEATURES, classes, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        assert self.head.bias is not None
        nn.init.zeros_(self.head.bias)

    def backbone(self) -> list[nn.Module]:
        """The layers that start from weights learned elsewhere, in their order."""
        return list(self.features)

    def forward(self, films: Tensor) -> Tensor:
        """Class maps of normalised films."""
        maps: Tensor = self.head(self.dropout(self.features(films)))
        return maps


@dataclass(frozen=True, slots=True)
class HeatScale:
    """How the log odds of a cell become heat: sigmoid((log odds - middle) / width), the same for every film."""

    middle: float
    width: float


class ScreeningNetwork(nn.Module):
    """What is exported: films in; `logits` (B, 3) and `heat` (B, 1, S/16, S/16) in 0..1 out."""

    def __init__(self, network: MobileNetV2, scale: HeatScale) -> None:
        super().__init__()
        self.network = network
        self.scale = scale

    def forward(self, films: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and heat of normalised films."""
        maps = self.network(films)
        heat = torch.sigmoid((cell_log_odds(maps) - self.scale.middle) / self.scale.width)
        return maps.mean(dim=(2, 3)), heat


def cell_log_odds(maps: Tensor) -> Tensor:
    """Log odds of pneumonia against normal in each cell: (B, 3, h, w) to (B, 1, h, w)."""
    return torch.logsumexp(maps[:, 1:], dim=1, keepdim=True) - maps[:, :1]


def load_imagenet_weights(network: MobileNetV2, path: Path) -> None:
    """Start from ImageNet weights in Gluon naming; the three colour filters are summed into one grey one.

    The first block of those weights has an expanding convolution too, which this network keeps.

    Raises:
        ValueError: An array is missing, left over or of another shape.
    """
    with np.load(path) as archive:
        arrays = {name: torch.from_numpy(archive[name]) for name in archive.files}
    if "conv0_weight" in arrays:
        arrays["conv0_weight"] = arrays["conv0_weight"].sum(dim=1, keepdim=True)
    with torch.no_grad():
        for target, name in _gluon_names(network):
            source = arrays.pop(name, None)
            if source is None or source.shape != target.shape:
                raise ValueError(f"{path} has no array {name} of shape {tuple(target.shape)}")
            target.copy_(source)
    if arrays:
        raise ValueError(f"{path} has arrays that fit nowhere: {', '.join(sorted(arrays)[:3])}")


def _gluon_names(network: MobileNetV2) -> list[tuple[Tensor, str]]:
    """Each convolution weight and normalisation value of the features, with its name in the archive."""
    pairs: list[tuple[Tensor, str]] = []
    top = [part for part in network.features if not isinstance(part, _Bottleneck)]
    blocks = [part for part in network.features if isinstance(part, _Bottleneck)]
    groups = [("", top)] + [(f"linearbottleneck{n}_", list(block.layers)) for n, block in enumerate(blocks)]
    for prefix, parts in groups:
        convs = [part for part in parts if isinstance(part, nn.Conv2d)]
        norms = [part for part in parts if isinstance(part, nn.BatchNorm2d)]
        pairs += [(conv.weight, f"{prefix}conv{n}_weight") for n, conv in enumerate(convs)]
        for n, norm in enumerate(norms):
            assert norm.running_mean is not None
            assert norm.running_var is not None
            pairs += [
                (norm.weight, f"{prefix}batchnorm{n}_gamma"),
                (norm.bias, f"{prefix}batchnorm{n}_beta"),
                (norm.running_mean, f"{prefix}batchnorm{n}_running_mean"),
                (norm.running_var, f"{prefix}batchnorm{n}_running_var"),
            ]
    return pairs
