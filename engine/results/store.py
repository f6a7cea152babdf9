"""The store: everything that is kept, in one file of the user's data folder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from engine.paths import data_folder
from engine.results.database import Database, local_now
from engine.results.filters import SavedFilters
from engine.results.marks import Marks
from engine.results.reference import References
from engine.results.results import Results
from engine.results.sessions import Sessions
from engine.results.verdict_log import VerdictLog

FILE_NAME = "results.sqlite"


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
    """

    def __init__(self, path: Path | None = None, *, clock: Callable[[], datetime] = local_now) -> None:
        """Open the store, made the first time; by default the user's own. Raises StoreError."""
        self._database = Database(path or data_folder() / FILE_NAME, clock=clock)
        self.sessions = Sessions(self._database)
        self.marks = Marks(self._database)
        self.results = Results(self._database, self.marks)
        self.verdicts = VerdictLog(self._database)
        self.references = References(self._database)
        self.filters = SavedFilters(self._database)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *unused: object) -> None:
        """Close the store."""
        self.close()

    def prove_writable(self) -> None:
        """Write to the file what stands there already. Raises StoreError."""
        with self._database.writing() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
