from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from training.augment import NO_AUGMENTATION as STILL
from training.augment import Augmentation, augment, change_look, draw_moves, move


def films(count: int = 8) -> torch.Tensor:
    return torch.rand(count, 1, 64, 64, generator=torch.Generator().manual_seed(1))


def test_range_and_shape() -> None:
    changed = augment(films(), 48, Augmentation(), torch.Generator().manual_seed(2))
    assert changed.shape == (8, 1, 48, 48)
    assert changed.min() >= 0.0
    assert changed.max() <= 1.0


def test_one_seed_gives_one_outcome() -> None:
    first, second = (augment(films(), 64, Augmentation(), torch.Generator().manual_seed(3)) for _ in range(2))
    other = augment(films(), 64, Augmentation(), torch.Generator().manual_seed(4))
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


def test_nothing_asked_nothing_changed() -> None:
    before = films()
    after = augment(before.clone(), 64, STILL, torch.Generator().manual_seed(5))
    assert torch.allclose(before, after, atol=1e-3)


def asked_alone(**what: float) -> tuple[torch.Tensor, torch.Tensor]:
    """40 films before and after one kind of change."""
    before = films(40) * 0.8 + 0.15
    shown = before.clone()
    after = change_look(shown, replace(STILL, **what), torch.Generator().manual_seed(6))
    assert torch.equal(shown, before)
    assert after.min() >= 0.0
    assert after.max() <= 1.0
    return before, after


def places_changed(before: torch.Tensor, after: torch.Tensor) -> torch.Tensor:
    return ((after - before).abs() > 1e-6)[:, 0]


@pytest.mark.parametrize("share", ["mark_share", "border_share", "lead_share"])
def test_what_is_painted_stays_on_the_films(share: str) -> None:
    changed = places_changed(*asked_alone(**{share: 1.0})).flatten(1)
    assert changed.any(dim=1).all()
    assert changed.float().mean(dim=1).max() < 0.4
    some = places_changed(*asked_alone(**{share: 0.5})).flatten(1).any(dim=1)
    assert 8 < some.sum() < 32


@pytest.mark.parametrize("kind", ["mark_share", "border_share", "lead_share", "detail"])
def test_a_change_that_is_off_does_nothing(kind: str) -> None:
    assert not places_changed(*asked_alone(**{kind: 0.0})).any()


def test_a_mark_is_one_grey_near_the_upper_or_lower_edge() -> None:
    before, after = asked_alone(mark_share=1.0)
    for film, places in zip(after[:, 0], places_changed(before, after), strict=True):
        assert film[places].unique().numel() == 1
        rows = torch.nonzero(places)[:, 0] / 64
        assert rows.max() < 0.25 or rows.min() > 0.75


def test_a_border_is_one_dark_edge() -> None:
    before, after = asked_alone(border_share=1.0)
    edges = set()
    for film, places in zip(after[:, 0], places_changed(before, after), strict=True):
        assert film[places].max() <= 0.1
        whole = [places[0].all(), places[-1].all(), places[:, 0].all(), places[:, -1].all()]
        assert sum(whole) == 1
        edges.add(whole.index(True))
    assert edges == {0, 1, 2, 3}


def test_leads_are_thin_and_bright() -> None:
    before, after = asked_alone(lead_share=1.0)
    assert (after - before).min() > -1e-6
    thickness = places_changed(before, after).float().mean(dim=(1, 2))
    assert thickness.max() < 0.2


def test_detail_is_added_and_taken_away() -> None:
    before, after = asked_alone(detail=0.8)
    spreads = after.std(dim=(1, 2, 3)) - before.std(dim=(1, 2, 3))
    assert (spreads > 0.01).any()
    assert (spreads < -0.01).any()
    assert 0.5 < (spreads.abs() < 1e-6).float().mean() < 0.95


def middle_of(grid: torch.Tensor) -> torch.Tensor:
    """Middle of what is bright on each (B, 1, S, S), as shares of the side: (B, 2)."""
    places = (torch.arange(grid.shape[-1]) + 0.5) / grid.shape[-1]
    weights = grid[:, 0] / grid[:, 0].sum(dim=(1, 2), keepdim=True)
    down, across = (weights.sum(dim=2) * places).sum(dim=1), (weights.sum(dim=1) * places).sum(dim=1)
    return torch.stack((down, across), dim=1)


def test_films_and_masks_move_alike() -> None:
    drawn, masks = torch.zeros(12, 1, 96, 96), torch.zeros(12, 1, 32, 32)
    drawn[:, :, 30:48, 54:72] = masks[:, :, 10:16, 18:24] = 1.0
    how = replace(STILL, rotation_degrees=20.0, scale=0.2, aspect=0.4, shift=0.1)
    moves = draw_moves(12, how, torch.Generator().manual_seed(7))
    film_middles, mask_middles = middle_of(move(drawn, moves, 64)), middle_of(move(masks, moves, 16))
    assert torch.allclose(film_middles, mask_middles, atol=0.015)
    assert (film_middles - middle_of(drawn)).abs().amax(dim=1).median() > 0.04
    still = draw_moves(12, STILL, torch.Generator().manual_seed(7))
    assert torch.allclose(middle_of(move(drawn, still, 64)), middle_of(drawn), atol=1e-3)
