"""A verdict as a step that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtGui import QUndoCommand

from desktop.bookkeeper import GivenVerdict
from desktop.keeper import Keeper
from engine.results.verdicts import ReadingMode


class VerdictGiven(QUndoCommand):
    """One verdict given, or a note to it. Undoing it takes it back, and goes back to its film."""

    def __init__(
        self, keeper: Keeper, given: GivenVerdict, *, mode: Callable[[], ReadingMode], go_back: Callable[[], object]
    ) -> None:
        """`mode` says how it counts at the moment it is given, which may be a second time."""
        super().__init__()
        self._keeper, self._given, self._mode, self._go_back = keeper, given, mode, go_back

    def redo(self) -> None:
        """Give it, also for the first time."""
        self._keeper.give_verdict(replace(self._given, mode=self._mode()))

    def undo(self) -> None:
        """Take it back."""
        self._keeper.take_back_verdict(self._given.ticket)
        self._go_back()
