"""Services for a child process that do what bad decoders do."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import FilmFailedError, ModelError
from engine.reasons import Reason
from engine.screening.child import Service, make_pixel_service, make_scorer
from engine.screening.requests import PixelRequest, ScorerSettings


def abort() -> None:
    os.abort()


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)


def leave() -> None:
    os._exit(0)


def hang() -> None:
    time.sleep(3600)


def hang_in_c() -> None:
    """Never return, and never let another thread of this process run."""
    re.match(r"(a+)+$", "a" * 64 + "b")


def eat() -> None:
    eaten = []
    while True:
        eaten.append(b"x" * 2**24)


def babble() -> None:
    """Write where a terminal would be, as native code does and as Python does."""
    for stream in (1, 2):
        os.write(stream, b"libtiff: warning \x00\xff of SMITH_JOHN\n")
    print("SMITH_JOHN")  # noqa: T201 -- as a careless library does
    print("SMITH_JOHN", file=sys.stderr, flush=True)  # noqa: T201


def blunder() -> None:
    """Raise what no decoder should, with a patient's name in it."""
    raise KeyError("/films/SMITH_JOHN.dcm")


MISDEEDS: dict[str, Callable[[], None]] = {
    misdeed.__name__: misdeed for misdeed in (abort, kill, leave, hang, hang_in_c, eat, babble, blunder)
}


@dataclass
class Planted:
    """Echoes a request; certain words make it misbehave."""

    settings: Any
    leaked: list[bytes] = field(default_factory=list)

    def answer(self, request: Any) -> Any:
        if request in MISDEEDS:
            MISDEEDS[request]()
        if request == "leak":
            self.leaked.append(b"x" * 2**25)
            time.sleep(0.15)  # so that the parent has a look
            return len(self.leaked)
        if request == "fail":
            raise FilmFailedError(Reason.CORRUPT_PIXELS)
        if request == "pid":
            return os.getpid()
        return (self.settings, request)


@dataclass
class PlantedReader:
    """Does its work, but misbehaves over files that are called after a misdeed, and notes who read them."""

    real: Service

    def answer(self, request: Any) -> Any:
        misdeed = MISDEEDS.get(request.path.name.partition(".")[0])
        if misdeed is not None:
            with (request.path.parent.parent / "readers.txt").open("a", encoding="utf-8") as stream:
                stream.write(f"{request.path.name} {os.getpid()}\n")
            if isinstance(request, PixelRequest):
                self.real.answer(request)  # lost when the pixels are in shared memory already
            misdeed()
        return self.real.answer(request)


def make_planted(settings: Any) -> Service:
    return Planted(settings)


def make_planted_scorer(settings: ScorerSettings) -> Service:
    return PlantedReader(make_scorer(settings))


def make_planted_pixel_service(settings: Any) -> Service:
    return PlantedReader(make_pixel_service(settings))


def make_unable(settings: Any) -> Service:
    raise ModelError("No model today. Come back tomorrow.")


def make_blundering(settings: Any) -> Service:
    blunder()
    return Planted(settings)


def make_killed(settings: Path) -> Service:
    with settings.open("a", encoding="utf-8") as stream:
        stream.write("started\n")
    os.abort()


def make_killed_once(settings: Path) -> Service:
    if not settings.exists():
        make_killed(settings)
    return Planted("second")


def make_babbling(settings: Any) -> Service:
    babble()
    return Planted(settings)
