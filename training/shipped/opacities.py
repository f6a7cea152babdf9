"""Opacities drawn into normal films.

A drawn opacity makes a pair: one film with and without. Whatever else a film betrays (its source, its view, its
shape, its markers) is the same on both sides, so nothing but the opacity can be learned from the pair; and its
place is known, which no label of a whole film says. The idea of learning from anomalies made on purpose is from
Tan et al. 2021 (foreign patch interpolation) and Schlüter et al. 2022 (natural synthetic anomalies).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from torch import Tensor

_LUNG = 0.6
_FEWEST_LUNG_CELLS = 40
_FOCI = (1, 1, 1, 2, 3)
_DIFFUSE_SHARE, _PATCHY_SHARE = 0.18, 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Films with opacities.

    Attributes:
        films: (B, 1, S, S) float32 in 0..1.
        change: (B, 1, cells, cells): mean brightening of each cell, 0..1.
    """

    films: Tensor
    change: Tensor


def draw_opacities(films: Tensor, lungs: Tensor, *, cells: int, generator: torch.Generator) -> Drawn:
    """Draw one to three opacities, or a diffuse one, inside the lungs of each film; lungs too small stay clear.

    Args:
        films: (B, 1, S, S) float32 in 0..1.
        lungs: (B, 1, s, s) float32, share of lung in each place.
        cells: Side of the grid that the change is given on.
        generator: All chance comes from here.
    """
    count, size = len(films), films.shape[-1]
    if count == 0:
        return Drawn(films, films.new_zeros(0, 1, cells, cells))
    shapes = _foci(lungs, size, generator)
    wobble = 0.25 * _clouds(count, size, int(_between(4, 9, (), generator)), generator)
    soft = _between(0.06, 0.35, (count, 1, 1, 1), generator)
    opacity = torch.sigmoid((shapes - 0.15 + wobble) / soft) * (shapes > -0.9)
    diffuse = torch.sigmoid(1.6 * _clouds(count, size, 3, generator) + _clouds(count, size, 6, generator))
    opacity = torch.where(_chance(_DIFFUSE_SHARE, count, generator), diffuse, opacity)
    patches = (0.55 + 0.5 * _clouds(count, size, int(_between(14, 30, (), generator)), generator)).clamp(0.0, 1.0)
    opacity = torch.where(_chance(_PATCHY_SHARE, count, generator), opacity * patches, opacity)
    enough = (lungs > _LUNG).sum(dim=(1, 2, 3)) >= _FEWEST_LUNG_CELLS
    inside = F.interpolate(F.avg_pool2d(lungs, 3, 1, 1), size=(size, size), mode="bilinear", align_corners=False)
    opacity = opacity * inside.clamp(0.0, 1.0) * enough.view(-1, 1, 1, 1)
    dense = _between(0.35, 0.95, (count, 1, 1, 1), generator) * opacity
    tissue = _soft_tissue(films, generator) + 0.06 * _clouds(count, size, 6, generator)
    tissue = tissue + 0.04 * _clouds(count, size, 24, generator)
    drawn = (films + dense * (F.relu(tissue - films) + 0.03 * _clouds(count, size, 40, generator))).clamp(0.0, 1.0)
    return Drawn(drawn, F.adaptive_avg_pool2d((drawn - films).abs(), cells))


def _foci(lungs: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """One to three ellipses with their middles inside the lungs: 1 in the middle, 0 half way, -1 at the edge."""
    shapes = torch.full((len(lungs), 1, size, size), -1.0)
    rows, columns = torch.meshgrid(torch.linspace(0, 1, size), torch.linspace(0, 1, size), indexing="ij")
    for shape, lung in zip(shapes, lungs, strict=True):
        places = torch.nonzero(lung[0] > _LUNG)
        if not len(places):
            continue
        for _ in range(_FOCI[int(torch.randint(len(_FOCI), (), generator=generator))]):
            place = places[int(torch.randint(len(places), (), generator=generator))]
            down, across = ((place + 0.5) / lung.shape[-1]).tolist()
            tall, wide, turn = torch.rand(3, generator=generator).tolist()
            angle = math.pi * turn
            along = (columns - across) * math.cos(angle) + (rows - down) * math.sin(angle)
            aside = (rows - down) * math.cos(angle) - (columns - across) * math.sin(angle)
            distance = torch.sqrt((along / (0.05 + 0.11 * wide)) ** 2 + (aside / (0.05 + 0.15 * tall)) ** 2)
            shape[0] = torch.maximum(shape[0], 1.0 - distance)
    return shapes


def _soft_tissue(films: Tensor, generator: torch.Generator) -> Tensor:
    """The grey that an opacity tends to: a bright one of each film, (B, 1, 1, 1)."""
    shares = _between(0.65, 0.92, (len(films),), generator).tolist()
    greys = [torch.quantile(film.flatten()[::7], share) for film, share in zip(films, shares, strict=True)]
    return torch.stack(greys).view(-1, 1, 1, 1)


def _clouds(count: int, size: int, cells: int, generator: torch.Generator) -> Tensor:
    """Smooth noise of unit spread with about `cells` clouds along a side: (count, 1, size, size)."""
    coarse = torch.randn(count, 1, cells, cells, generator=generator)
    return F.interpolate(coarse, size=(size, size), mode="bicubic", align_corners=False)


def _between(low: float, high: float, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(shape, generator=generator)


def _chance(share: float, count: int, generator: torch.Generator) -> Tensor:
    return (torch.rand(count, generator=generator) < share).view(-1, 1, 1, 1)
