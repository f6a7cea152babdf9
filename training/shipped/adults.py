"""Adult films with weak labels, mined from report texts: good enough to learn from, never to measure with."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.films import DataError, LabelledFilm

FINDINGS = (
    "Atelectasis",
    "Cardiomegaly",
    "Consolidation",
    "Edema",
    "Effusion",
    "Emphysema",
    "Fibrosis",
    "Hernia",
    "Infiltration",
    "Mass",
    "Nodule",
    "Pleural_Thickening",
    "Pneumonia",
    "Pneumothorax",
)
_NO_FINDING = "No Finding"
# How likely radiologists see an opacity where the text names one of these; the first that is named counts.
_LIKELY = (
    ({"Pneumonia", "Consolidation"}, 0.85),
    ({"Infiltration", "Edema"}, 0.7),
    ({"Atelectasis", "Effusion"}, 0.4),
    ({_NO_FINDING}, 0.05),
)
_ELSE_LIKELY = 0.2
OPACITY_FROM, CLEAR_UP_TO = 0.6, 0.1
_BETWEEN = (0.11, 0.59)


@dataclass(frozen=True, slots=True)
class WeakFilm:
    """An adult film and what the text of its report was taken to say.

    Attributes:
        film: Its label is 0 and means nothing.
        opacity: How likely there is an opacity, 0..1.
        findings: Which of `FINDINGS` are named.
        view: PA or AP.
        age: In years; None where unknown.
    """

    film: LabelledFilm
    opacity: float
    findings: tuple[bool, ...]
    view: str
    age: float | None


def read_weak_films(data: Path) -> list[WeakFilm]:
    """The rows of `data/manifest.csv` whose `use` is weak. Raises DataError."""
    path = data / "manifest.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            films = [_weak_film(data, row) for row in csv.DictReader(stream) if row["use"] == "weak"]
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"{path} is missing or lacks a column. Name the folder with the adult films.") from error
    if not films:
        raise DataError(f"{path} names no films for weak use. Name the folder with the adult films.")
    return films


def draw_weights(films: list[WeakFilm]) -> NDArray[np.float64]:
    """How often each film is shown, (n,) with sum 1: opacities, clear and other films 40, 30 and 30 %, views alike."""
    groups = [
        (share / 2, [index for index, film in enumerate(films) if film.view == view and low <= film.opacity <= high])
        for share, low, high in ((0.4, OPACITY_FROM, 1.0), (0.3, 0.0, CLEAR_UP_TO), (0.3, *_BETWEEN))
        for view in ("PA", "AP")
    ]
    return share_out(groups, len(films))


def share_out(groups: list[tuple[float, list[int]]], count: int) -> NDArray[np.float64]:
    """Weights (count,) with sum 1 that give each group of indices its share, evenly within; empty groups drop out."""
    weights: NDArray[np.float64] = np.zeros(count)
    for share, members in groups:
        if members:
            weights[members] += share / len(members)
    weights /= weights.sum()
    return weights


def _weak_film(data: Path, row: dict[str, str]) -> WeakFilm:
    named = set(row["nih_labels"].replace(";", "|").split("|"))
    likely = next((share for some, share in _LIKELY if named & some), _ELSE_LIKELY)
    return WeakFilm(
        LabelledFilm(data / row["file"], 0, row["patient"], -1),
        likely,
        tuple(finding in named for finding in FINDINGS),
        row["view"],
        float(row["age"]) if row["age"] else None,
    )
