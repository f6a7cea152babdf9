"""Every film through the one screening path, so that what is measured is what ships."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace

from rich.progress import track

from engine.films.discovery import FoundFile
from engine.model.card import ModelCard, PointsByAge
from engine.model.pack import ModelPack
from engine.screening.case import CaseResult, CaseStatus, Score
from engine.screening.pipeline import screen
from engine.screening.requests import ScorerSettings
from training.evaluate.known import FilmSet, KnownFilm
from training.films import DataError


@dataclass(frozen=True, slots=True, eq=False)
class ScoredFilm:
    """A film, its truth, and what the model says of it, judged at one operating point and at the film's age."""

    known: KnownFilm
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A film without a score. `status` is `rejected` by the gate or `failed` to be read; `reason` is its code."""

    file: str
    kind: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scored:
    """All films of one evaluation, with and without a score."""

    films: tuple[ScoredFilm, ...]
    left_out: tuple[LeftOut, ...]


def score_films(films: FilmSet, pack: ModelPack, points: PointsByAge) -> Scored:
    """Score films one after another in a child process, as the programs do, and judge them at `points`.

    Raises:
        ModelError: The model cannot be used.
        DataError: Fewer than two kinds of films are left after reading them.
    """
    settings = ScorerSettings(model=pack.path, model_sha256=pack.sha256)
    files = [FoundFile(film.path, film.file) for film in films.films]
    scored: list[ScoredFilm] = []
    left_out: list[LeftOut] = []
    with contextlib.closing(screen(files, settings)) as results:
        for result in track(results, description="Scoring films", total=len(files)):
            known = films.films[result.index]
            if result.score is not None:
                scored.append(_scored(_completed(known, result), result.score, pack.card, points))
            else:
                left_out.append(_left_out(known, result))
    for ill in (True, False):
        if not any(film.known.kind.is_pneumonia is ill for film in scored):
            words = f"{'with' if ill else 'without'} {films.finding}"
            raise DataError(f"No film {words} could be scored: {_summary(left_out)}. Check the folder and its files.")
    return Scored(tuple(scored), tuple(left_out))


def _scored(known: KnownFilm, score: Score, card: ModelCard, points: PointsByAge) -> ScoredFilm:
    """Calibrated and judged for the age that the manifest states, where the file states none."""
    probability = card.calibration_for(known.age_years).probability(score.logit)
    aged = replace(score, probability=probability, age_years=known.age_years)
    return ScoredFilm(known, aged.judged_at(points))


def _completed(known: KnownFilm, result: CaseResult) -> KnownFilm:
    """What the manifest leaves open, a DICOM file may tell."""
    facts = result.facts
    if facts is None:
        return known
    return replace(
        known,
        view=known.view or facts.view_position,
        age_years=known.age_years if known.age_years is not None else facts.age_years,
        sex=known.sex or facts.sex,
    )


def _left_out(known: KnownFilm, result: CaseResult) -> LeftOut:
    reason = result.reason.value if result.reason is not None else ""
    return LeftOut(file=known.file, kind=known.kind.value, status=result.status.value, reason=reason)


def _summary(left_out: list[LeftOut]) -> str:
    rejected = sum(film.status == CaseStatus.REJECTED for film in left_out)
    return f"{rejected} rejected, {len(left_out) - rejected} not readable"
