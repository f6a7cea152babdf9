"""From a finished run to a model file: export, calibrate, choose thresholds, measure, write the card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.model.card import (
    SCHEMA_VERSION,
    AgeBand,
    Calibration,
    CalibrationCheck,
    ModelCard,
    OperatingPoint,
    Population,
    TrainingRecord,
)
from engine.model.film_gate import load_gate
from engine.model.onnx_file import graph_sha256
from training.export import words
from training.export.adults import (
    ADULT_FROM,
    ADULT_TO,
    OPACITY,
    JudgedAdults,
    adult_figures,
    adult_variants,
    adult_warning,
    judge_adults,
)
from training.export.ages import OLDEST, YOUNGEST, child_ages, read_ages, weak_ages, weak_population
from training.export.graph import export_graph
from training.export.judge import Judge, Judged
from training.export.measured import figure
from training.export.onnx_export import write_model
from training.export.operating import Variants, calibrated, check_calibration, fit_calibration, operating_points
from training.export.perturbations import PERTURBATIONS
from training.export.probes import probe_shortcuts
from training.films import CLASSES, DataError, LabelledFilm, films_of_fold, read_manifest
from training.finished_run import load_run, read_run
from training.record import given_command
from training.shipped.adults import read_weak_films
from training.statistics import Outcomes

HEAT_THRESHOLD = 0.5
_PNEUMONIA = tuple(CLASSES.index(name) for name in ("bacterial", "viral"))
_IDS = {"mobilenetv2_transfer": ("mapafu-mobilenetv2", "0.1.0"), "mapafu": ("mapafu-reading", "0.2.0")}
_OOD_PERCENTILE = 99.0


def export_model(
    *, run: Path, data: Path, adults: Path | None, model: Path, adult_use: str = "tune", gated: bool = True
) -> None:
    """Export the best weights of a run, measure them through the shipped reader and gate, and write model and card.

    Calibration and thresholds come from the fold kept for choosing and, for adults, from the films read for tuning;
    every figure of children comes from the fold kept for reporting, which nothing was chosen on. Each age band has
    thresholds of its own; films whose age is unknown have those of children, with the pooled calibration, since
    pictures state no age.

    Args:
        run: Folder of a finished run.
        data: Folder of the films of children that it was trained on.
        adults: Folder of adult films; needed where the network learned from them, else adds figures.
        model: The file to write.
        adult_use: Which radiologist-read films of adults the figures come from. `tune`: those that choices were
            made on; `report`: those kept for the end.
        gated: Measure as the program does: without the films that its gate turns away, and with each film upright.

    Raises:
        DataError: The run or the films cannot be used.
    """
    finished = read_run(run)
    if finished.recipe.name not in _IDS:
        name = finished.recipe.name
        raise DataError(f"{run} is a run of {name}, and only a network with class maps can be exported.")
    if finished.limit is not None:
        raise DataError(f"{run} was a trial on {finished.limit} films. Train on all of them before exporting.")
    if finished.recipe.mix is not None and adults is None:
        raise DataError(f"{finished.recipe.name} learned from adults too. Name their films: --adults.")
    recipe, network = load_run(run)
    films = read_manifest(data)
    if not all(film.patient_known for film in films):
        raise DataError(f"{data} names no patients, and the figures of a card need them. Add a column patient.")
    learn = recipe.folds.learn(films)
    choose, report = (films_of_fold(films, fold) for fold in (recipe.folds.choose, recipe.folds.report))
    weak = read_weak_films(adults) if recipe.mix is not None and adults is not None else []
    graph = export_graph(network, recipe.input_spec, choose=choose, children=learn, adults=[film.film for film in weak])
    judge = Judge(graph, recipe.input_spec, load_gate() if gated else None)
    command = given_command()

    chosen_on, reported = (
        _judge_variants(judge, part, what) for part, what in ((choose, "choose"), (report, "report"))
    )
    tuned = judge_adults(judge, adults, use="tune") if adults is not None else None
    shown = (
        tuned if tuned is None or adults is None or adult_use == "tune" else judge_adults(judge, adults, use=adult_use)
    )
    calibrations = _calibrate(chosen_on.outcomes.plain, tuned if recipe.mix is not None else None)
    points = _points(chosen_on.outcomes, reported.outcomes, calibrations.pooled, data_set=words.HELD_OUT)
    bands: tuple[AgeBand, ...] = ()
    if tuned is not None and shown is not None and calibrations.differ:
        children = _points(chosen_on.outcomes, reported.outcomes, calibrations.children, data_set=words.HELD_OUT)
        grown = _adult_points(judge, tuned, shown, calibrations.adults)
        bands = (
            _age_band(YOUNGEST, OLDEST, calibrations.children, children),
            _age_band(ADULT_FROM, ADULT_TO, calibrations.adults, grown),
        )
    figures = [
        figure(words.HELD_OUT, "AP", "pneumonia against normal", reported.outcomes.plain, command),
        figure(words.HELD_OUT, "AP", "bacterial against viral", reported.judged.bacterial(), command),
    ]
    checks = [check_calibration(reported.outcomes.plain, calibrations.pooled, data_set=words.HELD_OUT)]
    if calibrations.differ:
        named = f"{words.HELD_OUT}, their age known"
        checks.append(check_calibration(reported.outcomes.plain, calibrations.children, data_set=named))
    failures = [] if gated else [words.UNGATED]
    failures += _refusals(reported.judged.refused, len(report), "with pneumonia", words.HELD_OUT, ill=_PNEUMONIA)
    if shown is not None:
        read = sum(len(part.films) for part in shown.by_view.values()) + len(shown.refused)
        failures += _refusals(shown.refused, read, "with an opacity", words.READ_ADULTS[shown.use], ill=(OPACITY,))
        figures += adult_figures(shown, command)
        aged = bands[-1].operating_points if bands else points
        failures += [adult_warning(shown, calibrations.adults, point, age="known") for point in aged]
        if calibrations.differ:
            failures += [adult_warning(shown, calibrations.pooled, point, age="unknown") for point in points]
        failures += map(str, probe_shortcuts(reported.judged, shown, data))
        if shown is not tuned:
            named = words.READ_ADULTS[shown.use]
            checks.append(check_calibration(shown.outcomes(), calibrations.adults, data_set=named))
    model_id, version = _IDS[recipe.name]
    card = ModelCard(
        schema_version=SCHEMA_VERSION,
        model_id=model_id,
        model_version=version,
        intended_use=words.USE_ALL_AGES if weak else words.USE_CHILDREN,
        classes=CLASSES,
        input=recipe.input_spec,
        calibration=calibrations.pooled,
        age_bands=bands,
        calibration_checks=tuple(checks),
        operating_points=points,
        heat_threshold=HEAT_THRESHOLD,
        ood_limit=_ood_limit(chosen_on.judged, tuned),
        populations=(_children(learn), *([weak_population(weak)] if weak else [])),
        ages=(
            child_ages(learn, role="training"),
            *weak_ages(weak),
            child_ages(report, role="held out"),
            *(read_ages(adults, use=shown.use) if adults is not None and shown is not None else ()),
        ),
        figures=tuple(figures),
        limits=words.LIMITS_ALL_AGES if weak else words.LIMITS_CHILDREN,
        known_failures=tuple(failures),
        credits=words.CREDITS_ALL_AGES if weak else words.CREDITS_CHILDREN,
        training=TrainingRecord(recipe=recipe.name, command=finished.command, commit=finished.commit, seed=recipe.seed),
        graph_sha256=graph_sha256(graph),
    )
    write_model(graph, card, model)


@dataclass(frozen=True, slots=True, eq=False)
class _JudgedVariants:
    """Films of children as they are, and their raw log odds under each change."""

    judged: Judged
    outcomes: Variants


def _judge_variants(judge: Judge, films: Sequence[LabelledFilm], what: str) -> _JudgedVariants:
    plain = judge.predict(films, what=f"films to {what} on")
    truth = plain.labels > 0
    changed = {
        name: judge.predict_changed(plain, change, what=f"films to {what} on, {name}").pneumonia(truth)
        for name, change in PERTURBATIONS.items()
    }
    return _JudgedVariants(plain, Variants(plain.pneumonia(truth), changed))


def _refusals(
    refused: Sequence[LabelledFilm], films: int, words_of_ill: str, data_set: str, *, ill: Sequence[int]
) -> list[str]:
    """One sentence on the films that have no figure since the program would not score them."""
    if not refused:
        return []
    with_it = sum(film.label in ill for film in refused)
    return [
        f"Of {films} films ({data_set}) the program's gate turned {len(refused)} away, {with_it} of them "
        f"{words_of_ill}; the figures are those of the others."
    ]


def _age_band(first: int, last: int, calibration: Calibration, points: tuple[OperatingPoint, ...]) -> AgeBand:
    return AgeBand(age_from_years=first, age_to_years=last, calibration=calibration, operating_points=points)


def _adult_points(
    judge: Judge, tuned: JudgedAdults, shown: JudgedAdults, calibration: Calibration
) -> tuple[OperatingPoint, ...]:
    """Operating points of adults, chosen on the films for tuning and measured on those that are shown."""
    choose = adult_variants(judge, tuned)
    if shown is tuned:
        return _points(
            choose, choose, calibration, data_set=f"{words.READ_ADULTS[tuned.use]}; chosen on the same films"
        )
    return _points(choose, adult_variants(judge, shown), calibration, data_set=words.READ_ADULTS[shown.use])


def _points(
    choose: Variants, report: Variants, calibration: Calibration, *, data_set: str
) -> tuple[OperatingPoint, ...]:
    chosen_on, measured_on = (_as_probabilities(part, calibration) for part in (choose, report))
    return operating_points(chosen_on, measured_on, data_set=data_set)


def _as_probabilities(films: Variants, calibration: Calibration) -> Variants:
    changed = {name: calibrated(part, calibration) for name, part in films.changed.items()}
    return Variants(calibrated(films.plain, calibration), changed)


@dataclass(frozen=True, slots=True)
class _Calibrations:
    """For children, for adults, and for films of unknown age; all the same where nothing asks for more."""

    children: Calibration
    adults: Calibration
    pooled: Calibration

    @property
    def differ(self) -> bool:
        """Whether it matters how old a patient is."""
        return self.children != self.adults


def _calibrate(children: Outcomes, adults: JudgedAdults | None) -> _Calibrations:
    """Calibrate each population by itself where that of children does not hold for adults."""
    own = fit_calibration(children)
    if adults is None:
        return _Calibrations(own, own, own)
    grown = adults.outcomes()
    check = check_calibration(grown, own, data_set=words.READ_ADULTS[adults.use])
    if _holds(check):
        return _Calibrations(own, own, own)
    theirs = fit_calibration(grown)
    pooled = fit_calibration(
        Outcomes(
            np.concatenate([children.scores, grown.scores]),
            np.concatenate([children.truth, grown.truth]),
            np.concatenate([children.patients, grown.patients]),
        )
    )
    return _Calibrations(own, theirs, pooled)


def _holds(check: CalibrationCheck) -> bool:
    return check.slope.low <= 1.0 <= check.slope.high and check.intercept.low <= 0.0 <= check.intercept.high


def _ood_limit(children: Judged, adults: JudgedAdults | None) -> float | None:
    """The larger of both populations' 99th percentiles, so that neither is called unlike too often."""
    scores = [children.ood_scores] + ([adults.ood_scores()] if adults is not None else [])
    limits = [float(np.percentile(part, _OOD_PERCENTILE)) for part in scores if len(part)]
    return max(limits, default=None)


def _children(films: Sequence[LabelledFilm]) -> Population:
    return Population(
        source=words.CHILDREN,
        films=len(films),
        patients=len({film.patient for film in films}),
        age_from_years=YOUNGEST,
        age_to_years=OLDEST,
        views=("AP",),
    )
