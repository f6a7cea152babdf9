"""A store of version 1 goes on as one of version 2, with a copy of it as it was beside it."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import StoreDamagedError
from engine.reasons import Reason
from engine.results import schema
from engine.results.marks import MarkKind
from engine.results.store import Store
from engine.results.verdicts import Verdict
from tests.engine.results.conftest import SteppingClock
from tests.engine.results.made_up import make_facts, make_run, make_scored, make_unscored
from tests.engine.results.version_1 import write_version_1

RESULTS = [
    make_scored(0, 0.1),
    make_scored(1, 0.9, facts=make_facts(age=None), patient_key="0123456789abcdef"),
    make_unscored(2, Reason.CORRUPT_PIXELS),
    make_scored(3, 0.5, facts=make_facts(age=1.0 / 3.0)),
]
OPENS = """
import sys
from pathlib import Path
from engine.results.store import Store

sys.stdin.readline()
with Store(Path(sys.argv[1])) as store:
    print(store.sessions.newest()[0].results)
"""


def tables_of(path: Path) -> dict[str, set[str]]:
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: {row[1] for row in connection.execute(f"PRAGMA table_info({name})")} for name in names}


def copies_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.v1-*"))


def test_everything_is_there_after_going_forward(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    write_version_1(path, RESULTS, default_age=4.5)
    with Store(path) as store:
        (session,) = store.sessions.newest(5)
        kept = [stored.result for stored in store.results.of_session(session.session_id)]
        verdicts = store.verdicts.standing(session.session_id)
        flagged = store.marks.films(MarkKind.FLAG).tolist()
        ages = store.results.columns(session.session_id).scored_age_years
        assert store.log.check().fault is None
        assert store.log.check().holding == 1
    assert (session.run, session.default_age, session.results) == (make_run("old"), 4.5, 4)
    assert [(entry.film_id, entry.verdict, entry.note) for entry in verdicts] == [
        (film, Verdict.PNEUMONIA, "left base") for film in (1, 2, 3, 4)
    ]
    assert flagged == [1, 2, 3, 4]
    np.testing.assert_array_equal(ages, [3.25, 4.5, np.nan, 1.0 / 3.0])
    for old, now in zip(RESULTS, kept, strict=True):
        if old.score is None:
            assert now == old
            continue
        assert now.score is not None
        np.testing.assert_array_equal(now.score.heat.grid, old.score.heat.grid)
        age = 4.5 if old.score.age_years is None else old.score.age_years
        assert (now.score.age_years, now.score.lungs) == (age, None)
        same = {"heat": old.score.heat, "lungs": None, "age_years": old.score.age_years}
        assert replace(now.score, **same) == replace(old.score, lungs=None)


def test_the_tables_are_those_of_a_new_store(tmp_path: Path) -> None:
    old, new = tmp_path / "old.sqlite", tmp_path / "new.sqlite"
    write_version_1(old, RESULTS)
    Store(old).close()
    Store(new).close()
    assert tables_of(old) == tables_of(new)
    for what in ("index", "trigger", "view"):
        names = []
        for path in (old, new):
            with closing(sqlite3.connect(path)) as connection:
                names.append(set(connection.execute("SELECT name FROM sqlite_master WHERE type = ?", (what,))))
        assert names[0] == names[1]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_a_copy_as_it_was_is_put_beside_it_first(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    write_version_1(path, RESULTS)
    before = tables_of(path)
    Store(path, clock=SteppingClock()).close()
    (copy,) = copies_in(tmp_path)
    assert copy.name == "r.v1-2024-03-01-080001.sqlite"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert tables_of(copy) == before
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM results").fetchone() == (4,)
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    Store(path).close()
    assert copies_in(tmp_path) == [copy]


def test_what_fails_on_the_way_leaves_the_old_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r.sqlite"
    write_version_1(path, RESULTS)
    before = tables_of(path)

    def fails_at_the_end(connection: sqlite3.Connection) -> dict[str, int]:
        raise sqlite3.OperationalError("interrupted")

    with monkeypatch.context() as patch:
        patch.setattr(schema, "counts", fails_at_the_end)
        with pytest.raises(sqlite3.OperationalError):
            Store(path)
    assert tables_of(path) == before
    with Store(path) as store:
        assert store.sessions.get(1).results == 4


@pytest.mark.parametrize("columns", [("scored_age_years",), ("lungs",), ("scored_age_years", "lungs")])
def test_a_store_made_on_the_way_to_version_2_goes_forward(tmp_path: Path, columns: tuple[str, ...]) -> None:
    path = tmp_path / "r.sqlite"
    write_version_1(path, [])
    with closing(sqlite3.connect(path)) as connection:
        for column in columns:
            table, kind = ("documents", "BLOB") if column == "lungs" else ("results", "REAL")
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    with Store(path) as store:
        store.results.add(1, [make_scored(0, 0.5)])
        assert store.results.at(1, 0) is not None


def test_programs_that_open_it_at_once_go_forward_once(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    write_version_1(path, RESULTS)
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", OPENS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    assert [program.communicate(timeout=120)[0] for program in programs] == ["4\n"] * 3
    assert len(copies_in(tmp_path)) == 1
    with Store(path) as store:
        assert store.log.check().holding == 1


def test_a_version_that_never_was_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    write_version_1(path, RESULTS)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 0")
    with pytest.raises(StoreDamagedError):
        Store(path)
