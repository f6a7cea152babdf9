from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.training.shipped.toy import lungs_at
from training.augment import NO_AUGMENTATION
from training.films import DataError
from training.lesson import Share
from training.recipes import LUNGS, Recipe
from training.shipped.lung_lesson import LungLesson
from training.shipped.lung_masks import LungMasks
from training.shipped.lung_network import LungNetwork

SPEC = dataclasses.replace(LUNGS.input_spec, size=64)
SMALL = dataclasses.replace(LUNGS, batch_size=8, input_spec=SPEC)
COUNT, CHOSEN = 24, 6


def toy() -> tuple[NDArray[np.uint8], LungMasks]:
    """Grainy films whose dark lungs lie in different places, and their masks."""
    shifts = np.linspace(-0.1, 0.2, COUNT)
    squares = np.random.default_rng(1).integers(150, 200, (COUNT, 73, 73)).astype(np.uint8)
    for square, shift in zip(squares, shifts, strict=True):
        square[lungs_at(shift, 73)] -= 120
    lungs = np.stack([lungs_at(shift, 64) * np.uint8(255) for shift in shifts])
    return squares, LungMasks(np.arange(COUNT), lungs, np.ones(lungs.shape, dtype=bool))


def a_lesson(masks: LungMasks | None = None, recipe: Recipe = SMALL) -> LungLesson:
    squares, own = toy()
    choose = np.arange(COUNT) % (COUNT // CHOSEN) == 0
    return LungLesson(squares, masks or own, choose, recipe, share=Share(), device=torch.device("cpu"))


def test_the_loss_falls_and_the_lungs_are_found() -> None:
    torch.manual_seed(1)
    network, lesson, generator = LungNetwork().train(), a_lesson(), torch.Generator().manual_seed(2)
    optimiser = torch.optim.AdamW([part for part in network.parameters() if part.requires_grad], lr=3e-3)
    losses = []
    for step in range(12):
        loss = lesson.loss(network, step % lesson.steps_per_epoch, generator)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert lesson.steps_per_epoch == (COUNT - CHOSEN) // 8
    assert np.mean(losses[-3:]) < 0.8 * np.mean(losses[:3])


class Darkness(nn.Module):
    """Calls lung what is dark, as it is in the toy films."""

    def __init__(self, *, right: bool = True) -> None:
        super().__init__()
        self.sign = 1.0 if right else -1.0

    def forward(self, films: Tensor) -> Tensor:
        grey = F.avg_pool2d(films, 4) * SPEC.std + SPEC.mean
        return self.sign * 20.0 * (0.5 - grey)


def test_who_knows_the_lungs_measures_best() -> None:
    knows, errs = a_lesson().measure(Darkness()), a_lesson().measure(Darkness(right=False))
    assert knows["auroc_choose"] > 0.99
    assert knows["dice"] > 0.8
    assert errs["auroc_choose"] < 0.01
    assert errs["dice"] < 0.2


def test_films_and_masks_are_changed_alike() -> None:
    """Who knows the lungs has a small loss, however films are turned and moved."""
    plain = dataclasses.replace(SMALL.augmentation, gamma=0.0, contrast=0.0, brightness=0.0, mark_share=0.0)
    lesson = a_lesson(recipe=dataclasses.replace(SMALL, augmentation=plain))
    losses = [lesson.loss(Darkness(), step, torch.Generator().manual_seed(step)).item() for step in (0, 1)]
    assert max(losses) < 0.2
    wrong = toy()[1]
    wrong = dataclasses.replace(wrong, lung=wrong.lung[:, :, ::-1].copy())
    lesson = a_lesson(wrong, dataclasses.replace(SMALL, augmentation=plain))
    assert lesson.loss(Darkness(), 0, torch.Generator().manual_seed(0)).item() > 2 * max(losses)


def test_places_that_nobody_decided_on_do_not_count() -> None:
    still = dataclasses.replace(SMALL, augmentation=NO_AUGMENTATION)
    _, masks = toy()
    known = masks.known.copy()
    known[:, 32:] = False
    lung = masks.lung.copy()
    lung[:, 32:] = 255 - lung[:, 32:]
    losses, figures = [], []
    for shown in (masks.lung, lung):
        lesson = a_lesson(LungMasks(masks.films, shown, known), still)
        losses.append(lesson.loss(Darkness(), 0, torch.Generator().manual_seed(3)).item())
        figures.append(lesson.measure(Darkness()))
    assert losses[0] == losses[1] > 0.0
    assert figures[0] == figures[1]


@pytest.mark.parametrize("chosen", [slice(0, 0), slice(5, None)])
def test_too_few_masks_are_one_sentence(chosen: slice) -> None:
    squares, masks = toy()
    choose = np.zeros(COUNT, dtype=bool)
    choose[chosen] = True
    with pytest.raises(DataError, match="too few lung masks"):
        LungLesson(squares, masks, choose, SMALL, share=Share(), device=torch.device("cpu"))
