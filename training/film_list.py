"""Which films there are to learn from, as `manifest.csv` or the folders of the data set name them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.explore.folder import list_folder
from training.explore.listing import ONE_SPLIT, ListedFilm
from training.films import SUBTYPES, DataError, LabelledFilm, drawn_fold, read_manifest, require_classes

_SPLIT = "train"


@dataclass(frozen=True, slots=True)
class FilmList:
    """Films to learn from.

    Attributes:
        remarks: Sentences on what the person should know of them.
    """

    films: list[LabelledFilm]
    remarks: tuple[str, ...] = ()


def list_films(data: Path) -> FilmList:
    """The films of `data/manifest.csv`; without one, those in folders laid out as `train/CLASS/*`, or `CLASS/*`.

    A folder's name is the class: `NORMAL`, `BACTERIA`, `VIRUS`, or `PNEUMONIA`, whose films have `bacteria` or
    `virus` in their names. A film with pneumonia whose kind is not known is left out, since the networks learn both.

    Raises:
        DataError: There are no such films, or none of a class.
    """
    if not data.is_dir():
        raise DataError(f"{data} is no folder. Name the folder that holds the films.")
    remarks: list[str] = []
    if (data / "manifest.csv").exists():
        films = read_manifest(data)
    else:
        films, unknown = _films_of_folders(data)
        if unknown:
            remarks.append(f"Films of unknown kind were left out, neither bacteria nor virus in the name: {unknown}.")
        require_classes(films, data)
    if not all(film.patient_known for film in films):
        remarks.append(
            "Patients are unknown here, so films of one person may stand on both sides, and the figures may look "
            "better than they are."
        )
    return FilmList(films, tuple(remarks))


def _films_of_folders(data: Path) -> tuple[list[LabelledFilm], int]:
    """Films with a class, and the number of those whose class is not known."""
    listed = [film for film in list_folder(data).films if film.split.casefold() in (_SPLIT, ONE_SPLIT)]
    if not listed:
        raise DataError(f"{data} has no folder {_SPLIT}. Call the folder with the films to learn from so.")
    films = []
    for film in listed:
        subtype = _subtype(film)
        if subtype is not None:
            fold = drawn_fold(film.file)
            films.append(LabelledFilm(film.path, SUBTYPES[subtype], film.file, fold, patient_known=False))
    return films, len(listed) - len(films)


def _subtype(film: ListedFilm) -> str | None:
    folder = film.label.casefold()
    if folder in SUBTYPES:
        return folder
    if folder != "pneumonia":
        raise DataError(f"{folder} is no class that can be learned. Name the folders NORMAL and PNEUMONIA.")
    return next((kind for kind in ("bacteria", "virus") if kind in film.path.name.casefold()), None)
