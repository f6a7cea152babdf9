"""The exported network behind the shipped reader and preprocessing: what it says is what the program will say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from engine.films.radiograph import load_radiograph
from engine.model.classifier import Classifier, Prediction
from engine.model.likeness import ood_score
from engine.model.preprocess import InputSpec, preprocess
from engine.screening.scorer import pneumonia_logit
from training.films import CLASSES, LabelledFilm
from training.statistics import Outcomes

Change = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Films of known truth and what the network says of them, in the same order."""

    films: Sequence[LabelledFilm]
    predictions: Sequence[Prediction]

    @property
    def labels(self) -> NDArray[np.int64]:
        """(n,) label of each film."""
        return np.array([film.label for film in self.films])

    @property
    def ood_scores(self) -> NDArray[np.float64]:
        """(n,) out-of-distribution scores; empty where the network has no embedding."""
        embeddings = [prediction.embedding for prediction in self.predictions]
        return np.array([ood_score(embedding) for embedding in embeddings if embedding is not None])

    def pneumonia(self, truth: NDArray[np.bool_]) -> Outcomes:
        """Raw log odds of pneumonia against a truth (n,) bool."""
        scores = [pneumonia_logit(*prediction.logits.tolist()) for prediction in self.predictions]
        return Outcomes(np.array(scores), truth, self._patients())

    def bacterial(self) -> Outcomes:
        """Raw log odds of bacterial against viral pneumonia, over films with either."""
        bacterial = CLASSES.index("bacterial")
        scores = [float(prediction.logits[1] - prediction.logits[2]) for prediction in self.predictions]
        labels = self.labels
        return Outcomes(np.array(scores), labels == bacterial, self._patients()).take(np.flatnonzero(labels > 0))

    def _patients(self) -> NDArray[np.str_]:
        return np.array([film.patient for film in self.films], dtype=np.str_)


class Judge:
    """Reads films and asks the network."""

    def __init__(self, graph: bytes, spec: InputSpec) -> None:
        """Start the runtime on an exported network."""
        self._classifier = Classifier(graph, size=spec.size, classes=len(CLASSES))
        self._spec = spec

    def predict(
        self,
        films: Sequence[LabelledFilm],
        *,
        what: str,
        change: Change | None = None,
    ) -> Judged:
        """What the network says of films, each changed by `change` first. Raises FilmError."""
        predictions = []
        for film in track(films, description=f"Measuring {what}"):
            pixels = load_radiograph(film.path).pixels
            if change is not None:
                pixels = change(pixels)
            predictions.append(self._classifier.predict(preprocess(pixels, self._spec).tensor))
        return Judged(films, predictions)
