"""How many films of each age there were, for the card's age table."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from engine.model.card import AgeRow, Population
from training.export.adults import ADULT_FROM, ADULT_TO
from training.export.words import ADULTS, CHILDREN
from training.films import DataError, LabelledFilm
from training.shipped.adults import OPACITY_FROM, WeakFilm

YOUNGEST, OLDEST = 1, 5
# First and last completed year of each row of the table.
_BANDS = ((0, 0), (1, 5), (6, 17), (18, 39), (40, 59), (60, 79), (80, 120))


def child_ages(films: Sequence[LabelledFilm], *, role: str) -> AgeRow:
    """All in one row: the collection states no child's own age."""
    return AgeRow(
        data_set=CHILDREN,
        role=role,
        age_from_years=YOUNGEST,
        age_to_years=OLDEST,
        films=len(films),
        with_pneumonia=sum(film.label > 0 for film in films),
    )


def weak_ages(films: Sequence[WeakFilm]) -> list[AgeRow]:
    """Adult films that it learned from; one counts as with pneumonia where its label makes an opacity likely."""
    return _rows([(film.age, film.opacity >= OPACITY_FROM) for film in films], role="training (weak labels)")


def read_ages(data: Path, *, use: str) -> list[AgeRow]:
    """Films of adults that radiologists read, of one use. Raises DataError."""
    path = data / "manifest.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            aged = [
                (float(row["age"]), row["target"] == "pneumonia_opacity")
                for row in csv.DictReader(stream)
                if row["use"] == use and row["age"] and float(row["age"]) >= ADULT_FROM
            ]
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"{path} is missing or lacks a column. Name the folder with the adult films.") from error
    return _rows(aged, role=f"read by radiologists ({use})")


def weak_population(films: Sequence[WeakFilm]) -> Population:
    """Adults of 18 years and over; the few younger ones are in the age table only."""
    adults = [(film, film.age) for film in films if film.age is not None and film.age >= ADULT_FROM]
    return Population(
        source=f"{ADULTS}, labels mined from report texts",
        films=len(adults),
        patients=len({film.film.patient for film, _ in adults}),
        age_from_years=ADULT_FROM,
        age_to_years=max((int(age) for _, age in adults), default=ADULT_TO),
        views=tuple(sorted({film.view for film, _ in adults}, reverse=True)),
    )


def _rows(aged: Sequence[tuple[float | None, bool]], *, role: str) -> list[AgeRow]:
    rows = []
    for low, high in _BANDS:
        members = [ill for age, ill in aged if age is not None and low <= age < high + 1]
        if members:
            rows.append(
                AgeRow(
                    data_set=ADULTS,
                    role=role,
                    age_from_years=low,
                    age_to_years=high,
                    films=len(members),
                    with_pneumonia=sum(members),
                )
            )
    return rows
