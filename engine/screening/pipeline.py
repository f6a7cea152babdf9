"""The one batch loop. The command line, the window and every later part take their results from `screen`."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from datetime import datetime

from engine.errors import FilmFailedError
from engine.films.discovery import FoundFile
from engine.model.pack import ModelPack
from engine.reasons import Note, Reason
from engine.screening.case import CaseResult, CaseStatus, RunInfo
from engine.screening.child import ServiceFactory, make_scorer
from engine.screening.requests import HashRequest, ScoreRequest, ScorerSettings
from engine.screening.worker import Limits, StoppedError, Worker
from engine.version import __version__


def start_run(pack: ModelPack) -> RunInfo:
    """Name a new run with this model."""
    return RunInfo(
        run_id=uuid.uuid4().hex,
        model_id=pack.card.model_id,
        model_version=pack.card.model_version,
        model_sha256=pack.sha256,
        app_version=__version__,
    )


def screen(
    files: Sequence[FoundFile],
    settings: ScorerSettings,
    *,
    limits: Limits | None = None,
    service: ServiceFactory = make_scorer,
    should_stop: Callable[[], bool] = lambda: False,
    known: Callable[[str], CaseResult | None] | None = None,
) -> Generator[CaseResult, None, None]:
    """Screen files one after another in a child process, and yield a result for each, in order.

    A file that cannot be scored is a result with a reason. A file that kills the child costs its own row only.
    The child ends with the generator.

    Args:
        files: What `discover` found.
        settings: The model and how to use it.
        limits: What the child may use of time and memory.
        service: Makes what answers inside the child: CaseResults for ScoreRequests.
        should_stop: Looked at many times a second; once it is true the generator ends.
        known: Given the SHA-256 of a file, what is known of a film of this content already, which is then not scored
            again. Asked before each film, in the thread that takes the results.

    Raises:
        ModelError: The model cannot be used.
        OutputError: A heatmap cannot be written.
    """
    with Worker(service, settings, limits=limits) as worker, contextlib.suppress(StoppedError):
        worker.start(should_stop=should_stop)
        for index, found in enumerate(files):
            if should_stop():
                return
            started = time.perf_counter()
            result = _screen_one(worker, index, found, should_stop, known)
            result = _marked(result, unsigned=settings.model_unsigned)
            latency_ms = (time.perf_counter() - started) * 1000.0
            yield result.timed(processed_at=datetime.now().astimezone(), latency_ms=latency_ms)


def _screen_one(
    worker: Worker,
    index: int,
    found: FoundFile,
    should_stop: Callable[[], bool],
    known: Callable[[str], CaseResult | None] | None,
) -> CaseResult:
    if found.problem is not None:
        return _failed(index, found, found.problem)
    try:
        if known is not None:
            before = known(worker.ask(HashRequest(found.path), should_stop=should_stop))
            if before is not None:
                return replace(before, index=index, file=found.file, path=found.path)
        result: CaseResult = worker.ask(ScoreRequest(index, found.file, found.path), should_stop=should_stop)
    except FilmFailedError as error:
        return _failed(index, found, error.reason)
    return result


def _marked(result: CaseResult, *, unsigned: bool) -> CaseResult:
    """Note of a score whether anybody who is trusted answers for the model now: a known result may be older."""
    notes: tuple[Note, ...] = tuple(note for note in result.film_notes if note is not Note.MODEL_UNSIGNED)
    if unsigned and result.score is not None:
        notes = (*notes, Note.MODEL_UNSIGNED)
    return result if notes == result.film_notes else replace(result, film_notes=notes)


def _failed(index: int, found: FoundFile, reason: Reason) -> CaseResult:
    return CaseResult(index=index, file=found.file, path=found.path, status=CaseStatus.FAILED, reason=reason)
