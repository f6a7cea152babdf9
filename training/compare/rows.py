"""Rows of the table: runs of one recipe taken together, and what they measured."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.model.card import Estimate
from training.compare.measuring import Cost, FoldResult
from training.evaluate.measures import Confusion
from training.finished_run import FinishedRun
from training.recipes import RECIPES
from training.statistics import RESAMPLES, auroc, draw_patients

# What a row's runs may differ in, and what a column of the table says anyway.
_OWN = ("folds", "seed")
_IN_COLUMNS = ("name", "epochs", *_OWN)


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How one class fares: shares of 0..1, or NaN where no film was called it."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was measured of one recipe, or of one model.

    Attributes:
        shipped: Whether it is a model file and no run.
        folds: The folds measured on, ascending; films and patients are counted once.
        measurements: Runs, or folds of a model.
        input_size: Side of the square input, in pixels.
        epochs: Epochs of each run, ascending; empty for a model, whose file does not say.
        loss: Cross entropy over normal, bacterial and viral, mean over films.
        commands: The command of each run, with its commit.
    """

    label: str
    shipped: bool
    folds: tuple[int, ...]
    measurements: int
    films: int
    patients: int
    input_size: int
    epochs: tuple[int, ...]
    auroc: Estimate
    accuracy: float
    pneumonia: ClassFigures
    normal: ClassFigures
    loss: float
    cost: Cost
    commands: tuple[str, ...]


def group_runs(runs: Sequence[FinishedRun]) -> tuple[tuple[FinishedRun, ...], ...]:
    """Runs that differ in nothing but their folds and their seed, taken together, in the order of the first."""
    groups: dict[str, list[FinishedRun]] = {}
    for run in runs:
        settings = {name: value for name, value in dataclasses.asdict(run.recipe).items() if name not in _OWN}
        groups.setdefault(repr((settings, run.limit, run.start_weights)), []).append(run)
    return tuple(tuple(group) for group in groups.values())


def label_run(run: FinishedRun) -> str:
    """The recipe's name, and where the run departs from what this version's recipe of that name says."""
    recipe, usual = run.recipe, RECIPES.get(run.recipe.name)
    notes = []
    if usual is not None:
        usual = dataclasses.replace(
            usual, input_spec=dataclasses.replace(usual.input_spec, size=recipe.input_spec.size)
        )
        for field in dataclasses.fields(recipe):
            value = getattr(recipe, field.name)
            if field.name not in _IN_COLUMNS and value != getattr(usual, field.name):
                words = field.name.replace("_", " ")
                notes.append(f"another {words}" if dataclasses.is_dataclass(value) else f"{words} {value}")
    if run.limit is not None:
        notes.append(f"a trial on {run.limit} films")
    if run.start_weights is not None:
        notes.append(f"from {Path(run.start_weights).name}")
    return f"{recipe.name} ({', '.join(notes)})" if notes else recipe.name


def pool(
    label: str,
    results: Sequence[FoldResult],
    costs: Sequence[Cost],
    *,
    shipped: bool,
    input_size: int,
    epochs: Sequence[int],
    commands: Sequence[str],
) -> Row:
    """One row from the results of one or more folds.

    Calls (pneumonia or normal) and losses are pooled over films, after each run's own threshold: a film counts once
    for each run that measured it. AUROC is not pooled, since scores of two networks have no common scale; see
    `mean_auroc`. Time is the median over the runs.
    """
    parts = [Confusion.at(result.outcomes, result.threshold) for result in results]
    hit, wrong, missed, passed = (
        sum(counts) for counts in zip(*[dataclasses.astuple(part) for part in parts], strict=True)
    )
    recall, _, precision, f1, accuracy = Confusion(hit, wrong, missed, passed).shares()
    normal_recall, _, normal_precision, normal_f1, _ = Confusion(passed, missed, wrong, hit).shares()
    by_fold = {result.fold: result.outcomes for result in results}
    return Row(
        label=label,
        shipped=shipped,
        folds=tuple(sorted(by_fold)),
        measurements=len(results),
        films=sum(len(outcomes.truth) for outcomes in by_fold.values()),
        patients=sum(outcomes.patient_count for outcomes in by_fold.values()),
        input_size=input_size,
        epochs=tuple(sorted(epochs)),
        auroc=mean_auroc(results),
        accuracy=accuracy,
        pneumonia=ClassFigures(precision, recall, f1),
        normal=ClassFigures(normal_precision, normal_recall, normal_f1),
        loss=float(np.concatenate([result.losses for result in results]).mean()),
        cost=dataclasses.replace(costs[0], milliseconds=statistics.median(cost.milliseconds for cost in costs)),
        commands=tuple(commands),
    )


def mean_auroc(results: Sequence[FoldResult], *, resamples: int = RESAMPLES) -> Estimate:
    """Mean of the AUROC of each run within its own fold, with a 95 % percentile interval.

    A stratified bootstrap (Efron and Tibshirani 1993): patients are drawn again within each fold, independently of
    the other folds, and runs that share a fold see the same draw; each draw gives one mean. Folds hold different
    patients, so the draws of two folds may be independent. The interval says how far the figure moves with the
    patients measured on; it does not hold how far it moves with the patients learned from.
    """
    by_fold: dict[int, list[FoldResult]] = {}
    for result in sorted(results, key=lambda result: result.fold):
        by_fold.setdefault(result.fold, []).append(result)
    sums = np.zeros(resamples)
    for fold, shared in by_fold.items():
        draws = draw_patients(shared[0].outcomes, seed=fold, resamples=resamples)
        for number, index in enumerate(draws):
            sums[number] += sum(auroc(result.outcomes.take(index)) for result in shared)
    low, high = np.percentile(sums / len(results), [2.5, 97.5])
    return Estimate(float(np.mean([auroc(result.outcomes) for result in results])), float(low), float(high))
