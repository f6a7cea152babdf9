"""Changes to training films that must not change the answer: geometry, tone, sharpness and marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from torch import Tensor

_DETAIL_SHARE, _GRAINY_SHARE = 0.25, 0.5


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far films are changed. Shares are of 1; `aspect` is there because shape must not tell the class.

    Attributes:
        noise: Mean strength of the grain on half of the films.
        detail: Up to so much of a film's fine detail is added or taken away, in part of the films.
        border_share: Share of films with one collimated edge.
        lead_share: Share of films with thin bright lines, as leads and tubes leave them.
    """

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
    detail: float = 0.0
    border_share: float = 0.0
    lead_share: float = 0.0

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
    return change_look(move(squares, draw_moves(len(squares), how, generator), size), how, generator)


def change_look(films: Tensor, how: Augmentation, generator: torch.Generator) -> Tensor:
    """Change sharpness, tone, grain and marks of (B, 1, S, S) float32 in 0..1; nothing is moved."""
    films = _blur_some(films, how.blur_share, generator)
    films = _change_tone(films, how, generator)
    films = _change_detail(films, how.detail, generator)
    films = _add_grain(films, how.noise, generator)
    films = _paint_marks(films, how.mark_share, generator)
    films = _cover_edges(films, how.border_share, generator)
    return _draw_leads(films, how.lead_share, generator)


def _spread(count: int, reach: float, generator: torch.Generator) -> Tensor:
    return (torch.rand(count, generator=generator) * 2.0 - 1.0) * reach


def draw_moves(count: int, how: Augmentation, generator: torch.Generator) -> Tensor:
    """A turn, zoom, stretch and shift for each of `count` films: (count, 2, 3), for `move`."""
    angle = torch.deg2rad(_spread(count, how.rotation_degrees, generator))
    zoom = torch.exp(_spread(count, how.scale, generator))
    stretch = torch.exp(_spread(count, how.aspect, generator) / 2.0)
    across, down = zoom * stretch, zoom / stretch
    shift_x, shift_y = (_spread(count, 2.0 * how.shift, generator) for _ in range(2))
    top = torch.stack((torch.cos(angle) * across, -torch.sin(angle) * down, shift_x), dim=1)
    bottom = torch.stack((torch.sin(angle) * across, torch.cos(angle) * down, shift_y), dim=1)
    return torch.stack((top, bottom), dim=1)


def move(squares: Tensor, moves: Tensor, size: int) -> Tensor:
    """Films or masks (B, 1, S, S) moved and brought to (B, 1, size, size); what comes from outside is 0."""
    grid = F.affine_grid(moves, [len(squares), 1, size, size], align_corners=False)
    return F.grid_sample(squares, grid, padding_mode="zeros", align_corners=False)


def _blur_some(films: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Lower the resolution of part of the films, so that sharpness tells nothing about where a film is from."""
    size = films.shape[-1]
    films = films.clone()
    for film in _some(films, share, generator):
        small = int(size * (0.4 + 0.55 * torch.rand(1, generator=generator).item()))
        coarse = F.interpolate(film.unsqueeze(0), size=(small, small), mode="area")
        film.copy_(F.interpolate(coarse, size=(size, size), mode="bilinear", align_corners=False)[0])
    return films


def _add_grain(films: Tensor, reach: float, generator: torch.Generator) -> Tensor:
    """Grain of a strength of its own on half of the films: a network that always sees some is lost without it."""
    grainy = (torch.rand(len(films), generator=generator) < _GRAINY_SHARE).float()
    strength = (2.0 * reach * torch.rand(len(films), generator=generator) * grainy).view(-1, 1, 1, 1)
    return (films + strength * torch.randn(films.shape, generator=generator)).clamp_(0.0, 1.0)


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
    for film in _some(films, share, generator):
        height, width = (int(size * (0.04 + 0.08 * u)) for u in torch.rand(2, generator=generator).tolist())
        depth, along, grey, lower = torch.rand(4, generator=generator).tolist()
        top = int(depth * 0.12 * size)
        top = size - height - top if lower < 0.5 else top
        left = int(along * (size - width))
        film[:, top : top + height, left : left + width] = grey
    return films


def _some(films: Tensor, share: float, generator: torch.Generator) -> Iterator[Tensor]:
    """Each film (1, S, S) that is drawn, as a view: what is painted on it stays."""
    for index in torch.nonzero(torch.rand(len(films), generator=generator) < share)[:, 0].tolist():
        yield films[index]


def _change_detail(films: Tensor, reach: float, generator: torch.Generator) -> Tensor:
    """Sharpen or soften a quarter of the films, as the processing of other makers does."""
    if reach == 0.0:
        return films
    smooth = F.avg_pool2d(films, 9, 1, 4, count_include_pad=False)
    chosen = (torch.rand(len(films), generator=generator) < _DETAIL_SHARE).float()
    strength = (_spread(len(films), reach, generator) * chosen).view(-1, 1, 1, 1)
    return (films + strength * (films - smooth)).clamp(0.0, 1.0)


def _cover_edges(films: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Darken one edge, as a collimated beam does."""
    size = films.shape[-1]
    for film in _some(films, share, generator):
        side, depth, grey = torch.rand(3, generator=generator).tolist()
        lines = max(1, int(size * (0.01 + 0.06 * depth)))
        turned = film[0] if side < 0.5 else film[0].T
        turned = turned[:lines] if side % 0.5 < 0.25 else turned[-lines:]
        turned.fill_(0.1 * grey)
    return films


def _draw_leads(films: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Draw one to three thin bright curves over a film: they come with sick people and are no finding."""
    size = films.shape[-1]
    along = torch.linspace(0.0, 1.0, 2 * size).unsqueeze(1)
    for film in _some(films, share, generator):
        for _ in range(int(torch.randint(1, 4, (), generator=generator))):
            start, bend, end = torch.rand(3, 2, generator=generator)
            curve = (1 - along) ** 2 * start + 2 * along * (1 - along) * bend + along**2 * end
            rows, columns = (curve * size).long().clamp(0, size - 2).unbind(dim=1)
            thick, bright = torch.rand(2, generator=generator).tolist()
            line = torch.zeros(size, size)
            line[rows, columns] = 0.15 + 0.35 * bright
            if thick < 0.5:
                line[rows + 1, columns] = 0.15 + 0.35 * bright
            film[0].add_(line).clamp_(0.0, 1.0)
    return films
