"""Writes the list to a CSV file in a thread, since a long list takes a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import OutputError, StoreError
from engine.model.card import PointsByAge
from engine.reports.csv import CsvReport
from engine.reports.reading_table import write_reading
from engine.reports.session_table import write_session
from engine.results.reading_score import ReadingScore
from engine.results.store import Store
from engine.screening.case import CaseResult, RunInfo


class CsvExport(QObject):
    """One table at a time."""

    exported = Signal(Path)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None

    def start_kept(self, path: Path, session_id: int, points: PointsByAge | None) -> None:
        """Write a kept session with what its readers say, after the table being written if there is one."""

        def write() -> None:
            with Store() as store:
                write_session(path, store, session_id, points=points)

        self._start(path, write)

    def start_unkept(self, path: Path, run: RunInfo, results: Sequence[CaseResult]) -> None:
        """Write results that are kept nowhere."""
        chosen = tuple(results)

        def write() -> None:
            with CsvReport(path, run) as report:
                for result in chosen:
                    report.add(result)

        self._start(path, write)

    def start_reading(self, path: Path, score: ReadingScore) -> None:
        """Write how readers, model and labels compare."""
        self._start(path, lambda: write_reading(path, score))

    def wait(self) -> None:
        """Until nothing is being written."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _start(self, path: Path, write: Callable[[], None]) -> None:
        self.wait()
        self._thread = threading.Thread(target=self._write, args=(path, write), name="mapafu-export")
        self._thread.start()

    def _write(self, path: Path, write: Callable[[], None]) -> None:
        try:
            write()
        except (OutputError, StoreError) as error:
            self.failed.emit(error.sentence)
        else:
            self.exported.emit(path)
