"""What is deleted is gone from the file, and the log says so without saying whose it was."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import StoreError
from engine.results.deletion import Deleted
from engine.results.marks import MarkKind
from engine.results.store import Store
from engine.results.verdicts import Verdict
from engine.screening.case import CaseResult
from tests.engine.results.made_up import POINT, make_facts, make_run, make_scored

KEY = "feedfacefeedface"
NOTHING = Deleted(sessions=0, films=0, results=0, verdicts=0)


def of_smith(index: int, *, content: str | None = None) -> CaseResult:
    path = Path(f"/films/SMITH-{index}.dcm")
    facts = make_facts(study="9.8.7.6")
    result = make_scored(index, 0.5, content=content, patient_key=KEY, facts=facts)
    return replace(result, file=f"SMITH-{index}.dcm", path=path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Session 1: Smith's films 1 and 2, and film 3. Session 2: film 3 again, and Smith's film 4."""
    path = tmp_path / "r.sqlite"
    with Store(path) as store:
        first = store.sessions.start(make_run("one"), [Path("/films/SMITH-0.dcm"), Path("/films")]).session_id
        strict = replace(POINT, name="strict")
        smith = of_smith(1)
        assert smith.score is not None
        own_point = replace(smith, score=replace(smith.score, operating_point=strict))
        films = store.results.add(first, [of_smith(0), own_point, make_scored(2, 0.5, content="shared")])
        second = store.sessions.start(make_run("two"), [Path("/more")]).session_id
        films += store.results.add(second, [make_scored(0, 0.6, content="shared"), of_smith(1, content="new")])
        assert films == [1, 2, 3, 3, 4]
        reader = store.verdicts.reader("AB")
        for film, session in ((1, first), (2, first), (3, first), (3, second), (4, second)):
            store.verdicts.give(
                Verdict.PNEUMONIA, film_id=film, session_id=session, reader=reader, note=f"note on {film}"
            )
        store.marks.put(MarkKind.FLAG, [1, 2, 3, 4], reader_id=reader.reader_id)
        store.references.keep(first, {"SMITH-0.dcm": True, "film-000002.dcm": False})
    return path


def words_in(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))


def count(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def last_entry(path: Path) -> dict[str, object]:
    with closing(sqlite3.connect(path)) as connection:
        (entry,) = connection.execute("SELECT entry FROM audit_log ORDER BY entry_id DESC LIMIT 1").fetchone()
    found: dict[str, object] = json.loads(entry)
    return found


def test_a_patient_is_gone_with_all_that_was_said(path: Path) -> None:
    assert b"SMITH" in words_in(path)
    with Store(path) as store:
        assert store.deletion.patient(KEY, reader_id=1) == Deleted(sessions=0, films=3, results=3, verdicts=3)
        words = words_in(path)  # while the store is open, too
        for word in (b"SMITH", KEY.encode(), b"9.8.7.6", b"note on 1", b'"strict"'):
            assert word not in words
        assert store.deletion.patient(KEY) == NOTHING
        assert [stored.film_id for stored in store.results.of_session(1)] == [3]
        assert [entry.film_id for entry in store.verdicts.standing(1)] == [3]
        assert store.marks.films(MarkKind.FLAG).tolist() == [3]
        assert store.references.of_session(1) == {3: False}
        assert store.sessions.get(1).dropped == (Path("/films"),)
        assert store.log.check().fault is None
    assert (count(path, "films"), count(path, "operating_points")) == (1, 1)
    entry = last_entry(path)
    assert (entry["event"], entry["what"], entry["films"], entry["reader"]) == ("deleted", "patient", [1, 2, 4], 1)
    assert entry["counts"] == {"results": 3, "verdicts": 3}


def test_a_session_leaves_the_films_of_others(path: Path) -> None:
    with Store(path) as store:
        assert store.deletion.session(1) == Deleted(sessions=1, films=2, results=3, verdicts=3)
        assert [session.session_id for session in store.sessions.newest(9)] == [2]
        assert [(entry.film_id, entry.note) for entry in store.verdicts.standing(2)] == [
            (3, "note on 3"),
            (4, "note on 4"),
        ]
        assert store.marks.films(MarkKind.FLAG).tolist() == [3, 4]
        assert store.deletion.session(1) == NOTHING
        assert store.deletion.session(2) == Deleted(sessions=1, films=2, results=2, verdicts=2)
    for table in ("sessions", "films", "results", "documents", "operating_points", "verdicts", "marks", "reference"):
        assert count(path, table) == 0
    assert b"SMITH" not in words_in(path)
    assert last_entry(path)["session"] == 2


def test_a_film_is_gone_from_every_session(path: Path) -> None:
    with Store(path) as store:
        assert store.deletion.film(3) == Deleted(sessions=0, films=1, results=2, verdicts=2)
        assert [stored.film_id for number in (1, 2) for stored in store.results.of_session(number)] == [1, 2, 4]
        assert store.deletion.film(3) == store.deletion.film(99) == NOTHING
        # Nobody gets its number, so that the log stays true.
        assert store.results.add(2, [make_scored(7, 0.5, content="shared")]) == [5]
    assert last_entry(path)["event"] == "scored"


def test_a_screening_of_a_deleted_session_is_told_so(path: Path) -> None:
    with Store(path) as store, Store(path) as other:
        other.deletion.session(2)
        with pytest.raises(StoreError, match="deleted meanwhile"):
            store.results.add(2, [make_scored(9, 0.5)])
        store.sessions.add_dropped(2, [Path("/x")])
        store.sessions.end(2)
        with pytest.raises(StoreError, match="deleted meanwhile"):
            store.marks.put(MarkKind.READ, [4])
