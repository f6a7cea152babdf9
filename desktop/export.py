"""Writes tables to CSV files beside the window, since a long list takes a while."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.background import Background
from engine.errors import MapafuError
from engine.model.card import PointsByAge
from engine.reports.csv import CsvReport
from engine.reports.reading_table import write_reading
from engine.reports.session_table import write_session
from engine.results.reading_score import ReadingScore
from engine.results.store import Store
from engine.screening.case import CaseResult, RunInfo


class CsvExport(QObject):
    """One table at a time; another one is refused until it is written."""

    exported = Signal(Path)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._writer = Background(self)
        self._writer.done.connect(self._tell)
        self._writer.failed.connect(self._tell_failure)

    def start_kept(self, path: Path, session_id: int, points: PointsByAge | None) -> None:
        """Write a kept session with what its readers say."""

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

    def _start(self, path: Path, write: Callable[[], None]) -> None:
        if self._writer.busy:
            self.failed.emit(self.tr("A table is being written already. Wait for it, then export again."))
            return

        def write_and_name() -> Path:
            write()
            return path

        self._writer.start(write_and_name)

    def _tell(self, path: Path) -> None:
        self.exported.emit(path)

    def _tell_failure(self, error: MapafuError) -> None:
        self.failed.emit(error.sentence)
