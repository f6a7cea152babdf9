import itertools
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop.marks import Mark
from desktop.worklist.columns import Column
from desktop.worklist.model import WorklistModel
from engine.model.card import PointsByAge
from engine.reasons import Note, Reason
from engine.results.columns import KeyColumns, RowFilter
from engine.results.marks import MarkKind
from engine.screening.case import Band, CaseResult, CaseStatus
from tests.builders import make_point
from tests.desktop.builders import make_scored, make_unscored

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
    filled.refresh()
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


def test_a_row_that_is_held_on_to_follows_its_film(model: WorklistModel) -> None:
    held = QPersistentModelIndex(model.index(2, Column.FILE))
    model.add([make_scored(6, 0.99), make_scored(7, 0.61)])
    model.refresh()
    assert held.row() == 4
    assert held.data() == "film-003"


def test_the_list_is_put_in_order_at_most_twice_a_second(qapp: object, qtbot: QtBot) -> None:
    model = WorklistModel()
    moments: list[float] = []
    model.layoutChanged.connect(lambda: moments.append(time.monotonic()))
    for index in range(60):
        model.add([make_scored(index, index / 60)])
        if index == 0:
            assert model.rowCount() == 1  # the first one need not wait
        qtbot.wait(30)
    qtbot.waitUntil(lambda: model.rowCount() == 60, timeout=2000)
    assert _order(model) == list(reversed(range(60)))
    pauses = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert min(pauses) > 0.45
    assert len(moments) >= 4


def test_filters_hide_rows_but_lose_nothing(model: WorklistModel) -> None:
    model.set_filter(RowFilter(statuses=frozenset({CaseStatus.REJECTED, CaseStatus.FAILED})))
    assert _order(model) == [4, 1]
    model.add([make_scored(6, 0.3)])
    model.refresh()
    assert model.rowCount() == 2
    model.set_filter(RowFilter(search=" FILM-00 "))
    assert model.rowCount() == 7
    model.set_filter(RowFilter(search="film-003"))
    assert _order(model) == [3]
    model.set_filter(RowFilter(bands=frozenset({Band.POSITIVE})))
    assert _order(model) == [2, 5]
    assert [result.index for result in model.results] == list(range(7))


def test_an_age_outside_training_stands_beside_the_band(model: WorklistModel) -> None:
    model.add([make_scored(6, 0.99, age=40.0, notes=(Note.AGE_OUTSIDE_TRAINING,))])
    model.refresh()
    assert [model.index(row, Column.BAND).data() for row in (0, 1)] == ["signs · age outside training", "signs"]


def test_counts_and_another_operating_point(model: WorklistModel) -> None:
    assert model.counts == {Mark.POSITIVE: 2, Mark.UNCERTAIN: 1, Mark.NEGATIVE: 1, Mark.NOT_SCORED: 2}
    model.judge_at(PointsByAge(make_point("strict", 0.05, 0.08, 0.09)))
    assert model.counts == {Mark.POSITIVE: 4, Mark.UNCERTAIN: 0, Mark.NEGATIVE: 0, Mark.NOT_SCORED: 2}
    model.add([make_scored(6, 0.09)])
    model.refresh()
    assert [model.index(row, Column.BAND).data() for row in range(5)] == ["signs"] * 5
    scores = [result.score for result in model.results if result.score is not None]
    assert {(score.band, score.operating_point.name) for score in scores} == {(Band.POSITIVE, "strict")}


def test_reasons_are_counted_the_most_frequent_first(model: WorklistModel) -> None:
    model.add([make_unscored(6, Reason.NOT_FRONTAL, CaseStatus.REJECTED)])
    model.refresh()
    assert list(model.reasons.items()) == [(Reason.NOT_FRONTAL, 2), (Reason.EMPTY_FILE, 1)]


def test_a_mark_is_shown_on_every_row_of_its_film(qapp: object, qtbot: QtBot) -> None:
    model = WorklistModel()
    results = [make_scored(0, 0.9), make_scored(1, 0.8), make_scored(2, 0.7)]
    model.add(results, KeyColumns.of_results(results, [5, 6, 5]))
    changed: list[int] = []
    model.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    model.put_mark(MarkKind.FLAG, 5, on=True)
    assert changed == [0, 2]
    assert [model.has_mark(row, MarkKind.FLAG) for row in range(3)] == [True, False, True]
    said = model.index(0, Column.MARKS).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Marks: flagged, unread"
    model.put_mark(MarkKind.FLAG, 5, on=False)
    model.put_mark(MarkKind.READ, 5, on=True)
    assert model.index(0, Column.MARKS).data(Qt.ItemDataRole.AccessibleTextRole) == "Marks: read"


def test_a_mark_that_comes_before_its_row_is_shown_is_there(model: WorklistModel) -> None:
    model.refresh()
    results = [make_scored(6, 0.99)]
    model.add(results, KeyColumns.of_results(results, [77]))
    model.put_mark(MarkKind.FLAG, 77, on=True)
    model.refresh()
    assert model.has_mark(0, MarkKind.FLAG)


def test_the_film_one_is_at_stays_when_it_is_marked_read(model: WorklistModel) -> None:
    model.set_filter(RowFilter(read=False, bands=frozenset({Band.POSITIVE})))
    model.hold(2)
    model.put_mark(MarkKind.READ, model.film_id_at(0), on=True)
    model.refresh()
    assert _order(model) == [2, 5]
    model.hold(5)
    model.refresh()
    assert _order(model) == [5]


def test_next_unread_goes_down_and_round(model: WorklistModel) -> None:
    for row in (0, 2, 5):
        model.put_mark(MarkKind.READ, model.film_id_at(row), on=True)
    assert [model.next_unread(row) for row in range(6)] == [1, 3, 3, 4, 1, 1]
    assert model.next_unread(-1) == 1
    for row in (1, 3):
        model.put_mark(MarkKind.READ, model.film_id_at(row), on=True)
    assert model.next_unread(4) is None


def _of_study(index: int, probability: float, study: str | None) -> CaseResult:
    result = make_scored(index, probability)
    assert result.facts is not None
    return replace(result, facts=replace(result.facts, study_instance_uid=study))


def test_films_of_one_study_can_stand_together(qapp: object) -> None:
    model = WorklistModel()
    studies = ["1", "2", None, "1", None]
    model.add([_of_study(place, 0.9 - place / 100, study) for place, study in enumerate(studies)])
    model.refresh()
    assert _order(model) == [0, 1, 2, 3, 4]
    assert not any(model.continues_study(row) for row in range(5))
    model.group_by_study(True)
    assert _order(model) == [0, 3, 1, 2, 4]
    assert [model.continues_study(row) for row in range(6)] == [False, True, False, False, False, False]


def test_probability_and_date_are_sorted_highest_first(model: WorklistModel) -> None:
    role = Qt.ItemDataRole.InitialSortOrderRole
    first = [model.headerData(column, Qt.Orientation.Horizontal, role) for column in Column]
    falling = [column for column, order in zip(Column, first, strict=True) if order is Qt.SortOrder.DescendingOrder]
    assert falling == [Column.PROBABILITY, Column.ACQUIRED]


def test_what_cells_say(model: WorklistModel) -> None:
    first = [model.index(0, column).data() for column in Column]
    assert first == ["signs", "0.95", "film-002", "AP", "11 y", "", "–", ""]
    last = [model.index(5, column).data() for column in Column]
    assert last == ["empty file", "", "film-001", "–", "–", "", "–", Reason.EMPTY_FILE.sentence]


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    model = WorklistModel()
    model.add(_RESULTS)
    qtmodeltester.check(model)
    model.sort(Column.AGE)
    model.set_filter(RowFilter(search="film-00"))
    model.add([make_scored(6, 0.3)])
    model.refresh()
    model.clear()


def test_a_hundred_thousand_rows_are_put_in_order_before_one_notices(qapp: object) -> None:
    """Of the processor's own time, as other programs may be at work beside the test."""
    model = WorklistModel()
    template = [make_scored(index, (index * 7919 % 997) / 997) for index in range(1000)]
    for block in range(100):
        results = [replace(result, index=block * 1000 + result.index) for result in template]
        model.add(results)
    model.refresh()
    assert model.rowCount() == 100_000
    started = time.process_time()
    model.sort(Column.PROBABILITY, Qt.SortOrder.DescendingOrder)
    model.set_filter(RowFilter(bands=frozenset({Band.POSITIVE})))
    assert time.process_time() - started < 0.5


def test_hidden_answers_are_given_to_nobody_but_the_table(model: WorklistModel) -> None:
    model.hide_answers(frozenset({-3}))  # the number of the film that was found third
    shown = [model.result_at(row) for row in range(model.rowCount())]
    assert _order(model) == [0, 1, 2, 3, 4, 5]
    assert [result.index for result in shown if result is not None and result.score is not None] == [2]
    assert shown[1] == _RESULTS[1]
    assert shown[4] is not None
    assert shown[4].reason is None
    assert shown[0] is model.result_at(0)
    assert list(model.results) == _RESULTS
    model.hide_answers(None)
    assert _order(model) == [2, 5, 3, 0, 4, 1]


def test_a_list_that_begins_while_answers_are_hidden_hides_them_too(model: WorklistModel) -> None:
    model.hide_answers(frozenset())
    model.clear()
    model.add(_RESULTS)
    model.refresh()
    assert _order(model) == [0, 1, 2, 3, 4, 5]
    first = model.result_at(0)
    assert first is not None
    assert first.score is None


def test_read_marks_of_another_reader_take_the_place_of_these(model: WorklistModel) -> None:
    model.put_mark(MarkKind.READ, -1, on=True)
    model.add([make_scored(6, 0.2)])  # waits to be taken in
    model.put_read_marks(frozenset({-3, -7}))
    read = [model.result_at(row) for row in range(model.rowCount()) if model.has_mark(row, MarkKind.READ)]
    assert [result.index for result in read if result is not None] == [2, 6]


def test_films_that_can_be_looked_at(model: WorklistModel) -> None:
    assert model.readable_films == {-1, -3, -4, -5, -6}
