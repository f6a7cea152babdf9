"""What screening says about one file. All of it is frozen and small enough to travel between processes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from engine.films.film import FilmFacts
from engine.model.card import OperatingPoint
from engine.model.heatmap import Heat
from engine.reasons import Note, Reason


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
    def of(cls, probability: float, point: OperatingPoint) -> Band:
        """The band of a calibrated probability."""
        if probability >= point.threshold_high:
            return cls.POSITIVE
        return cls.NEGATIVE if probability < point.threshold_low else cls.UNCERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What the model says of a film.

    Attributes:
        probability: Calibrated P(pneumonia), 0..1, at the card's prevalence.
        logit: Raw log odds of pneumonia.
        p_bacterial, p_viral: Shares given pneumonia, 0..1; experimental.
    """

    probability: float
    logit: float
    band: Band
    operating_point: OperatingPoint
    p_bacterial: float
    p_viral: float
    heat: Heat


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One row of the work list.

    Attributes:
        index: Place in discovery order, from 0.
        file: Name in tables.
        sha256: Hash of the file's content, hex; None where it could not be read.
        patient_key: Keyed hash of the patient's id, so that no result holds the id itself.
        latency_ms: From asking for the film to having its result.
    """

    index: int
    file: str
    path: Path
    status: CaseStatus
    reason: Reason | None = None
    notes: tuple[Note, ...] = ()
    sha256: str | None = None
    facts: FilmFacts | None = None
    patient_key: str | None = None
    score: Score | None = None
    processed_at: datetime | None = None
    latency_ms: float | None = None

    def timed(self, *, processed_at: datetime, latency_ms: float) -> CaseResult:
        """The same result, with when it was made and how long it took."""
        return replace(self, processed_at=processed_at, latency_ms=latency_ms)

    def judged_at(self, point: OperatingPoint) -> CaseResult:
        """The same result with the band it has at another operating point of the same model."""
        if self.score is None:
            return self
        band = Band.of(self.score.probability, point)
        return replace(self, score=replace(self.score, band=band, operating_point=point))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What all results of one run share."""

    run_id: str
    model_id: str
    model_version: str
    model_sha256: str
    app_version: str
