"""Everything the gate needs before its first step: films with their lungs, drawings, and slices of a folder."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from engine.errors import FilmError
from engine.films.radiograph import load_radiograph
from engine.model.preprocess import InputSpec, square_film
from training.films import DataError, FilmSquares, LabelledFilm, drawn_fold, load_squares, read_manifest
from training.gate.bodies import BODIES, side_view
from training.gate.lesson import GateFilms
from training.gate.pictures import PICTURES, photograph, sample_photographs
from training.recipes import Recipe
from training.shipped.adults import read_weak_films, share_out
from training.shipped.lung_masks import MASK_SIZE, read_lung_masks

# Films are kept larger than the network's input, so that a cut film is as sharp as a whole one.
_MARGIN = 2.0
_DRAWN_SIDE = 128
_CHOOSE_EVERY = 7  # of the drawings and slices, one in so many is kept for choosing


@dataclass(frozen=True, slots=True)
class GateSources:
    """Where the gate finds what it learns from.

    Attributes:
        data: Films of children.
        adults: Adult films; those for weak use are taken.
        lung_masks: Masks of some of the children's films, named as they are.
        others: Folder with pictures that are no chest films; rows of use `train` are taken. None takes drawings alone.
    """

    data: Path
    adults: Path
    lung_masks: Path
    others: Path | None


@dataclass(frozen=True, slots=True)
class FrontalFilms:
    """Frontal films by what they are for, children and adults by the same plan of folds."""

    learn: list[LabelledFilm]
    choose: list[LabelledFilm]
    report: list[LabelledFilm]


def frontal_films(sources: GateSources, recipe: Recipe) -> FrontalFilms:
    """The frontal films of both folders. Raises DataError."""
    children = read_manifest(sources.data)
    adults = [
        LabelledFilm(film.film.path, film.film.label, film.film.patient, drawn_fold(film.film.patient))
        for film in read_weak_films(sources.adults)
    ]
    plan, films = recipe.folds, [*children, *adults]
    return FrontalFilms(
        learn=plan.learn(films),
        choose=[film for film in films if film.fold == plan.choose],
        report=[film for film in films if film.fold == plan.report],
    )


def prepare_gate(
    films: FrontalFilms, sources: GateSources, recipe: Recipe, *, drawings: int, limit: int | None
) -> tuple[GateFilms, GateFilms]:
    """What the gate learns from and what it is chosen on.

    Args:
        films: The frontal films of the folders.
        sources: The folders.
        recipe: Its folds, input and seed are used.
        drawings: How many pictures to draw; a third of them are side views.
        limit: Take only so many films of each role.

    Raises:
        DataError: The films cannot be used.
    """
    spec = recipe.input_spec
    chance = np.random.default_rng(recipe.seed)
    parts = []
    for what, members in (("learn from", films.learn), ("choose on", films.choose)):
        picked = chance.permutation(len(members))[:limit]
        squares = load_squares(
            [members[index] for index in sorted(picked)], spec, size=round(spec.size * _MARGIN), what=f"films to {what}"
        )
        parts.append((squares.squares, _lungs(squares, sources), _weights(squares, sources)))
    side_views = _drawn(drawings // 3, spec, chance, only_side_views=True)
    others = [*_drawn(drawings - drawings // 3, spec, chance, only_side_views=False)]
    if sources.others is not None:
        slices = read_others(sources.others, use="train")
        found = [square for path in slices if (square := _square(path, spec)) is not None]
        others += found * max(1, len(others) // (6 * max(1, len(found))))
    rows = np.stack(others)[chance.permutation(len(others))]
    learn, choose = (
        GateFilms(squares, lungs, weights, _part(side_views, kept), _part(rows, kept))
        for (squares, lungs, weights), kept in zip(parts, (False, True), strict=True)
    )
    return learn, choose


def read_others(folder: Path, *, use: str) -> list[Path]:
    """Pictures that are no frontal chest films, of one use, from `folder/manifest.csv`. Raises DataError."""
    path = folder / "manifest.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [folder / row["file"] for row in csv.DictReader(stream) if row["use"] == use]
    except (OSError, KeyError) as error:
        raise DataError(f"{path} is missing or lacks a column. Name the folder with the other pictures.") from error


def _part(pictures: NDArray[np.uint8], choose: bool) -> NDArray[np.uint8]:
    part: NDArray[np.uint8] = pictures[(np.arange(len(pictures)) % _CHOOSE_EVERY == 0) == choose]
    return part


def _weights(squares: FilmSquares, sources: GateSources) -> NDArray[np.float64]:
    """How often each film is shown, (n,) with sum 1: children as often as adults, where there are both."""
    groups: tuple[list[int], list[int]] = ([], [])
    for index, film in enumerate(squares.films):
        groups[film.path.is_relative_to(sources.data)].append(index)
    return share_out([(0.5, members) for members in groups], len(squares.films))


def _lungs(squares: FilmSquares, sources: GateSources) -> NDArray[np.uint8]:
    """Masks (n, 64, 64) of 0..255; a film without one has the mean of the others."""
    children = [index for index, film in enumerate(squares.films) if film.path.is_relative_to(sources.data)]
    drawn = read_lung_masks(
        FilmSquares(
            [squares.films[index] for index in children],
            squares.squares[children],
            [squares.boxes[index] for index in children],
        ),
        data=sources.data,
        masks=sources.lung_masks,
    )
    mean = np.round(drawn.lung.mean(axis=0)).astype(np.uint8)
    masks = np.broadcast_to(mean, (len(squares.films), MASK_SIZE, MASK_SIZE)).copy()
    masks[np.array(children)[drawn.films]] = drawn.lung
    return masks


def _drawn(count: int, spec: InputSpec, chance: np.random.Generator, *, only_side_views: bool) -> NDArray[np.uint8]:
    """Drawings through the preprocessing, (count, 128, 128) uint8: bodies, pictures and photographs alike."""
    photographs = sample_photographs()
    squares = np.empty((count, _DRAWN_SIDE, _DRAWN_SIDE), dtype=np.uint8)
    for index in track(range(count), description="Drawing side views" if only_side_views else "Drawing other pictures"):
        pick = chance.random()
        if only_side_views:
            picture = side_view(_DRAWN_SIDE, chance)
        elif pick < 0.5:
            picture = BODIES[int(chance.integers(len(BODIES)))](_DRAWN_SIDE, chance)
        elif pick < 0.6:
            picture = photograph(_DRAWN_SIDE, chance, photographs)
        else:
            picture = PICTURES[int(chance.integers(len(PICTURES)))](_DRAWN_SIDE, chance)
        squares[index] = _as_square(picture.astype(np.float32), spec)
    return squares


def _square(path: Path, spec: InputSpec) -> NDArray[np.uint8] | None:
    try:
        return _as_square(load_radiograph(path).pixels, spec)
    except FilmError:
        return None


def _as_square(pixels: NDArray[np.float32], spec: InputSpec) -> NDArray[np.uint8]:
    unit, _ = square_film(pixels, size=_DRAWN_SIDE, spec=spec)
    return np.round(unit * 255.0).astype(np.uint8)
