"""Probes for shortcuts: how well a straight line through the embedding tells what should not matter."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from engine.model.card import Estimate
from engine.model.classifier import Prediction
from training.export.adults import JudgedAdults
from training.export.judge import Judged
from training.films import ADULT_CLASSES, CLASSES
from training.statistics import Outcomes, auroc, estimate

_FOLDS = 5
_FEWEST = 10


@dataclass(frozen=True, slots=True)
class Probe:
    """How well a linear probe tells two kinds of films of one class apart: AUROC 0.5 is what one would like."""

    question: str
    positives: int
    negatives: int
    auroc: Estimate

    def __str__(self) -> str:
        figure = self.auroc
        return (
            f"A linear probe on the embedding tells {self.question} with AUROC {figure.value:.2f} "
            f"({figure.low:.2f} to {figure.high:.2f}; {self.positives} and {self.negatives} films); 0.5 would be ideal."
        )


def probe_shortcuts(children: Judged, adults: JudgedAdults, data: Path) -> list[Probe]:
    """Probes for the films' geometry within one class, and for their source among normal films.

    Args:
        children: Held-out films.
        adults: Films that radiologists read.
        data: The children's folder, whose manifest says which films are known at 224 x 224 px only.
    """
    embeddings = _embeddings(children.predictions)
    if embeddings is None:
        return []
    squashed, labels = _squashed(children, data), children.labels
    patients = np.array([film.patient for film in children.films])
    probes = []
    for label, name in enumerate(CLASSES):
        among = labels == label
        question = f"{name} films whose shape was lost from those that kept it"
        probes += _probe(question, embeddings[among], squashed[among], patients[among])
    normal = ADULT_CLASSES.index("normal")
    grown = [
        (prediction, film.patient)
        for judged in adults.by_view.values()
        for film, prediction in zip(judged.films, judged.predictions, strict=True)
        if film.label == normal
    ]
    others = _embeddings([prediction for prediction, _ in grown])
    if others is not None:
        child = labels == CLASSES.index("normal")
        both = np.concatenate([others, embeddings[child]])
        source = np.arange(len(both)) < len(others)
        owners = np.concatenate([[f"adult {patient}" for _, patient in grown], patients[child]])
        probes += _probe("normal films of adults from those of children", both, source, owners)
    return probes


def _probe(
    question: str, embeddings: NDArray[np.float32], truth: NDArray[np.bool_], patients: NDArray[np.str_]
) -> list[Probe]:
    """Cross-validated by patient; nothing where there are too few films of either kind."""
    if min(truth.sum(), (~truth).sum()) < _FEWEST:
        return []
    line = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000, class_weight="balanced"))
    folds = GroupKFold(_FOLDS).split(embeddings, truth, patients)
    scores = cross_val_predict(line, embeddings, truth, cv=list(folds), method="decision_function")
    outcomes = Outcomes(scores.astype(np.float64), truth, patients.astype(np.str_))
    return [Probe(question, int(truth.sum()), int((~truth).sum()), estimate(outcomes, auroc))]


def _embeddings(predictions: Sequence[Prediction]) -> NDArray[np.float32] | None:
    embeddings = [prediction.embedding for prediction in predictions if prediction.embedding is not None]
    return np.stack(embeddings) if embeddings else None


def _squashed(children: Judged, data: Path) -> NDArray[np.bool_]:
    """Whether each film is known as a small square only; all False where the manifest does not say."""
    with (data / "manifest.csv").open(encoding="utf-8-sig", newline="") as stream:
        geometry = {data / row["file"]: row.get("geometry") for row in csv.DictReader(stream)}
    return np.array([geometry.get(film.path) == "squashed" for film in children.films])
