from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from engine.model.card import AgeBand, Calibration, PointsByAge
from engine.reasons import Reason
from engine.results.columns import KeyColumns, RowFilter, SortBy
from engine.results.marks import MarkKind
from engine.results.store import Store
from engine.screening.case import Band, CaseResult, CaseStatus
from engine.screening.triage import triage_key
from tests.engine.results.made_up import POINT, make_facts, make_run, make_scored, make_unscored

ALL = RowFilter()


def named(result: CaseResult, file: str) -> CaseResult:
    return replace(result, file=file)


RESULTS = [
    named(make_unscored(0, Reason.NOT_FOUND), "b/gone.png"),
    named(make_scored(1, 0.1, facts=make_facts(age=5.0, acquired_at=datetime(2021, 1, 1))), "b/Lungs.png"),
    named(make_unscored(2, Reason.BLANK, CaseStatus.REJECTED), "B/blank.png"),
    named(make_scored(3, 0.9, patient_key="c0ffee", facts=make_facts(age=2.0)), "a/x.png"),
    named(make_scored(4, 0.5, facts=replace(make_facts(age=None), view_position=None)), "c.png"),
    named(make_scored(5, 0.1, facts=make_facts(age=5.0, acquired_at=datetime(2020, 1, 1))), "Ä.png"),
    named(make_scored(6, 0.05, unlike_training=True, facts=replace(make_facts(), view_position="PA")), "z.png"),
    named(make_scored(7, 0.95), "y.png"),
]


@pytest.fixture
def columns() -> KeyColumns:
    return KeyColumns.of_results(RESULTS, range(10, 18))


def test_triage_order_is_that_of_the_table_with_the_unscored_behind(columns: KeyColumns) -> None:
    scored = [result for result in RESULTS if result.score is not None]
    by_key = sorted(scored, key=lambda result: triage_key(result) or (9, 0.0, 0))
    expected = [result.index for result in by_key] + [2, 0]
    assert columns.order(SortBy.TRIAGE).tolist() == expected == [7, 3, 4, 6, 1, 5, 2, 0]
    assert columns.order(SortBy.TRIAGE, descending=True).tolist() == expected[::-1]


@pytest.mark.parametrize(
    ("by", "rising", "falling"),
    [
        (SortBy.FOUND, [0, 1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1, 0]),
        (SortBy.PROBABILITY, [6, 1, 5, 4, 3, 7, 0, 2], [7, 3, 4, 1, 5, 6, 0, 2]),
        (SortBy.AGE, [3, 6, 7, 1, 5, 0, 2, 4], [1, 5, 6, 7, 3, 0, 2, 4]),
        (SortBy.FILE, [3, 2, 0, 1, 4, 7, 6, 5], [5, 6, 7, 4, 1, 0, 2, 3]),
        (SortBy.VIEW_POSITION, [1, 3, 5, 7, 6, 0, 2, 4], [6, 1, 3, 5, 7, 0, 2, 4]),
        (SortBy.ACQUIRED, [5, 1, 0, 2, 3, 4, 6, 7], [1, 5, 0, 2, 3, 4, 6, 7]),
        (SortBy.REASON, [0, 2, 1, 3, 4, 5, 6, 7], [2, 0, 1, 3, 4, 5, 6, 7]),
    ],
)
def test_unknown_values_come_last_and_equal_ones_as_found(
    columns: KeyColumns, by: SortBy, rising: list[int], falling: list[int]
) -> None:
    assert columns.order(by).tolist() == rising
    assert columns.order(by, descending=True).tolist() == falling


@pytest.mark.parametrize(
    ("row_filter", "places"),
    [
        (ALL, [0, 1, 2, 3, 4, 5, 6, 7]),
        (RowFilter(bands=frozenset({Band.POSITIVE, Band.UNCERTAIN})), [3, 4, 6, 7]),
        (RowFilter(statuses=frozenset({CaseStatus.REJECTED, CaseStatus.FAILED})), [0, 2]),
        (RowFilter(reasons=frozenset({Reason.BLANK})), [2]),
        (RowFilter(bands=frozenset({Band.POSITIVE}), reasons=frozenset({Reason.BLANK})), []),
        (RowFilter(read=True), [3, 4]),
        (RowFilter(read=False, bands=frozenset({Band.POSITIVE})), [7]),
        (RowFilter(flagged=True), [4]),
        (RowFilter(search=" LUNGS "), [1]),
        (RowFilter(search="b/"), [0, 1, 2]),
        (RowFilter(search="ä"), [5]),
        (RowFilter(search="C0FF"), [3]),
        (RowFilter(search="no such file"), []),
    ],
)
def test_a_row_passes_all_that_is_asked(columns: KeyColumns, row_filter: RowFilter, places: list[int]) -> None:
    marked = columns.with_mark(MarkKind.READ, 13, on=True).with_mark(MarkKind.READ, 14, on=True)
    marked = marked.with_mark(MarkKind.FLAG, 14, on=True)
    assert marked.select(row_filter, SortBy.FOUND).tolist() == places
    assert np.flatnonzero(marked.passing(row_filter)).tolist() == places


def test_filter_and_order_go_together(columns: KeyColumns) -> None:
    assert columns.select(RowFilter(search=".png", bands=frozenset(Band)), SortBy.TRIAGE).tolist() == [7, 3, 4, 6, 1, 5]


def test_flagged_rows_come_first_then_unread_ones(columns: KeyColumns) -> None:
    marked = columns.with_mark(MarkKind.READ, 10, on=True).with_mark(MarkKind.READ, 16, on=True)
    marked = marked.with_mark(MarkKind.FLAG, 15, on=True).with_mark(MarkKind.FLAG, 16, on=True)
    assert marked.order(SortBy.MARKS).tolist() == [5, 6, 1, 2, 3, 4, 7, 0]


def test_the_rows_of_a_study_stand_together_where_its_first_one_stood() -> None:
    studies = ["1.1", "1.2", None, "1.1", None, "1.2"]
    results = [
        make_scored(place, 1 - place / 10, facts=replace(make_facts(), study_instance_uid=study))
        for place, study in enumerate(studies)
    ]
    columns = KeyColumns.of_results(results, range(6))
    assert columns.by_study(columns.order(SortBy.TRIAGE)).tolist() == [0, 3, 1, 5, 2, 4]
    assert columns.by_study(np.array([5, 4, 3, 0])).tolist() == [5, 4, 3, 0]
    assert columns.by_study(np.array([4, 5, 0, 1, 3])).tolist() == [4, 5, 1, 0, 3]
    assert columns.by_study(np.array([], dtype=np.intp)).tolist() == []


def test_a_mark_can_be_taken_away(columns: KeyColumns) -> None:
    marked = columns.with_mark(MarkKind.FLAG, 12, on=True)
    assert marked.flagged.sum() == 1
    assert not marked.with_mark(MarkKind.FLAG, 12, on=False).flagged.any()
    assert not columns.flagged.any()


def test_bands_at_another_point_are_those_of_the_results(columns: KeyColumns) -> None:
    point = replace(POINT, threshold_low=0.1, threshold=0.5, threshold_high=0.95)
    strict = replace(POINT, threshold_low=0.01, threshold=0.02, threshold_high=0.04)
    calibration = Calibration(method="", slope=1.0, intercept=0.0, prevalence=0.5)
    bands = [
        AgeBand(age_from_years=first, age_to_years=last, calibration=calibration, operating_points=(at,))
        for first, last, at in ((0, 4, point), (5, 9, strict))
    ]
    points = PointsByAge(point, tuple((band, band.operating_points[0]) for band in bands))
    again = KeyColumns.of_results([result.judged_at(points) for result in RESULTS], range(10, 18))
    judged = columns.judged_at(points)
    assert [int(place) for place in np.flatnonzero(judged.has_band(Band.POSITIVE))] == [1, 5, 7]
    assert judged.band.tolist() == again.band.tolist() != columns.band.tolist()
    assert judged.band.dtype == np.int8
    assert judged.order(SortBy.TRIAGE).tolist() == again.order(SortBy.TRIAGE).tolist()


def test_counts_are_per_band_and_per_status(columns: KeyColumns) -> None:
    counted = Counter(result.score.band if result.score else result.status for result in RESULTS)
    assert {key: count for key, count in columns.counts().items() if count} == dict(counted)
    assert list(columns.counts()) == [*Band, CaseStatus.PENDING, CaseStatus.REJECTED, CaseStatus.FAILED]


def test_more_rows_follow(columns: KeyColumns) -> None:
    empty = KeyColumns.of_results([], [])
    assert len(empty) == 0
    assert empty.select(RowFilter(search="x"), SortBy.FILE).tolist() == []
    first = KeyColumns.of_results(RESULTS[:3], [10, 11, 12])
    rest = KeyColumns.of_results(RESULTS[3:], [13, 14, 15, 16, 17])
    joined = empty.followed_by(first).followed_by(rest)
    for by in SortBy:
        assert joined.order(by).tolist() == columns.order(by).tolist()
    assert joined.film_id.tolist() == columns.film_id.tolist()
    assert joined.searched == columns.searched


def test_the_store_gives_the_same_columns(store: Store) -> None:
    session_id = store.sessions.start(make_run(), []).session_id
    film_ids = store.results.add(session_id, RESULTS)
    fresh, kept = KeyColumns.of_results(RESULTS, film_ids), store.results.columns(session_id)
    for name in KeyColumns.__slots__:
        mine, theirs = getattr(fresh, name), getattr(kept, name)
        if isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype, name
            np.testing.assert_array_equal(mine, theirs)
        else:
            assert mine == theirs, name
    assert len(store.results.columns(session_id + 1)) == 0
