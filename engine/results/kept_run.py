"""A run as the command line keeps it: begun or gone on with, known films looked up, each result on the disk at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from engine.errors import StoreDamagedError, StoreError
from engine.films.discovery import absolute_path
from engine.model.card import PointsByAge
from engine.results.sessions import Session
from engine.results.store import Store, open_store
from engine.screening.case import CaseResult, RunInfo

_Outcome = TypeVar("_Outcome")

_LOOKED_AT = 50  # sessions, newest first, among which one to go on with is looked for


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

    A store that turns out to be damaged is kept aside, and the run goes on in a new one with what could be saved.

    Used as a context, it lets go of the store at its end.
    """

    def __init__(self, tell: Callable[[str], None], path: Path | None = None) -> None:
        """`tell` is called with such a sentence; `path` is the store's file, by default the user's own."""
        self._tell = tell
        self._path = path
        self._store: Store | None = None
        self._session: Session | None = None

    def __enter__(self) -> KeptRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go()

    def begin(self, run: RunInfo, dropped: Sequence[str | Path], *, default_age: float | None) -> None:
        """Keep what is added from now on as a new session."""
        try:
            self._store = open_store(self._path, tell=self._tell)
            paths = tuple(map(absolute_path, dropped))
            self._session = self._undamaged(lambda store: store.sessions.start(run, paths, default_age=default_age))
        except StoreError as error:
            self._give_up(error)

    def resume(self, run: RunInfo, dropped: Sequence[str | Path], *, default_age: float | None) -> Resumed:
        """Go on with the newest session of this model, program and default age that was cut off.

        Args:
            run: What a run would be now.
            dropped: The session's paths; empty for whichever they are.
            default_age: Age in years of films that tell none.

        Raises:
            NothingToResumeError: There is none.
            StoreError: The store cannot be used.
        """
        self._store = open_store(self._path, tell=self._tell)
        paths = tuple(map(absolute_path, dropped))

        def cut_off(store: Store) -> Resumed:
            for session in store.sessions.newest(_LOOKED_AT):
                fits = session.default_age == default_age and _maker(session.run) == _maker(run)
                if session.ended_at is None and fits and (not paths or session.dropped == paths):
                    results = tuple(stored.result for stored in store.results.of_session(session.session_id))
                    store.log.resumed(session.session_id)
                    return Resumed(session=session, results=results)
            raise NothingToResumeError("There is no screening to go on with. Start it again without --resume.")

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
        except StoreError as error:
            self._give_up(error)
            return None
        return None if stored is None else stored.result.judged_at(points)

    def add(self, result: CaseResult) -> None:
        """Keep a result; it is on the disk when this returns."""
        session = self._session
        if session is None:
            return
        try:
            self._undamaged(lambda store: store.results.add(session.session_id, [result]))
        except StoreError as error:
            self._give_up(error)

    def log_table(self, films: int, *, anonymous: bool) -> None:
        """Note in the log that the run's table was written."""
        session = self._session
        if session is None:
            return
        what = "anonymous_table" if anonymous else "table"
        try:
            self._undamaged(lambda store: store.log.exported(what, session_id=session.session_id, films=films))
        except StoreError as error:
            self._give_up(error)

    def end(self) -> None:
        """Note that the run is complete."""
        session = self._session
        if session is None:
            return
        try:
            self._undamaged(lambda store: store.sessions.end(session.session_id))
        except StoreError as error:
            self._give_up(error)

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
        self._store = self._session = None


def _maker(run: RunInfo) -> tuple[str, str]:
    return run.model_sha256, run.app_version
