"""Which sessions are running: a lock beside the store for each, which comes free when its program ends."""

from __future__ import annotations

import contextlib
from pathlib import Path

from engine.errors import StoreError
from engine.file_lock import HeldFile, is_held, take
from engine.results.database import UNUSABLE


class SessionRunningError(StoreError):
    """Another program is at a session."""

    code = "session_running"

    def __init__(self) -> None:
        super().__init__("This screening is still running in another Mapafu. Wait until it has ended.")
        self.args = ()


class RunningSessions:
    """The sessions of a store that this program is at."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._held: dict[int, HeldFile] = {}

    def enter(self, session_id: int) -> None:
        """Be at a session, from now until it is left.

        Raises:
            SessionRunningError: Another program is at it.
            StoreError: The store's folder cannot be written.
        """
        if session_id in self._held:
            return
        try:
            held = take(_lock_of(self._store, session_id))
        except OSError as error:
            raise StoreError(UNUSABLE) from error
        if held is None:
            raise SessionRunningError
        self._held[session_id] = held

    def leave(self, session_id: int) -> None:
        """Let others go on with a session."""
        held = self._held.pop(session_id, None)
        if held is not None:
            held.remove()

    def leave_all(self) -> None:
        """Let others go on with all of them."""
        for session_id in list(self._held):
            self.leave(session_id)


def is_running(store: Path, session_id: int) -> bool:
    """Whether any program is at a session, this one too."""
    with contextlib.suppress(OSError):
        return is_held(_lock_of(store, session_id))
    return False


def _lock_of(store: Path, session_id: int) -> Path:
    return store.with_name(f"{store.stem}.session-{session_id}.lock")
