"""What is asked of the scores: which films are to be told from which, within each view before all together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.evaluate.known import Kind
from training.evaluate.scoring import ScoredFilm
from training.statistics import Outcomes

ALL_VIEWS = "all views pooled"
ALL_FILMS = "all films"
NOT_STATED = "not stated"
_KNOWN_VIEWS = ("PA", "AP")
_PNEUMONIA = frozenset(kind for kind in Kind if kind.is_pneumonia)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Films of two sorts and the score that should tell them apart.

    Attributes:
        contrast: What is told from what, in words.
        films: Which part of the films: a view, all views pooled, or all films.
        outcomes: Scores are probabilities of the positive sort, 0..1.
        ages: (n,) years, by which operating points differ; NaN where unknown.
    """

    contrast: str
    films: str
    outcomes: Outcomes
    ages: NDArray[np.float64]

    @property
    def positives(self) -> int:
        """Number of positive films."""
        return int(self.outcomes.truth.sum())

    @property
    def negatives(self) -> int:
        """Number of negative films."""
        return len(self.outcomes.truth) - self.positives

    @property
    def is_pooled(self) -> bool:
        """Whether films of different views are taken together."""
        return self.films == ALL_VIEWS

    @property
    def has_both(self) -> bool:
        """Whether there is anything to tell apart."""
        return self.positives > 0 and self.negatives > 0


def detection_questions(films: Sequence[ScoredFilm], finding: str) -> tuple[tuple[Question, ...], ...]:
    """Pneumonia against normal, then against other abnormal films, where there are any; one tuple for each.

    Within a contrast every view comes by itself first. Contrasts without films of both sorts are left out.
    """
    contrasts = ((f"{finding} against normal", Kind.NORMAL), (f"{finding} against other abnormal", Kind.OTHER))
    asked = []
    for words, negative in contrasts:
        chosen = [film for film in films if film.known.kind in _PNEUMONIA | {negative}]
        by_view = [
            Question(words, name, detection_outcomes(part), _ages(part))
            for name, part in split_by_view(chosen, films).items()
        ]
        questions = tuple(question for question in by_view if question.has_both)
        if questions:
            asked.append(questions)
    return tuple(asked)


def subtype_question(films: Sequence[ScoredFilm]) -> Question | None:
    """Bacterial against viral among films with pneumonia; None where the data set does not tell them apart."""
    chosen = [film for film in films if film.known.kind in (Kind.BACTERIAL, Kind.VIRAL)]
    scores = np.array([film.score.p_bacterial for film in chosen], dtype=np.float64)
    truth = np.array([film.known.kind is Kind.BACTERIAL for film in chosen], dtype=np.bool_)
    question = Question("bacterial against viral", ALL_FILMS, Outcomes(scores, truth, _patients(chosen)), _ages(chosen))
    return question if question.has_both else None


def detection_outcomes(films: Sequence[ScoredFilm]) -> Outcomes:
    """Calibrated P(pneumonia) of films, and whether they show one."""
    scores = np.array([film.score.probability for film in films], dtype=np.float64)
    truth = np.array([film.known.kind.is_pneumonia for film in films], dtype=np.bool_)
    return Outcomes(scores, truth, _patients(films))


def call_outcomes(films: Sequence[ScoredFilm]) -> Outcomes:
    """How far the probability of each film lies over the threshold that it was judged at: from 0 up it is called."""
    scores = np.array([film.score.probability - film.score.operating_point.threshold for film in films])
    truth = np.array([film.known.kind.is_pneumonia for film in films], dtype=np.bool_)
    return Outcomes(scores, truth, _patients(films))


def split_by_view(
    chosen: Sequence[ScoredFilm], films: Sequence[ScoredFilm] | None = None
) -> dict[str, Sequence[ScoredFilm]]:
    """Films of each view, PA and AP first, then all together. Where `films` have one view only: all together."""
    present = {film.known.view for film in (films if films is not None else chosen)}
    if len(present) < 2:
        return {ALL_FILMS: chosen}
    named = [view for view in present if view is not None and view not in _KNOWN_VIEWS]
    order = [view for view in _KNOWN_VIEWS if view in present] + sorted(named)
    parts: dict[str, Sequence[ScoredFilm]] = {
        view: [film for film in chosen if film.known.view == view] for view in order
    }
    if None in present:
        parts[f"view {NOT_STATED}"] = [film for film in chosen if film.known.view is None]
    return {**parts, ALL_VIEWS: chosen}


def _ages(films: Sequence[ScoredFilm]) -> NDArray[np.float64]:
    return np.array([film.score.age_years for film in films], dtype=np.float64)


def _patients(films: Sequence[ScoredFilm]) -> NDArray[np.str_]:
    return np.array([film.known.patient for film in films], dtype=np.str_)
