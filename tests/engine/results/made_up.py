"""Results with every field filled, made by hand."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from engine.films.film import FilmFacts
from engine.model.card import PerturbedFigures, PointsByAge
from engine.model.heatmap import Heat
from engine.model.lungs import Lungs
from engine.model.pack import load_pack
from engine.model.preprocess import Box
from engine.reasons import Note, Reason
from engine.results.store import Store
from engine.screening.case import Band, CaseResult, CaseStatus, RunInfo, Score
from engine.screening.pipeline import start_run
from tests.builders import make_point

POINT = replace(make_point(), perturbed=PerturbedFigures(worst="blurred", sensitivity=0.8, specificity=0.7))
POINTS = PointsByAge(POINT)


def make_run(run_id: str = "run", *, model_sha256: str = "a" * 64) -> RunInfo:
    return RunInfo(run_id=run_id, model_id="model", model_version="1.0", model_sha256=model_sha256, app_version="0.1.0")


def make_facts(*, age: float | None = 3.25, acquired_at: datetime | None = None, study: str = "1.2.3") -> FilmFacts:
    return FilmFacts(
        container="dicom",
        rows=400,
        columns=300,
        bits_stored=12,
        modality="CR",
        body_part="CHEST",
        view_position="AP",
        age_years=age,
        sex="F",
        study_instance_uid=study,
        series_instance_uid="1.2.3.4",
        sop_instance_uid="1.2.3.4.5",
        acquired_at=acquired_at,
        pixel_spacing_mm=(0.139, 0.14),
        orientation=6,
    )


def make_scored(
    index: int,
    probability: float,
    *,
    content: str | None = None,
    patient_key: str | None = None,
    facts: FilmFacts | None = None,
    unlike_training: bool = False,
    heat_size: int = 14,
) -> CaseResult:
    """A scored film; films of the same `content` have the same hash."""
    random = np.random.default_rng(index)
    return CaseResult(
        index=index,
        file=f"films/film-{index:06}.dcm",
        path=Path(f"/films/film-{index:06}.dcm"),
        status=CaseStatus.SCORED,
        film_notes=(Note.AGE_UNKNOWN,),
        sha256=hashlib.sha256((content or str(index)).encode()).hexdigest(),
        facts=facts or make_facts(),
        patient_key=patient_key,
        score=Score(
            probability=probability,
            logit=-1.0 / 3.0,
            band=Band.of(probability, POINT, unlike_training=unlike_training),
            operating_point=POINT,
            p_bacterial=0.7,
            p_viral=0.3,
            heat=Heat(random.random((heat_size, heat_size), dtype=np.float32), Box(0.1, 0.0, 0.9, 1.0)),
            extent=0.125,
            heat_in_lungs=0.9,
            lungs=Lungs(random.integers(0, 256, (28, 28), dtype=np.uint8), Box(0.1, 0.0, 0.9, 1.0)),
            age_years=(facts or make_facts()).age_years,
            ood_score=1.1,
            unlike_training=unlike_training,
        ),
        processed_at=datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC) + timedelta(seconds=index),
        latency_ms=14.25,
    )


def make_unscored(index: int, reason: Reason, status: CaseStatus = CaseStatus.FAILED) -> CaseResult:
    """A film without a score or a readable content."""
    name = f"films/film-{index:06}.dcm"
    return CaseResult(index=index, file=name, path=Path("/") / name, status=status, reason=reason)


def keep_as_known(film: Path, probability: float) -> None:
    """Let the user's own store say that the bundled model scored a file before, with this probability."""
    sha256 = hashlib.sha256(film.read_bytes()).hexdigest()
    with Store() as store:
        session = store.sessions.start(start_run(load_pack()), [film])
        store.results.add(session.session_id, [replace(make_scored(0, probability), sha256=sha256)])
        store.sessions.end(session.session_id)
