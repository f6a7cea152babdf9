"""Sessions: runs over dropped paths, the newest of which the window shows again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.errors import StoreError
from engine.results.audit_log import Event
from engine.results.database import DELETED, Database, as_kept
from engine.results.running import RunningSessions
from engine.screening.case import RunInfo

_SELECT = """
    SELECT session_id, run_id, model_id, model_version, model_sha256, app_version, default_age_years, dropped,
        started_at, ended_at, (SELECT count(*) FROM results WHERE results.session_id = sessions.session_id)
    FROM sessions
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A run over dropped paths.

    Attributes:
        default_age: Age in years that films without one were scored at.
        ended_at: None while it runs, and where it was cut off; `is_running` tells them apart.
        results: How many results it had when it was asked for.
    """

    session_id: int
    run: RunInfo
    dropped: tuple[Path, ...]
    default_age: float | None
    started_at: datetime
    ended_at: datetime | None
    results: int


class Sessions:
    """The sessions of a store. Every method but `leave` raises StoreError."""

    def __init__(self, database: Database, running: RunningSessions) -> None:
        self._database = database
        self._running = running

    def start(self, run: RunInfo, dropped: Sequence[Path], *, default_age: float | None = None) -> Session:
        """Begin to keep a run. Nobody else can go on with it until it is ended or left, or the store is closed."""
        started_at = self._database.now()
        with ExitStack() as undoing:
            with self._database.writing() as connection:
                cursor = connection.execute(
                    "INSERT INTO sessions (run_id, model_id, model_version, model_sha256, app_version,"
                    " default_age_years, dropped, started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        run.run_id,
                        run.model_id,
                        run.model_version,
                        run.model_sha256,
                        run.app_version,
                        default_age,
                        paths_json(dropped),
                        started_at,
                    ),
                )
                session_id = cursor.lastrowid
                assert session_id is not None
                self._running.enter(session_id)  # before anybody can see that it is there
                undoing.callback(self._running.leave, session_id)
                self._database.log(
                    Event.SESSION_BEGUN,
                    session=session_id,
                    model=run.model_id,
                    model_version=run.model_version,
                    model_sha256=run.model_sha256,
                )
            undoing.pop_all()
        return Session(
            session_id=session_id,
            run=run,
            dropped=tuple(map(Path, dropped)),
            default_age=default_age,
            started_at=datetime.fromisoformat(started_at),
            ended_at=None,
            results=0,
        )

    def go_on(self, session_id: int) -> Session:
        """Go on with a session that was cut off, which is then as if it had been started here.

        Returns:
            The session as it is now. It has an end where another program has come to it meanwhile.

        Raises:
            SessionRunningError: Another program is at it.
        """
        self._running.enter(session_id)
        with ExitStack() as undoing:
            undoing.callback(self._running.leave, session_id)
            with self._database.writing() as connection:
                row = connection.execute(f"{_SELECT} WHERE session_id = ?", (session_id,)).fetchone()
                if row is None:
                    raise StoreError(DELETED)
                session = _session(row)
                self._database.log(Event.SESSION_RESUMED, session=session_id)
            undoing.pop_all()
        return session

    def add_dropped(self, session_id: int, dropped: Sequence[Path]) -> None:
        """Note that more was dropped on a session."""
        with self._database.writing() as connection:
            before = connection.execute("SELECT dropped FROM sessions WHERE session_id = ?", (session_id,)).fetchone()
            if before is None:
                return  # it was deleted meanwhile
            with as_kept():
                after = paths_json([*map(Path, json.loads(before[0])), *dropped])
            connection.execute("UPDATE sessions SET dropped = ? WHERE session_id = ?", (after, session_id))

    def end(self, session_id: int) -> None:
        """Note that a session is complete, and leave it."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE sessions SET ended_at = ? WHERE session_id = ?", (self._database.now(), session_id)
            )
            self._database.log(Event.SESSION_ENDED, session=session_id)
        self._running.leave(session_id)

    def leave(self, session_id: int) -> None:
        """Let others go on with a session that did not come to its end."""
        self._running.leave(session_id)

    def get(self, session_id: int) -> Session:
        """The session of this number. Raises KeyError where there is none."""
        row = self._database.row(f"{_SELECT} WHERE session_id = ?", (session_id,))
        if row is None:
            raise KeyError(session_id)
        return _session(row)

    def newest(self, count: int = 1) -> list[Session]:
        """The last sessions, newest first."""
        return [_session(row) for row in self._database.rows(f"{_SELECT} ORDER BY session_id DESC LIMIT ?", (count,))]


def paths_json(paths: Sequence[Path]) -> str:
    """Dropped paths as they are kept."""
    return json.dumps([str(path) for path in paths])


@as_kept()
def _session(row: Sequence[Any]) -> Session:
    session_id, run_id, model_id, model_version, model_sha256, app_version = row[:6]
    default_age, dropped, started_at, ended_at, results = row[6:]
    return Session(
        session_id=session_id,
        run=RunInfo(
            run_id=run_id,
            model_id=model_id,
            model_version=model_version,
            model_sha256=model_sha256,
            app_version=app_version,
        ),
        dropped=tuple(map(Path, json.loads(dropped))),
        default_age=default_age,
        started_at=datetime.fromisoformat(started_at),
        ended_at=ended_at and datetime.fromisoformat(ended_at),
        results=results,
    )
