"""Services for a child process that do what bad decoders do."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any

from engine.errors import FilmFailedError, ModelError
from engine.reasons import Reason
from engine.screening.child import Service
from engine.screening.requests import ScoreRequest


@dataclass
class Planted:
    """Echoes a request; certain words make it misbehave."""

    settings: Any

    def answer(self, request: Any) -> Any:
        word = request.path.stem if isinstance(request, ScoreRequest) else request
        if word == "abort":
            os.abort()
        if word == "hang":
            time.sleep(3600)
        if word == "eat":
            eaten = []
            while True:
                eaten.append(bytearray(os.urandom(1024) * 16 * 1024))
        if word == "fail":
            raise FilmFailedError(Reason.CORRUPT_PIXELS)
        if word == "pid":
            return os.getpid()
        return (self.settings, request)


def make_planted(settings: Any) -> Service:
    return Planted(settings)


def make_unable(settings: Any) -> Service:
    raise ModelError("No model today. Come back tomorrow.")


def make_killed(settings: Any) -> Service:
    os.abort()
