from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from engine.errors import FilmFailedError
from engine.films.bounds import MAX_FILE_BYTES
from engine.films.file_bytes import read_film
from engine.films.radiograph import open_film
from engine.reasons import Reason
from engine.screening.worker import Worker
from tests.engine.films import hostile
from tests.engine.films.probe import make_probe
from tests.programs import reading_processes

MIB = 1024 * 1024


@dataclass
class MemoryWatch:
    """The largest memory of a process while it is watched, looked at every few milliseconds."""

    process: psutil.Process
    largest: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> MemoryWatch:
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *unused: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.002):
            self.largest = max(self.largest, self.process.memory_info().rss)


@pytest.fixture(scope="module")
def probe() -> Iterator[Worker]:
    with Worker(make_probe, None) as worker:
        worker.ask(hostile.huge_png())  # everything is loaded by then
        worker.ask(hostile.short_dicom())
        yield worker


def seconds_of_work(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def reason_within_bounds(probe: Worker, data: bytes) -> str:
    """What becomes of a file, in under a second of the child's work and without the memory it asks for."""
    probe.start()
    (child,) = reading_processes()
    before = child.memory_info().rss
    worked = seconds_of_work(child)
    with MemoryWatch(child) as watch:
        word: str = probe.ask(data).word
    assert seconds_of_work(child) - worked < 1.0
    assert watch.largest - before < 64 * MIB + 4 * len(data)
    assert reading_processes() == [child]
    return word


@pytest.mark.parametrize("build", hostile.TOO_LARGE, ids=lambda build: build.__name__)
def test_what_would_grow_beyond_all_bounds_is_too_large(probe: Worker, build: Callable[[], bytes]) -> None:
    assert reason_within_bounds(probe, build()) == Reason.TOO_LARGE


@pytest.mark.parametrize("build", hostile.UNREADABLE, ids=lambda build: build.__name__)
def test_what_says_more_than_it_holds_is_corrupt(probe: Worker, build: Callable[[], bytes]) -> None:
    assert reason_within_bounds(probe, build()) == Reason.CORRUPT_PIXELS


@pytest.mark.parametrize("build", hostile.HARMLESS, ids=lambda build: build.__name__)
def test_what_only_looks_bad_is_read(probe: Worker, build: Callable[[], bytes]) -> None:
    assert reason_within_bounds(probe, build()) == "read"


def test_pages_are_not_counted_one_by_one() -> None:
    assert open_film(hostile.many_pages()).facts.frames > 1


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    film = tmp_path / "film.dcm"
    with film.open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    started = time.monotonic()
    with pytest.raises(FilmFailedError) as failure:
        read_film(film)
    assert failure.value.reason is Reason.TOO_LARGE
    assert time.monotonic() - started < 0.1
