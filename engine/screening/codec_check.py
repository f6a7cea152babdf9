"""Whether every decoder works on this PC: tiny bundled films, one for each transfer syntax, read in a child process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import FilmFailedError
from engine.model.card import build_record
from engine.paths import resource
from engine.screening.viewing import FilmReader
from engine.screening.worker import Limits

FOLDER = "codecs"
INDEX = "codecs.json"
_SIDE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """A bundled film.

    Attributes:
        name: Of the transfer syntax.
        file: In the folder of resources.
        bits: Bits stored.
        tolerance: How far a pixel may be from the original, 0..1.
    """

    name: str
    uid: str
    file: str
    bits: int
    tolerance: float


def bundled_codecs() -> list[Codec]:
    """The bundled films. Raises OSError or ValueError where the list is not whole."""
    raw = json.loads((resource(FOLDER) / INDEX).read_text(encoding="utf-8"))
    return [build_record(Codec, entry) for entry in raw]


def original_picture() -> NDArray[np.float32]:
    """What all of them show: (64, 64), 0..1, soft enough for codecs that lose some of it."""
    down, across = np.mgrid[0:_SIDE, 0:_SIDE] / (_SIDE - 1)
    return np.asarray(0.5 + 0.25 * (np.sin(3.0 * across) + np.cos(4.0 * down)), dtype=np.float32)


def check_codecs(*, limits: Limits | None = None) -> Iterator[tuple[str, str]]:
    """Each transfer syntax, and what is wrong with it on this PC in a few words; empty where nothing is."""
    original = original_picture()
    with closing(FilmReader(limits=limits)) as reader:
        for codec in bundled_codecs():
            yield codec.name, _problem(reader, codec, original)


def _problem(reader: FilmReader, codec: Codec, original: NDArray[np.float32]) -> str:
    try:
        film = reader.read(resource(FOLDER) / codec.file)
    except FilmFailedError as error:
        return error.reason.value
    values = film.codes * film.scale.slope + film.scale.intercept
    wanted = np.round(original * (2**codec.bits - 1))
    if values.shape != wanted.shape or np.abs(values - wanted).max() > codec.tolerance * (2**codec.bits - 1):
        return "other pixels than were packed"
    return ""
