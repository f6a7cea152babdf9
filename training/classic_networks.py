"""Small networks that beginners build, and VGG16 with a frozen base; logits are maps of 1 x 1."""

from __future__ import annotations

import pickle
from pathlib import Path

import torch
from torch import Tensor, nn

from training.films import DataError

# Output channels of each block of VGG16 (Simonyan and Zisserman 2015, configuration D), and its convolutions.
_VGG16 = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))


class FlatHead(nn.Module):
    """Some features, then dense layers: (B, 1, S, S) to class maps (B, classes, 1, 1)."""

    def __init__(self, features: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.features = features
        self.head = head

    def forward(self, films: Tensor) -> Tensor:
        """Class maps of normalised films."""
        logits: Tensor = self.head(self.features(films).flatten(1))
        return logits[:, :, None, None]


class FrozenVgg16(FlatHead):
    """VGG16's convolutions, which do not learn, the mean of their map, and two dense layers that do."""

    def __init__(self, *, classes: int, dropout: float) -> None:
        layers: list[nn.Module] = []
        inputs = 3
        for outputs, convolutions in _VGG16:
            for _ in range(convolutions):
                layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(inplace=True)]
                inputs = outputs
            layers.append(nn.MaxPool2d(2))
        super().__init__(nn.Sequential(*layers).requires_grad_(False), _dense(inputs, (256,), classes, dropout))

    def forward(self, films: Tensor) -> Tensor:
        """Class maps of normalised films; the one grey channel stands for all three colours."""
        maps: Tensor = self.features(films.expand(-1, 3, -1, -1))
        logits: Tensor = self.head(maps.mean(dim=(2, 3)))
        return logits[:, :, None, None]


def dense_network(*, size: int, classes: int, dropout: float) -> FlatHead:
    """Two hidden layers on the flattened film."""
    return FlatHead(nn.Identity(), _dense(size * size, (256, 64), classes, dropout))


def small_cnn(*, size: int, classes: int, dropout: float) -> FlatHead:
    """Two blocks of convolution and pooling, and one hidden dense layer."""
    return FlatHead(_blocks((16, 32)), _dense(32 * (size // 4) ** 2, (64,), classes, dropout))


def deep_cnn(*, size: int, classes: int, dropout: float) -> FlatHead:
    """Four blocks of convolution and pooling, and two hidden dense layers."""
    return FlatHead(_blocks((32, 64, 128, 128)), _dense(128 * (size // 16) ** 2, (128, 64), classes, dropout))


def load_vgg16_weights(network: FrozenVgg16, path: Path) -> None:
    """Fill the frozen base from a state dict in torchvision's naming (`features.N.weight`); its classifier is left.

    Raises:
        DataError: The file is no state dict, or an array is missing or of another shape.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise DataError(f"{path} is no file of torch weights. Name a state dict of torchvision's VGG16.") from error
    wanted = network.features.state_dict()
    for name, tensor in wanted.items():
        found = state.get(f"features.{name}") if isinstance(state, dict) else None
        if not isinstance(found, Tensor) or found.shape != tensor.shape:
            shape = " x ".join(str(length) for length in tensor.shape)
            raise DataError(f"{path} does not fit VGG16: it has no features.{name} of shape {shape}.")
    network.features.load_state_dict({name: state[f"features.{name}"] for name in wanted})


def _blocks(widths: tuple[int, ...]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in zip((1, *widths), widths, strict=False):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
    return nn.Sequential(*layers)


def _dense(inputs: int, hidden: tuple[int, ...], classes: int, dropout: float) -> nn.Sequential:
    layers: list[nn.Module] = []
    for outputs in hidden:
        layers += [nn.Linear(inputs, outputs), nn.ReLU(inplace=True), nn.Dropout(dropout)]
        inputs = outputs
    return nn.Sequential(*layers, nn.Linear(inputs, classes))
