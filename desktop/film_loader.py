"""Films and their tags for the screen: read by a child process, asked by a thread, the likely next films ahead."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from desktop.crash.guard import report_in_thread
from desktop.viewer.picture import FilmPicture, prepare_picture
from engine.errors import MapafuError
from engine.films.tags import FileTags
from engine.machine import means
from engine.screening.viewing import FilmReader
from engine.screening.worker import StoppedError

_PATIENCE_SECONDS = 2.0
_CLOSE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What is wanted, the most urgent first.

    Attributes:
        film: The film to show.
        beside: One to show beside it.
        ahead: Those that may be asked for next.
    """

    film: Path | None = None
    beside: Path | None = None
    ahead: tuple[Path, ...] = ()

    @property
    def shown(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.film, self.beside) if path is not None)

    @property
    def paths(self) -> tuple[Path, ...]:
        return (*self.shown, *self.ahead)


class FilmLoader(QObject):
    """Hands on a film's picture when it is ready, unless another film was asked for meanwhile.

    Pictures are kept for as long as they are wanted, so a film that was read ahead comes at once. Ending a read costs
    the reading process, and a new one a second; so a newer wish waits for the film being read, and only a slow one is
    given up. Tags are read between two films; those asked for last come.
    """

    film_loaded = Signal(Path, FilmPicture)
    film_failed = Signal(Path, str)
    tags_loaded = Signal(Path, FileTags)
    tags_failed = Signal(Path, str)
    _read = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tags_of: Path | None = None
        self._most_bytes_ahead = means().ahead_bytes
        self._wishes = _Wishes()
        self._ready: dict[Path, FilmPicture | str] = {}
        self._owed: set[Path] = set()
        self._closing = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._read.connect(self._hand_on)

    def request(self, path: Path, *, ahead: Sequence[Path] = ()) -> None:
        """Ask for a film, forget the one asked for before, and have others ready, the likeliest first."""
        self._wish(_Wishes(path, self._wishes.beside, tuple(ahead)), owed=path)
        self.warm_up()

    def request_beside(self, path: Path | None) -> None:
        """Ask for a film to show beside the other, or for none any more."""
        self._wish(_Wishes(self._wishes.film, path, self._wishes.ahead), owed=path)
        if path is not None:
            self.warm_up()

    def request_tags(self, path: Path | None) -> None:
        """Ask for the tags of a file, and for those of no other one any more."""
        with self._changed:
            self._tags_of = path
            self._changed.notify()
        if path is not None:
            self.warm_up()

    def forget(self) -> None:
        """Want no film any more but the one beside."""
        self._wish(_Wishes(beside=self._wishes.beside), owed=None)

    def is_ready(self, path: Path) -> bool:
        """Whether a film would come at once."""
        with self._changed:
            return path in self._ready

    def warm_up(self) -> None:
        """Start the reading process where there is none, so that the first film need not wait for it."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="mapafu-film-loader", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread and the child process. No signal comes afterwards."""
        with self._changed:
            self._wishes, self._owed, self._tags_of = _Wishes(), set(), None
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(_CLOSE_SECONDS)
            self._thread = None

    def _wish(self, wishes: _Wishes, *, owed: Path | None) -> None:
        with self._changed:
            self._wishes = wishes
            self._owed &= set(wishes.shown)
            if owed is not None:
                self._owed.add(owed)
                if isinstance(self._ready.get(owed), str):
                    del self._ready[owed]  # what failed ahead of time is tried again
            self._ready = {path: read for path, read in self._ready.items() if path in wishes.paths}
            self._changed.notify()
        self._hand_on()

    def _run(self) -> None:
        reader = FilmReader()
        try:
            try:
                reader.start(should_stop=lambda: self._closing)
            except StoppedError:
                pass
            except Exception as error:  # noqa: BLE001 -- whatever it was, it is said when a film is asked for
                self._sentence(error)
            while (work := self._next()) is not None:
                work(reader)
        finally:
            reader.close()

    def _next(self) -> Callable[[FilmReader], None] | None:
        """Wait for the most urgent film that is not ready, or for tags; None ends the thread."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closing or self._tags_of is not None or self._most_urgent() is not None
            )
            if self._closing:
                return None
            path, tags_of = self._most_urgent(), self._tags_of
            if path is None or (tags_of is not None and path not in self._wishes.shown):
                assert tags_of is not None
                return partial(self._read_tags, path=tags_of)
            return partial(self._read_one, path=path)

    def _most_urgent(self) -> Path | None:
        for path in self._wishes.shown:
            if path not in self._ready:
                return path
        held = sum(read.size_bytes for read in self._ready.values() if isinstance(read, FilmPicture))
        missing = (path for path in self._wishes.ahead if path not in self._ready)
        return next(missing, None) if held < self._most_bytes_ahead else None

    def _read_one(self, reader: FilmReader, path: Path) -> None:
        started = time.monotonic()

        def should_stop() -> bool:
            is_slow = time.monotonic() - started > _PATIENCE_SECONDS
            others_wait = bool(self._owed) or self._tags_of is not None
            return self._closing or (is_slow and path not in self._wishes.shown and others_wait)

        read: FilmPicture | str
        try:
            read = prepare_picture(reader.read(path, should_stop=should_stop))
        except StoppedError:
            return
        except Exception as error:  # noqa: BLE001 -- the next film is to be read all the same
            read = self._sentence(error)
        with self._changed:
            if self._closing or path not in self._wishes.paths:
                return
            self._ready[path] = read
        self._read.emit()

    def _read_tags(self, reader: FilmReader, path: Path) -> None:
        started = time.monotonic()

        def should_stop() -> bool:
            is_slow = time.monotonic() - started > _PATIENCE_SECONDS
            return self._closing or (is_slow and (path != self._tags_of or bool(self._owed)))

        problem, tags = "", None
        try:
            tags = reader.read_tags(path, should_stop=should_stop)
        except StoppedError:
            return
        except Exception as error:  # noqa: BLE001 -- so are the next tags
            problem = self._sentence(error)
        with self._changed:
            if self._closing or path != self._tags_of:
                return
            self._tags_of = None
        if tags is None:
            self.tags_failed.emit(path, problem)
        else:
            self.tags_loaded.emit(path, tags)

    def _sentence(self, error: Exception) -> str:
        if isinstance(error, MapafuError):
            return error.sentence
        report_in_thread(error)
        return self.tr("This file could not be shown. Try it again in a moment.")

    @Slot()
    def _hand_on(self) -> None:
        with self._changed:
            come = {path: self._ready[path] for path in self._owed if path in self._ready}
            self._owed -= set(come)
        for path, read in come.items():
            if isinstance(read, str):
                self.film_failed.emit(path, read)
            else:
                self.film_loaded.emit(path, read)
