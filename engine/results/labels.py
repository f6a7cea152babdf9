"""Labels known to be true, from a table or from the names of folders, and which films they are about."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TypeVar

from engine.errors import LabelsError
from engine.films.discovery import discover

_Key = TypeVar("_Key", int, str)

# Words of the public data sets, and of people.
_PNEUMONIA_WORDS = frozenset({"pneumonia", "bacteria", "bacterial", "virus", "viral", "positive", "yes", "1"})
_NO_PNEUMONIA_WORDS = frozenset({"normal", "no_pneumonia", "no pneumonia", "negative", "no", "0"})


def label_of(word: str) -> bool | None:
    """Whether a word says pneumonia; None where it says neither that nor the contrary."""
    plain = word.strip().casefold()
    if plain in _PNEUMONIA_WORDS:
        return True
    return False if plain in _NO_PNEUMONIA_WORDS else None


def read_labels(path: Path) -> dict[str, bool]:
    """The labels of a CSV table with the columns `file` and `label`, by file.

    Rows with another label, such as `other`, are passed over: their films stay without one. So do files that the
    table labels both ways.

    Raises:
        LabelsError: It cannot be read, lacks a column, or holds no label.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            heading = stream.readline()
            stream.seek(0)
            rows = list(csv.DictReader(stream, delimiter=";" if heading.count(";") > heading.count(",") else ","))
    except (OSError, UnicodeError, csv.Error) as error:
        raise LabelsError(f"The table {path.name} cannot be read. Save it as CSV in UTF-8.") from error
    named = ({str(name).strip().casefold(): value for name, value in row.items()} for row in rows)
    labels = _without_contradiction(
        (row["file"].strip().replace("\\", "/"), label)
        for row in named
        if row.get("file") and (label := label_of(row.get("label") or "")) is not None
    )
    if not labels:
        raise LabelsError(
            f"The table {path.name} holds no label. It needs the columns file and label, with pneumonia or normal."
        )
    return labels


def read_label_folder(folder: Path) -> dict[str, bool]:
    """The labels of the files in folders such as `NORMAL` and `PNEUMONIA` of this one, by the path of each.

    What lies above the folder says nothing; its own name does.

    Raises:
        LabelsError: No file in it lies in such a folder.
    """
    found = discover([folder])
    above = str(folder.parent).replace(os.sep, "/")
    below = {file.file: file.file.removeprefix(above) for file in found if file.problem is None}
    labels = labels_of_folders(below.values())
    if not labels:
        raise LabelsError(
            f"The folder {folder.name} holds no films in folders called NORMAL and PNEUMONIA. Choose the folder above."
        )
    return {file: labels[part] for file, part in below.items() if part in labels}


def labels_of_folders(files: Iterable[str]) -> dict[str, bool]:
    """The labels of files that lie in folders such as `NORMAL` and `PNEUMONIA`, by file; the nearest folder decides."""
    labels = {}
    for file in files:
        said = (label_of(folder.name) for folder in PurePosixPath(file).parents)
        label = next((word for word in said if word is not None), None)
        if label is not None:
            labels[file] = label
    return labels


def match_labels(labels: Mapping[str, bool], films: Iterable[tuple[int, str]]) -> dict[int, bool]:
    """The label of each film, by its number.

    A file is found by its whole name, else by its own name without folders where the labels and the films hold that
    only once. A film that is labelled both ways under two names has no label.

    Args:
        labels: By file.
        films: Number and file of each.
    """
    listed = list(films)
    in_labels = Counter(_own_name(file) for file in labels)
    in_films = Counter(_own_name(file) for file in {file for _, file in listed})
    by_own_name = {_own_name(file): label for file, label in labels.items() if in_labels[_own_name(file)] == 1}
    found = []
    for film_id, file in listed:
        own_name = _own_name(file)
        label = labels.get(file)
        if label is None and in_films[own_name] == 1:
            label = by_own_name.get(own_name)
        if label is not None:
            found.append((film_id, label))
    return _without_contradiction(found)


def _own_name(file: str) -> str:
    return file.rpartition("/")[2]


def _without_contradiction(pairs: Iterable[tuple[_Key, bool]]) -> dict[_Key, bool]:
    said: dict[_Key, set[bool]] = {}
    for key, label in pairs:
        said.setdefault(key, set()).add(label)
    return {key: labels.pop() for key, labels in said.items() if len(labels) == 1}
