"""What runs inside a child process. Importing this module is cheap; decoders and onnxruntime come with `serve`."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Protocol

from engine.errors import MapafuError


class Service(Protocol):
    """What a child does with a request."""

    def answer(self, request: Any) -> Any:
        """Answer one request. May raise MapafuError."""


# Builds the service inside the child; a function of a module, so that it can be sent there by name.
ServiceFactory = Callable[[Any], Service]


def serve(connection: Connection, factory: ServiceFactory, settings: Any) -> None:
    """Answer requests until the parent closes the connection or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the parent decides.
    _silence_native_output()
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            service = factory(settings)
        except MapafuError as error:
            connection.send(error)
            return
        connection.send(None)
        while True:
            request = connection.recv()
            try:
                answer = service.answer(request)
            except MapafuError as error:
                answer = error
            connection.send(answer)


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
