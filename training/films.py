"""Labelled films: the manifest of a data set, and its films as the shipped reader and preprocessing see them."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from engine.errors import FilmError, MapafuError
from engine.films.radiograph import load_radiograph
from engine.model.preprocess import Box, InputSpec, square_film

CLASSES = ("normal", "bacterial", "viral")
ADULT_CLASSES = ("normal", "pneumonia_opacity", "abnormal_no_opacity")
SUBTYPES = {"normal": 0, "bacteria": 1, "virus": 2}
_FOLDS = 5


class DataError(MapafuError):
    """The films to learn from cannot be used."""

    code = "data_unusable"


@dataclass(frozen=True, slots=True)
class LabelledFilm:
    """One row of the manifest.

    Attributes:
        label: Index into `CLASSES`.
        patient: Films of one patient share it and stay in one fold.
        patient_known: Whether the data set names patients; where it does not, each film is a patient of its own.
    """

    path: Path
    label: int
    patient: str
    fold: int
    patient_known: bool = True


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
    """The films of one split of `data/manifest.csv`, in its order.

    Without a column `patient` each film counts as a patient of its own; without a column `fold` the fold is drawn
    from the patient's name.

    Raises:
        DataError: The manifest cannot be read, or has no films of a class.
    """
    path = data / "manifest.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            films = [_labelled(data, row) for row in csv.DictReader(stream) if row["split"] == split]
    except FileNotFoundError as error:
        raise DataError(f"There is no {path}. Name the folder that holds manifest.csv.") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    except (KeyError, ValueError, TypeError, csv.Error) as error:
        raise DataError(f"{path} lacks a column or holds an unknown value: {error}.") from error
    require_classes(films, path)
    return films


def require_classes(films: Iterable[LabelledFilm], source: Path) -> None:
    """Raises DataError where a class has no film."""
    present = {film.label for film in films}
    missing = [name for index, name in enumerate(CLASSES) if index not in present]
    if missing:
        raise DataError(f"{source} has no films of: {', '.join(missing)}. Add some before training.")


def drawn_fold(patient: str) -> int:
    """A fold for a patient that was given none: 0 to 4, the same for the same name."""
    return hashlib.sha256(patient.encode("utf-8", "surrogateescape")).digest()[0] % _FOLDS


def _labelled(data: Path, row: dict[str, str]) -> LabelledFilm:
    known = "patient" in row
    patient = row["patient"] if known else row["file"]
    fold = int(row["fold"]) if "fold" in row else drawn_fold(patient)
    return LabelledFilm(data / row["file"], SUBTYPES[row["subtype"]], patient, fold, known)


def read_adults(data: Path, *, view: str, use: str = "tune", from_years: float = 0.0) -> list[LabelledFilm]:
    """Radiologist-read films of one view; the label is an index into `ADULT_CLASSES`.

    Args:
        data: The folder with `manifest.csv`.
        view: PA or AP.
        use: Rows of this use are read.
        from_years: Only films of patients of this age and over, where it is more than 0.

    Raises:
        DataError: The manifest cannot be read.
    """
    path = data / "manifest.csv"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return [
                LabelledFilm(data / row["file"], ADULT_CLASSES.index(row["target"]), row["patient"], -1)
                for row in csv.DictReader(stream)
                if row["use"] == use and row["view"] == view and row["target"] in ADULT_CLASSES
                if not from_years or (row["age"] and float(row["age"]) >= from_years)
            ]
    except (FileNotFoundError, KeyError, ValueError) as error:
        raise DataError(f"{path} is missing or lacks a column. Name the folder with the adult films.") from error


@dataclass(frozen=True, slots=True, eq=False)
class FilmSquares:
    """Films as the network sees them.

    Attributes:
        films: Those that could be read, in the order given.
        squares: (n, size, size) uint8, one for each of `films`.
        boxes: The part of each film that its square shows.
        unreadable: Path and reason of each film that could not.
    """

    films: list[LabelledFilm]
    squares: NDArray[np.uint8]
    boxes: list[Box]
    unreadable: tuple[tuple[Path, str], ...] = ()


def load_squares(
    films: Sequence[LabelledFilm], spec: InputSpec, *, size: int, what: str, quiet: bool = False
) -> FilmSquares:
    """All films that can be read, through the shipped reader and preprocessing.

    Args:
        films: Films in any order.
        spec: Grey values that the preprocessing maps to 0 and 1.
        size: Side of the squares in pixels.
        what: The films in words, for the progress bar.
        quiet: Draw no progress bar.
    """
    squares = np.empty((len(films), size, size), dtype=np.uint8)
    kept: list[LabelledFilm] = []
    boxes, unreadable = [], []
    for film in track(films, description=f"Reading {what}", disable=quiet):
        try:
            unit, box = square_film(load_radiograph(film.path).pixels, size=size, spec=spec)
        except FilmError as error:
            unreadable.append((film.path, error.sentence))
            continue
        squares[len(kept)] = np.round(unit * 255.0)
        kept.append(film)
        boxes.append(box)
    return FilmSquares(kept, squares[: len(kept)], boxes, tuple(unreadable))
