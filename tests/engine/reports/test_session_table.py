from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.card import PointsByAge
from engine.reasons import Reason
from engine.reports.csv import COLUMNS
from engine.reports.session_table import write_session
from engine.results.store import Store
from engine.results.verdicts import ReadingMode, Verdict
from tests.engine.results.made_up import POINT, make_run, make_scored, make_unscored


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "r.sqlite")


@pytest.fixture
def session_id(store: Store) -> int:
    session_id = store.sessions.start(make_run(), []).session_id
    results = [make_scored(0, 0.9), make_scored(1, 0.3), make_unscored(2, Reason.BLANK), make_scored(3, 0.95)]
    films = store.results.add(session_id, results)
    first, second = store.verdicts.reader("AB"), store.verdicts.reader("C;D")
    given = {"session_id": session_id}
    store.verdicts.give(Verdict.PNEUMONIA, film_id=films[0], reader=first, note="=1+1; left\nbase", **given)
    store.verdicts.give(Verdict.OTHER_FINDING, film_id=films[0], reader=second, mode=ReadingMode.BLIND, **given)
    gone = store.verdicts.give(Verdict.NO_PNEUMONIA, film_id=films[1], reader=first, **given)
    store.verdicts.take_back(gone.verdict_id)
    store.verdicts.give(Verdict.CANNOT_TELL, film_id=films[2], reader=first, note="blank", **given)
    return session_id


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_what_readers_say_stands_beside_the_score(tmp_path: Path, store: Store, session_id: int) -> None:
    with store:
        write_session(tmp_path / "t.csv", store, session_id)
        entries = store.log.check().holding
        write_session(tmp_path / "other.csv", store, session_id, anonymous=True)
        assert store.log.check().holding == entries + 1  # a table that leaves the store is in its log
    rows = rows_of(tmp_path / "t.csv")
    assert tuple(rows[0]) == COLUMNS
    assert [row["run_id"] for row in rows] == ["run"] * 4
    assert [row["triage_rank"] for row in rows] == ["2", "3", "", "1"]
    said = [tuple(row[name] for name in ("reader_id", "reader_label", "reader_note")) for row in rows]
    assert said == [
        ("AB;C,D", "pneumonia;other_finding", "'=1+1, left base;"),
        ("", "", ""),
        ("AB", "cannot_tell", "blank"),
        ("", "", ""),
    ]
    assert [len(row["reader_at"].split(";")) for row in rows] == [2, 1, 1, 1]
    assert rows[0]["reader_at"].count("T") == 2
    assert rows[1]["reader_at"] == ""


def test_an_anonymous_table_leaves_the_notes_out(tmp_path: Path, store: Store, session_id: int) -> None:
    with store:
        write_session(tmp_path / "t.csv", store, session_id, anonymous=True)
    rows = rows_of(tmp_path / "t.csv")
    assert {row["reader_note"] for row in rows} == {""}
    assert {row["file"] for row in rows} == {""}
    assert rows[2]["reader_label"] == "cannot_tell"


def test_another_operating_point_draws_another_line(tmp_path: Path, store: Store, session_id: int) -> None:
    point = replace(POINT, name="rule_in", threshold=0.92, threshold_high=0.93)
    with store:
        write_session(tmp_path / "t.csv", store, session_id, points=PointsByAge(point))
    rows = rows_of(tmp_path / "t.csv")
    assert [row["band"] for row in rows] == ["uncertain", "uncertain", "", "positive"]
    assert {row["operating_point"] for row in rows} == {"rule_in", ""}
