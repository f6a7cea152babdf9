from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from training.augment import move
from training.gate.bodies import BODIES, side_view
from training.gate.changes import chained, folded, spoilt, window_moves
from training.gate.cuts import Window
from training.gate.pictures import PICTURES, photograph, sample_photographs

Draw = Callable[[int, np.random.Generator], np.ndarray]


@pytest.mark.parametrize("draw", {*BODIES, *PICTURES, side_view}, ids=lambda draw: draw.__name__)
def test_every_drawing_fills_its_range_and_no_two_are_alike(draw: Draw) -> None:
    first, again, other = (draw(64, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (64, 64)
    assert 0.0 <= first.min() < first.max() <= 1.0
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_parts_of_photographs() -> None:
    part = photograph(48, np.random.default_rng(1), sample_photographs())
    assert part.shape == (48, 48)
    assert part.std() > 0.05


def test_a_folded_film_has_one_lung() -> None:
    film = torch.ones(96, 96)
    film[20:80, 10:40] = film[20:80, 56:86] = 0.2
    chance = torch.Generator().manual_seed(1)
    for _ in range(20):
        side = folded(film, chance)
        assert side.shape == film.shape
        assert torch.isfinite(side).all()
        assert not torch.equal(side, film)


def test_a_spoilt_film_is_another() -> None:
    film = torch.rand(60, 60, generator=torch.Generator().manual_seed(1))
    chance = torch.Generator().manual_seed(1)
    for _ in range(20):
        changed = spoilt(film, chance)
        assert changed.shape == film.shape
        assert not torch.allclose(changed, film)


def test_a_window_shows_its_part_of_a_square() -> None:
    film = torch.arange(64.0).reshape(1, 1, 8, 8)
    shown = move(film, window_moves([Window(0.0, 0.5, 0.5, 1.0)]), 4)
    assert torch.allclose(shown[0, 0], film[0, 0, :4, 4:])
    still = torch.eye(2, 3)[None]
    assert torch.allclose(
        chained(window_moves([Window(0.0, 0.5, 0.5, 1.0)]), still), window_moves([Window(0.0, 0.5, 0.5, 1.0)])
    )
