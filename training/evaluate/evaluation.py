"""The whole evaluation as one value, and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rich.progress import track

from engine.model.card import ModelCard, PointsByAge
from engine.model.pack import ModelPack
from engine.version import __version__
from training.evaluate.boxes import PeakFigures, peak_figures
from training.evaluate.groups import GroupFigures, group_figures
from training.evaluate.known import FilmSet
from training.evaluate.measures import Discrimination, PointFigures, discrimination, point_figures
from training.evaluate.probabilities import DecisionCurve, Reliability, decision_curve, reliability
from training.evaluate.questions import Question, detection_questions, subtype_question
from training.evaluate.scoring import LeftOut, Scored, ScoredFilm

SCHEMA_VERSION = 1
POINT = "balanced"  # right and wrong, groups and heat are judged at this operating point of the card
MOST_ERRORS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What was measured on what, by which command. `resamples` is the number of bootstrap draws."""

    command: str
    program_version: str
    model_id: str
    model_version: str
    model_sha256: str
    graph_sha256: str
    films: str
    prevalence: float
    resamples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmCount:
    """Films of one kind and view: how many have a score, how many the gate rejected, how many were unreadable."""

    kind: str
    view: str | None
    scored: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongCall:
    """A film on the wrong side of the threshold."""

    file: str
    kind: str
    view: str | None
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything that the report says, in numbers.

    Attributes:
        errors: The most confident wrong calls at `balanced`, worst first; at most 20.
    """

    schema_version: int
    made_by: Provenance
    warnings: tuple[str, ...]
    counts: tuple[FilmCount, ...]
    left_out: tuple[LeftOut, ...]
    discrimination: tuple[Discrimination, ...]
    operating_points: tuple[PointFigures, ...]
    reliability: tuple[Reliability, ...]
    decision_curves: tuple[DecisionCurve, ...]
    groups: tuple[GroupFigures, ...]
    heat_peaks: tuple[PeakFigures, ...]
    errors: tuple[WrongCall, ...]


def evaluate_scores(
    films: FilmSet, scored: Scored, pack: ModelPack, *, command: str, resamples: int
) -> tuple[Evaluation, tuple[Question, ...]]:
    """All figures, and the questions they answer, main contrast first. Films are judged at `balanced`."""
    card = pack.card
    prevalence = card.calibration.prevalence
    contrasts = detection_questions(scored.films, films.finding)
    detection = tuple(question for contrast in contrasts for question in contrast)
    subtype = subtype_question(scored.films)
    questions = detection if subtype is None else (*detection, subtype)
    evaluation = Evaluation(
        schema_version=SCHEMA_VERSION,
        made_by=Provenance(
            command=command,
            program_version=__version__,
            model_id=card.model_id,
            model_version=card.model_version,
            model_sha256=pack.sha256,
            graph_sha256=card.graph_sha256,
            films=films.what,
            prevalence=prevalence,
            resamples=resamples,
        ),
        warnings=films.warnings,
        counts=_count(scored),
        left_out=scored.left_out,
        discrimination=tuple(
            discrimination(question, resamples=resamples)
            for question in track(questions, description="Measuring AUROC")
        ),
        operating_points=tuple(
            row
            for question in track(detection, description="Measuring calls")
            for row in point_figures(question, all_points(card), resamples=resamples)
        ),
        reliability=tuple(
            reliability(question, prevalence, resamples=resamples)
            for question in track(contrasts[0], description="Measuring calibration")
        ),
        decision_curves=tuple(
            curve for question in contrasts[0] if (curve := decision_curve(question, prevalence)) is not None
        ),
        groups=group_figures(scored.films, resamples=resamples),
        heat_peaks=peak_figures(scored.films, POINT),
        errors=tuple(_wrong_call(film) for film in wrong_calls(scored.films)[:MOST_ERRORS]),
    )
    return evaluation, questions


def all_points(card: ModelCard) -> tuple[PointsByAge, ...]:
    """Every operating point of a card, each at every age."""
    return tuple(card.points(point.name) for point in card.operating_points)


def wrong_calls(films: tuple[ScoredFilm, ...]) -> list[ScoredFilm]:
    """Films on the wrong side of their threshold, the most confident first: farthest from their truth."""
    wrong = [film for film in films if film.score.reaches_threshold != film.known.kind.is_pneumonia]
    return sorted(wrong, key=lambda film: -abs(film.score.probability - film.known.kind.is_pneumonia))


def _count(scored: Scored) -> tuple[FilmCount, ...]:
    counts = Counter((film.known.kind, film.known.view) for film in scored.films)
    return tuple(
        FilmCount(kind=kind.value, view=view, scored=count)
        for (kind, view), count in sorted(counts.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    )


def _wrong_call(film: ScoredFilm) -> WrongCall:
    return WrongCall(
        file=film.known.file, kind=film.known.kind.value, view=film.known.view, probability=film.score.probability
    )
