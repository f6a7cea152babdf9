"""Writes the list to a CSV file in a thread, since a long list takes a while."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import OutputError
from engine.reports.csv import CsvReport
from engine.screening.case import CaseResult, RunInfo


class CsvExport(QObject):
    """One table at a time."""

    exported = Signal(Path)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None

    def start(self, path: Path, run: RunInfo, results: Sequence[CaseResult]) -> None:
        """Write these results, after the table being written if there is one."""
        self.wait()
        self._thread = threading.Thread(target=self._write, args=(path, run, tuple(results)), name="mapafu-export")
        self._thread.start()

    def wait(self) -> None:
        """Until nothing is being written."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _write(self, path: Path, run: RunInfo, results: Sequence[CaseResult]) -> None:
        try:
            with CsvReport(path, run) as report:
                for result in results:
                    report.add(result)
        except OutputError as error:
            self.failed.emit(error.sentence)
        else:
            self.exported.emit(path)
