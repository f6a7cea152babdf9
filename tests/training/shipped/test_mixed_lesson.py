from __future__ import annotations

import dataclasses

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own idiom
from torch import Tensor, nn

from tests.training.shipped.toy import mixed_films, squares_of
from training.augment import NO_AUGMENTATION
from training.films import DataError
from training.lesson import Share
from training.recipes import MAPAFU, Mix
from training.shipped.adults import FINDINGS
from training.shipped.mixed_lesson import MixedFilms, MixedLesson
from training.shipped.network import Reading, ReadingNetwork

SPEC = dataclasses.replace(MAPAFU.input_spec, size=64, mean=0.0, std=1.0)
SMALL = dataclasses.replace(MAPAFU, batch_size=6, input_spec=SPEC)
STILL = dataclasses.replace(SMALL, augmentation=NO_AUGMENTATION)
MIX = Mix(adults=4, drawn=3)
CPU = torch.device("cpu")


class SeenFilms(nn.Module):
    """Keeps the films it is shown and says nothing of them, but that some are bright."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Tensor] = []

    def forward(self, films: Tensor) -> Reading:
        self.seen.append(films)
        count, side = len(films), films.shape[-1]
        bright = (films[:, :, 32:48, 10:21].mean(dim=(1, 2, 3)) - 0.4) * 20.0
        none = torch.zeros(count)
        maps = torch.zeros(count, 1, side // 8, side // 8)
        heat = torch.zeros(count, 1, side // 16, side // 16)
        logits = torch.stack((-bright, bright, bright), dim=1)
        return Reading(logits, heat, none, maps, torch.zeros(count, 1280), torch.zeros(count, len(FINDINGS)))


def a_lesson(
    films: MixedFilms | None = None, *, mix: Mix = MIX, share: Share | None = None, still: bool = False
) -> MixedLesson:
    films, recipe = films or mixed_films(), STILL if still else SMALL
    return MixedLesson(films, recipe, mix, share=share or Share(), device=CPU)


def batch(lesson: MixedLesson, seed: int) -> Tensor:
    network = SeenFilms()
    lesson.loss(network, 0, torch.Generator().manual_seed(seed))
    return network.seen[0]


def test_a_generator_draws_one_batch() -> None:
    clear = mixed_films(children=[0] * 12, opacities=[0.05] * 12)
    first, again, other = (batch(a_lesson(clear), seed) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first[:10], other[:10])
    assert first.shape[1:] == (1, 64, 64)


def test_a_batch_has_children_adults_and_clear_films_again() -> None:
    lesson = a_lesson(mixed_films(children=[0] * 12, opacities=[0.05] * 12), still=True)
    shown = batch(lesson, 3)
    assert len(shown) == 6 + 4 + 3
    for again in shown[10:]:
        nearest = min((again - film).abs().mean().item() for film in shown[:10])
        assert nearest < 0.1
    assert any((again - shown[:10]).abs().mean(dim=(1, 2, 3)).min() > 0.0 for again in shown[10:])


@pytest.mark.parametrize(
    ("mix", "ill", "count"), [(MIX, False, 13), (MIX, True, 10), (Mix(adults=4, drawn=0), False, 10)]
)
def test_the_loss_is_a_number_and_reaches_every_part(mix: Mix, ill: bool, count: int) -> None:
    """With drawn opacities or without any, since no film of the batch is clear or none are asked for."""
    films = mixed_films(children=[1, 2] * 6, opacities=[0.85, 0.7] * 4) if ill else mixed_films(children=[0, 0, 1, 2])
    torch.manual_seed(4)
    network = ReadingNetwork(classes=3, findings=len(FINDINGS), dropout=0.2).train()
    rows: list[int] = []
    network.register_forward_hook(lambda module, given, out: rows.append(len(given[0])))
    loss = a_lesson(films, mix=mix).loss(network, 0, torch.Generator().manual_seed(5))
    assert rows == [count]
    assert torch.isfinite(loss)
    loss.backward()
    for name, parameter in network.named_parameters():
        assert (parameter.grad is not None and bool(parameter.grad.abs().sum() > 0)) == parameter.requires_grad, name
        assert parameter.requires_grad == (not name.startswith("edges.")), name


def loss_without(weight: str) -> float:
    mix = dataclasses.replace(MIX, **{weight: 0.0})
    return a_lesson(mix=mix, still=True).loss(SeenFilms(), 0, torch.Generator().manual_seed(6)).item()


@pytest.mark.parametrize("weight", ["adult_weight", "heat_weight", "lung_weight", "finding_weight"])
def test_every_loss_counts(weight: str) -> None:
    whole = a_lesson(still=True).loss(SeenFilms(), 0, torch.Generator().manual_seed(6)).item()
    assert loss_without(weight) < whole - 1e-3


def test_films_and_lungs_are_moved_alike() -> None:
    """Lungs are all that is bright on these films, and who says so has a small loss wherever they are moved to."""

    class Brightness(SeenFilms):
        def forward(self, films: Tensor) -> Reading:
            return super().forward(films)._replace(lungs=20.0 * (F.avg_pool2d(films, 8) - 0.5))

    def loss_of_lungs(films: MixedFilms) -> float:
        moved = dataclasses.replace(NO_AUGMENTATION, rotation_degrees=12.0, scale=0.14, aspect=0.35, shift=0.06)
        recipe = dataclasses.replace(SMALL, augmentation=moved)
        mixes = [dataclasses.replace(MIX, lung_weight=weight) for weight in (1.0, 0.0)]
        lessons = [MixedLesson(films, recipe, mix, share=Share(), device=CPU) for mix in mixes]
        whole, without = (lesson.loss(Brightness(), 0, torch.Generator().manual_seed(9)) for lesson in lessons)
        return (whole - without).item()

    films = mixed_films(children=[1, 2] * 6, opacities=[0.85] * 12)
    for squares, lungs in ((films.children.squares, films.lungs), (films.adults.squares.squares, films.adults.lungs)):
        squares[:], lungs[:] = 0, 0
        for places in (squares, lungs):
            side = places.shape[-1]
            places[:, side // 6 : side // 2, side // 5 : side // 2] = 255
    adults = dataclasses.replace(films.adults, lungs=films.adults.lungs[:, :, ::-1].copy())
    right = loss_of_lungs(films)
    assert right < 0.15
    assert loss_of_lungs(dataclasses.replace(films, lungs=films.lungs[:, :, ::-1].copy())) > 2 * right
    assert loss_of_lungs(dataclasses.replace(films, adults=adults)) > 2 * right


def test_who_finds_the_opacities_has_a_smaller_loss() -> None:
    class Errs(SeenFilms):
        def forward(self, films: Tensor) -> Reading:
            reading = super().forward(films)
            return reading._replace(logits=-reading.logits)

    right, wrong = (
        a_lesson(still=True).loss(network, 0, torch.Generator().manual_seed(7)).item()
        for network in (SeenFilms(), Errs())
    )
    assert right < wrong - 1.0


def test_processes_share_the_batch_of_one() -> None:
    """Films of one grey each, by which they can be told apart."""
    films = mixed_films(opacities=[0.4] * 12)
    for number, square in enumerate(films.children.squares):
        square[:] = number * 5 + 10
    for number, square in enumerate(films.adults.squares.squares):
        square[:] = number * 5 + 140

    def greys(share: Share) -> tuple[list[int], list[int]]:
        mix = dataclasses.replace(MIX, drawn=0)
        shown = batch(a_lesson(films, mix=mix, share=share, still=True), 8)
        all_greys = [round(film.max().item() * 255) for film in shown]
        return [grey for grey in all_greys if grey < 140], [grey for grey in all_greys if grey >= 140]

    one, first, second = greys(Share()), greys(Share(0, 2)), greys(Share(1, 2))
    for whole, part, other, count in zip(one, first, second, (6, 4), strict=True):
        assert len(whole) == count
        assert len(part) == len(other) == count // 2
        assert sorted(part + other) == sorted(whole)


def test_adults_have_to_suffice_for_every_process() -> None:
    for mix, share in ((Mix(adults=0), Share()), (Mix(adults=1), Share(0, 2))):
        with pytest.raises(DataError, match="adult films in each step"):
            a_lesson(mix=mix, share=share)


def test_the_measure_is_of_children_and_of_adults_in_each_view() -> None:
    films = mixed_films()
    choose = squares_of([0] * 8 + [1, 2], side=64, seed=9)
    choose.squares[:] = choose.squares[[8, 1, 1, 1, 1, 1, 1, 1, 8, 1]]  # one of each kind looks like the other
    for adults in films.tune.values():
        adults.squares[2:] = adults.squares[1]
    figures = a_lesson(dataclasses.replace(films, choose=choose)).measure(SeenFilms())
    # Of 8 x 2 pairs of children the first ill one wins 7 and ties with 1, the second ties with 7.
    assert figures.pop("auroc_children") == pytest.approx(11 / 16)
    # Adults are of the kinds 0, 1, 2, 1; the one of kind 2 has no opacity, and looks like those that have.
    assert figures.pop("auroc_adults_pa") == figures.pop("auroc_adults_ap") == pytest.approx(0.75)
    assert figures == {"auroc_choose": pytest.approx((11 / 16 + 0.75 + 0.75) / 3)}
