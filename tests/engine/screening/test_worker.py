from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from engine.diagnostics.log import open_log
from engine.errors import FilmFailedError, ModelError
from engine.reasons import Reason
from engine.screening.worker import Limits, StoppedError, Worker
from tests.engine.screening.planted import (
    make_babbling,
    make_blundering,
    make_killed,
    make_killed_once,
    make_planted,
    make_unable,
)
from tests.programs import reading_processes

LIMITS = Limits(seconds=2.0, memory_bytes=300 * 1024**2)


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker(make_planted, "settings", limits=LIMITS) as worker:
        yield worker


def test_requests_are_answered_by_one_child(worker: Worker) -> None:
    assert worker.ask("hello") == ("settings", "hello")
    (child,) = {worker.ask("pid"), worker.ask("pid")}
    assert [process.pid for process in reading_processes()] == [child]


@pytest.mark.parametrize(
    ("misdeed", "reason"),
    [
        ("abort", Reason.READER_CRASHED),
        ("kill", Reason.READER_CRASHED),
        ("leave", Reason.READER_CRASHED),
        ("blunder", Reason.READER_CRASHED),
        ("hang", Reason.TIMED_OUT),
        ("hang_in_c", Reason.TIMED_OUT),
        ("eat", Reason.TOO_LARGE),
    ],
)
@pytest.mark.parametrize("already_worked", [False, True], ids=["a new child", "a child that has worked"])
def test_a_lost_child_costs_one_request(worker: Worker, misdeed: str, reason: Reason, already_worked: bool) -> None:
    first = worker.ask("pid") if already_worked else None
    with pytest.raises(FilmFailedError) as failure:
        worker.ask(misdeed)
    assert failure.value.reason is reason
    assert first is None or not psutil.pid_exists(first)
    assert reading_processes() == []
    assert worker.ask("hello") == ("settings", "hello")


def test_a_fault_in_the_child_is_logged_without_its_values(worker: Worker, own_home: Path) -> None:
    log = open_log()
    worker.ask("hello")
    with pytest.raises(FilmFailedError):
        worker.ask("blunder")
    text = log.read_text()
    assert text.count("child_failed") == 2  # the child that had worked, and the new one
    assert "at engine.screening.child:" in text
    assert "    error KeyError\n" in text
    assert "child_lost reader_crashed" in text
    assert "SMITH" not in text


def test_a_fault_at_the_start_is_logged_too(own_home: Path) -> None:
    log = open_log()
    with Worker(make_blundering, None) as worker, pytest.raises(ModelError, match="cannot be started"):
        worker.ask("hello")
    assert "    error KeyError\n" in log.read_text()


def test_an_error_of_the_service_keeps_the_child(worker: Worker) -> None:
    first = worker.ask("pid")
    with pytest.raises(FilmFailedError) as failure:
        worker.ask("fail")
    assert failure.value.reason is Reason.CORRUPT_PIXELS
    assert worker.ask("pid") == first


def test_a_child_that_dies_between_requests_costs_none(worker: Worker) -> None:
    for _ in range(3):
        psutil.Process(worker.ask("pid")).kill()
        assert worker.ask("hello") == ("settings", "hello")


def test_a_child_that_leaks_is_replaced_before_a_request_suffers(worker: Worker) -> None:
    leaked = [worker.ask("leak") for _ in range(20)]  # 32 MiB each, so over the limit together
    assert leaked.count(1) > 1


def test_stopping_ends_the_child_at_once(worker: Worker) -> None:
    worker.ask("hello")
    with pytest.raises(StoppedError):
        worker.ask("hang_in_c", should_stop=lambda: True)
    assert reading_processes() == []


def test_a_child_that_cannot_start_is_a_model_error() -> None:
    with Worker(make_unable, None) as worker, pytest.raises(ModelError, match="Come back tomorrow"):
        worker.ask("hello")


def test_a_child_that_always_dies_at_its_start_is_not_started_for_ever(tmp_path: Path) -> None:
    starts = tmp_path / "starts.txt"
    with Worker(make_killed, starts) as worker, pytest.raises(ModelError, match="cannot be started"):
        worker.ask("hello")
    assert starts.read_text(encoding="utf-8").splitlines() == ["started", "started"]


def test_a_child_that_dies_at_its_start_once_costs_nothing(tmp_path: Path) -> None:
    with Worker(make_killed_once, tmp_path / "starts.txt") as worker:
        assert worker.ask("hello") == ("second", "hello")


def test_what_a_child_writes_reaches_no_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with Worker(make_babbling, "settings", limits=LIMITS) as worker:
        assert worker.ask("babble") == ("settings", "babble")
    assert capfd.readouterr() == ("", "")


def test_closing_leaves_no_process() -> None:
    with Worker(make_planted, None) as worker:
        child = worker.ask("pid")
    assert not psutil.pid_exists(child)
