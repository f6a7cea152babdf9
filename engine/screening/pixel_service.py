"""Inside the viewer's child: decodes a film and leaves its values in shared memory."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from multiprocessing.shared_memory import SharedMemory

import numpy as np

from engine.errors import FilmFailedError
from engine.films.radiograph import load_values
from engine.reasons import Reason
from engine.screening.requests import PixelReply, PixelRequest


class PixelService:
    """Decodes one film at a time."""

    def __init__(self) -> None:
        # Where memory lives only as long as a handle to it (Windows), ours must last until the parent has copied.
        self._kept: SharedMemory | None = None

    def answer(self, request: PixelRequest) -> PixelReply:
        """Decode a film. Raises FilmFailedError."""
        try:
            film = load_values(request.path)
        except MemoryError as error:
            raise FilmFailedError(Reason.TOO_LARGE) from error
        rows, columns = film.codes.shape
        if self._kept is not None:
            self._kept.close()
        # A child that died over this film may have left its block behind.
        with contextlib.suppress(FileNotFoundError, ValueError):
            SharedMemory(name=request.memory_name).unlink()
        self._kept = SharedMemory(name=request.memory_name, create=True, size=rows * columns * 2)
        shared = np.ndarray((rows, columns), dtype=np.uint16, buffer=self._kept.buf)
        shared[:] = film.codes
        return PixelReply(rows, columns, film.scale, replace(film.facts, patient_id=None))
