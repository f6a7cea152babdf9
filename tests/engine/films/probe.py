"""A child process that reads films from bytes and says what became of each, so that a crash is counted, not fatal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from engine.errors import FilmError, FilmFailedError, FilmRejectedError
from engine.films import gate
from engine.films.film import as_radiograph, as_values
from engine.films.radiograph import open_film
from engine.model.preprocess import InputSpec, square_film
from engine.screening.child import Service

_SPEC = InputSpec(size=64, low_percentile=0.5, high_percentile=99.5, mean=0.5, std=0.25)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a film.

    Attributes:
        word: `read`, the code of a reason, or `broken: ...` where the promise of `engine.films` was broken.
        pixels: Hash of the pixels of a film that was read.
    """

    word: str
    pixels: str = ""


class FilmProbe:
    """Reads what it is sent, as far as a film goes before the model sees it."""

    def answer(self, request: bytes) -> Outcome:
        try:
            film = open_film(request)
            decoded = film.decode()
            radiograph, values = as_radiograph(decoded), as_values(decoded)
        except (FilmFailedError, FilmRejectedError) as error:
            return Outcome(error.reason.value)
        except MemoryError:
            return Outcome("too_large")
        except Exception as error:  # noqa: BLE001 -- what may not happen is what is looked for
            return Outcome(f"broken: {type(error).__name__}: {error}")
        pixels, facts = radiograph.pixels, radiograph.facts
        if pixels.dtype != np.float32 or pixels.shape != (facts.rows, facts.columns):
            return Outcome(f"broken: {pixels.dtype} {pixels.shape} for {facts.rows} x {facts.columns}")
        if not np.isfinite(pixels).all() or pixels.min() < 0.0 or pixels.max() > 1.0:
            return Outcome(f"broken: values {pixels.min()} to {pixels.max()}")
        if values.codes.dtype != np.uint16 or values.codes.shape != pixels.shape:
            return Outcome(f"broken: codes {values.codes.dtype} {values.codes.shape}")
        try:
            gate.check_facts(film)
            gate.check_pixels(radiograph)
            square_film(pixels, size=_SPEC.size, spec=_SPEC)
        except FilmError:
            pass
        except Exception as error:  # noqa: BLE001 -- as above
            return Outcome(f"broken: {type(error).__name__}: {error}")
        return Outcome("read", hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest())


def make_probe(settings: None) -> Service:
    return FilmProbe()
