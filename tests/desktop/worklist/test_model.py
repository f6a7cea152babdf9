from dataclasses import replace

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop.marks import Mark
from desktop.worklist.columns import Column
from desktop.worklist.model import SORT_ROLE, WorklistModel
from engine.reasons import Note, Reason
from engine.screening.case import CaseStatus
from tests.desktop.builders import make_point, make_scored, make_unscored

_RESULTS = [
    make_scored(0, 0.10, age=4.0),
    make_unscored(1, Reason.EMPTY_FILE),
    make_scored(2, 0.95, age=11.0),
    make_scored(3, 0.50),
    make_unscored(4, Reason.NOT_FRONTAL, CaseStatus.REJECTED),
    make_scored(5, 0.70, age=0.5),
]


@pytest.fixture
def model(qapp: object) -> WorklistModel:
    filled = WorklistModel()
    filled.add(_RESULTS)
    filled.sort_now()
    return filled


def _order(model: WorklistModel) -> list[int]:
    shown = [model.result_at(row) for row in range(model.rowCount())]
    return [result.index for result in shown if result is not None]


def test_films_of_one_name_are_told_apart_by_their_folder(qapp: object) -> None:
    files = ("ward 1/IM000001.dcm", "ward 2/IM000001.dcm", "ward 2/IM000002.dcm")
    model = WorklistModel()
    model.add([replace(make_scored(place, 0.9), file=file) for place, file in enumerate(files)])
    shown = [model.index(row, Column.FILE).data() for row in range(3)]
    assert shown == ["ward 1/IM000001", "ward 2/IM000001", "IM000002"]


def test_the_first_order_is_triage_then_rejected_then_failed(model: WorklistModel) -> None:
    assert _order(model) == [2, 5, 3, 0, 4, 1]


@pytest.mark.parametrize(
    ("column", "rising", "falling"),
    [
        (Column.PROBABILITY, [0, 3, 5, 2, 1, 4], [2, 5, 3, 0, 1, 4]),
        (Column.AGE, [5, 0, 2, 1, 3, 4], [2, 0, 5, 1, 3, 4]),
        (Column.FILE, [0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0]),
    ],
)
def test_numbers_sort_as_numbers_and_unknown_ones_come_last(
    model: WorklistModel, column: Column, rising: list[int], falling: list[int]
) -> None:
    model.sort(column, Qt.SortOrder.AscendingOrder)
    assert _order(model) == rising
    model.sort(column, Qt.SortOrder.DescendingOrder)
    assert _order(model) == falling


def test_the_sort_role_holds_numbers(model: WorklistModel) -> None:
    assert model.index(0, Column.PROBABILITY).data(SORT_ROLE) == 0.95
    assert model.index(1, Column.AGE).data(SORT_ROLE) == 0.5


def test_a_row_that_is_held_on_to_follows_its_film(model: WorklistModel) -> None:
    held = QPersistentModelIndex(model.index(2, Column.FILE))
    model.add([make_scored(6, 0.99), make_scored(7, 0.61)])
    assert held.row() == 2
    model.sort_now()
    assert held.row() == 4
    assert held.data() == "film-003"


def test_new_rows_wait_for_the_next_sorting(model: WorklistModel, qtbot: QtBot) -> None:
    model.add([make_scored(6, 0.99)])
    assert _order(model)[-1] == 6
    with qtbot.waitSignal(model.layoutChanged, timeout=2000):
        model.add([make_scored(7, 0.98)])
    assert _order(model)[:2] == [6, 7]


def test_filters_hide_rows_but_lose_nothing(model: WorklistModel) -> None:
    model.set_mark(Mark.NOT_SCORED)
    assert _order(model) == [4, 1]
    model.add([make_scored(6, 0.3)])
    assert model.rowCount() == 2
    model.set_mark(None)
    model.set_search(" FILM-00 ")
    assert model.rowCount() == 7
    model.set_search("film-003")
    assert _order(model) == [3]
    assert [result.index for result in model.results] == list(range(7))


def test_an_age_outside_training_stands_beside_the_band(model: WorklistModel) -> None:
    model.add([make_scored(6, 0.99, age=40.0, notes=(Note.AGE_OUTSIDE_TRAINING,))])
    model.sort_now()
    assert [model.index(row, Column.BAND).data() for row in (0, 1)] == ["signs · age outside training", "signs"]


def test_counts_and_another_operating_point(model: WorklistModel) -> None:
    assert model.counts == {Mark.POSITIVE: 2, Mark.UNCERTAIN: 1, Mark.NEGATIVE: 1, Mark.NOT_SCORED: 2}
    model.judge_at(make_point("strict", 0.05, 0.08, 0.09))
    assert model.counts == {Mark.POSITIVE: 4, Mark.NOT_SCORED: 2}


def test_what_cells_say(model: WorklistModel) -> None:
    first = [model.index(0, column).data() for column in Column]
    assert first == ["signs", "0.95", "film-002", "AP", "11 y", ""]
    last = [model.index(5, column).data() for column in Column]
    assert last == ["empty file", "", "film-001", "–", "–", Reason.EMPTY_FILE.sentence]


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    model = WorklistModel()
    model.add(_RESULTS)
    qtmodeltester.check(model)
    model.sort(Column.AGE)
    model.set_search("film-00")
    model.clear()


def test_ten_thousand_rows_are_sorted_quickly_enough_not_to_be_noticed(qapp: object) -> None:
    import time

    model = WorklistModel()
    model.add([make_scored(index, (index * 7919 % 10007) / 10007) for index in range(10_000)])
    started = time.perf_counter()
    model.sort_now()
    assert time.perf_counter() - started < 0.5
