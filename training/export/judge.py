"""The exported network behind the shipped reader, gate and preprocessing: what it says is what the program will say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from engine.errors import FilmRejectedError
from engine.films import gate as film_checks
from engine.films.file_bytes import read_film
from engine.films.radiograph import decode_film, load_radiograph, open_film
from engine.model.classifier import Classifier, Prediction
from engine.model.film_gate import FilmGate
from engine.model.likeness import ood_score
from engine.model.lung_shape import check_lungs
from engine.model.preprocess import InputSpec, preprocess
from engine.screening.scorer import pneumonia_logit
from training.films import CLASSES, DataError, LabelledFilm
from training.statistics import Outcomes

Change = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Films of known truth and what the network says of them, in the same order.

    Attributes:
        turns: Quarter turns to the left that brought each film upright.
        refused: Films that the gate turned away; they have no prediction.
    """

    films: Sequence[LabelledFilm]
    predictions: Sequence[Prediction]
    turns: Sequence[int]
    refused: Sequence[LabelledFilm] = ()

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
    """Reads films as the program does, and asks the network."""

    def __init__(self, graph: bytes, spec: InputSpec, gate: FilmGate | None) -> None:
        """Start the runtime on an exported network. Without a gate every film is judged, and as it lies."""
        self._classifier = Classifier(graph, size=spec.size, classes=len(CLASSES))
        self._spec = spec
        self._gate = gate

    def predict(self, films: Sequence[LabelledFilm], *, what: str) -> Judged:
        """What the network says of films that pass the gate. Raises DataError where none does, FilmFailedError."""
        kept, predictions, turns, refused = [], [], [], []
        for film in track(films, description=f"Measuring {what}"):
            try:
                pixels, needed = self._admitted(film)
                prediction = self._ask(np.rot90(pixels, needed))
                if self._gate is not None and prediction.lungs is not None:
                    check_lungs(prediction.lungs)
            except FilmRejectedError:
                refused.append(film)
                continue
            kept.append(film)
            predictions.append(prediction)
            turns.append(needed)
        if films and not kept:
            raise DataError(f"The gate turned all {what} away. Check the folder, or measure without it: --ungated.")
        return Judged(kept, predictions, turns, refused)

    def predict_changed(self, judged: Judged, change: Change, *, what: str) -> Judged:
        """What it says of the same films once each, upright, was changed; none is turned away for the change."""
        films = track(list(zip(judged.films, judged.turns, strict=True)), description=f"Measuring {what}")
        upright = (np.rot90(load_radiograph(film.path).pixels, turns) for film, turns in films)
        return Judged(judged.films, [self._ask(change(pixels)) for pixels in upright], judged.turns)

    def _ask(self, pixels: NDArray[np.float32]) -> Prediction:
        return self._classifier.predict(preprocess(pixels, self._spec).tensor)

    def _admitted(self, labelled: LabelledFilm) -> tuple[NDArray[np.float32], int]:
        """A film as it lies, and the turns to the left that it needs. Raises FilmRejectedError, FilmFailedError."""
        film = open_film(read_film(labelled.path))
        if self._gate is None:
            return decode_film(film).pixels, 0
        film_checks.check_facts(film)
        radiograph = decode_film(film)
        film_checks.check_pixels(radiograph)
        return radiograph.pixels, self._gate.turns_needed(radiograph.pixels)
