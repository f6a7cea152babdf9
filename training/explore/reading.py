"""One pass over the films, through the shipped reader and preprocessing. Only small copies are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import FilmError
from engine.films.radiograph import load_radiograph
from engine.model.preprocess import InputSpec, resample, square_film
from training.explore.listing import ListedFilm, Listing
from training.films import DataError

SIDE = 128
COPY_SIDE = 64
TONES = 64
_SPEC = InputSpec(size=SIDE, low_percentile=0.5, high_percentile=99.5, mean=0.0, std=1.0)
_SAMPLED = 256


@dataclass(frozen=True, slots=True)
class UnreadableFilm:
    """A film that was skipped, and why."""

    film: ListedFilm
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class ClassPicture:
    """What the films of one class look like together.

    Attributes:
        mean: (128, 128) float64, 0..1, the mean of the films as the model sees them.
        tones: (64,) float64, share of the pixels in each step of the output range 0..1, as read.
        prepared_tones: The same after the preprocessing.
    """

    mean: NDArray[np.float64]
    tones: NDArray[np.float64]
    prepared_tones: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ReadFilms:
    """The films that could be read, in the order of the listing.

    Attributes:
        labels: (n,) index into `classes`.
        sizes: (n, 2) int64, width and height of the file in pixels.
        brightness, contrast: (n,) float64, mean and standard deviation of the pixels as read, 0..1.
        copies: (n, 64, 64) uint8, the films as the model sees them.
        by_class: One for each of `classes`.
    """

    films: tuple[ListedFilm, ...]
    unreadable: tuple[UnreadableFilm, ...]
    classes: tuple[str, ...]
    splits: tuple[str, ...]
    labels: NDArray[np.int64]
    sizes: NDArray[np.int64]
    brightness: NDArray[np.float64]
    contrast: NDArray[np.float64]
    copies: NDArray[np.uint8]
    by_class: tuple[ClassPicture, ...]

    def with_original(self) -> NDArray[np.intp]:
        """Index of the films whose size before they were made smaller is known."""
        return np.flatnonzero([film.original is not None for film in self.films])


class _Sums:
    """Sums over the films of one class, each film weighing the same."""

    def __init__(self) -> None:
        self.count = 0
        self._square = np.zeros((SIDE, SIDE))
        self._tones, self._prepared = np.zeros(TONES), np.zeros(TONES)

    def add(self, sampled: NDArray[np.float32], unit: NDArray[np.float32]) -> None:
        self.count += 1
        self._square += unit
        self._tones += _tones(sampled)
        self._prepared += _tones(unit)

    def picture(self) -> ClassPicture:
        return ClassPicture(self._square / self.count, self._tones / self.count, self._prepared / self.count)


def read_films(listing: Listing, films: Iterable[ListedFilm]) -> ReadFilms:
    """Read the films one by one; those that cannot be read are kept with their reason.

    Args:
        listing: Where the films come from.
        films: The films of the listing, perhaps wrapped to show progress.

    Raises:
        DataError: No film of a class could be read.
    """
    place = {name: index for index, name in enumerate(listing.classes)}
    sums = [_Sums() for _ in listing.classes]
    copies = np.empty((len(listing.films), COPY_SIDE, COPY_SIDE), dtype=np.uint8)
    read: list[ListedFilm] = []
    facts: list[tuple[int, int, float, float]] = []
    unreadable: list[UnreadableFilm] = []
    for film in films:
        try:
            pixels = load_radiograph(film.path).pixels
        except FilmError as error:
            unreadable.append(UnreadableFilm(film, error.sentence))
            continue
        unit, _ = square_film(pixels, size=SIDE, spec=_SPEC)
        sampled = pixels[:: max(pixels.shape[0] // _SAMPLED, 1), :: max(pixels.shape[1] // _SAMPLED, 1)]
        sums[place[film.label]].add(sampled, unit)
        copies[len(read)] = np.round(resample(unit, height=COPY_SIDE, width=COPY_SIDE) * 255.0)
        facts.append((pixels.shape[1], pixels.shape[0], float(sampled.mean()), float(sampled.std())))
        read.append(film)
    _check_every_class(listing, sums, unreadable)
    table = np.asarray(facts, dtype=np.float64)
    return ReadFilms(
        films=tuple(read),
        unreadable=tuple(unreadable),
        classes=listing.classes,
        splits=listing.splits,
        labels=np.asarray([place[film.label] for film in read], dtype=np.int64),
        sizes=table[:, :2].astype(np.int64),
        brightness=table[:, 2],
        contrast=table[:, 3],
        copies=copies[: len(read)],
        by_class=tuple(total.picture() for total in sums),
    )


def load_thumbnail(path: Path, *, side: int) -> NDArray[np.float32] | None:
    """A film in its own shape, its longer side at most `side` pixels; None where it can no longer be read."""
    try:
        pixels = load_radiograph(path).pixels
    except FilmError:
        return None
    shrink = min(side / max(pixels.shape), 1.0)
    height, width = (max(round(length * shrink), 1) for length in pixels.shape)
    return resample(pixels, height=height, width=width)


def _check_every_class(listing: Listing, sums: list[_Sums], unreadable: list[UnreadableFilm]) -> None:
    for name, total in zip(listing.classes, sums, strict=True):
        if total.count == 0:
            first = next(lost for lost in unreadable if lost.film.label == name)
            raise DataError(
                f"No film of the class {name} can be read. The first one, {first.film.file}: {first.sentence}"
            )


def _tones(pixels: NDArray[np.float32]) -> NDArray[np.float64]:
    counts, _ = np.histogram(pixels, bins=TONES, range=(0.0, 1.0))
    return counts / max(int(counts.sum()), 1)
