"""Figures for parts of the films: age bands, sexes and kinds of pneumonia, within each view."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.model.card import Estimate
from training.evaluate.known import Kind, KnownFilm
from training.evaluate.measures import FEWEST
from training.evaluate.questions import ALL_VIEWS, NOT_STATED, call_outcomes, detection_outcomes, split_by_view
from training.evaluate.scoring import ScoredFilm
from training.statistics import auroc, estimate, honest_interval, sensitivity, specificity

# First completed year of each band, and its name.
_AGE_BANDS = (
    (0, "under 1 year"),
    (1, "1 to 5 years"),
    (6, "6 to 17 years"),
    (18, "18 to 39 years"),
    (40, "40 to 59 years"),
    (60, "60 to 79 years"),
    (80, "80 years and over"),
)
_SEXES = {"F": "female", "M": "male", "O": "other"}
_BY = ("age", "sex", "subtype")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """Pneumonia against normal within one group. Figures of too few films are None.

    Attributes:
        films: The view, or all films.
        by: `age`, `sex` or `subtype`. Films of a subtype stand against all normal films.
        sensitivity, specificity: At the operating point that the films were judged at.
    """

    films: str
    by: str
    group: str
    positives: int
    negatives: int
    patients: int
    auroc: Estimate | None
    sensitivity: Estimate | None
    specificity: Estimate | None


def group_figures(films: Sequence[ScoredFilm], *, resamples: int) -> tuple[GroupFigures, ...]:
    """Figures per age band, sex and subtype, at the operating point that films were judged at.

    Views are never mixed, since the view alone hints at the truth.
    """
    asked = [film for film in films if film.known.kind is not Kind.OTHER]
    figures = []
    for view, part in split_by_view(asked, films).items():
        if view == ALL_VIEWS:
            continue
        for by, name_of, order in (
            ("age", _age_band, [name for _, name in _AGE_BANDS]),
            ("sex", _sex, list(_SEXES.values())),
        ):
            figures += [
                _measure(view, by, name, members, resamples) for name, members in _split(part, name_of, order).items()
            ]
        normal = [film for film in part if film.known.kind is Kind.NORMAL]
        for kind in (Kind.BACTERIAL, Kind.VIRAL):
            ill = [film for film in part if film.known.kind is kind]
            if ill:
                figures.append(_measure(view, "subtype", kind.value, [*ill, *normal], resamples))
    return tuple(sorted(figures, key=lambda figure: _BY.index(figure.by)))


def _split(
    films: Sequence[ScoredFilm], name_of: Callable[[KnownFilm], str], order: list[str]
) -> dict[str, list[ScoredFilm]]:
    """Films by group, in this order; empty where no film states its group."""
    groups = {name: [film for film in films if name_of(film.known) == name] for name in [*order, NOT_STATED]}
    found = {name: members for name, members in groups.items() if members}
    return found if found.keys() != {NOT_STATED} else {}


def _age_band(film: KnownFilm) -> str:
    if film.age_years is None:
        return NOT_STATED
    return [name for first, name in _AGE_BANDS if film.age_years >= first][-1]


def _sex(film: KnownFilm) -> str:
    return _SEXES.get(film.sex or "", NOT_STATED)


def _measure(view: str, by: str, group: str, films: Sequence[ScoredFilm], resamples: int) -> GroupFigures:
    outcomes = detection_outcomes(films)
    positives = int(outcomes.truth.sum())
    negatives = len(films) - positives
    figures: dict[str, Estimate | None] = dict.fromkeys(("auroc", "sensitivity", "specificity"))
    if min(positives, negatives) >= FEWEST:
        figures["auroc"] = estimate(outcomes, auroc, resamples=resamples)
    calls = call_outcomes(films)
    for name, share, among in (
        ("sensitivity", sensitivity, outcomes.truth),
        ("specificity", specificity, ~outcomes.truth),
    ):
        if among.sum() >= FEWEST:
            part = calls.take(np.flatnonzero(among))
            found = estimate(part, functools.partial(share, threshold=0.0), resamples=resamples)
            figures[name] = honest_interval(found, part, part.truth | True)
    return GroupFigures(
        films=view,
        by=by,
        group=group,
        positives=positives,
        negatives=negatives,
        patients=outcomes.patient_count,
        **figures,
    )
