"""Toy films with lungs, for the lessons of the shipped recipe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.model.preprocess import Box
from training.films import FilmSquares, LabelledFilm
from training.shipped.adults import FINDINGS, WeakFilm
from training.shipped.mixed_lesson import AdultFilms, MixedFilms

SIDE = 73
WHOLE = Box(0.0, 0.0, 1.0, 1.0)


def lungs_at(shift: float, side: int) -> NDArray[np.bool_]:
    """Two upright lungs on a square, moved to the right by a share of its side."""
    down, across = np.meshgrid(*[(np.arange(side) + 0.5) / side] * 2, indexing="ij")
    upright = (down > 0.15) & (down < 0.85)
    return upright & (
        ((across - shift > 0.1) & (across - shift < 0.4)) | ((across - shift > 0.5) & (across - shift < 0.8))
    )


def squares_of(labels: list[int], side: int = SIDE, seed: int = 1) -> FilmSquares:
    """Grainy films with dark lungs; those of label 1 and 2 have an opacity in one of them."""
    chance = np.random.default_rng(seed)
    squares = chance.integers(150, 200, (len(labels), side, side)).astype(np.uint8)
    squares[:, lungs_at(0.0, side)] -= 110
    for square, label in zip(squares, labels, strict=True):
        if label > 0:
            square[side // 2 : side // 2 + side // 4, side // 6 : side // 3] += 90
    films = [LabelledFilm(Path(f"{number}.png"), label, f"p{number}", 2) for number, label in enumerate(labels)]
    return FilmSquares(films, squares, [WHOLE] * len(labels))


def masks_of(count: int) -> NDArray[np.uint8]:
    """The lungs of those films, (count, 64, 64)."""
    return np.repeat(lungs_at(0.0, 64)[np.newaxis] * np.uint8(255), count, axis=0)


def mixed_films(*, children: list[int] | None = None, opacities: list[float] | None = None) -> MixedFilms:
    """Films for a lesson: children with these labels, and adults with these opacities."""
    labels = [0, 1, 2] * 8 if children is None else children
    shares = [0.05, 0.85, 0.4] * 4 if opacities is None else opacities
    views = ["PA", "AP"] * len(shares)
    adults = squares_of([int(share > 0.5) for share in shares], seed=2)
    weak = [
        WeakFilm(film, share, (share > 0.5,) * len(FINDINGS), view, None)
        for film, share, view in zip(adults.films, shares, views, strict=False)
    ]
    return MixedFilms(
        children=squares_of(labels),
        lungs=masks_of(len(labels)),
        adults=AdultFilms(adults, weak, masks_of(len(shares))),
        choose=squares_of([0, 1, 2, 0], side=64, seed=3),
        tune={view: squares_of([0, 1, 2, 1], side=64, seed=seed) for seed, view in ((4, "PA"), (5, "AP"))},
    )
