"""Films for the viewer: a child process decodes them, and their values come over through shared memory."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np

from engine.films.film import FilmValues
from engine.films.tags import FileTags
from engine.screening.child import ServiceFactory, make_pixel_service
from engine.screening.requests import PixelReply, PixelRequest, TagsRequest
from engine.screening.worker import Limits, Worker


class FilmReader:
    """Reads films for the screen, one at a time. Not for use by several threads at once."""

    def __init__(self, *, limits: Limits | None = None, service: ServiceFactory = make_pixel_service) -> None:
        self._worker = Worker(service, None, limits=limits)

    def start(self, *, should_stop: Callable[[], bool] = lambda: False) -> None:
        """Start the child ahead of the first film. Raises ModelError or StoppedError, as `Worker.start`."""
        self._worker.start(should_stop=should_stop)

    def read(self, path: Path, *, should_stop: Callable[[], bool] = lambda: False) -> FilmValues:
        """Read one film at full depth; what it says of its patient stays in the child.

        Raises:
            FilmFailedError: It cannot be read.
            StoppedError: `should_stop` turned true.
        """
        request = PixelRequest(path, f"mapafu-{secrets.token_hex(8)}")
        try:
            reply: PixelReply = self._worker.ask(request, should_stop=should_stop)
        except BaseException:  # whatever ends the read, Ctrl-C too: a lost child may have left its block behind
            # ValueError: it was lost before its block had a size, and so before it held any memory.
            with contextlib.suppress(FileNotFoundError, ValueError), _attached(request.memory_name):
                pass
            raise
        with _attached(request.memory_name) as memory:
            shared = np.ndarray((reply.rows, reply.columns), dtype=np.uint16, buffer=memory.buf)
            return FilmValues(shared.copy(), reply.scale, reply.facts)

    def read_tags(self, path: Path, *, should_stop: Callable[[], bool] = lambda: False) -> FileTags:
        """List the tags of a file, those that name the patient too: they are for the screen alone.

        Raises:
            FilmFailedError: The file cannot be read. A damaged one gives the tags up to the damage.
            StoppedError: `should_stop` turned true.
        """
        tags: FileTags = self._worker.ask(TagsRequest(path), should_stop=should_stop)
        return tags

    def close(self) -> None:
        """End the child process."""
        self._worker.close()


@contextlib.contextmanager
def _attached(name: str) -> Iterator[SharedMemory]:
    """A block of shared memory, which is gone afterwards. Raises FileNotFoundError."""
    memory = SharedMemory(name=name)
    try:
        yield memory
    finally:
        memory.close()
        memory.unlink()
