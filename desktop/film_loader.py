"""Films for the viewer: read by a child process, asked by a thread; the newest wish wins."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from desktop.viewer.picture import FilmPicture, prepare_picture
from engine.errors import MapafuError
from engine.screening.viewing import FilmReader
from engine.screening.worker import StoppedError

_PATIENCE_SECONDS = 2.0
_CLOSE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Wish:
    generation: int
    path: Path


@dataclass(frozen=True, slots=True)
class _Answer:
    generation: int
    path: Path
    picture: FilmPicture | None
    problem: str = ""


class FilmLoader(QObject):
    """Hands on a film's picture when it is ready, unless another film was asked for meanwhile.

    Ending a read costs the reading process, and a new one a second; so a newer wish waits for the film
    being read, and only a slow one is given up.
    """

    film_loaded = Signal(Path, FilmPicture)
    film_failed = Signal(Path, str)
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._generation = 0
        self._wish: _Wish | None = None
        self._closing = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._answered.connect(self._hand_on)

    def request(self, path: Path) -> None:
        """Ask for a film; forget the one asked for before."""
        with self._changed:
            self._generation += 1
            self._wish = _Wish(self._generation, path)
            self._changed.notify()
        self.warm_up()

    def warm_up(self) -> None:
        """Start the reading process, so that the first film need not wait for it."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="mapafu-film-loader", daemon=True)
            self._thread.start()

    def forget(self) -> None:
        """Want no film any more."""
        with self._changed:
            self._generation += 1
            self._wish = None

    def close(self) -> None:
        """End the thread and the child process. No signal comes afterwards."""
        with self._changed:
            self._generation += 1
            self._wish = None
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(_CLOSE_SECONDS)
            self._thread = None

    def _run(self) -> None:
        reader = FilmReader()
        try:
            # What goes wrong here is said when a film is asked for.
            with contextlib.suppress(MapafuError, StoppedError):
                reader.start(should_stop=lambda: self._closing)
            while (wish := self._next_wish()) is not None:
                answer = self._read(reader, wish)
                if answer is not None and not self._closing:
                    self._answered.emit(answer)
        finally:
            reader.close()

    def _next_wish(self) -> _Wish | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._wish is not None)
            wish, self._wish = self._wish, None
            return None if self._closing else wish

    def _read(self, reader: FilmReader, wish: _Wish) -> _Answer | None:
        started = time.monotonic()

        def should_stop() -> bool:
            outdated = self._generation != wish.generation and time.monotonic() - started > _PATIENCE_SECONDS
            return self._closing or outdated

        try:
            film = reader.read(wish.path, should_stop=should_stop)
        except StoppedError:
            return None
        except MapafuError as error:
            return _Answer(wish.generation, wish.path, None, error.sentence)
        return _Answer(wish.generation, wish.path, prepare_picture(film.pixels))

    @Slot(object)
    def _hand_on(self, answer: _Answer) -> None:
        if answer.generation != self._generation:
            return
        if answer.picture is None:
            self.film_failed.emit(answer.path, answer.problem)
        else:
            self.film_loaded.emit(answer.path, answer.picture)
