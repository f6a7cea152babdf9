"""A film's values in sizes that suit the screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.films.film import FilmFacts, FilmValues
from engine.films.greys import NO_FILM, GreyScale

_SMALLEST_SIDE = 128


@dataclass(frozen=True, slots=True, eq=False)
class FilmPicture:
    """A film at full depth, at full size and halved again and again, so that a shrunken film is not jagged.

    Attributes:
        levels: Codes, (rows, columns) uint16 each; the first is the film itself.
        scale: What the codes stand for.
    """

    levels: tuple[NDArray[np.uint16], ...]
    scale: GreyScale
    facts: FilmFacts

    @property
    def rows(self) -> int:
        """Height of the film in pixels."""
        return int(self.levels[0].shape[0])

    @property
    def columns(self) -> int:
        """Width of the film in pixels."""
        return int(self.levels[0].shape[1])

    @property
    def size_bytes(self) -> int:
        """How much memory it takes."""
        return sum(level.nbytes for level in self.levels)

    def level_for(self, scale: float) -> int:
        """The number of the smallest level that need not be enlarged at `scale` screen pixels per film pixel."""
        number = 0
        while number + 1 < len(self.levels) and scale <= 0.5 ** (number + 1):
            number += 1
        return number

    def value_at(self, x: float, y: float) -> float | None:
        """The modality value of the pixel at (x, y); None beside the film and where it is padding."""
        column, row = int(np.floor(x)), int(np.floor(y))
        if not (0 <= row < self.rows and 0 <= column < self.columns):
            return None
        code = int(self.levels[0][row, column])
        return None if code == NO_FILM else self.scale.value(code)


def prepare_picture(film: FilmValues) -> FilmPicture:
    """Halve a film until its shorter side would fall below 128 pixels."""
    levels = [film.codes]
    padded = not film.codes.all()
    while min(levels[-1].shape) >= 2 * _SMALLEST_SIDE:
        levels.append(_halved(levels[-1], padded=padded))
    return FilmPicture(tuple(levels), film.scale, film.facts)


def _halved(level: NDArray[np.uint16], *, padded: bool) -> NDArray[np.uint16]:
    """Means of four; where one of the four is padding, so is their mean, as half-way values would be made up."""
    rows, columns = level.shape[0] // 2 * 2, level.shape[1] // 2 * 2
    corners = [level[down:rows:2, right:columns:2] for down in (0, 1) for right in (0, 1)]
    total = corners[0].astype(np.uint32)
    for corner in corners[1:]:
        total += corner
    total += 2
    total >>= 2
    halved = total.astype(np.uint16)
    if padded:
        halved[np.minimum.reduce(corners) == NO_FILM] = NO_FILM
    return halved
