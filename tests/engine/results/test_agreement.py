from __future__ import annotations

from dataclasses import replace

import pytest

from engine.model.card import PointsByAge
from engine.reasons import Reason
from engine.results.agreement import (
    Answers,
    Counting,
    agreement,
    answers_of_model,
    answers_of_reader,
    answers_of_reference,
    performance,
)
from engine.results.columns import KeyColumns
from engine.results.intervals import wilson
from engine.results.kappa import cohens_kappa
from engine.results.verdicts import Verdict
from tests.engine.results.made_up import POINT, POINTS, make_scored, make_unscored

P, N, O, C = Verdict.PNEUMONIA, Verdict.NO_PNEUMONIA, Verdict.OTHER_FINDING, Verdict.CANNOT_TELL  # noqa: E741


def by_film(*verdicts: Verdict) -> dict[int, Verdict]:
    return dict(enumerate(verdicts))


# With thresholds 0.2, 0.4, 0.6: negative, two uncertain ones, positive, and one that may not be negative.
SCORED = [
    *(make_scored(place, p) for place, p in enumerate((0.1, 0.3, 0.5, 0.9))),
    make_scored(4, 0.1, unlike_training=True),
]
COLUMNS = KeyColumns.of_results([*SCORED, make_unscored(5, Reason.BLANK)], range(6))


def test_two_readers_counted_by_hand() -> None:
    first = answers_of_reader(by_film(P, P, P, N, N, O, C, P))
    second = answers_of_reader(by_film(P, P, N, N, O, P, P, C) | {99: P})
    found = agreement(first, second)
    assert (found.both, found.first_only, found.second_only, found.neither) == (2, 1, 1, 2)
    assert (found.films, found.left_out, found.uncertain) == (6, 2, 0)
    assert found.share == wilson(4, 6)
    assert found.kappa == cohens_kappa([[2, 1], [1, 2]])
    assert found.counting == (Counting.VERDICTS, Counting.VERDICTS)


def test_films_that_only_one_looked_at_count_nowhere() -> None:
    found = agreement(answers_of_reader({1: P, 2: C}), answers_of_reader({3: P, 4: C}))
    assert (found.films, found.left_out, found.share, found.kappa) == (0, 0, None, None)


@pytest.mark.parametrize(
    ("counting", "says"),
    [
        (Counting.THRESHOLD, [False, False, True, True, False]),
        (Counting.UNCERTAIN_READ, [False, True, True, True, True]),
        (Counting.UNCERTAIN_PASSED, [False, False, False, True, False]),
    ],
)
def test_uncertain_films_count_as_is_said(counting: Counting, says: list[bool]) -> None:
    answers = answers_of_model(COLUMNS, POINTS, counting)
    assert [answers.pneumonia[film] for film in range(5)] == says
    assert 5 not in answers.pneumonia
    assert answers.uncertain == {1, 2, 4}
    assert answers.counting is counting


def test_the_threshold_itself_is_pneumonia() -> None:
    columns = KeyColumns.of_results([make_scored(0, 0.4)], [7])
    assert answers_of_model(columns, POINTS).pneumonia == {7: True}
    assert answers_of_model(columns, PointsByAge(replace(POINT, threshold=0.41))).pneumonia == {7: False}


def test_a_reader_and_the_model() -> None:
    found = agreement(answers_of_reader(by_film(N, N, P, N, C)), answers_of_model(COLUMNS, POINTS))
    assert (found.both, found.first_only, found.second_only, found.neither) == (1, 0, 1, 2)
    assert (found.left_out, found.uncertain) == (1, 2)
    assert found.counting == (Counting.VERDICTS, Counting.THRESHOLD)


def test_sensitivity_and_specificity_counted_by_hand() -> None:
    labels = {0: True, 1: True, 2: True, 3: False, 4: False, 5: True, 6: False}
    found = performance(answers_of_reader(by_film(P, P, N, P, O, C)), labels)
    assert (found.found, found.missed, found.false_alarms, found.cleared) == (2, 1, 1, 1)
    assert (found.left_out, found.counting) == (1, Counting.VERDICTS)
    assert found.sensitivity == wilson(2, 3)
    assert found.specificity == wilson(1, 2)


def test_without_films_of_a_kind_there_is_no_figure() -> None:
    found = performance(answers_of_model(COLUMNS, POINTS), {0: False, 3: False})
    assert found.sensitivity is None
    assert found.specificity == wilson(1, 2)


def test_figures_are_those_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    truth = {film: film % 3 == 0 for film in range(60)}
    said = {film: (film % 3 == 0) != (film % 7 == 0) for film in range(60)}
    answers = Answers(pneumonia=said, counting=Counting.LABELS)
    both, found = agreement(answers, answers_of_reference(truth)), performance(answers, truth)
    y_true, y_said = list(truth.values()), list(said.values())
    assert both.kappa is not None
    assert both.kappa.value == pytest.approx(metrics.cohen_kappa_score(y_said, y_true))
    assert found.sensitivity is not None
    assert found.sensitivity.value == pytest.approx(metrics.recall_score(y_true, y_said))
    assert found.specificity is not None
    assert found.specificity.value == pytest.approx(metrics.recall_score(y_true, y_said, pos_label=False))


@pytest.mark.parametrize("counting", Counting)
def test_every_counting_has_a_sentence(counting: Counting) -> None:
    assert counting.sentence.endswith(".")
