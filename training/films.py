"""Labelled films: the manifest of a data set, and its films as the shipped reader and preprocessing see them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from engine.errors import FilmError, MapafuError
from engine.films.radiograph import load_radiograph
from engine.model.preprocess import InputSpec, square_film

CLASSES = ("normal", "bacterial", "viral")
ADULT_CLASSES = ("normal", "pneumonia_opacity", "abnormal_no_opacity")
_SUBTYPES = {"normal": 0, "bacteria": 1, "virus": 2}


class DataError(MapafuError):
    """The films to learn from cannot be used."""

    code = "data_unusable"


@dataclass(frozen=True, slots=True)
class LabelledFilm:
    """One row of the manifest.

    Attributes:
        label: Index into `CLASSES`.
        patient: Films of one patient share it and stay in one fold.
    """

    path: Path
    label: int
    patient: str
    fold: int


@dataclass(frozen=True, slots=True)
class FoldPlan:
    """Which patients do what: learn from some, choose on others, report on the rest.

    Attributes:
        report: The fold that figures are measured on and nothing is chosen on.
        choose: The fold that the epoch, the calibration and the thresholds are chosen on.
    """

    report: int = 0
    choose: int = 1

    def __post_init__(self) -> None:
        if self.report == self.choose:
            raise ValueError(f"fold {self.report} cannot be both reported on and chosen on")

    def learn(self, films: Sequence[LabelledFilm]) -> list[LabelledFilm]:
        """The films that the network learns from. Raises DataError where a fold of the plan is empty."""
        for fold in (self.report, self.choose):
            films_of_fold(films, fold)
        return [film for film in films if film.fold not in (self.report, self.choose)]


def films_of_fold(films: Sequence[LabelledFilm], fold: int) -> list[LabelledFilm]:
    """The films of one fold. Raises DataError where it has none."""
    chosen = [film for film in films if film.fold == fold]
    if not chosen:
        present = ", ".join(map(str, sorted({film.fold for film in films})))
        raise DataError(f"The films have no fold {fold}. Choose from: {present}.")
    return chosen


def read_manifest(data: Path, *, split: str = "train") -> list[LabelledFilm]:
    """The films of one split of `data/manifest.csv`, in its order. Raises DataError."""
    path = data / "manifest.csv"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if row["split"] == split]
            films = [
                LabelledFilm(data / row["file"], _SUBTYPES[row["subtype"]], row["patient"], int(row["fold"]))
                for row in rows
            ]
    except FileNotFoundError as error:
        raise DataError(f"There is no {path}. Name the folder that holds manifest.csv.") from error
    except (KeyError, ValueError) as error:
        raise DataError(f"{path} lacks a column or holds an unknown value: {error}.") from error
    present = {film.label for film in films}
    missing = [name for index, name in enumerate(CLASSES) if index not in present]
    if missing:
        raise DataError(f"{path} has no films of: {', '.join(missing)}. Add some before training.")
    return films


def read_adults(data: Path, *, view: str, use: str = "tune") -> list[LabelledFilm]:
    """Radiologist-read films of one view; the label is an index into `ADULT_CLASSES`. Raises DataError."""
    path = data / "manifest.csv"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return [
                LabelledFilm(data / row["file"], ADULT_CLASSES.index(row["target"]), row["patient"], -1)
                for row in csv.DictReader(stream)
                if row["use"] == use and row["view"] == view and row["target"] in ADULT_CLASSES
            ]
    except (FileNotFoundError, KeyError) as error:
        raise DataError(f"{path} is missing or lacks a column. Name the folder with the adult films.") from error


def load_squares(films: list[LabelledFilm], spec: InputSpec, *, size: int, what: str) -> NDArray[np.uint8]:
    """All films as (n, size, size) uint8, through the shipped reader and preprocessing. Raises DataError."""
    squares = np.empty((len(films), size, size), dtype=np.uint8)
    for index, film in enumerate(track(films, description=f"Reading {what}")):
        try:
            unit, _ = square_film(load_radiograph(film.path).pixels, size=size, spec=spec)
        except FilmError as error:
            raise DataError(f"{film.path} cannot be learned from: {error.sentence}") from error
        squares[index] = np.round(unit * 255.0)
    return squares
