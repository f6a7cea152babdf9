from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psutil
import pytest

from engine.errors import FilmFailedError, ModelError
from engine.reasons import Reason
from engine.screening.worker import Limits, StoppedError, Worker
from tests.engine.screening.planted import make_killed, make_planted, make_unable

LIMITS = Limits(seconds=3.0, memory_bytes=400 * 1024**2)


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker(make_planted, "settings", limits=LIMITS) as worker:
        yield worker


def test_requests_are_answered_by_one_child(worker: Worker) -> None:
    assert worker.ask("hello") == ("settings", "hello")
    assert worker.ask("pid") == worker.ask("pid") == worker.process_id


@pytest.mark.parametrize(
    ("word", "reason"),
    [("abort", Reason.READER_CRASHED), ("hang", Reason.TIMED_OUT), ("eat", Reason.TOO_LARGE)],
)
def test_a_lost_child_costs_one_request(worker: Worker, word: str, reason: Reason) -> None:
    first = worker.ask("pid")
    with pytest.raises(FilmFailedError) as failure:
        worker.ask(word)
    assert failure.value.reason is reason
    assert not psutil.pid_exists(first)
    assert worker.ask("hello") == ("settings", "hello")


def test_an_error_of_the_service_keeps_the_child(worker: Worker) -> None:
    first = worker.ask("pid")
    with pytest.raises(FilmFailedError) as failure:
        worker.ask("fail")
    assert failure.value.reason is Reason.CORRUPT_PIXELS
    assert worker.ask("pid") == first


def test_a_child_killed_from_outside_is_replaced(worker: Worker) -> None:
    psutil.Process(worker.ask("pid")).kill()
    with contextlib.suppress(FilmFailedError):
        worker.ask("hello")
    assert worker.ask("hello") == ("settings", "hello")


def test_stopping_ends_the_child_at_once(worker: Worker) -> None:
    worker.ask("hello")
    with pytest.raises(StoppedError):
        worker.ask("hang", should_stop=lambda: True)
    assert worker.process_id is None


@pytest.mark.parametrize("factory", [make_unable, make_killed])
def test_a_child_that_cannot_start_is_a_model_error(factory: object) -> None:
    with Worker(factory, None) as worker, pytest.raises(ModelError):  # type: ignore[arg-type]
        worker.ask("hello")


def test_closing_leaves_no_process() -> None:
    with Worker(make_planted, None) as worker:
        child = worker.ask("pid")
    assert not psutil.pid_exists(child)
