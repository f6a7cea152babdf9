"""The films of a data set as its folders or its manifest name them, before any of them is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from training.films import DataError

MAX_CLASSES = 12
ONE_SPLIT = "all"
_USUAL_ORDER = ("train", "val", "valid", "validation", "tune", "test", "report")


@dataclass(frozen=True, slots=True)
class ListedFilm:
    """One film and what is said of it.

    Attributes:
        file: Path below the data folder, with `/`; fit for print.
        label: Name of its class.
        patient: Films of one patient share it; empty where nothing is said.
        original: Width and height in pixels before the film was made smaller, where that is known.
        geometry: What was done to its shape (such as `kept` or `squashed`); empty where nothing is said.
    """

    path: Path
    file: str
    split: str
    label: str
    patient: str = ""
    original: tuple[int, int] | None = None
    geometry: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """All films of a data set.

    Attributes:
        name: What the data set is called: its folder.
        source: Where the classes were taken from, in words.
        classes: Their names, `normal` first.
        splits: Their names, in the order of their use.
        remarks: Sentences on what was left out and why.
    """

    name: str
    source: str
    films: tuple[ListedFilm, ...]
    classes: tuple[str, ...]
    splits: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def make_listing(folder: Path, source: str, films: Iterable[ListedFilm], *, remarks: Iterable[str] = ()) -> Listing:
    """Put classes and splits in order. Raises DataError where there is no film or there are too many classes."""
    listed = tuple(films)
    if not listed:
        raise DataError(f"In {folder}, {source} gives no film a class. Name a folder or a column that does.")
    classes = sorted({film.label for film in listed}, key=lambda name: (name.casefold() != "normal", name.casefold()))
    if len(classes) > MAX_CLASSES:
        raise DataError(
            f"In {folder}, {source} names {len(classes)} classes, over the {MAX_CLASSES} that a report can show. "
            "Name another column with --label."
        )
    splits = sorted({film.split for film in listed}, key=_place_of_split)
    return Listing(printable(folder.resolve().name), source, listed, tuple(classes), tuple(splits), tuple(remarks))


def printable(text: str) -> str:
    """A name as it can be written into a report: what is no character becomes a question mark."""
    known = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() else "?" for sign in known)


def _place_of_split(name: str) -> tuple[int, str]:
    folded = name.casefold()
    return (_USUAL_ORDER.index(folded) if folded in _USUAL_ORDER else len(_USUAL_ORDER), folded)
