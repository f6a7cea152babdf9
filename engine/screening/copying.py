"""Anonymised DICOM copies of films: made in a child process, like everything that opens a film."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.diagnostics.events import Event
from engine.diagnostics.log import note
from engine.errors import FilmFailedError, NotDicomError, OutputError
from engine.films.discovery import FoundFile
from engine.screening.child import ServiceFactory, make_copier
from engine.screening.requests import CopierSettings, CopyReply, CopyRequest
from engine.screening.worker import Limits, StoppedError, Worker


@dataclass(frozen=True, slots=True)
class FilmCopy:
    """What became of one file.

    Attributes:
        file: As it is named in lists.
        name: The copy's file name; None where there is no copy.
        burned_in_text: The file or the picture says that there is writing in it, which no copy can take away.
        problem: Why there is no copy; empty where there is one.
    """

    file: str
    name: str | None = None
    burned_in_text: bool = False
    problem: str = ""


def copy_anonymised(
    files: Sequence[FoundFile],
    folder: Path,
    *,
    limits: Limits | None = None,
    service: ServiceFactory = make_copier,
    should_stop: Callable[[], bool] = lambda: False,
) -> Generator[FilmCopy, None, None]:
    """Copy DICOM films into a folder without what names their patients, and yield what became of each, in order.

    Films of one patient, study or series stay together; the key that makes their new identifiers is kept nowhere, so
    that nobody can tell the old ones from them, and two runs cannot be put together.

    Raises:
        OutputError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError("The folder for the copies cannot be made. Choose another one.") from error
    settings = CopierSettings(folder=folder, key=secrets.token_bytes(32))
    copied = 0
    try:
        with Worker(service, settings, limits=limits) as worker, contextlib.suppress(StoppedError):
            for found in files:
                if should_stop():
                    return
                copy = _copy_one(worker, found, should_stop)
                copied += copy.name is not None
                yield copy
    finally:
        note(Event.COPIES_ANONYMISED, copied, len(files))


def _copy_one(worker: Worker, found: FoundFile, should_stop: Callable[[], bool]) -> FilmCopy:
    if found.problem is not None:
        return FilmCopy(found.file, problem=found.problem.sentence)
    try:
        reply: CopyReply = worker.ask(CopyRequest(found.path), should_stop=should_stop)
    except (FilmFailedError, NotDicomError) as error:
        return FilmCopy(found.file, problem=error.sentence)
    return FilmCopy(found.file, reply.name, reply.burned_in_text)
