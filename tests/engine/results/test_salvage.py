"""A damaged store is kept aside, what can be read of it goes on, and nothing ends the program."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest

from engine.errors import StoreDamagedError
from engine.results import files
from engine.results.anchor import anchor_of, read_anchor
from engine.results.database import SAVED_ELSEWHERE, alone_with
from engine.results.kept_run import KeptRun
from engine.results.salvage import salvage
from engine.results.store import Store, open_store
from engine.results.verdicts import Verdict
from tests.engine.films.campaign import VARIABLE
from tests.engine.results.conftest import SteppingClock
from tests.engine.results.damage import RESULTS, damage_page_of, damaged_copy, read, use, write_store
from tests.engine.results.made_up import make_run, make_scored
from tests.engine.results.version_1 import write_version_1

DAMAGED = {"": 10, "ci": 20, "full": 200}[os.environ.get(VARIABLE, "")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "results.sqlite"
    write_store(path)
    return path


def counted(path: Path) -> tuple[int, int]:
    with Store(path) as store:
        return read(store)


def spoil(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize("seed", range(DAMAGED))
def test_no_damage_ends_the_program(whole: Path, tmp_path: Path, seed: int) -> None:
    path, how = damaged_copy(whole, tmp_path, Random(seed))
    told: list[str] = []
    use(path, told)
    asides = list(tmp_path.glob("*.damaged-*.sqlite"))
    assert len(asides) == len(told) <= 2, how
    assert all(sentence.startswith("The kept results were damaged.") for sentence in told), how
    use(path, told)  # and the next start finds a store that can be used
    counted(path)


def test_what_lies_before_a_cut_comes_back(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    data = whole.read_bytes()
    path.write_bytes(data[: len(data) * 9 // 10])
    with pytest.raises(StoreDamagedError):
        Store(path)
    saved = salvage(path, clock=SteppingClock())
    assert saved.results >= RESULTS * 3 // 4
    assert saved.verdicts >= RESULTS // 2
    assert saved.aside.name == "results.damaged-2024-03-01-080001.sqlite"
    assert saved.aside.read_bytes() == data[: len(data) * 9 // 10]
    assert f"{saved.results} results and {saved.verdicts} verdicts could be saved" in saved.sentence
    results, verdicts = counted(path)
    assert (results, verdicts) == (saved.results, min(saved.verdicts, verdicts))


def test_a_sound_store_comes_back_whole(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    shutil.copyfile(whole, path)
    with Store(path) as store:
        before = [stored for number in (1, 2, 3) for stored in store.results.of_session(number)]
        sessions, entries = store.sessions.newest(9), store.log.check().holding
        said = [store.verdicts.of_film(stored.film_id) for stored in before]
    saved = salvage(path)
    assert (saved.results, saved.verdicts) == (RESULTS, RESULTS)
    with Store(path) as store:
        after = [stored for number in (1, 2, 3) for stored in store.results.of_session(number)]
        assert [(it.film_id, it.result.sha256) for it in after] == [(it.film_id, it.result.sha256) for it in before]
        assert store.sessions.newest(9) == sessions
        assert [store.verdicts.of_film(stored.film_id) for stored in after] == said
        assert list(store.filters.all()) == ["flagged"]
        # The log holds in the new store too, up to the entry that tells of the salvage.
        assert (store.log.check().fault, store.log.check().holding) == (None, entries + 1)


def test_what_was_not_in_the_file_itself_yet_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    with Store(tmp_path / "open.sqlite") as store:
        session_id = store.sessions.start(make_run(), []).session_id
        store.results.add(session_id, [make_scored(index, 0.5) for index in range(5)])
        for end in ("", "-wal"):
            shutil.copyfile(tmp_path / f"open.sqlite{end}", tmp_path / f"results.sqlite{end}")
    saved = salvage(path)
    assert saved.results == 5
    assert saved.aside.with_name(f"{saved.aside.name}-wal").stat().st_size > 0
    assert counted(path) == (5, 0)


@pytest.mark.parametrize(("table", "results", "verdicts"), [("sessions", 120, 120), ("readers", 120, 120)])
def test_rows_whose_session_or_reader_is_lost_get_a_stand_in(
    whole: Path, tmp_path: Path, table: str, results: int, verdicts: int
) -> None:
    path = tmp_path / "results.sqlite"
    shutil.copyfile(whole, path)
    damage_page_of(path, table)
    saved = salvage(path)
    assert (saved.results, saved.verdicts) == (results, verdicts)
    assert counted(path) == (results, verdicts)
    with Store(path) as store:
        if table == "sessions":
            assert {session.run.run_id for session in store.sessions.newest(9)} == {f"salvaged-{n}" for n in (1, 2, 3)}
            assert all(session.ended_at for session in store.sessions.newest(9))
        else:
            assert [reader.initials for reader in store.verdicts.readers()] == ["?1", "?2"]


def test_numbers_are_not_used_twice(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    shutil.copyfile(whole, path)
    spoil(path, "DELETE FROM sessions WHERE session_id = 3")
    salvage(path)
    with Store(path) as store:
        assert store.sessions.start(make_run("next"), []).session_id == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents SET document = '{' WHERE result_id = 7",
        "UPDATE documents SET document = x'ff' WHERE result_id = 7",
        "UPDATE documents SET document = CAST(x'ff' AS TEXT) WHERE result_id = 7",
        "UPDATE documents SET heat = x'00' WHERE result_id = 7",
        """UPDATE documents SET document = replace(document, '"index":6', '"index":0') WHERE result_id = 7""",
    ],
)
def test_one_spoilt_result_costs_one_result(whole: Path, tmp_path: Path, statement: str) -> None:
    path = tmp_path / "results.sqlite"
    shutil.copyfile(whole, path)
    spoil(path, statement)
    assert (salvage(path).results, counted(path)) == (RESULTS - 1, (RESULTS - 1, RESULTS - 1))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sessions SET dropped = '{' WHERE session_id = 3",
        "UPDATE sessions SET started_at = 'noon' WHERE session_id = 3",
        "UPDATE filters SET document = '[]'",
        "INSERT INTO verdicts (film_id, session_id, reader_id, verdict, note, mode, at)"
        " VALUES (1, 1, 1, 'maybe', '', 'open', '2024-03-01')",
    ],
)
def test_a_value_that_nobody_kept_is_damage(whole: Path, tmp_path: Path, statement: str) -> None:
    path, told = tmp_path / "results.sqlite", []  # type: ignore[var-annotated]
    shutil.copyfile(whole, path)
    spoil(path, statement)
    use(path, told)
    assert len(told) == 1
    assert counted(path)[0] == RESULTS + 3


def test_a_run_goes_on_in_the_new_store(whole: Path, tmp_path: Path) -> None:
    path, told = tmp_path / "results.sqlite", []  # type: ignore[var-annotated]
    shutil.copyfile(whole, path)
    damage_page_of(path, "results_by_film")
    with KeptRun(told.append, path) as kept:
        kept.begin(make_run("new"), ["films"], default_age=None)
        assert not told
        for index in range(61):
            kept.add(make_scored(1000 + index, 0.5))
        kept.end()
    assert len(told) == 1
    with open_store(path, tell=told.append) as store:
        (session,) = store.sessions.newest()
        assert (session.run.run_id, session.results, session.ended_at is None) == ("new", 61, False)


@pytest.mark.parametrize("content", [b"", b"no database " * 1000, bytes(5000)])
def test_what_is_no_store_at_all_is_kept_aside(tmp_path: Path, content: bytes) -> None:
    path, told = tmp_path / "results.sqlite", []  # type: ignore[var-annotated]
    path.write_bytes(content)
    use(path, told)
    (sentence,) = told
    assert "0 results and 0 verdicts" in sentence
    (aside,) = tmp_path.glob("*.damaged-*.sqlite")
    assert aside.read_bytes() == content
    assert counted(path) == (3, 0)


@pytest.mark.parametrize("pragma", ["application_id = 7", "user_version = 0"])
def test_a_store_that_says_it_is_none_is_damaged(whole: Path, tmp_path: Path, pragma: str) -> None:
    path, told = tmp_path / "results.sqlite", []  # type: ignore[var-annotated]
    shutil.copyfile(whole, path)
    spoil(path, f"PRAGMA {pragma}")
    open_store(path, tell=told.append).close()
    assert len(told) == 1
    assert counted(path) == (RESULTS, RESULTS)


def test_a_damaged_store_of_version_1_comes_back_as_version_2(tmp_path: Path) -> None:
    path, told = tmp_path / "results.sqlite", []  # type: ignore[var-annotated]
    write_version_1(path, [make_scored(index, 0.5) for index in range(30)], default_age=4.0)
    damage_page_of(path, "results_by_film")
    saved = salvage(path)
    assert (saved.results, saved.verdicts) == (30, 30)
    with open_store(path, tell=told.append) as store:
        assert store.results.at(1, 0).result.score.lungs is None  # type: ignore[union-attr]
        assert {entry.verdict for entry in store.verdicts.standing(1)} == {Verdict.PNEUMONIA}
    assert not told


def test_the_log_and_its_anchor_go_aside_with_it(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    shutil.copyfile(whole, path)
    shutil.copyfile(anchor_of(whole), anchor_of(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER entries_are_never_changed")
        connection.execute("UPDATE audit_log SET entry = '{}' WHERE entry_id = 50")
        connection.commit()
    saved = salvage(path)
    assert read_anchor(saved.aside) == read_anchor(whole)
    with Store(path) as store:  # entries behind one that does not hold stay in the damaged file
        assert (store.log.check().fault, store.log.check().holding) == (None, 50)
    assert counted(path) == (RESULTS, RESULTS)


def test_a_column_whose_name_is_lost_ends_nothing(whole: Path, tmp_path: Path) -> None:
    for name in (
        b"age_years REAL,\n",
        b"position INTEGER",
        b"point_id INTEGER REF",
        b"document TEXT NOT NULL,",
        b"hash BLOB",
    ):
        path, told = tmp_path / "results.sqlite", []  # type: ignore[var-annotated]
        data = whole.read_bytes()
        assert name in data
        path.write_bytes(data.replace(name, b"x" + name[1:]))
        use(path, told)
        counted(path)
        for left in tmp_path.iterdir():
            left.unlink()


SALVAGES = """
import sys
from pathlib import Path
from engine.results.store import Store
from engine.results.verdicts import Verdict
from tests.engine.results.made_up import make_scored

store = Store(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
told = []
store = store.salvaged(told.append)
print(*told, flush=True)
sys.stdin.readline()
film_id = store.results.add(3, [make_scored(int(sys.argv[2]), 0.5)])[0]
reader = store.verdicts.reader("AB")
print(store.verdicts.give(Verdict.NO_PNEUMONIA, film_id=film_id, session_id=3, reader=reader).verdict_id, flush=True)
sys.stdin.readline()
store.close()
"""


OPENS = """
import sys
from pathlib import Path
from engine.results.store import open_store

open_store(Path(sys.argv[1]), tell=print).close()
"""


class _Other:
    """Another program, told step by step to go on."""

    def __init__(self, script: str, *arguments: str | Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def go_on(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def ended(self) -> int:
        self._process.communicate(timeout=60)
        return self._process.returncode


def test_programs_that_meet_the_damage_one_after_another_go_on_in_one_store(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    shutil.copyfile(whole, path)
    programs = [_Other(SALVAGES, path, position) for position in (5000, 5001)]
    assert [program.said() for program in programs] == ["open", "open"]
    sentences = []
    for program in programs:  # the second one meets it through what it opened before
        program.go_on()
        sentences.append(program.said())
    assert sentences[0].startswith("The kept results were damaged. 120 results")
    assert sentences[1] == SAVED_ELSEWHERE
    numbers = []
    for program in programs:
        program.go_on()
        numbers.append(int(program.said()))
    for program in programs:
        program.go_on()
        assert program.ended() == 0
    assert len(list(tmp_path.glob("*.damaged-*.sqlite"))) == 1
    with Store(path) as store:
        said = {
            entry.verdict_id
            for stored in store.results.of_session(3)
            for entry in store.verdicts.of_film(stored.film_id)
        }
        assert set(numbers) <= said
        assert store.log.check().fault is None
    assert not path.with_suffix(".lock").exists()


def test_programs_that_meet_the_damage_at_once_salvage_it_once(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    shutil.copyfile(whole, path)
    damage_page_of(path, "verdicts_by_film")
    programs = [_Other(SALVAGES, path, position) for position in range(5000, 5004)]
    assert {program.said() for program in programs} == {"open"}
    for program in programs:
        program.go_on()
    sentences = [program.said() for program in programs]
    assert sentences.count(SAVED_ELSEWHERE) == 3
    for program in programs:
        program.go_on()
        assert program.said()
        program.go_on()
        assert program.ended() == 0
    with Store(path) as store:
        assert store.sessions.get(3).results == RESULTS // 3 + 4
    assert len(list(tmp_path.glob("*.damaged-*.sqlite"))) == 1


def test_nothing_is_added_to_a_store_that_another_program_put_aside(whole: Path, tmp_path: Path) -> None:
    path, told = tmp_path / "results.sqlite", []  # type: ignore[var-annotated]
    shutil.copyfile(whole, path)
    with KeptRun(told.append, path) as kept:
        kept.begin(make_run("new"), ["films"], default_age=None)
        kept.add(make_scored(1000, 0.5))
        with Store(path) as other:
            other.salvaged(told.append).close()
        kept.add(make_scored(1001, 0.5))
        kept.end()
    assert told[1:] == [SAVED_ELSEWHERE]
    with Store(path) as store:
        (session,) = store.sessions.newest()
        assert (session.run.run_id, session.results, session.ended_at is None) == ("new", 2, False)


def test_of_two_programs_that_open_a_damaged_store_only_the_first_salvages_it(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, told = tmp_path / "results.sqlite", []  # type: ignore[var-annotated]
    path.write_bytes(whole.read_bytes()[:4096] + bytes(50_000))
    others: list[str] = []

    @contextmanager
    def after_another_program(path: Path) -> Iterator[None]:
        if not others:
            others.append(subprocess.check_output([sys.executable, "-c", OPENS, str(path)], text=True))
        with alone_with(path):
            yield

    monkeypatch.setattr("engine.results.store.alone_with", after_another_program)
    open_store(path, tell=told.append).close()
    assert others[0].startswith("The kept results were damaged.")
    assert told == []
    assert len(list(tmp_path.glob("*.damaged-*.sqlite"))) == 1


def test_nobody_adds_to_the_damaged_store_while_it_is_salvaged(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "results.sqlite"
    shutil.copyfile(whole, path)
    adds = """
import sys
from pathlib import Path
from engine.errors import StoreError
from engine.results.store import Store
from tests.engine.results.made_up import make_scored

store = Store(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
try:
    store.results.add(3, [make_scored(6000, 0.5)])
except StoreError as error:
    print(error.code, flush=True)
else:
    print("kept", flush=True)
"""
    other = _Other(adds, path)
    assert other.said() == "open"
    really = files.put_in_place

    def late(made: Path, path: Path, aside: Path) -> None:
        other.go_on()  # once all was read, and before the new store is in place
        time.sleep(1)
        really(made, path, aside)

    monkeypatch.setattr("engine.results.salvage.put_in_place", late)
    salvage(path)
    assert other.said() == "store_damaged"  # so that it goes on in the new one
    assert other.ended() == 0
