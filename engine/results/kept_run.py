"""A run as the command line keeps it: begun or gone on with, known films looked up, each result on the disk at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from engine.errors import StoreBusyError, StoreDamagedError, StoreError
from engine.films.discovery import absolute_path
from engine.model.card import PointsByAge
from engine.results.running import SessionRunningError
from engine.results.sessions import Session
from engine.results.store import Store, open_store
from engine.screening.case import CaseResult, RunInfo

_Outcome = TypeVar("_Outcome")

_LOOKED_AT = 50  # sessions, newest first, among which one to go on with is looked for
_NOTHING = "There is no screening to go on with. Start it again without --resume."
_STILL_RUNNING = (
    "This screening is still running in another Mapafu. Wait until it has ended, or start another one without --resume."
)
_MOST_BUSY_TIMES = 3  # in a row, each of which takes a few seconds


class NothingToResumeError(StoreError):
    """No session that was cut off fits what is to be gone on with."""

    code = "nothing_to_resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """A session that was cut off, and the results that it has, in the order they were found."""

    session: Session
    results: tuple[CaseResult, ...]


class KeptRun:
    """Keeps one run. Where the store cannot be used, the run goes on without it and one sentence says so.

    What cannot be kept because another program is writing is kept with the results that follow; a store that stays
    busy is given up. A store that turns out to be damaged is kept aside, and the run goes on in a new one with what
    could be saved.

    Used as a context, it lets go of the store at its end; where an error or Ctrl-C ends the run, it says that one can
    go on with it.
    """

    def __init__(self, tell: Callable[[str], None], path: Path | None = None) -> None:
        """`tell` is called with such a sentence; `path` is the store's file, by default the user's own."""
        self._tell = tell
        self._path = path
        self._store: Store | None = None
        self._start: Callable[[Store], Session] | None = None
        self._session: Session | None = None
        self._waiting: list[CaseResult] = []
        self._busy_times = 0

    def __enter__(self) -> KeptRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._waiting:
                self._is_done(self._catch_up)
            if kind is not None and self._session is not None and not self._waiting:
                self._tell("What was done is kept; --resume goes on with it.")
        finally:
            self._let_go()

    def begin(self, run: RunInfo, dropped: Sequence[str | Path], *, default_age: float | None) -> None:
        """Keep what is added from now on as a new session."""
        paths = tuple(map(absolute_path, dropped))
        self._start = lambda store: store.sessions.start(run, paths, default_age=default_age)
        self._is_done(self._catch_up)

    def resume(self, run: RunInfo, dropped: Sequence[str | Path], *, default_age: float | None) -> Resumed:
        """Go on with the newest session of this model, program and default age that was cut off.

        Args:
            run: What a run would be now.
            dropped: The session's paths; empty for whichever they are.
            default_age: Age in years of films that tell none.

        Raises:
            NothingToResumeError: There is none that is not running still.
            StoreError: The store cannot be used.
        """
        self._store = open_store(self._path, tell=self._tell)
        paths = tuple(map(absolute_path, dropped))

        def cut_off(store: Store) -> Resumed:
            sentence = _NOTHING
            for session in store.sessions.newest(_LOOKED_AT):
                fits = session.default_age == default_age and _maker(session.run) == _maker(run)
                if session.ended_at is None and fits and (not paths or session.dropped == paths):
                    try:
                        session = store.sessions.go_on(session.session_id)
                    except SessionRunningError:
                        sentence = _STILL_RUNNING
                        continue
                    if session.ended_at is not None:  # another program was first
                        store.sessions.leave(session.session_id)
                        continue
                    results = tuple(stored.result for stored in store.results.of_session(session.session_id))
                    return Resumed(session=session, results=results)
            raise NothingToResumeError(sentence)

        resumed = self._undamaged(cut_off)
        self._session = resumed.session
        return resumed

    def known(self, sha256: str, points: PointsByAge) -> CaseResult | None:
        """What the run's model and program said of a film of this content before, judged at this operating point."""
        session = self._session
        if session is None:
            return None
        try:
            stored = self._undamaged(
                lambda store: store.results.known(sha256, run=session.run, default_age=session.default_age)
            )
        except StoreBusyError:
            return None
        except StoreError as error:
            self._give_up(error)
            return None
        return None if stored is None else stored.result.judged_at(points)

    def add(self, result: CaseResult) -> None:
        """Keep a result; it is on the disk when this returns, unless the store is busy."""
        if self._is_keeping:
            self._waiting.append(result)
            self._is_done(self._catch_up)

    def log_table(self, films: int, *, anonymous: bool) -> None:
        """Note in the log that the run's table was written."""
        what = "anonymous_table" if anonymous else "table"
        self._do_last(lambda store, session_id: store.log.exported(what, session_id=session_id, films=films))

    def end(self) -> None:
        """Note that the run is complete. Nothing is kept from then on."""
        self._do_last(lambda store, session_id: store.sessions.end(session_id))
        self._session = None

    @property
    def _is_keeping(self) -> bool:
        return self._start is not None or self._session is not None

    def _do_last(self, work: Callable[[Store, int], None]) -> None:
        """What waits for nothing that follows: tried until it is done, or the store is given up."""

        def do() -> None:
            self._catch_up()
            session = self._session
            assert session is not None
            self._undamaged(lambda store: work(store, session.session_id))

        while self._is_keeping and not self._is_done(do):
            pass

    def _is_done(self, work: Callable[[], None]) -> bool:
        """Whether it could be done. A store that cannot be used, or stays busy, is given up."""
        try:
            work()
        except StoreBusyError as error:
            self._busy_times += 1
            if self._busy_times >= _MOST_BUSY_TIMES:
                self._give_up(error)
            return False
        except StoreError as error:
            self._give_up(error)
            return False
        self._busy_times = 0
        return True

    def _catch_up(self) -> None:
        """Begin the session, where that is still to be done, and keep what waits. Raises StoreError."""
        if self._store is None:
            self._store = open_store(self._path, tell=self._tell)
        if self._start is not None:
            self._session, self._start = self._undamaged(self._start), None
        session, waiting = self._session, self._waiting
        if session is None or not waiting:
            return
        self._waiting = []  # also where Ctrl-C comes in between: they may be kept by then
        try:
            self._undamaged(lambda store: store.results.add(session.session_id, waiting))
        except StoreBusyError:
            self._waiting = waiting
            raise

    def _undamaged(self, work: Callable[[Store], _Outcome]) -> _Outcome:
        """What comes of it, a second time where the store turned out to be damaged. Raises StoreError."""
        assert self._store is not None
        try:
            return work(self._store)
        except StoreDamagedError:
            self._store = self._store.salvaged(self._tell)
            return work(self._store)

    def _give_up(self, error: StoreError) -> None:
        self._let_go()
        self._tell(f"{error.sentence} The table is written all the same.")

    def _let_go(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = self._start = self._session = None
        self._waiting = []


def _maker(run: RunInfo) -> tuple[str, str]:
    return run.model_sha256, run.app_version
