"""Films made into what they are not: one lung folded onto the other, tiles shuffled, bent, parts turned negative."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from torch import Tensor

from training.gate.cuts import Window


def window_moves(windows: list[Window]) -> Tensor:
    """The moves that show these windows on whole squares: (n, 2, 3), for `training.augment.move`."""
    moves = torch.zeros(len(windows), 2, 3)
    for move, window in zip(moves, windows, strict=True):
        move[0, 0], move[0, 2] = window.right - window.left, window.right + window.left - 1.0
        move[1, 1], move[1, 2] = window.bottom - window.top, window.bottom + window.top - 1.0
    return moves


def chained(first: Tensor, then: Tensor) -> Tensor:
    """One move after another, each (n, 2, 3)."""
    last = torch.tensor([0.0, 0.0, 1.0]).expand(len(first), 1, 3)
    return (torch.cat([first, last], dim=1) @ torch.cat([then, last], dim=1))[:, :2]


def folded(film: Tensor, generator: torch.Generator) -> Tensor:
    """A film (S, S) as if seen from its side: one half over the mirrored other, a row of vertebrae along the back."""
    side = film.shape[-1]

    def u(low: float, high: float) -> float:
        return low + (high - low) * torch.rand((), generator=generator).item()

    axis, reach = int(side * u(0.46, 0.54)), int(side * u(0.0, 0.12))
    halves = (film[:, : axis + reach], film.flip(1)[:, : side - axis + reach])
    wide = int(side * u(0.55, 1.0))
    shown = []
    for half in halves:
        rows = slice(int(side * u(0.0, 0.06)), side - int(side * u(0.0, 0.06)))
        shown.append(F.interpolate(half[rows][None, None], size=(side, wide), mode="bilinear")[0, 0])
    share = u(0.3, 0.7)
    both = share * shown[0] + (1.0 - share) * shown[1]
    down, across = (torch.linspace(-1.0, 1.0, length) for length in both.shape)
    line = u(0.5, 0.95) + u(-0.2, 0.2) * down**2
    column = torch.exp(-(((across[None] - line[:, None]) / u(0.08, 0.2)) ** 2))
    blocks = 0.75 + 0.25 * torch.cos(2 * math.pi * down / u(0.14, 0.26))
    both = both + u(0.0, 0.35) * column * blocks[:, None]
    heart = ((across[None] - u(-0.5, 0.2)) / u(0.3, 0.6)) ** 2 + ((down[:, None] - u(0.0, 0.5)) / u(0.25, 0.5)) ** 2
    both = both + u(0.0, 0.3) * (1.0 - heart).clamp(min=0.0).sqrt()
    arms = torch.exp(-(((down[:, None] + 1.0) / u(0.1, 0.5)) ** 2)) * torch.sigmoid(
        u(-6.0, 6.0) * across[None] + u(-2.0, 2.0)
    )
    both = both + u(0.0, 0.5) * arms
    frame = torch.full((side, side), u(0.0, 0.15))
    left = int((side - wide) * u(0.0, 1.0))
    edge = torch.sigmoid((1.0 - across.abs()) * u(8.0, 60.0)) * 2.0 - 1.0
    frame[:, left : left + wide] += (both - frame[0, 0]) * edge[None]
    return frame.flip(1) if u(0.0, 1.0) < 0.5 else frame


def spoilt(film: Tensor, generator: torch.Generator) -> Tensor:
    """A film (S, S) that is none any more: shuffled, bent, negative in part, or crossed with itself."""
    match int(torch.randint(4, (), generator=generator)):
        case 0:
            return _shuffled(film, generator)
        case 1:
            return _bent(film, generator)
        case 2:
            return _negative_in_part(film, generator)
        case _:
            turned = torch.rot90(film, int(torch.randint(1, 4, (), generator=generator)))
            return 0.5 * film + 0.5 * turned


def _shuffled(film: Tensor, generator: torch.Generator) -> Tensor:
    count = int(torch.randint(2, 6, (), generator=generator))
    side = film.shape[-1] // count
    tiles = (
        film[: count * side, : count * side].reshape(count, side, count, side).transpose(1, 2).reshape(-1, side, side)
    )
    order = torch.randperm(count * count, generator=generator).roll(1)
    mixed = tiles[order].reshape(count, count, side, side).transpose(1, 2).reshape(count * side, count * side)
    return F.interpolate(mixed[None, None], size=film.shape, mode="bilinear")[0, 0]


def _bent(film: Tensor, generator: torch.Generator) -> Tensor:
    side, knots = film.shape[-1], int(torch.randint(3, 8, (), generator=generator))
    shift = torch.randn(1, 2, knots, knots, generator=generator) * 0.45
    smooth = F.interpolate(shift, size=(side, side), mode="bicubic", align_corners=False)[0].permute(1, 2, 0)
    straight = F.affine_grid(torch.eye(2, 3)[None], [1, 1, side, side], align_corners=False)
    return F.grid_sample(film[None, None], straight + smooth, padding_mode="reflection", align_corners=False)[0, 0]


def _negative_in_part(film: Tensor, generator: torch.Generator) -> Tensor:
    start, length = torch.rand(2, generator=generator).tolist()
    side = film.shape[-1]
    first = int(side * 0.6 * start)
    film = film.clone()
    film[first : first + int(side * (0.25 + 0.3 * length))] *= -1.0
    film[film < 0] += 1.0
    return torch.rot90(film, int(torch.randint(4, (), generator=generator)))
