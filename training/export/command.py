"""From a finished run to the model that ships: export, calibrate, choose thresholds, measure, write the card."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.progress import track

from engine.films.radiograph import load_radiograph
from engine.model.card import (
    SCHEMA_VERSION,
    AgeRow,
    Calibration,
    Credit,
    Figure,
    ModelCard,
    OperatingPoint,
    Population,
    TrainingRecord,
)
from engine.model.classifier import Classifier, Prediction
from engine.model.onnx_file import graph_sha256
from engine.model.preprocess import InputSpec, preprocess
from engine.screening.scorer import pneumonia_logit
from training.films import (
    ADULT_CLASSES,
    CLASSES,
    DataError,
    LabelledFilm,
    load_squares,
    read_adults,
    read_manifest,
)
from training.finished_run import FinishedRun, read_run
from training.fit import load_network
from training.networks import HeatScale, MobileNetV2, cell_log_odds
from training.onnx_export import export_network, write_model
from training.operating import calibrated, check_calibration, fit_calibration, operating_points
from training.recipes import NetworkName
from training.record import given_command
from training.statistics import Outcomes, auroc, estimate

MODEL_ID, MODEL_VERSION = "mapafu-mobilenetv2", "0.1.0"
_CHILDREN = "Kermany et al. 2018, Guangzhou"
_ADULTS = "NIH ChestX-ray14 films read for the RSNA 2018 challenge, the part kept for tuning"
_VIEWS_OF_ADULTS = ("PA", "AP")
_FEWEST = 5
_YOUNGEST, _OLDEST = 1, 5
_INTENDED_USE = (
    "For putting chest films of children in the order in which they should be read, and for a second look at films "
    "that someone has read, where no radiologist is at hand. Not for treating a child, or leaving one untreated, "
    "without a clinician who has read the film."
)
HEAT_THRESHOLD = 0.5
_LIMITS = (
    "Learned from children of 1 to 5 years in one hospital. Do not rely on it for other ages.",
    "Held-out patients come from the same hospital and the same collection as the ones it learned from; "
    "films of other hospitals are harder.",
    "It tells pneumonia from normal. Other diseases were not shown to it, and it may call them either.",
    "Side views, films of other body parts and pictures that are no films are not recognised from their pixels.",
    "The shares of bacterial and viral pneumonia are experimental.",
    "Heat shows where the model looked. It is not the outline of a finding.",
)
_CREDITS = (
    Credit(
        what="Films of children: Labeled Optical Coherence Tomography and Chest X-Ray Images, Mendeley Data rscbjbr9sj",
        who="Daniel Kermany, Kang Zhang, Michael Goldbaum",
        licence="CC BY 4.0",
    ),
    Credit(
        what="Adult films, measured on only: NIH ChestX-ray14",
        who="NIH Clinical Center; Wang et al. 2017; reads of the RSNA 2018 challenge",
        licence="free with attribution",
    ),
    Credit(
        what="Start weights: MobileNetV2 trained on ImageNet (ONNX model zoo, in webnn-polyfill)",
        who="Sandler et al. 2018; the ONNX and webnn-polyfill contributors",
        licence="Apache-2.0",
    ),
)


def export_model(*, run: Path, data: Path, adults: Path | None, model: Path) -> None:
    """Export the best weights of a run, measure them through the shipped reader, and write model and card.

    Calibration and thresholds come from the fold kept for choosing; every figure comes from the fold kept for
    reporting, which nothing was chosen on.

    Args:
        run: Folder of a finished run.
        data: Folder of the films it was trained on.
        adults: Folder of radiologist-read adult films; adds figures on films of another kind.
        model: The file to write.

    Raises:
        DataError: The run or the films cannot be used.
    """
    finished = _exportable(run)
    recipe = finished.recipe
    spec, plan = recipe.input_spec, recipe.folds
    films = read_manifest(data)
    if not all(film.patient_known for film in films):
        raise DataError(f"{data} names no patients, and the figures of a card need them. Add a column patient.")
    learn = plan.learn(films)
    choose = [film for film in films if film.fold == plan.choose]
    report = [film for film in films if film.fold == plan.report]
    network = load_network(finished.weights)
    graph = export_network(network, fit_heat(network, choose, spec), size=spec.size)
    judge = _Judge(graph, spec)

    choose_predictions = judge.predict(choose, what="films to choose on")
    report_predictions = judge.predict(report, what="films to report on")
    choose_outcomes, report_outcomes = _pneumonia(choose, choose_predictions), _pneumonia(report, report_predictions)
    calibration = fit_calibration(choose_outcomes)
    command = given_command()
    data_set = f"{_CHILDREN}: patients held out of training and of every choice"
    figures = [
        _figure(data_set, "AP", "pneumonia against normal", report_outcomes, command),
        _figure(data_set, "AP", "bacterial against viral", _bacterial(report, report_predictions), command),
    ]
    points = operating_points(
        calibrated(choose_outcomes, calibration), calibrated(report_outcomes, calibration), data_set=data_set
    )
    limits = list(_LIMITS)
    if adults is not None:
        on_adults = _measure_adults(judge, adults, calibration, points[0], command)
        figures += on_adults.figures
        limits.append(on_adults.limit)
    card = ModelCard(
        schema_version=SCHEMA_VERSION,
        model_id=MODEL_ID,
        model_version=MODEL_VERSION,
        intended_use=_INTENDED_USE,
        classes=CLASSES,
        input=spec,
        calibration=calibration,
        calibrations_by_age=(),
        calibration_checks=(check_calibration(report_outcomes, calibration, data_set=data_set),),
        operating_points=points,
        heat_threshold=HEAT_THRESHOLD,
        ood_limit=None,
        populations=(
            Population(
                source=_CHILDREN,
                films=len(learn),
                patients=len({film.patient for film in learn}),
                age_from_years=_YOUNGEST,
                age_to_years=_OLDEST,
                views=("AP",),
            ),
        ),
        ages=(_ages(learn, role="training"), _ages(report, role="held out")),
        figures=tuple(figures),
        limits=tuple(limits),
        known_failures=(),
        credits=_CREDITS,
        training=TrainingRecord(recipe=recipe.name, command=finished.command, commit=finished.commit, seed=recipe.seed),
        graph_sha256=graph_sha256(graph),
    )
    write_model(graph, card, model)


class _Judge:
    """The exported network behind the shipped reader and preprocessing."""

    def __init__(self, graph: bytes, spec: InputSpec) -> None:
        self._classifier = Classifier(graph, size=spec.size, classes=len(CLASSES))
        self._spec = spec

    def predict(self, films: list[LabelledFilm], *, what: str) -> list[Prediction]:
        return [
            self._classifier.predict(preprocess(load_radiograph(film.path).pixels, self._spec).tensor)
            for film in track(films, description=f"Measuring {what}")
        ]


@dataclass(frozen=True, slots=True)
class _OnAdults:
    figures: list[Figure]
    limit: str


def _measure_adults(
    judge: _Judge, adults: Path, calibration: Calibration, point: OperatingPoint, command: str
) -> _OnAdults:
    """Figures on radiologist-read adult films, each view alone: pooled ones reward telling AP from PA."""
    figures = []
    called, without_opacity = 0, 0
    for view in _VIEWS_OF_ADULTS:
        films = read_adults(adults, view=view)
        predictions = judge.predict(films, what=f"adult films, {view}")
        scores = np.array([pneumonia_logit(*prediction.logits.tolist()) for prediction in predictions])
        labels = np.array([film.label for film in films])
        opacity = labels == ADULT_CLASSES.index("pneumonia_opacity")
        normal = labels == ADULT_CLASSES.index("normal")
        probabilities = np.array([calibration.probability(score) for score in scores])
        called += int((probabilities[~opacity] >= point.threshold).sum())
        without_opacity += int((~opacity).sum())
        for question, among in (
            ("opacity against normal", opacity | normal),
            ("opacity against everything else", np.ones_like(opacity)),
        ):
            chosen = [film for film, taken in zip(films, among, strict=True) if taken]
            outcomes = _outcomes(chosen, scores[among], opacity[among])
            if min(outcomes.truth.sum(), (~outcomes.truth).sum()) >= _FEWEST:
                figures.append(_figure(_ADULTS, view, question, outcomes, command))
    limit = (
        f"On adult films of another hospital it called {called} of {without_opacity} films without an opacity "
        f"positive at `{point.name}`. Do not use it on adults."
    )
    return _OnAdults(figures, limit)


def _ages(films: list[LabelledFilm], *, role: str) -> AgeRow:
    """All in one row: the collection states no child's own age."""
    return AgeRow(
        data_set=_CHILDREN,
        role=role,
        age_from_years=_YOUNGEST,
        age_to_years=_OLDEST,
        films=len(films),
        with_pneumonia=sum(film.label > 0 for film in films),
    )


def _exportable(folder: Path) -> FinishedRun:
    """A finished run on all films of a network that can be exported. Raises DataError."""
    run = read_run(folder)
    if run.recipe.network is not NetworkName.MOBILENETV2:
        raise DataError(f"{folder} is a run of {run.recipe.name}, and only a network with class maps can be exported.")
    if run.limit is not None:
        raise DataError(f"{folder} was a trial on {run.limit} films. Train on all of them before exporting.")
    return run


def _pneumonia(films: list[LabelledFilm], predictions: list[Prediction]) -> Outcomes:
    scores = [pneumonia_logit(*prediction.logits.tolist()) for prediction in predictions]
    return _outcomes(films, scores, [film.label > 0 for film in films])


def _bacterial(films: list[LabelledFilm], predictions: list[Prediction]) -> Outcomes:
    bacterial = CLASSES.index("bacterial")
    ill = [(film, prediction) for film, prediction in zip(films, predictions, strict=True) if film.label > 0]
    scores = [float(prediction.logits[bacterial] - prediction.logits[bacterial + 1]) for _, prediction in ill]
    return _outcomes([film for film, _ in ill], scores, [film.label == bacterial for film, _ in ill])


def _outcomes(films: list[LabelledFilm], scores: Iterable[float], truth: Iterable[bool]) -> Outcomes:
    patients = np.array([film.patient for film in films], dtype=np.str_)
    return Outcomes(np.array(list(scores), dtype=np.float64), np.array(list(truth), dtype=np.bool_), patients)


def _figure(data_set: str, view: str, question: str, outcomes: Outcomes, command: str) -> Figure:
    return Figure(
        data_set=data_set,
        view=view,
        question=question,
        positives=int(outcomes.truth.sum()),
        negatives=int((~outcomes.truth).sum()),
        patients=outcomes.patient_count,
        auroc=estimate(outcomes, auroc),
        command=command,
    )


def fit_heat(network: MobileNetV2, films: list[LabelledFilm], spec: InputSpec) -> HeatScale:
    """Fix the scale of heat on films kept for choosing.

    Heat 0.5 is what 99 % of the cells of normal films stay below; 1 % of the cells of films with pneumonia reach
    0.95. Both are fixed for good, so that the heat of two films can be compared.
    """
    loaded = load_squares(films, spec, size=spec.size, what="films to fix the heat on")
    if loaded.unreadable:
        path, reason = loaded.unreadable[0]
        raise DataError(f"{path} cannot be measured on: {reason}")
    ill = np.array([film.label > 0 for film in films])
    with torch.no_grad():
        batches = torch.split(torch.from_numpy(loaded.squares).unsqueeze(1).float() / 255.0, 32)
        odds = torch.cat([cell_log_odds(network((batch - spec.mean) / spec.std)) for batch in batches]).numpy()
    middle = float(np.percentile(odds[~ill], 99.0))
    top = float(np.percentile(odds[ill], 99.0))
    if top <= middle:
        raise DataError("The network is no warmer on films with pneumonia than on normal ones. Train it for longer.")
    return HeatScale(middle, (top - middle) / math.log(0.95 / 0.05))
