from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.model.preprocess import Box
from training.augment import NO_AUGMENTATION
from training.class_lesson import ClassFilms, ClassLesson, draw_mix
from training.films import DataError, FilmSquares, LabelledFilm
from training.lesson import Share
from training.recipes import CNN, Recipe

CPU = torch.device("cpu")


class SeenFilms(nn.Module):
    """Keeps the films it is shown and finds all classes equally likely."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Tensor] = []

    def forward(self, films: Tensor) -> Tensor:
        self.seen.append(films)
        return films.new_zeros((len(films), 3, 1, 1))


def a_recipe(**changes: object) -> Recipe:
    spec = dataclasses.replace(CNN.input_spec, size=8, mean=0.0, std=1.0)
    plain = dataclasses.replace(CNN, batch_size=6, input_spec=spec, augmentation=NO_AUGMENTATION)
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def some_films(count: int = 20) -> ClassFilms:
    """Films of one grey each, by which they can be told apart; class by number."""
    films = [LabelledFilm(Path("film.png"), number % 3, f"p{number}", 2) for number in range(count)]
    squares = np.repeat(np.arange(count, dtype=np.uint8) * 10 + 20, 64).reshape(count, 8, 8)
    whole = FilmSquares(films, squares, [Box(0.0, 0.0, 1.0, 1.0)] * count)
    return ClassFilms(whole, whole)


def greys(lesson: ClassLesson, generator: torch.Generator) -> list[set[int]]:
    """The films of each step of an epoch, known by their grey."""
    network = SeenFilms()
    for step in range(lesson.steps_per_epoch):
        lesson.loss(network, step, generator)
    return [{round(film.max().item() * 255) for film in batch} for batch in network.seen]


def test_processes_share_the_batches_of_one() -> None:
    def epochs_of(share: Share) -> list[set[int]]:
        lesson = ClassLesson(some_films(), a_recipe(), share=share, device=CPU)
        generator = torch.Generator().manual_seed(4)
        return greys(lesson, generator) + greys(lesson, generator)

    one = epochs_of(Share())
    first, second = epochs_of(Share(0, 2)), epochs_of(Share(1, 2))
    assert one[:3] != one[3:]
    for whole, part, other in zip(one[:3], first[:3], second[:3], strict=True):
        assert part | other == whole
        assert not part & other
    for part, other in zip(first[3:], second[3:], strict=True):
        assert not part & other


def test_chance_differs_between_processes_but_the_order_does_not() -> None:
    generators = [torch.Generator().manual_seed(1) for _ in range(2)]
    own = [Share(rank, 2).chance(generator) for rank, generator in enumerate(generators)]
    assert not torch.equal(torch.rand(3, generator=own[0]), torch.rand(3, generator=own[1]))
    assert torch.equal(torch.rand(3, generator=generators[0]), torch.rand(3, generator=generators[1]))


def test_mixup_blends_films_and_their_losses() -> None:
    part, partner = draw_mix(5, 0.4, torch.Generator().manual_seed(2))
    assert 0.0 < part < 1.0
    assert sorted(partner.tolist()) == list(range(5))
    draws = [draw_mix(2, 0.4, generator)[0] for generator in [torch.Generator().manual_seed(3)] for _ in range(2000)]
    # The variance of Beta(a, a) is 1 / (4 (2 a + 1)).
    assert np.mean(draws) == pytest.approx(0.5, abs=0.03)
    assert np.var(draws) == pytest.approx(1 / (4 * 1.8), rel=0.1)

    mixed = ClassLesson(some_films(), a_recipe(mixup=0.4), share=Share(), device=CPU)
    seen = set().union(*greys(mixed, torch.Generator().manual_seed(5)))
    assert any(grey % 10 for grey in seen)
    loss = mixed.loss(SeenFilms(), 0, torch.Generator().manual_seed(6))
    assert loss.item() == pytest.approx(np.log(3.0), rel=1e-5)


def test_the_measure_is_the_auroc_of_pneumonia() -> None:
    class Knows(nn.Module):
        def forward(self, films: Tensor) -> Tensor:
            number = ((films.amax(dim=(1, 2, 3)) * 255 - 20) / 10).round()
            ill = (number % 3 > 0).float() * 4
            ill[0] = 9.0  # a normal film above all others
            return torch.stack((-ill, ill, ill), dim=1)[:, :, None, None]

    lesson = ClassLesson(some_films(), a_recipe(), share=Share(), device=CPU)
    # 7 normal films of 20, of which one is above all 13 with pneumonia.
    assert lesson.measure(Knows())["auroc_choose"] == pytest.approx(6 / 7)


def test_too_few_films_are_one_sentence() -> None:
    with pytest.raises(DataError, match="too few films"):
        ClassLesson(some_films(5), a_recipe(), share=Share(), device=CPU)
