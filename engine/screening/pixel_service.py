"""Inside the viewer's child: decodes a film and leaves its values in shared memory, or lists a file's tags."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from multiprocessing.shared_memory import SharedMemory

import numpy as np

from engine.errors import FilmFailedError
from engine.films.dicom.tags import read_tags
from engine.films.file_bytes import read_film
from engine.films.radiograph import load_values
from engine.films.tags import FileTags
from engine.reasons import Reason
from engine.screening.requests import PixelReply, PixelRequest, TagsRequest


class PixelService:
    """Reads one film at a time."""

    def __init__(self) -> None:
        # Where memory lives only as long as a handle to it (Windows), ours must last until the parent has copied.
        self._kept: SharedMemory | None = None

    def answer(self, request: PixelRequest | TagsRequest) -> PixelReply | FileTags:
        """Decode a film, or list its tags. Raises FilmFailedError."""
        try:
            if isinstance(request, TagsRequest):
                return read_tags(read_film(request.path))
            return self._decode(request)
        except MemoryError as error:
            raise FilmFailedError(Reason.TOO_LARGE) from error

    def _decode(self, request: PixelRequest) -> PixelReply:
        film = load_values(request.path)
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
