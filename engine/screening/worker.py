"""A child process that may be lost: started when needed, watched while it works, replaced when it dies."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

import psutil

from engine.diagnostics.events import Event
from engine.diagnostics.log import note, note_trace
from engine.errors import FilmFailedError, MapafuError, ModelError
from engine.machine import means
from engine.reasons import Reason
from engine.screening.child import ChildFault, ServiceFactory, serve

_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a child may use.

    Attributes:
        seconds: Time for one request.
        start_seconds: Time until the child is ready.
        memory_bytes: Resident memory, watched from the parent; by default what the PC allows.
    """

    seconds: float = 60.0
    start_seconds: float = 120.0
    memory_bytes: int = field(default_factory=lambda: means().reader_bytes)


class StoppedError(Exception):
    """The work was asked to stop while a request was under way."""


class Worker:
    """The parent's side of one restartable child process. Not for use by several threads at once."""

    def __init__(self, factory: ServiceFactory, settings: Any, *, limits: Limits | None = None) -> None:
        self._factory = factory
        self._settings = settings
        self._limits = limits or Limits()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._has_answered = False

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def start(self, *, should_stop: Callable[[], bool] = lambda: False) -> None:
        """Start the child and wait until it is ready; nothing happens where one runs already.

        Raises:
            ModelError: It cannot start.
            StoppedError: `should_stop` turned true.
        """
        if self._process is not None:
            if self._process.is_alive():
                return
            self.close()
        try:
            problem = self._start_process(should_stop)
        except FilmFailedError as error:
            if error.reason is not Reason.READER_CRASHED:
                raise _cannot_start() from error
            try:  # something else on the PC may have ended it; what ends it twice is its own fault
                problem = self._start_process(should_stop)
            except FilmFailedError as again:
                raise _cannot_start() from again
        if problem is not None:
            self.close()
            raise problem

    def ask(self, request: Any, *, should_stop: Callable[[], bool] = lambda: False) -> Any:
        """Send a request and wait for the answer.

        A child that has worked before may be ill from an earlier film, so a request over which it dies or grows too
        large is put to a new child, once.

        Raises:
            FilmFailedError: The child was lost over this request (`reader_crashed`, `timed_out`, `too_large`).
                The next request gets a new child.
            StoppedError: `should_stop` turned true. The child is ended.
            MapafuError: Whatever the service raised; ModelError where it could not start.
        """
        self.start(should_stop=should_stop)
        had_answered = self._has_answered
        try:
            answer = self._exchange(request, should_stop)
        except FilmFailedError as error:
            if error.reason is Reason.TIMED_OUT or not had_answered:
                raise
            self.start(should_stop=should_stop)
            answer = self._exchange(request, should_stop)
        if isinstance(answer, MapafuError):
            raise answer
        return answer

    def close(self) -> None:
        """End the child, at once if need be."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.join(timeout=0.5)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
        self._process = self._connection = None

    def _start_process(self, should_stop: Callable[[], bool]) -> MapafuError | None:
        """Start a new child. Returns what it says is wrong; raises FilmFailedError where it is lost."""
        context = multiprocessing.get_context("spawn")
        near_end, far_end = context.Pipe()
        arguments = (far_end, self._factory, self._settings, self._limits.seconds)
        process = context.Process(target=serve, args=arguments, daemon=True, name="mapafu-reader")
        try:
            with _ctrl_c_ignored():
                process.start()
        except OSError as error:
            near_end.close()
            raise ModelError("The PC has no room for another process. Close other programs and try again.") from error
        finally:
            far_end.close()
        self._process, self._connection, self._has_answered = process, near_end, False
        problem: MapafuError | None = self._wait(self._limits.start_seconds, should_stop)
        return problem

    def _exchange(self, request: Any, should_stop: Callable[[], bool]) -> Any:
        """Send a request to the running child and return its answer. Raises FilmFailedError where it is lost."""
        assert self._connection is not None
        try:
            self._connection.send(request)
        except OSError as error:
            raise self._lose(Reason.READER_CRASHED) from error
        answer = self._wait(self._limits.seconds, should_stop)
        self._has_answered = True
        return answer

    def _wait(self, seconds: float, should_stop: Callable[[], bool]) -> Any:
        assert self._connection is not None
        assert self._process is not None
        deadline = time.monotonic() + seconds
        try:
            while not self._connection.poll(_POLL_SECONDS):
                if should_stop():
                    self._kill()
                    raise StoppedError
                if time.monotonic() > deadline:
                    raise self._lose(Reason.TIMED_OUT)
                if _resident_bytes(self._process) > self._limits.memory_bytes:
                    raise self._lose(Reason.TOO_LARGE)
            answer = self._connection.recv()
        except (EOFError, OSError) as error:
            raise self._lose(Reason.READER_CRASHED) from error
        if isinstance(answer, ChildFault):
            note_trace(Event.CHILD_FAILED, answer.trace)
            raise self._lose(Reason.READER_CRASHED)
        return answer

    def _lose(self, reason: Reason) -> FilmFailedError:
        """End the child and log why; the error to raise."""
        self._kill()
        note(Event.CHILD_LOST, reason)
        return FilmFailedError(reason)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
        self.close()


def _resident_bytes(process: BaseProcess) -> int:
    """The memory of a child; 0 once it has ended, which its pipe tells better: an answer may still lie in it."""
    try:
        return int(psutil.Process(process.pid).memory_info().rss)
    except psutil.Error:
        return 0


def _cannot_start() -> ModelError:
    return ModelError("The reading process cannot be started on this PC. Install Mapafu again.")


@contextlib.contextmanager
def _ctrl_c_ignored() -> Iterator[None]:
    """Ctrl-C goes to every process of a terminal; a child inherits here that it is none of its business."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
