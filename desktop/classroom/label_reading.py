"""Reads labels known to be true in a thread: a folder on a slow drive takes a while."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import LabelsError
from engine.results.labels import read_label_folder, read_labels


class LabelReading(QObject):
    """Hands on the labels of the table or folder that was asked for last."""

    labels_read = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: Path | None = None

    def read(self, path: Path) -> None:
        """Read a table (CSV), or the names of the folders in a folder."""
        self._wanted = path
        threading.Thread(target=self._read, args=(path,), name="mapafu-labels", daemon=True).start()

    def _read(self, path: Path) -> None:
        try:
            labels = read_label_folder(path) if path.is_dir() else read_labels(path)
        except LabelsError as error:
            if path is self._wanted:
                self.failed.emit(error.sentence)
        else:
            if path is self._wanted:
                self.labels_read.emit(labels)
