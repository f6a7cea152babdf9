from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from tests.training.evaluate.made_up import outcomes
from training.compare.measuring import Cost, FoldResult
from training.compare.rows import Row, group_runs, label_run, mean_auroc, pool
from training.finished_run import FinishedRun
from training.recipes import CNN, MOBILENETV2_TRANSFER, Recipe
from training.statistics import auroc, estimate


def result(fold: int, positive: list[float], negative: list[float], *, threshold: float) -> FoldResult:
    found = outcomes(positive, negative)
    return FoldResult(fold, found, threshold, np.full(len(found.truth), float(fold)))


def drawn(fold: int, *, count: int = 200) -> FoldResult:
    chance = np.random.default_rng(fold)
    return result(fold, list(chance.normal(1, 1, count)), list(chance.normal(-1, 1, count)), threshold=0.0)


def pooled(*results: FoldResult, milliseconds: tuple[float, ...] = (1.0,)) -> Row:
    costs = [Cost(parameters=10, learning=4, size_bytes=99, milliseconds=time) for time in milliseconds]
    return pool("x", results, costs, shipped=False, input_size=32, epochs=[3, 2], commands=["a"])


def run(recipe: Recipe, *, limit: int | None = None, start_weights: str | None = None) -> FinishedRun:
    return FinishedRun(
        folder=Path("r"), recipe=recipe, epochs=3, limit=limit, start_weights=start_weights, command="", commit=""
    )


def test_calls_are_pooled_after_each_runs_own_threshold() -> None:
    """Fold 0: 3 hit, 1 missed, 1 wrong, 1 passed; fold 1, on another scale: 1 hit, 0 missed, 0 wrong, 3 passed."""
    row = pooled(
        result(0, [0.9, 0.8, 0.7, 0.1], [0.6, 0.2], threshold=0.5),
        result(1, [70.0], [10.0, 20.0, 30.0], threshold=60.0),
    )
    assert row.accuracy == pytest.approx(8 / 10)
    assert dataclasses.astuple(row.pneumonia) == pytest.approx((4 / 5, 4 / 5, 4 / 5))
    assert dataclasses.astuple(row.normal) == pytest.approx((4 / 5, 4 / 5, 4 / 5))
    assert (row.folds, row.films, row.measurements, row.epochs) == ((0, 1), 10, 2, (2, 3))
    assert row.loss == pytest.approx(4 / 10)


def test_precision_of_a_class_that_is_never_called_is_no_number() -> None:
    row = pooled(result(0, [0.9, 0.8], [0.6], threshold=0.1))
    assert math.isnan(row.normal.precision)
    assert row.normal.recall == 0.0
    assert row.pneumonia.precision == pytest.approx(2 / 3)


def test_scores_of_two_networks_are_never_put_on_one_scale() -> None:
    """Each fold is told apart perfectly, and every normal film of the second scores over those ill in the first."""
    found = mean_auroc(
        [result(0, [1.0, 2.0], [0.0, 0.5], threshold=0), result(1, [9.0, 8.0], [7.0, 6.0], threshold=0)], resamples=20
    )
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


def test_more_folds_give_a_narrower_interval_around_their_mean() -> None:
    folds = [drawn(fold) for fold in range(4)]
    one, four = mean_auroc(folds[:1], resamples=400), mean_auroc(folds, resamples=400)
    assert four.value == pytest.approx(np.mean([auroc(fold.outcomes) for fold in folds]))
    assert four.low < four.value < four.high
    assert 0.35 < (four.high - four.low) / (one.high - one.low) < 0.7  # half, for four times the patients
    alone = estimate(folds[0].outcomes, auroc, resamples=400)
    assert dataclasses.astuple(one) == pytest.approx(dataclasses.astuple(alone))


def test_runs_on_the_same_patients_do_not_count_as_more_patients() -> None:
    fold = drawn(1)
    twice = mean_auroc([fold, fold], resamples=200)
    assert dataclasses.astuple(twice) == pytest.approx(dataclasses.astuple(mean_auroc([fold], resamples=200)))
    row = pooled(fold, fold, milliseconds=(1.0, 9.0, 2.0))
    assert (row.films, row.measurements, row.cost.milliseconds) == (400, 2, 2.0)


def test_runs_that_differ_only_in_folds_and_seed_are_one_group() -> None:
    other_folds = dataclasses.replace(CNN, folds=dataclasses.replace(CNN.folds, report=3), seed=5)
    faster = dataclasses.replace(CNN, learning_rate=0.5)
    runs = [run(CNN), run(faster), run(other_folds), run(CNN, limit=9), run(CNN, start_weights="w.npz")]
    groups = group_runs(runs)
    assert [len(group) for group in groups] == [2, 1, 1, 1]
    assert groups[0] == (runs[0], runs[2])


def test_a_label_says_what_departs_from_the_recipe() -> None:
    spec = dataclasses.replace(CNN.input_spec, size=64)
    assert label_run(run(dataclasses.replace(CNN, epochs=1, seed=4, input_spec=spec))) == "cnn"
    changed = dataclasses.replace(CNN, learning_rate=0.5, augmentation=dataclasses.replace(CNN.augmentation, shift=0.9))
    assert label_run(run(changed, limit=9)) == "cnn (learning rate 0.5, another augmentation, a trial on 9 films)"
    assert label_run(run(MOBILENETV2_TRANSFER, start_weights="i.npz")) == "mobilenetv2_transfer (from i.npz)"
