"""What runs inside a child process. Importing this module is cheap; decoders and onnxruntime come with `serve`."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from engine.diagnostics.trace import trace_of
from engine.errors import MapafuError


class Service(Protocol):
    """What a child does with a request."""

    def answer(self, request: Any) -> Any:
        """Answer one request. May raise MapafuError."""


# Builds the service inside the child; a function of a module, so that it can be sent there by name.
ServiceFactory = Callable[[Any], Service]


@dataclass(frozen=True, slots=True)
class ChildFault:
    """The last word of a child that met an error of the program: where it arose, and no value."""

    trace: tuple[str, ...]


# How much longer than the parent waits a child may work on a request. It ends itself only where no parent is left to.
_GRACE_SECONDS = 5.0


def serve(connection: Connection, factory: ServiceFactory, settings: Any, seconds: float) -> None:
    """Answer requests until the parent closes the connection or is gone.

    Args:
        connection: The child's end of the pipe.
        factory: Makes the service.
        settings: What the factory is given.
        seconds: How long the parent waits for an answer.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the parent decides.
    _silence_native_output()
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            service = factory(settings)
        except MapafuError as error:
            connection.send(error)
            return
        except Exception as error:  # noqa: BLE001 -- a fault of the program: told, then the child is lost
            connection.send(ChildFault(trace_of(error)))
            return
        connection.send(None)
        while True:
            request = connection.recv()
            with _time_limit(seconds + _GRACE_SECONDS):
                try:
                    answer = service.answer(request)
                except MapafuError as error:
                    answer = error
                except Exception as error:  # noqa: BLE001 -- a fault of the program: told, then the child is lost
                    connection.send(ChildFault(trace_of(error)))
                    return
            connection.send(answer)


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """End this process where its work takes longer, even in native code that lets no other Python thread run."""
    with Path(os.devnull).open("w", encoding="utf-8") as sink:
        faulthandler.dump_traceback_later(seconds, exit=True, file=sink)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _silence_native_output() -> None:
    """Native decoders write warnings to the terminal, some with file names; a reader's terminal is not theirs."""
    with contextlib.suppress(OSError):
        sink = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(sink, stream)
        os.close(sink)


def make_scorer(settings: Any) -> Service:
    """The service that screens films."""
    from engine.screening.scorer import FilmScorer

    return FilmScorer(settings)


def make_pixel_service(settings: Any) -> Service:
    """The service that decodes films for the viewer; it has no settings."""
    from engine.screening.pixel_service import PixelService

    del settings
    return PixelService()


def make_copier(settings: Any) -> Service:
    """The service that writes anonymised copies."""
    from engine.screening.copier import FilmCopier

    return FilmCopier(settings)
