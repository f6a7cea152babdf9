"""Everything the shipped recipe needs before its first step: films of three kinds, and a lung mask for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from rich.console import Console

from training.build import new_network
from training.class_lesson import ClassFilms, load_class_films
from training.devices import in_first, share_of
from training.films import DataError, FilmSquares, LabelledFilm, load_squares, read_adults
from training.loop import teach
from training.recipes import LUNGS, Recipe
from training.run_folder import open_run
from training.shipped.adults import read_weak_films
from training.shipped.lung_lesson import LungLesson
from training.shipped.lung_masks import LungMasks, complete_masks, read_lung_masks
from training.shipped.lung_network import LungNetwork
from training.shipped.mixed_lesson import ILL_ADULTS, ILL_CHILDREN, AdultFilms, MixedFilms

VIEWS = ("PA", "AP")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the shipped recipe finds its films.

    Attributes:
        data: Films of children.
        adults: Adult films, some with weak labels and some that radiologists read.
        lung_masks: Masks of some of the children's films, named as they are.
    """

    data: Path
    adults: Path
    lung_masks: Path


def prepare(
    films: Sequence[LabelledFilm],
    recipe: Recipe,
    sources: Sources,
    *,
    out: Path,
    start_weights: Path | None,
    limit: int | None,
    fabric: Fabric,
) -> tuple[MixedFilms, tuple[tuple[Path, str], ...]]:
    """Read all films and find their lungs. Returns them, and path and reason of each that cannot be read.

    The network that finds the lungs is trained in the folder `out`, or taken from there.

    Raises:
        DataError: The films cannot be used.
    """
    console = Console(quiet=not fabric.is_global_zero)
    children = load_class_films(films, recipe, limit=limit, quiet=console.quiet)
    spec, size = recipe.input_spec, children.learn.squares.shape[-1]
    weak = {film.film.path: film for film in read_weak_films(sources.adults)[:limit]}
    adults = load_squares(
        [film.film for film in weak.values()], spec, size=size, what="adult films to learn from", quiet=console.quiet
    )
    tune = {
        view: load_squares(
            read_adults(sources.adults, view=view), spec, size=spec.size, what=f"adult films, {view}", quiet=True
        )
        for view in VIEWS
    }
    _require_both(children.choose, ILL_CHILDREN, "films of children to choose on")
    for view, squares in tune.items():
        _require_both(squares, ILL_ADULTS, f"adult films to choose on, {view}")
    if not adults.films:
        raise DataError(f"None of the adult films to learn from in {sources.adults} can be read. Copy them again.")
    lungs, masks = _learn_lungs(
        children, recipe, sources, out=out, start_weights=start_weights, limit=limit, fabric=fabric
    )
    shown = LUNGS.input_spec.size
    console.print("Finding the lungs on all films")
    mixed = MixedFilms(
        children=children.learn,
        lungs=complete_masks(children.learn.squares, masks, lungs, LUNGS.input_spec, size=shown),
        adults=AdultFilms(
            adults,
            [weak[film.path] for film in adults.films],
            complete_masks(adults.squares, None, lungs, LUNGS.input_spec, size=shown),
        ),
        choose=children.choose,
        tune=tune,
    )
    unreadable = children.unreadable + adults.unreadable + sum((squares.unreadable for squares in tune.values()), ())
    return mixed, unreadable


def _require_both(squares: FilmSquares, positive: frozenset[int], what: str) -> None:
    """Raises DataError unless there are films with and without pneumonia: an AUROC compares them."""
    if len({film.label in positive for film in squares.films}) < 2:
        raise DataError(f"The {what} are not both with and without pneumonia. Add films or raise the limit.")


def _learn_lungs(
    children: ClassFilms,
    recipe: Recipe,
    sources: Sources,
    *,
    out: Path,
    start_weights: Path | None,
    limit: int | None,
    fabric: Fabric,
) -> tuple[LungNetwork, LungMasks]:
    """The network of the first stage, for the same patients, and the masks of the films to learn from."""
    stage = replace(LUNGS, seed=recipe.seed, folds=recipe.folds)
    size = children.learn.squares.shape[-1]
    joined = FilmSquares(
        children.learn.films + children.choose.films,
        np.concatenate([children.learn.squares, _enlarged(children.choose, size)]),
        children.learn.boxes + children.choose.boxes,
    )
    masks = read_lung_masks(joined, data=sources.data, masks=sources.lung_masks)
    choose = masks.films >= len(children.learn.films)
    network = new_network(stage, start_weights)
    folder = open_run(out, stage, limit=limit, start_weights=start_weights, processes=fabric.world_size)
    lesson = LungLesson(
        joined.squares, masks, choose, stage, share=share_of(fabric, stage.batch_size), device=fabric.device
    )
    best = teach(lesson, network, stage, folder=folder, fabric=fabric)
    in_first(fabric, lambda: None)  # the others wait until the weights are written
    learned = LungNetwork()
    learned.load_state_dict(torch.load(best, weights_only=True, map_location="cpu")["network"])
    return learned.eval(), masks.only(~choose)


def _enlarged(squares: FilmSquares, size: int) -> NDArray[np.uint8]:
    """The squares brought to another size, (n, size, size) uint8."""
    films = torch.from_numpy(squares.squares).unsqueeze(1).float()
    resized = torch.nn.functional.interpolate(films, size=(size, size), mode="bilinear", align_corners=False)
    return resized.round().to(torch.uint8)[:, 0].numpy()
