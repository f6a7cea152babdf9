"""Reads labels known to be true beside the window: a folder on a slow drive takes a while."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.background import Background
from engine.errors import MapafuError
from engine.results.labels import read_label_folder, read_labels


class LabelReading(QObject):
    """Hands on the labels of the table or folder that was asked for last."""

    labels_read = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: Path | None = None
        self._being_read: Path | None = None
        self._reader = Background(self, writes=False)
        self._reader.done.connect(self._hand_on)
        self._reader.failed.connect(self._tell_failure)

    def read(self, path: Path) -> None:
        """Read a table (CSV), or the names of the folders in a folder."""
        self._wanted = path
        if not self._reader.busy:
            self._begin(path)

    def _begin(self, path: Path) -> None:
        self._being_read = path
        self._reader.start(partial(_labels_of, path))

    def _hand_on(self, labels: Mapping[str, bool]) -> None:
        if not self._overtaken():
            self.labels_read.emit(labels)

    def _tell_failure(self, error: MapafuError) -> None:
        if not self._overtaken():
            self.failed.emit(error.sentence)

    def _overtaken(self) -> bool:
        """Whether another one was asked for meanwhile, which is then read."""
        wanted = self._wanted
        if wanted is None or wanted is self._being_read:
            return False
        self._begin(wanted)
        return True


def _labels_of(path: Path) -> Mapping[str, bool]:
    """Raises LabelsError."""
    return read_label_folder(path) if path.is_dir() else read_labels(path)
