"""The store: everything that is kept, in one file of the user's data folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from engine.errors import StoreDamagedError
from engine.paths import data_folder
from engine.results.backup import write_backup
from engine.results.database import SAVED_ELSEWHERE, Database, alone_with, local_now
from engine.results.deletion import Deletion
from engine.results.files import file_number
from engine.results.filters import SavedFilters
from engine.results.logbook import Logbook
from engine.results.marks import Marks
from engine.results.reference import References
from engine.results.results import Results
from engine.results.running import RunningSessions
from engine.results.salvage import salvage
from engine.results.sessions import Sessions
from engine.results.verdict_log import VerdictLog

FILE_NAME = "results.sqlite"


def own_store() -> Path:
    """Where the user's own store lies."""
    return data_folder() / FILE_NAME


def open_store(
    path: Path | None = None, *, tell: Callable[[str], None], clock: Callable[[], datetime] = local_now
) -> Store:
    """Open the store; a damaged one is kept aside first, with what can be saved of it in its place.

    Args:
        path: The store's file, by default the user's own.
        tell: Told in one sentence what could be saved, where that was needed.
        clock: For the times of what is kept.

    Raises:
        StoreError: It cannot be used.
    """
    chosen = path or own_store()
    file = file_number(chosen)
    try:
        return Store(chosen, clock=clock)
    except StoreDamagedError:
        with alone_with(chosen):
            if file_number(chosen) == file:  # or else another program was first
                tell(salvage(chosen, clock=clock).sentence)
        return Store(chosen, clock=clock)


class Store:
    """What is kept, by kind. A store belongs to the thread that opened it; each thread opens its own.

    What was added is on the disk when the call returns. Where another program is writing, a call waits up to five
    seconds and then raises StoreBusyError.

    Attributes:
        sessions: Runs over dropped paths.
        results: What screening said of each file.
        marks: Films read and flagged.
        verdicts: Readers, and what they said.
        references: Labels known to be true, where they were loaded.
        filters: Filters of the list.
        log: What was done, when and by whom.
        deletion: Deletes sessions, patients and films for good.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        clock: Callable[[], datetime] = local_now,
        running: RunningSessions | None = None,
    ) -> None:
        """Open the store, made the first time; by default the user's own. Raises StoreError.

        `running` are sessions that this program is at already, in the store that this one takes the place of.
        """
        self._clock = clock
        self._database = Database(path or own_store(), clock=clock)
        self._running = running or RunningSessions(self._database.path)
        self.sessions = Sessions(self._database, self._running)
        self.marks = Marks(self._database)
        self.results = Results(self._database, self.marks)
        self.verdicts = VerdictLog(self._database)
        self.references = References(self._database)
        self.filters = SavedFilters(self._database)
        self.log = Logbook(self._database)
        self.deletion = Deletion(self._database)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *unused: object) -> None:
        """Close the store."""
        self.close()

    def salvaged(self, tell: Callable[[str], None]) -> Store:
        """Where reading or writing raised StoreDamagedError: a new store with what can be saved. Raises StoreError.

        This one is closed, and its file kept aside; `tell` is told so. Of several programs that meet the damage only
        the first does that, and the others go on in its new store.
        """
        path = self._database.path
        with alone_with(path):
            self._database.close()
            is_here = file_number(path) == self._database.file
            tell(salvage(path, clock=self._clock).sentence if is_here else SAVED_ELSEWHERE)
        return Store(path, clock=self._clock, running=self._running)

    def back_up(self, file: Path) -> None:
        """Write the whole store, and the secret of its patients' keys, to one file; see `engine.results.backup`.

        Raises:
            OutputError: The file cannot be written.
            StoreError: The store cannot be read.
        """
        write_backup(self._database, file)

    def prove_writable(self) -> None:
        """Write to the file what stands there already. Raises StoreError."""
        with self._database.writing() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")

    def close(self) -> None:
        """Let go of the file, and of sessions that did not come to their end."""
        self._database.close()
        self._running.leave_all()
