"""Films that are nearly the same, and films unlike all others of their class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.explore.listing import ListedFilm
from training.explore.reading import COPY_SIDE, ReadFilms

_HASH_SIDE = 8
_NEAR_BITS = 10
_SAME_DETAIL = 0.9
_COMPONENTS = 16
_FIELDS = 16
_FITTED_ON = 4000
_BLOCK = 2000


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Films that show the same picture.

    Attributes:
        distance: The largest Hamming distance of hashes, out of 64 bits, among the pairs that joined the group.
    """

    films: tuple[ListedFilm, ...]
    distance: int

    @property
    def crosses_splits(self) -> bool:
        """Whether the picture stands in more than one split."""
        return len({film.split for film in self.films}) > 1

    @property
    def crosses_classes(self) -> bool:
        """Whether the picture carries more than one class."""
        return len({film.label for film in self.films}) > 1

    @property
    def is_grave(self) -> bool:
        """Whether the films contradict each other in split or class."""
        return self.crosses_splits or self.crosses_classes

    @property
    def crosses_patients(self) -> bool:
        """Whether the picture is given to more than one named patient."""
        return len({film.patient for film in self.films if film.patient}) > 1


@dataclass(frozen=True, slots=True)
class Outlier:
    """A film and its distance from the mean of its class, in standard deviations."""

    film: ListedFilm
    distance: float


def find_duplicates(read: ReadFilms) -> list[DuplicateGroup]:
    """Groups of near-duplicates; those that cross splits, classes or patients first.

    A hash of 64 bits, the signs of the lowest 8 x 8 cosine terms about their median (Zauner 2010), finds candidates
    at a Hamming distance of at most 10. Chest films are alike as a whole, so that strangers come as near as that; a
    pair counts only where the detail that the hash leaves out agrees too (correlation of at least 0.9).
    """
    low = _lowest_cosine_terms(read.copies)
    codes = np.packbits(low > np.median(low, axis=1, keepdims=True), axis=1).view(np.uint64).ravel()
    pairs = [pair for pair in _near_pairs(codes) if _same_detail(read.copies, low, pair)]
    owner = list(range(len(read.films)))
    for first, second in pairs:
        owner[_root(owner, second)] = _root(owner, first)
    members: dict[int, list[int]] = {}
    distances: dict[int, int] = {}
    for first, second in pairs:
        root = _root(owner, first)
        distance = int(np.bitwise_count(codes[first] ^ codes[second]))
        distances[root] = max(distances.get(root, 0), distance)
        members.setdefault(root, []).extend((first, second))
    groups = [
        DuplicateGroup(tuple(read.films[index] for index in sorted(set(found))), distances[root])
        for root, found in members.items()
    ]
    return sorted(groups, key=lambda group: (-_gravity(group), group.films[0].file))


def find_outliers(read: ReadFilms, *, per_class: int) -> list[list[Outlier]]:
    """For each class its films farthest from the class mean, farthest first.

    Distances are taken in the 16 first principal components of the films at 16 x 16, each divided by its standard
    deviation within the classes, and divided by the root of the number of components.
    """
    small = _shrunk(read.copies)
    count = len(small)
    parts = min(_COMPONENTS, count - 1)
    if parts < 1:
        return [[] for _ in read.classes]
    scores = small @ _principal_axes(small, parts)
    for index in range(len(read.classes)):
        scores[read.labels == index] -= scores[read.labels == index].mean(axis=0)
    spread = scores.std(axis=0)
    distances = np.sqrt(np.mean((scores / np.where(spread > 1e-6, spread, 1.0)) ** 2, axis=1))
    ranked = []
    for index in range(len(read.classes)):
        own = np.flatnonzero(read.labels == index)
        order = own[np.argsort(-distances[own], kind="stable")][:per_class]
        ranked.append([Outlier(read.films[film], float(distances[film])) for film in order])
    return ranked


def _principal_axes(small: NDArray[np.float64], parts: int) -> NDArray[np.float64]:
    """(features, parts): the directions of greatest variance, from at most 4000 films drawn by chance."""
    fitted = small[np.random.default_rng(0).permutation(len(small))[:_FITTED_ON]]
    centred = fitted - fitted.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    return axes[:, ::-1][:, :parts]


def _lowest_cosine_terms(copies: NDArray[np.uint8]) -> NDArray[np.float32]:
    basis = _cosine_basis()
    low = np.empty((len(copies), _HASH_SIDE**2), dtype=np.float32)
    for at in range(0, len(copies), _BLOCK):
        block = copies[at : at + _BLOCK].astype(np.float32)
        low[at : at + _BLOCK] = (basis @ block @ basis.T).reshape(len(block), -1)
    return low


def _cosine_basis() -> NDArray[np.float32]:
    """(8, 64): the lowest terms of the orthonormal discrete cosine transform."""
    term, place = np.mgrid[0:_HASH_SIDE, 0:COPY_SIDE]
    waves = np.cos(np.pi * term * (2 * place + 1) / (2 * COPY_SIDE)) * np.sqrt(2.0 / COPY_SIDE)
    waves[0] /= np.sqrt(2.0)
    return np.asarray(waves, dtype=np.float32)


def _near_pairs(codes: NDArray[np.uint64]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for first in range(len(codes) - 1):
        near = np.flatnonzero(np.bitwise_count(codes[first] ^ codes[first + 1 :]) <= _NEAR_BITS)
        pairs.extend((first, first + 1 + int(second)) for second in near)
    return pairs


def _same_detail(copies: NDArray[np.uint8], low: NDArray[np.float32], pair: tuple[int, int]) -> bool:
    basis = _cosine_basis()
    first, second = (
        copies[index].astype(np.float32) - basis.T @ low[index].reshape(_HASH_SIDE, _HASH_SIDE) @ basis
        for index in pair
    )
    size = float(np.linalg.norm(first) * np.linalg.norm(second))
    return bool((first * second).sum() >= _SAME_DETAIL * size)


def _root(owner: list[int], index: int) -> int:
    while owner[index] != index:
        owner[index] = owner[owner[index]]
        index = owner[index]
    return index


def _gravity(group: DuplicateGroup) -> int:
    return 4 * group.crosses_splits + 2 * group.crosses_classes + group.crosses_patients


def _shrunk(copies: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(n, 256), each film as the means of 16 x 16 fields."""
    step = COPY_SIDE // _FIELDS
    fields = copies.reshape(len(copies), _FIELDS, step, _FIELDS, step)
    return np.asarray(fields.mean(axis=(2, 4)).reshape(len(copies), -1), dtype=np.float64)
