"""One network on the films of one fold that it neither learned from nor was chosen on."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from rich.progress import track

from engine.errors import FilmError
from engine.films.radiograph import load_radiograph
from engine.model.classifier import Classifier
from engine.model.pack import read_model
from engine.model.preprocess import InputSpec, preprocess
from engine.screening.scorer import pneumonia_logit
from training.export.operating import Variants, balanced_threshold
from training.films import CLASSES, DataError, LabelledFilm, films_of_fold
from training.finished_run import FinishedRun, load_run
from training.predict import predict_logits
from training.statistics import Outcomes

THREADS = 1
_WARM_UPS, _REPEATS = 5, 30
_POINT = "balanced"


@dataclass(frozen=True, slots=True, eq=False)
class FoldResult:
    """What one network says of the films of one fold.

    Attributes:
        outcomes: Scores of the films; higher means more likely pneumonia.
        threshold: Score from which a film is called pneumonia, chosen on other patients.
        losses: (n,) float64, cross entropy of each film over normal, bacterial and viral.
    """

    fold: int
    outcomes: Outcomes
    threshold: float
    losses: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a network takes.

    Attributes:
        parameters: Weights and biases, of which `learning` were learned in the run; None where a file cannot say.
        size_bytes: Of the file with the weights.
        milliseconds: Median of one film at a time on one thread, without reading and preprocessing.
    """

    parameters: int
    learning: int | None
    size_bytes: int
    milliseconds: float


def measure_run(run: FinishedRun, films: list[LabelledFilm]) -> tuple[FoldResult, Cost]:
    """A run on its own report fold, with the threshold from its own choosing fold. Raises DataError."""
    recipe, network = load_run(run.folder)
    spec, plan = recipe.input_spec, recipe.folds
    chosen_on, reported = (films_to_measure(films, fold) for fold in (plan.choose, plan.report))
    choose = predict_logits(network, _read_tensors(chosen_on, spec, what=f"{run.folder.name}, films to choose on"))
    tensors = _read_tensors(reported, spec, what=f"{run.folder.name}, films to report on")
    report = predict_logits(network, tensors)
    result = FoldResult(
        fold=plan.report,
        outcomes=_outcomes(reported, _pneumonia_logits(report)),
        threshold=balanced_threshold(Variants(_outcomes(chosen_on, _pneumonia_logits(choose)))),
        losses=_cross_entropies(report, reported),
    )
    with _threads(THREADS):
        milliseconds = median_milliseconds(lambda: predict_logits(network, tensors[:1]))
    parameters = list(network.parameters())
    return result, Cost(
        parameters=sum(parameter.numel() for parameter in parameters),
        learning=sum(parameter.numel() for parameter in parameters if parameter.requires_grad),
        size_bytes=run.weights.stat().st_size,
        milliseconds=milliseconds,
    )


def measure_model(
    model: Path, films: list[LabelledFilm], *, folds: tuple[int, ...]
) -> tuple[tuple[FoldResult, ...], Cost]:
    """A shipped model on each of `folds`, at the threshold of its card's point `balanced`.

    Raises:
        DataError: A fold has no films, or a film cannot be read.
        ModelError: The model cannot be used.
    """
    data, pack = read_model(model)
    card = pack.card
    threshold = card.points(_POINT).unknown.threshold
    if card.classes != CLASSES:
        raise DataError(f"{model.name} tells other classes apart than {', '.join(CLASSES)}. Choose another model.")
    classifier = Classifier(data, size=card.input.size, classes=len(CLASSES), threads=THREADS)
    results = []
    for fold in folds:
        reported = films_to_measure(films, fold)
        tensors = _read_tensors(reported, card.input, what=f"{model.name}, films of fold {fold}")
        logits = np.array([classifier.predict(tensor[np.newaxis]).logits for tensor in tensors], dtype=np.float64)
        scores = np.array([card.calibration.probability(logit) for logit in _pneumonia_logits(logits)])
        results.append(FoldResult(fold, _outcomes(reported, scores), threshold, _cross_entropies(logits, reported)))
    milliseconds = median_milliseconds(lambda: classifier.predict(tensors[:1]))
    cost = Cost(parameters=_constants(data), learning=None, size_bytes=len(data), milliseconds=milliseconds)
    return tuple(results), cost


def median_milliseconds(predict: Callable[[], object]) -> float:
    """How long one call takes: the median of 30, after 5 that do not count."""
    for _ in range(_WARM_UPS):
        predict()
    took = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        predict()
        took.append(time.perf_counter() - started)
    return 1000.0 * statistics.median(took)


def films_to_measure(films: list[LabelledFilm], fold: int) -> list[LabelledFilm]:
    """The films of a fold. Raises DataError where it has none, or only some with pneumonia, or only some without."""
    chosen = films_of_fold(films, fold)
    if len({film.label > 0 for film in chosen}) < 2:
        raise DataError(f"Fold {fold} holds only films of one kind, and both are needed. Choose another fold.")
    return chosen


def _read_tensors(films: list[LabelledFilm], spec: InputSpec, *, what: str) -> NDArray[np.float32]:
    """Films as (n, 1, S, S), through the shipped reader and preprocessing. Raises DataError."""
    tensors = np.empty((len(films), 1, spec.size, spec.size), dtype=np.float32)
    for index, film in enumerate(track(films, description=f"Reading {what}")):
        try:
            tensors[index] = preprocess(load_radiograph(film.path).pixels, spec).tensor[0]
        except FilmError as error:
            raise DataError(f"{film.path} cannot be measured on: {error.sentence}") from error
    return tensors


def _pneumonia_logits(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([pneumonia_logit(*row) for row in logits.tolist()])


def _cross_entropies(logits: NDArray[np.float64], films: list[LabelledFilm]) -> NDArray[np.float64]:
    own = logits[np.arange(len(films)), [film.label for film in films]]
    entropies: NDArray[np.float64] = np.logaddexp.reduce(logits, axis=1) - own
    return entropies


def _outcomes(films: list[LabelledFilm], scores: NDArray[np.float64]) -> Outcomes:
    truth = np.array([film.label > 0 for film in films], dtype=np.bool_)
    return Outcomes(scores, truth, np.array([film.patient for film in films], dtype=np.str_))


def _constants(model: bytes) -> int:
    """Number of floating-point constants of an ONNX network."""
    kinds = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16)
    constants = onnx.load_model_from_string(model).graph.initializer
    return sum(int(np.prod(constant.dims)) for constant in constants if constant.data_type in kinds)


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
