"""Films and scores that a test makes up, so that the figures can be worked out by hand."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from engine.model.card import Estimate, OperatingPoint, PointsByAge
from engine.model.heatmap import Heat
from engine.model.preprocess import Box, resample
from engine.screening.case import Band, Score
from tests.builders import phantom
from training.evaluate.known import Kind, KnownFilm, Rectangle
from training.evaluate.questions import Question
from training.evaluate.scoring import ScoredFilm
from training.statistics import Outcomes

_NONE = Estimate(0.0, 0.0, 0.0)


def operating_point(name: str, low: float, threshold: float, high: float) -> OperatingPoint:
    return OperatingPoint(
        name=name, rule="", threshold=threshold, threshold_low=low, threshold_high=high, sensitivity=_NONE,
        specificity=_NONE, uncertain_share=0.0, sensitivity_if_uncertain_read=0.0, specificity_if_uncertain_read=0.0,
        sensitivity_if_uncertain_passed=0.0, specificity_if_uncertain_passed=0.0, data_set="", perturbed=None,
    )  # fmt: skip


BALANCED = operating_point("balanced", 0.3, 0.5, 0.7)
BALANCED_BY_AGE = PointsByAge(BALANCED)


def scored_film(
    kind: Kind,
    probability: float,
    *,
    patient: str = "",
    view: str | None = None,
    age: float | None = None,
    sex: str | None = None,
    boxes: tuple[Rectangle, ...] = (),
    peak: tuple[int, int] = (0, 0),
    p_bacterial: float = 0.5,
    path: Path = Path("film.png"),
) -> ScoredFilm:
    """A film whose 4 x 4 heat over the whole film is hottest in the cell `peak` (row, column)."""
    grid = np.zeros((4, 4), dtype=np.float32)
    grid[peak] = 1.0
    known = KnownFilm(
        path=path, file=path.name, kind=kind, patient=patient or f"{kind}-{probability}", view=view, age_years=age,
        sex=sex, boxes=boxes,
    )  # fmt: skip
    score = Score(
        probability=probability,
        logit=0.0,
        band=Band.of(probability, BALANCED),
        operating_point=BALANCED,
        p_bacterial=p_bacterial,
        p_viral=1.0 - p_bacterial,
        heat=Heat(grid, Box(0.0, 0.0, 1.0, 1.0)),
        age_years=age,
    )
    return ScoredFilm(known, score)


def outcomes(positive: Sequence[float], negative: Sequence[float]) -> Outcomes:
    """Scores of positive and of negative films, each of a patient of its own."""
    scores = np.array([*positive, *negative], dtype=np.float64)
    truth = np.arange(len(scores)) < len(positive)
    return Outcomes(scores, truth, np.array([f"p{number}" for number in range(len(scores))]))


def question(positive: Sequence[float], negative: Sequence[float], films: str = "all films") -> Question:
    ages = np.full(len(positive) + len(negative), np.nan)
    return Question("pneumonia against normal", films, outcomes(positive, negative), ages)


def calibrated_set(count: int = 40_000) -> Outcomes:
    """Films whose probabilities come true, at a prevalence of one half."""
    chance = np.random.default_rng(3)
    scores = chance.random(count)
    return Outcomes(scores, chance.random(count) < scores, np.arange(count).astype(str))


def draw_film(path: Path, seed: int) -> Path:
    """A small drawn film, which the gate lets pass, with clouds over it that differ from seed to seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    clouds = np.random.default_rng(seed).uniform(-0.15, 0.15, (6, 6)).astype(np.float32)
    film = phantom(150, 136) + resample(clouds, height=150, width=136)
    Image.fromarray(np.round(film.clip(0.0, 1.0) * 255).astype(np.uint8)).save(path)
    return path


def write_manifest(folder: Path, rows: Sequence[dict[str, object]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder
