"""Changes to training films that must not change the answer: geometry, tone, sharpness and marks."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far films are changed. Shares are of 1; `aspect` is there because shape must not tell the class."""

    rotation_degrees: float = 10.0
    scale: float = 0.12
    aspect: float = 0.25
    shift: float = 0.06
    gamma: float = 0.35
    contrast: float = 0.25
    brightness: float = 0.1
    blur_share: float = 0.5
    noise: float = 0.02
    mark_share: float = 0.5

    def scaled(self, factor: float) -> Augmentation:
        """All of it `factor` times as strong; shares of films stay within 1."""
        values = {field.name: getattr(self, field.name) * factor for field in fields(self)}
        shares = {name: min(1.0, value) for name, value in values.items() if name.endswith("_share")}
        return Augmentation(**{**values, **shares})


NO_AUGMENTATION = Augmentation(
    rotation_degrees=0.0,
    scale=0.0,
    aspect=0.0,
    shift=0.0,
    gamma=0.0,
    contrast=0.0,
    brightness=0.0,
    blur_share=0.0,
    noise=0.0,
    mark_share=0.0,
)


def augment(squares: Tensor, size: int, how: Augmentation, generator: torch.Generator) -> Tensor:
    """Change a batch of (B, 1, S, S) float32 in 0..1 and bring it to (B, 1, size, size)."""
    films = _move(squares, size, how, generator)
    films = _blur_some(films, how.blur_share, generator)
    films = _change_tone(films, how, generator)
    films = _paint_marks(films, how.mark_share, generator)
    return (films + how.noise * torch.randn(films.shape, generator=generator)).clamp_(0.0, 1.0)


def _spread(count: int, reach: float, generator: torch.Generator) -> Tensor:
    return (torch.rand(count, generator=generator) * 2.0 - 1.0) * reach


def _move(squares: Tensor, size: int, how: Augmentation, generator: torch.Generator) -> Tensor:
    count = len(squares)
    angle = torch.deg2rad(_spread(count, how.rotation_degrees, generator))
    zoom = torch.exp(_spread(count, how.scale, generator))
    stretch = torch.exp(_spread(count, how.aspect, generator) / 2.0)
    across, down = zoom * stretch, zoom / stretch
    shift_x, shift_y = (_spread(count, 2.0 * how.shift, generator) for _ in range(2))
    top = torch.stack((torch.cos(angle) * across, -torch.sin(angle) * down, shift_x), dim=1)
    bottom = torch.stack((torch.sin(angle) * across, torch.cos(angle) * down, shift_y), dim=1)
    grid = F.affine_grid(torch.stack((top, bottom), dim=1), [count, 1, size, size], align_corners=False)
    return F.grid_sample(squares, grid, padding_mode="zeros", align_corners=False)


def _blur_some(films: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Lower the resolution of part of the batch, so that sharpness tells nothing about where a film is from."""
    chosen = torch.rand(len(films), generator=generator) < share
    if not chosen.any():
        return films
    size = films.shape[-1]
    small = int(size * (0.45 + 0.5 * torch.rand(1, generator=generator).item()))
    coarse = F.interpolate(films[chosen], size=(small, small), mode="area")
    films = films.clone()
    films[chosen] = F.interpolate(coarse, size=(size, size), mode="bilinear", align_corners=False)
    return films


def _change_tone(films: Tensor, how: Augmentation, generator: torch.Generator) -> Tensor:
    count = len(films)
    gamma = torch.exp(_spread(count, how.gamma, generator)).view(-1, 1, 1, 1)
    contrast = torch.exp(_spread(count, how.contrast, generator)).view(-1, 1, 1, 1)
    brightness = _spread(count, how.brightness, generator).view(-1, 1, 1, 1)
    toned = films.clamp(1e-4, 1.0) ** gamma
    return ((toned - 0.5) * contrast + 0.5 + brightness).clamp(0.0, 1.0)


def _paint_marks(films: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Cover a small place near the upper or lower edge with one grey, as markers and stickers do."""
    size = films.shape[-1]
    for film in films[torch.rand(len(films), generator=generator) < share]:
        height, width = (int(size * (0.04 + 0.08 * u)) for u in torch.rand(2, generator=generator).tolist())
        depth, along, grey, lower = torch.rand(4, generator=generator).tolist()
        top = int(depth * 0.12 * size)
        top = size - height - top if lower < 0.5 else top
        left = int(along * (size - width))
        film[:, top : top + height, left : left + width] = grey
    return films
