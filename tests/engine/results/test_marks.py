from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from engine.results.marks import MarkKind
from engine.results.store import Store
from tests.engine.results.made_up import make_run, make_scored

READ, FLAG = MarkKind.READ, MarkKind.FLAG


@pytest.fixture
def films(store: Store) -> list[int]:
    session_id = store.sessions.start(make_run(), []).session_id
    return store.results.add(session_id, [make_scored(index, 0.5) for index in range(4)])


def test_a_flag_is_everybodys(store: Store, films: list[int]) -> None:
    first, second = store.verdicts.reader("AB"), store.verdicts.reader("CD")
    store.marks.put(FLAG, films[:2], reader_id=first.reader_id)
    assert store.marks.films(FLAG, second.reader_id).tolist() == films[:2]
    store.marks.put(FLAG, films[:1], on=False, reader_id=second.reader_id)
    assert store.marks.films(FLAG).tolist() == films[1:2]


def test_each_reader_has_read_what_he_has_read(store: Store, films: list[int]) -> None:
    first, second = store.verdicts.reader("AB"), store.verdicts.reader("CD")
    store.marks.put(READ, films[:2], reader_id=first.reader_id)
    store.marks.put(READ, films[1:3], reader_id=second.reader_id)
    assert store.marks.films(READ, first.reader_id).tolist() == films[:2]
    assert store.marks.films(READ, second.reader_id).tolist() == films[1:3]
    assert store.marks.films(READ).tolist() == films[:3]
    store.marks.put(READ, films, on=False, reader_id=first.reader_id)
    assert store.marks.films(READ, first.reader_id).tolist() == []
    assert store.marks.films(READ, second.reader_id).tolist() == films[1:3]


def test_marks_do_not_mix(store: Store, films: list[int]) -> None:
    store.marks.put(READ, films[:1])
    store.marks.put(FLAG, films[1:2])
    assert (store.marks.films(READ).tolist(), store.marks.films(FLAG).tolist()) == (films[:1], films[1:2])


def test_the_columns_show_them(store: Store, films: list[int]) -> None:
    reader = store.verdicts.reader("AB")
    store.marks.put(READ, films[:1], reader_id=reader.reader_id)
    store.marks.put(FLAG, films[3:])
    (session,) = store.sessions.newest()
    columns = store.results.columns(session.session_id, reader.reader_id)
    assert columns.read.tolist() == [True, False, False, False]
    assert columns.flagged.tolist() == [False, False, False, True]
    other = store.verdicts.reader("CD")
    assert not store.results.columns(session.session_id, other.reader_id).read.any()


def test_every_change_is_kept_and_none_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    with Store(path) as store:
        session_id = store.sessions.start(make_run(), []).session_id
        films = store.results.add(session_id, [make_scored(0, 0.5)])
        for on in (True, True, False, False, True):
            store.marks.put(FLAG, films, on=on)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT is_on FROM marks ORDER BY mark_id").fetchall() == [(1,), (0,), (1,)]
    with pytest.raises(sqlite3.IntegrityError, match="only added"):
        connection.execute("UPDATE marks SET is_on = 0")
    connection.close()
