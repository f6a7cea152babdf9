"""Counts, patients on two sides, and single facts that give the class away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from training.explore.listing import ListedFilm
from training.explore.reading import ReadFilms

_FEWEST_FOR_A_CUE = 20


@dataclass(frozen=True, slots=True)
class PatientAcross:
    """A patient with films in several splits.

    Attributes:
        films: Number of films in each split where there are any.
    """

    patient: str
    films: dict[str, int]


@dataclass(frozen=True, slots=True)
class Cue:
    """A fact that needs no look at the lungs, and how well it alone tells a class from the rest.

    Attributes:
        told: For each class the area under the ROC curve, turned so that 0.5 says nothing and 1 everything;
            None where a side has fewer than 20 films.
    """

    name: str
    told: tuple[float | None, ...]


def count_films(films: Iterable[ListedFilm]) -> Counter[tuple[str, str]]:
    """Number of films for each pair of split and class."""
    return Counter((film.split, film.label) for film in films)


def count_patients(films: Iterable[ListedFilm]) -> Counter[str]:
    """Number of films of each patient that is named."""
    return Counter(film.patient for film in films if film.patient)


def patients_across_splits(films: Iterable[ListedFilm]) -> list[PatientAcross]:
    """Patients with films in more than one split, those with the most films first."""
    places: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for film in films:
        if film.patient:
            places[film.patient][film.split] += 1
    across = [PatientAcross(patient, dict(counts)) for patient, counts in places.items() if len(counts) > 1]
    return sorted(across, key=lambda one: (-sum(one.films.values()), one.patient))


def patients_of_many_classes(films: Iterable[ListedFilm]) -> int:
    """Number of patients whose films carry more than one class."""
    labels: defaultdict[str, set[str]] = defaultdict(set)
    for film in films:
        if film.patient:
            labels[film.patient].add(film.label)
    return sum(len(found) > 1 for found in labels.values())


def find_cues(read: ReadFilms) -> list[Cue]:
    """How well size, shape, tone and geometry alone tell the classes apart; empty for a single class."""
    if len(read.classes) < 2:
        return []
    everywhere = np.arange(len(read.films))
    facts: dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]] = {}
    index, sizes = known_sizes(read)
    if len(read.with_original()):
        facts |= {f"{name} of the original": (index, values) for name, values in _size_facts(sizes).items()}
    facts |= {f"{name} of the file": (everywhere, values) for name, values in _size_facts(read.sizes).items()}
    facts["mean brightness"] = (everywhere, read.brightness)
    facts["contrast (standard deviation)"] = (everywhere, read.contrast)
    for value in _telling_geometries(read.films):
        here = np.asarray([film.geometry == value for film in read.films], dtype=np.float64)
        facts[f"geometry {value}"] = (everywhere, here)
    return [Cue(name, _told(values, read.labels[films], len(read.classes))) for name, (films, values) in facts.items()]


def known_sizes(read: ReadFilms) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Index of n films and (n, 2) their widths and heights: the originals where any is known, else the files' own."""
    index = read.with_original()
    if not len(index):
        return np.arange(len(read.films)), read.sizes
    return index, np.asarray([read.films[film].original for film in index], dtype=np.int64)


def geometry_table(read: ReadFilms) -> tuple[tuple[str, ...], list[tuple[str, tuple[int, ...]]]]:
    """The geometries that are named, and for each class its films of each; both empty where none is named."""
    names = tuple(sorted({film.geometry for film in read.films if film.geometry}))
    counts = Counter((film.label, film.geometry) for film in read.films)
    rows = [(label, tuple(counts[label, name] for name in names)) for label in read.classes]
    return names, rows if names else []


def width_to_height(sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """(n,) float64 from (n, 2) widths and heights."""
    return sizes[:, 0] / sizes[:, 1]


def _size_facts(sizes: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    width, height = sizes.astype(np.float64).T
    return {"width": width, "height": height, "width to height": width_to_height(sizes)}


def _telling_geometries(films: Iterable[ListedFilm]) -> list[str]:
    """The values to ask about: of two, one says it all; of one, nothing."""
    names = sorted({film.geometry for film in films if film.geometry})
    return names[:1] if len(names) == 2 else names if len(names) > 2 else []


def _told(values: NDArray[np.float64], labels: NDArray[np.int64], classes: int) -> tuple[float | None, ...]:
    told: list[float | None] = []
    for index in range(classes):
        truth = labels == index
        if min(int(truth.sum()), int((~truth).sum())) < _FEWEST_FOR_A_CUE:
            told.append(None)
        else:
            area = float(roc_auc_score(truth, values))
            told.append(max(area, 1.0 - area))
    return tuple(told)
