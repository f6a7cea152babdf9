"""Films laid out in folders: `SPLIT/CLASS/*`, or `CLASS/*` where they are not divided."""

from __future__ import annotations

from pathlib import Path

from engine.films.discovery import discover
from training.explore.listing import ONE_SPLIT, ListedFilm, Listing, make_listing, printable
from training.films import DataError

_NOT_DATA = frozenset({"__macosx"})


def list_folder(data: Path) -> Listing:
    """Every file of every class folder. Raises DataError where there is none or one of them is empty."""
    first = _folders(data)
    splits = [folder for folder in first if _folders(folder)]
    of_class = [(printable(split.name), folder) for split in splits for folder in _folders(split)]
    passed_over = [folder for folder in first if folder not in splits]
    if not splits:
        of_class, passed_over = [(ONE_SPLIT, folder) for folder in first], []
    if not of_class:
        raise DataError(f"{data} holds neither manifest.csv nor films laid out as SPLIT/CLASS/FILM.")
    films: list[ListedFilm] = []
    for split, folder in of_class:
        found = discover([folder])
        if not found:
            raise DataError(f"The class folder {folder} is empty. Put films into it, or remove it.")
        label = printable(folder.name)
        for file in found:
            name = printable(file.path.relative_to(data).as_posix())
            films.append(ListedFilm(file.path, name, split, label))
    remarks = [
        f"The folder {printable(folder.name)} has no folders of classes and was left out." for folder in passed_over
    ]
    return make_listing(data, "the names of the folders", films, remarks=remarks)


def _folders(folder: Path) -> list[Path]:
    try:
        below = [path for path in folder.iterdir() if path.is_dir()]
    except OSError as error:
        raise DataError(f"The folder {folder} cannot be opened: {error.strerror}.") from error
    wanted = [path for path in below if not path.name.startswith(".") and path.name.casefold() not in _NOT_DATA]
    return sorted(wanted, key=lambda path: path.name)
