"""What screening says about one file. All of it is frozen and small enough to travel between processes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from engine.films.film import FilmFacts
from engine.model.card import OperatingPoint, PointsByAge
from engine.model.heatmap import Heat
from engine.model.lungs import Lungs
from engine.model.zones import Zone
from engine.reasons import Note, Reason

_MOST = 0.5


class CaseStatus(StrEnum):
    """How far a file has come. Rejected: a readable picture that must not be scored. Failed: not readable."""

    PENDING = "pending"
    SCORED = "scored"
    REJECTED = "rejected"
    FAILED = "failed"


class Band(StrEnum):
    """On which side of an operating point a film lies."""

    POSITIVE = "positive"
    UNCERTAIN = "uncertain"
    NEGATIVE = "negative"

    @classmethod
    def of(cls, probability: float, point: OperatingPoint, *, unlike_training: bool = False) -> Band:
        """The band of a calibrated probability; a film unlike the training films is never negative."""
        if probability >= point.threshold_high:
            return cls.POSITIVE
        return cls.NEGATIVE if probability < point.threshold_low and not unlike_training else cls.UNCERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What the model says of a film.

    Attributes:
        probability: Calibrated P(pneumonia), 0..1, at the card's prevalence.
        logit: Raw log odds of pneumonia.
        operating_point: The one of the age that it was scored at.
        p_bacterial, p_viral: Shares given pneumonia, 0..1; experimental.
        extent: Share of the lung cells whose heat reaches the card's `heat_threshold`, 0..1; experimental. None where
            the model finds no lungs.
        heat_in_lungs: Share of the heat from the threshold up that lies on the lungs or one cell beside them, 0..1.
            None where the model finds no lungs, or no cell reaches the threshold.
        lungs: The lungs, in the box of the heat; None where the model finds none.
        zone: Where the heat is hottest, if that is in the lungs and reaches the threshold.
        age_years: The age that it was calibrated and judged for; None where it was unknown.
        ood_score: Distance from the training films, about 1 for a film like them; None where the model has none.
        unlike_training: Whether `ood_score` is beyond the card's limit.
    """

    probability: float
    logit: float
    band: Band
    operating_point: OperatingPoint
    p_bacterial: float
    p_viral: float
    heat: Heat
    extent: float | None = None
    heat_in_lungs: float | None = None
    lungs: Lungs | None = None
    zone: Zone | None = None
    age_years: float | None = None
    ood_score: float | None = None
    unlike_training: bool = False

    @property
    def notes(self) -> tuple[Note, ...]:
        """What to know about the score.

        `heat_outside_lungs` is said of positive films only, as only there the heat has a finding to account for. So it
        comes and goes with the operating point.
        """
        notes = []
        if self.unlike_training:
            notes.append(Note.UNLIKE_TRAINING)
        if self.heat_outside_lungs and self.band is Band.POSITIVE:
            notes.append(Note.HEAT_OUTSIDE_LUNGS)
        return tuple(notes)

    @property
    def heat_outside_lungs(self) -> bool:
        """Whether most of the heat from the threshold up lies outside the lungs."""
        return self.heat_in_lungs is not None and self.heat_in_lungs < _MOST

    @property
    def reaches_threshold(self) -> bool:
        """Whether it is called positive where nobody can be uncertain."""
        return self.probability >= self.operating_point.threshold

    def judged_at(self, points: PointsByAge) -> Score:
        """The same score with the band it has at another operating point of the same model."""
        point = points.at(self.age_years)
        band = Band.of(self.probability, point, unlike_training=self.unlike_training)
        return replace(self, operating_point=point, band=band)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One row of the work list.

    Attributes:
        index: Place in discovery order, from 0.
        file: Name in tables.
        film_notes: What its file gives cause to note. `notes` has them and those of the score.
        sha256: Hash of the file's content, hex; None where it could not be read.
        patient_key: Keyed hash of the patient's id, so that no result holds the id itself.
        score: What the model says, where the status is `scored`, and nowhere else.
        latency_ms: From asking for the film to having its result.

    Raises:
        ValueError: A score without the status `scored`, or that status without a score.
    """

    index: int
    file: str
    path: Path
    status: CaseStatus
    reason: Reason | None = None
    film_notes: tuple[Note, ...] = ()
    sha256: str | None = None
    facts: FilmFacts | None = None
    patient_key: str | None = None
    score: Score | None = None
    processed_at: datetime | None = None
    latency_ms: float | None = None

    def __post_init__(self) -> None:
        if (self.score is not None) != (self.status is CaseStatus.SCORED):
            raise ValueError("a score goes with the status `scored`, and with no other")

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the film's reader should know."""
        return self.film_notes if self.score is None else (*self.film_notes, *self.score.notes)

    def timed(self, *, processed_at: datetime, latency_ms: float) -> CaseResult:
        """The same result, with when it was made and how long it took."""
        return replace(self, processed_at=processed_at, latency_ms=latency_ms)

    def judged_at(self, points: PointsByAge) -> CaseResult:
        """The same result with the band and the notes it has at another operating point of the same model."""
        return self if self.score is None else replace(self, score=self.score.judged_at(points))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What all results of one run share."""

    run_id: str
    model_id: str
    model_version: str
    model_sha256: str
    app_version: str
