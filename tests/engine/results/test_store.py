from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.errors import StoreBusyError, StoreDamagedError, StoreError
from engine.results.database import BUSY_SECONDS
from engine.results.marks import MarkKind
from engine.results.schema import VERSION
from engine.results.store import FILE_NAME, Store
from tests.engine.results.made_up import make_run, make_scored

ADDS_UNTIL_KILLED = """
import sys
from pathlib import Path
from engine.results.store import Store
from tests.engine.results.made_up import make_run, make_scored

with Store(Path(sys.argv[1])) as store:
    session_id = store.sessions.start(make_run(), []).session_id
    for index in range(100_000):
        store.results.add(session_id, [make_scored(index, 0.5)])
        print(index, flush=True)
"""
OPENS_AND_STARTS = """
import sys
from pathlib import Path
from engine.results.store import Store
from tests.engine.results.made_up import make_run

sys.stdin.readline()
with Store(Path(sys.argv[1])) as store:
    store.sessions.start(make_run(sys.argv[2]), [])
"""
HOLDS_THE_PEN = """
import sqlite3, sys

connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""


def start(script: str, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_users_own_store_lies_in_the_data_folder(own_home: Path) -> None:
    with Store() as store:
        store.sessions.start(make_run(), [])
    assert (own_home / FILE_NAME).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_nobody_else_may_read_any_of_its_files(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    before = os.umask(0)
    try:
        with Store(path) as store:
            store.sessions.start(make_run(), [])
            files = sorted(tmp_path.iterdir())
            names = ["r.anchor", "r.session-1.lock", "r.sqlite", "r.sqlite-shm", "r.sqlite-wal"]
            assert [file.name for file in files] == names
            assert [mode_of(file) for file in files] == [0o600] * 5
    finally:
        os.umask(before)
    path.chmod(0o644)
    Store(path).close()
    assert mode_of(path) == 0o600


def test_it_says_how_it_keeps_things(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    with Store(path) as store:
        assert store.sessions.newest() == []
        # Of the connection itself, since a new one would have SQLite's defaults.
        settings = {name: store._database.row(f"PRAGMA {name}")[0] for name in ("synchronous", "foreign_keys")}
    assert settings == {"synchronous": 2, "foreign_keys": 1}
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    connection.close()


def test_programs_that_make_it_at_once_share_it(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    programs = [start(OPENS_AND_STARTS, path, f"run {number}") for number in range(6)]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    for program in programs:
        program.communicate(timeout=120)
        assert program.returncode == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["r.anchor", "r.sqlite"]
    with Store(path) as store:
        assert {session.run.run_id for session in store.sessions.newest(9)} == {f"run {number}" for number in range(6)}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_what_was_added_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    program = start(ADDS_UNTIL_KILLED, path)
    assert program.stdout is not None
    said = [program.stdout.readline() for _ in range(25)]
    program.send_signal(signal.SIGKILL)
    said += program.stdout.read().splitlines()
    program.communicate()
    with Store(path) as store:
        (session,) = store.sessions.newest()
        positions = [stored.result.index for stored in store.results.of_session(session.session_id)]
    assert session.ended_at is None
    assert positions == list(range(len(positions)))
    assert len(said) <= len(positions) <= len(said) + 1


def test_a_writer_waits_five_seconds_and_a_reader_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    with Store(path) as store:
        session_id = store.sessions.start(make_run(), []).session_id
        other = start(HOLDS_THE_PEN, path)
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        before = time.monotonic()
        assert store.sessions.get(session_id).session_id == session_id
        assert time.monotonic() - before < BUSY_SECONDS / 2
        with pytest.raises(StoreBusyError, match="Another Mapafu is busy") as caught:
            store.results.add(session_id, [make_scored(0, 0.5)])
        assert time.monotonic() - before >= BUSY_SECONDS * 0.9
        assert caught.value.code == "store_busy"
        other.communicate("go\n", timeout=60)
        store.results.add(session_id, [make_scored(0, 0.5)])
        assert store.sessions.get(session_id).results == 1


def test_a_writer_goes_on_once_the_other_is_done(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    with Store(path) as store, Store(path) as other:
        mine, theirs = store.sessions.start(make_run("a"), []), other.sessions.start(make_run("b"), [])
        for index in range(20):
            store.results.add(mine.session_id, [make_scored(index, 0.5)])
            other.results.add(theirs.session_id, [make_scored(index, 0.5)])
        other.marks.put(MarkKind.FLAG, [1])
        assert store.sessions.get(theirs.session_id).results == 20
        assert store.marks.films(MarkKind.FLAG).tolist() == [1]


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE shopping (what TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"none of Mapafu's"):
        Store(path)
    assert path.read_bytes() == before


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        Store(path)


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(StoreDamagedError) as caught:
        Store(path)
    assert caught.value.code == "store_damaged"


def test_an_empty_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    path.touch()
    with pytest.raises(StoreDamagedError):
        Store(path)
    assert path.read_bytes() == b""


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="Check that you may write"):
        Store(tmp_path / "file/r.sqlite")
    with pytest.raises(StoreError, match="Check that you may write"):
        Store(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_full_disk_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    script = """
import resource, signal, sys
from pathlib import Path
from engine.errors import StoreError
from engine.results.store import Store
from tests.engine.results.made_up import make_run, make_scored

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Store(Path(sys.argv[1])) as store:
    session_id = store.sessions.start(make_run(), []).session_id
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    kept = 0
    try:
        for index in range(10_000):
            store.results.add(session_id, [make_scored(index, 0.5)])
            kept += 1
    except StoreError as error:
        print(kept, error.sentence)
"""
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    kept, _, sentence = done.stdout.strip().partition(" ")
    assert sentence.startswith("The results cannot be kept")
    with Store(path) as store:
        (session,) = store.sessions.newest()
        positions = [stored.result.index for stored in store.results.of_session(session.session_id)]
    assert 0 < int(kept) == len(positions)
    assert positions == list(range(len(positions)))
