from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import StoreError
from engine.model.card import PointsByAge
from engine.reasons import Reason
from engine.results.kept_run import KeptRun, NothingToResumeError
from engine.results.running import is_running
from engine.results.store import Store
from engine.screening.case import CaseResult, CaseStatus
from tests.engine.results.made_up import POINT, POINTS, make_run, make_scored, make_unscored

RUN = make_run("one")
SCREENS = """
import sys
from pathlib import Path
from engine.results.kept_run import KeptRun
from tests.engine.results.made_up import make_run, make_scored

with KeptRun(print, Path(sys.argv[1])) as kept:
    if sys.argv[2] == "begin":
        kept.begin(make_run("first"), ["films"], default_age=None)
    else:
        kept.resume(make_run("one"), [], default_age=None)
    kept.add(make_scored(0, 0.5))
    print("kept", flush=True)
    for index, line in enumerate(sys.stdin, start=1):
        kept.add(make_scored(index, 0.5))
        print("kept", flush=True)
    kept.end()
"""


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def kept(tmp_path: Path, told: list[str]) -> Iterator[KeptRun]:
    with KeptRun(told.append, tmp_path / "results.sqlite") as run:
        yield run


def sha256_of(result: CaseResult) -> str:
    assert result.sha256 is not None
    return result.sha256


def cut_off(path: Path, dropped: list[str], run: str, *, age: float | None = None, films: int = 2) -> None:
    with KeptRun(pytest.fail, path) as begun:
        begun.begin(make_run(run), dropped, default_age=age)
        for index in range(films):
            begun.add(make_scored(index, 0.5))


def test_what_was_kept_is_gone_on_with(tmp_path: Path, kept: KeptRun) -> None:
    cut_off(tmp_path / "results.sqlite", ["films"], "first")
    resumed = kept.resume(RUN, ["films"], default_age=None)
    assert resumed.session.run.run_id == "first"
    assert resumed.session.dropped == (Path(os.path.abspath("films")),)  # noqa: PTH100
    assert [result.index for result in resumed.results] == [0, 1]
    kept.add(make_unscored(2, Reason.BLANK, CaseStatus.REJECTED))
    kept.end()
    with Store(tmp_path / "results.sqlite") as store:
        (session,) = store.sessions.newest(5)
        assert (session.results, session.ended_at is None) == (3, False)


@pytest.mark.parametrize(
    ("dropped", "age", "run"),
    [(["others"], None, RUN), ([], 3.0, RUN), ([], None, make_run("one", model_sha256="b" * 64))],
    ids=["other paths", "another age", "another model"],
)
def test_only_what_fits_is_gone_on_with(
    tmp_path: Path, kept: KeptRun, dropped: list[str], age: float | None, run: object
) -> None:
    cut_off(tmp_path / "results.sqlite", ["films"], "first")
    with pytest.raises(NothingToResumeError, match="without --resume"):
        kept.resume(run, dropped, default_age=age)  # type: ignore[arg-type]


def test_a_session_that_came_to_its_end_is_none_to_go_on_with(tmp_path: Path, kept: KeptRun) -> None:
    cut_off(tmp_path / "results.sqlite", ["films"], "older", films=1)
    with KeptRun(pytest.fail, tmp_path / "results.sqlite") as whole:
        whole.begin(make_run("newer"), ["films"], default_age=None)
        whole.end()
    assert kept.resume(RUN, [], default_age=None).session.run.run_id == "older"


def test_a_known_film_comes_back_at_the_point_in_use(tmp_path: Path, kept: KeptRun) -> None:
    cut_off(tmp_path / "results.sqlite", ["films"], "first")
    kept.begin(RUN, ["more"], default_age=None)
    strict = PointsByAge(replace(POINT, name="strict", threshold_low=0.8, threshold=0.9, threshold_high=0.95))
    known = kept.known(sha256_of(make_scored(1, 0.5)), strict)
    assert known is not None
    assert known.score is not None
    assert (known.score.operating_point.name, known.score.band.value) == ("strict", "negative")
    assert kept.known("0" * 64, POINTS) is None


def test_another_program_or_a_failed_reading_is_not_relied_on(tmp_path: Path, kept: KeptRun) -> None:
    failed = replace(make_unscored(0, Reason.TIMED_OUT), sha256="1" * 64)
    old = replace(make_scored(1, 0.5), sha256="2" * 64)
    with KeptRun(pytest.fail, tmp_path / "results.sqlite") as first:
        first.begin(make_run("first"), [], default_age=None)
        first.add(failed)
    with KeptRun(pytest.fail, tmp_path / "results.sqlite") as second:
        second.begin(replace(make_run("second"), app_version="0.0.9"), [], default_age=None)
        second.add(old)
    kept.begin(RUN, [], default_age=None)
    assert kept.known("1" * 64, POINTS) is None
    assert kept.known("2" * 64, POINTS) is None


def test_without_a_store_the_run_goes_on_and_says_so_once(tmp_path: Path, told: list[str]) -> None:
    (tmp_path / "file").write_bytes(b"")
    with KeptRun(told.append, tmp_path / "file/results.sqlite") as kept:
        kept.begin(RUN, [], default_age=None)
        kept.add(make_scored(0, 0.5))
        assert kept.known("1" * 64, POINTS) is None
        kept.end()
        with pytest.raises(StoreError):
            kept.resume(RUN, [], default_age=None)
    (sentence,) = told
    assert sentence.endswith("The table is written all the same.")


def start(path: Path, how: str) -> subprocess.Popen[str]:
    program = subprocess.Popen(
        [sys.executable, "-c", SCREENS, str(path), how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "kept\n"
    return program


def test_a_session_that_is_still_running_is_none_to_go_on_with(tmp_path: Path, kept: KeptRun) -> None:
    path = tmp_path / "results.sqlite"
    with start(path, "begin") as program:
        assert is_running(path, 1)
        with pytest.raises(NothingToResumeError, match="still running"):
            kept.resume(RUN, [], default_age=None)
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write("\n")  # nobody took its place
        program.stdin.flush()
        assert program.stdout.readline() == "kept\n"
        program.communicate(timeout=60)
    assert program.returncode == 0
    assert not is_running(path, 1)
    with pytest.raises(NothingToResumeError, match="no screening to go on with"):
        kept.resume(RUN, [], default_age=None)
    with Store(path) as store:
        assert (store.sessions.get(1).results, store.sessions.get(1).ended_at is None) == (2, False)
    assert sorted(file.name for file in tmp_path.glob("*.lock")) == []


def test_an_older_session_that_was_cut_off_is_gone_on_with_while_a_newer_one_runs(
    tmp_path: Path, kept: KeptRun
) -> None:
    path = tmp_path / "results.sqlite"
    cut_off(path, ["films"], "older")
    with start(path, "begin") as program:
        assert kept.resume(RUN, [], default_age=None).session.run.run_id == "older"
        program.communicate(timeout=60)


def test_what_a_killed_program_left_behind_does_not_keep_others_from_going_on(tmp_path: Path, kept: KeptRun) -> None:
    path = tmp_path / "results.sqlite"
    with start(path, "begin") as program:
        program.kill()
    assert (tmp_path / "results.session-1.lock").exists()
    assert not is_running(path, 1)
    assert len(kept.resume(RUN, [], default_age=None).results) == 1
    with KeptRun(pytest.fail, path) as other, pytest.raises(NothingToResumeError, match="still running"):
        other.resume(RUN, [], default_age=None)


def test_a_session_stays_its_program_s_own_while_the_store_is_salvaged(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "results.sqlite"
    with KeptRun(told.append, path) as run, Store(path) as other:
        run.begin(RUN, ["films"], default_age=None)
        other.salvaged(told.append).close()
        run.add(make_scored(0, 0.5))
        assert is_running(path, 1)
    assert not is_running(path, 1)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.results.database.BUSY_SECONDS", 0.1)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another program that writes for as long as it likes."""
    Store(tmp_path / "results.sqlite").close()
    connection = sqlite3.connect(tmp_path / "results.sqlite", isolation_level=None)
    yield connection
    connection.close()


@pytest.mark.usefixtures("impatient")
def test_what_could_not_be_kept_while_the_store_was_busy_is_kept_later(
    tmp_path: Path, kept: KeptRun, told: list[str], writer: sqlite3.Connection
) -> None:
    writer.execute("BEGIN IMMEDIATE")
    kept.begin(RUN, [], default_age=None)
    kept.add(make_scored(0, 0.5))
    writer.execute("ROLLBACK")
    kept.add(make_scored(1, 0.5))
    writer.execute("BEGIN IMMEDIATE")
    kept.add(make_scored(2, 0.5))
    kept.add(make_scored(3, 0.5))
    writer.execute("ROLLBACK")
    kept.end()
    assert told == []
    with Store(tmp_path / "results.sqlite") as store:
        (session,) = store.sessions.newest(5)
        assert (session.results, session.ended_at is None) == (4, False)


@pytest.mark.usefixtures("impatient")
def test_a_store_that_stays_busy_is_given_up_after_three_times(
    kept: KeptRun, told: list[str], writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.begin(RUN, [], default_age=None)
    writer.execute("BEGIN IMMEDIATE")
    for index in range(2):
        kept.add(make_scored(index, 0.5))
    assert told == []
    kept.end()
    assert told == [
        "Another Mapafu is busy with the results. Wait a moment and try again. The table is written all the same."
    ]
    monkeypatch.setattr("engine.results.kept_run.open_store", pytest.fail)  # nothing is tried any more
    kept.add(make_scored(2, 0.5))
    kept.end()
    assert len(told) == 1


@pytest.mark.usefixtures("impatient")
def test_what_still_waits_when_a_run_is_stopped_is_kept(
    tmp_path: Path, told: list[str], writer: sqlite3.Connection
) -> None:
    def stopped() -> None:
        with KeptRun(told.append, tmp_path / "results.sqlite") as run:
            run.begin(RUN, [], default_age=None)
            writer.execute("BEGIN IMMEDIATE")
            run.add(make_scored(0, 0.5))
            writer.execute("ROLLBACK")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert told == ["What was done is kept; --resume goes on with it."]
    with Store(tmp_path / "results.sqlite") as store:
        assert store.sessions.newest()[0].results == 1


@pytest.mark.parametrize("how", ["not begun", "given up", "ended"])
def test_only_what_is_kept_is_said_to_be(tmp_path: Path, told: list[str], how: str) -> None:
    path = tmp_path / "results.sqlite"
    if how == "given up":
        (tmp_path / "file").touch()
        path = tmp_path / "file/results.sqlite"

    def stopped() -> None:
        with KeptRun(told.append, path) as run:
            if how != "not begun":
                run.begin(RUN, [], default_age=None)
                run.add(make_scored(0, 0.5))
            if how == "ended":
                run.end()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not any("--resume" in sentence for sentence in told)
