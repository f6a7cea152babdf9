from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from torch import Tensor

from training.shipped.opacities import Drawn, draw_opacities

COUNT, SIZE, CELLS = 40, 96, 6


def films() -> Tensor:
    """Films that get brighter to the right, and grain on them."""
    grain = torch.rand(COUNT, 1, SIZE, SIZE, generator=torch.Generator().manual_seed(1))
    return torch.linspace(0.1, 0.7, SIZE).expand(COUNT, 1, SIZE, SIZE) + 0.1 * grain


def lungs() -> Tensor:
    masks = torch.zeros(COUNT, 1, 32, 32)
    masks[:, :, 6:26, 4:14] = masks[:, :, 6:26, 19:28] = 1.0
    return masks


def draw(seed: int, masks: Tensor | None = None) -> Drawn:
    masks = lungs() if masks is None else masks
    return draw_opacities(films(), masks, cells=CELLS, generator=torch.Generator().manual_seed(seed))


def test_nothing_changes_outside_the_lungs() -> None:
    near = F.max_pool2d(lungs(), 5, 1, 2)  # the soft edge is not wider than two places of the mask
    outside = F.interpolate(near, size=(SIZE, SIZE), mode="nearest") == 0.0
    assert outside.any()
    drawn = draw(2).films
    assert torch.equal(drawn[outside], films()[outside])
    inside = F.interpolate(lungs(), size=(SIZE, SIZE), mode="nearest") == 1.0
    changed = ((drawn - films()).abs() > 0.02) & inside
    assert (changed.flatten(1).sum(dim=1) > 20).float().mean() > 0.8


def test_lungs_too_small_stay_clear() -> None:
    masks = lungs()
    masks[::2] = 0.0
    masks[::4, :, 10:15, 10:17] = 1.0
    drawn = draw(3, masks)
    assert torch.equal(drawn.films[::2], films()[::2])
    assert (drawn.change[::2] == 0.0).all()
    assert (drawn.change[1::2].amax(dim=(1, 2, 3)) > 0.0).all()


def test_films_get_brighter_but_for_the_texture() -> None:
    difference = draw(4).films - films()
    assert difference.min() > -0.15
    assert difference.clamp(max=0.0).mean().abs() < 0.1 * difference.clamp(min=0.0).mean()
    drawn = draw(4).films
    assert drawn.min() >= 0.0
    assert drawn.max() <= 1.0


def test_the_change_is_where_films_got_brighter() -> None:
    drawn = draw(5)
    side = SIZE // CELLS
    brighter = F.avg_pool2d(drawn.films - films(), side)
    assert drawn.change.shape == (COUNT, 1, CELLS, CELLS)
    visible = drawn.change > 0.045
    assert visible.flatten(1).any(dim=1).float().mean() > 0.5
    assert (brighter[visible] > 0.03).all()
    assert (brighter[drawn.change < 0.012].abs() < 0.012).all()
    assert (drawn.change[:, :, :, -1] < 0.012).all()  # no lung there


def test_one_seed_gives_one_outcome() -> None:
    first, again, other = draw(6), draw(6), draw(7)
    assert torch.equal(first.films, again.films)
    assert torch.equal(first.change, again.change)
    assert not torch.equal(first.films, other.films)


def test_films_are_not_drawn_alike() -> None:
    peaks = draw(8).change.flatten(1).argmax(dim=1)
    assert len(peaks.unique()) > 5


def test_no_films_are_no_trouble() -> None:
    drawn = draw_opacities(films()[:0], lungs()[:0], cells=CELLS, generator=torch.Generator().manual_seed(1))
    assert drawn.films.shape == (0, 1, SIZE, SIZE)
    assert drawn.change.shape == (0, 1, CELLS, CELLS)
