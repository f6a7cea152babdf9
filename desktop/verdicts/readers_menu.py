"""The readers one can choose from: known ones by a click, others by their initials."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from desktop.plain import without_key
from engine.results.verdicts import Reader


class ReadersMenu(QObject):
    """Fills a menu with readers."""

    chosen = Signal(str)
    other_asked = Signal()

    def __init__(self, menu: QMenu) -> None:
        super().__init__(menu)
        self._menu = menu
        self._readers: Sequence[Reader] = ()
        self._now: Reader | None = None
        self._fill()

    def show_readers(self, readers: Sequence[Reader]) -> None:
        """Offer these."""
        self._readers = readers
        self._fill()

    def show_now(self, reader: Reader) -> None:
        """Mark the one who reads."""
        self._now = reader
        self._fill()

    def _fill(self) -> None:
        self._menu.clear()
        for reader in self._readers:
            action = self._menu.addAction(without_key(reader.initials))
            action.setCheckable(True)
            action.setChecked(reader == self._now)
            action.triggered.connect(lambda _on=False, initials=reader.initials: self.chosen.emit(initials))
        if self._readers:
            self._menu.addSeparator()
        other = self._menu.addAction(self.tr("Someone else…") if self._readers else self.tr("Give your initials…"))
        other.triggered.connect(lambda _on=False: self.other_asked.emit())
