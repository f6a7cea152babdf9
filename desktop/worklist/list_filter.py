"""What the work list is narrowed by: one value, which several controls show and change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.results.columns import RowFilter


class ListFilter(QObject):
    """Holds the filter of the list."""

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = RowFilter()
        self._blind = False

    @property
    def rows(self) -> RowFilter:
        """Which rows are shown."""
        return self._rows

    def set_rows(self, rows: RowFilter) -> None:
        """Narrow the list by this and nothing else; never by an answer that is hidden."""
        if self._blind:
            rows = replace(rows, bands=frozenset(), statuses=frozenset(), reasons=frozenset())
        if rows != self._rows:
            self._rows = rows
            self.changed.emit(rows)

    def change(self, **fields: Any) -> None:
        """Change these fields of the filter."""
        self.set_rows(replace(self._rows, **fields))

    def set_blind(self, on: bool) -> None:
        """Whether answers are hidden."""
        self._blind = on
        self.set_rows(self._rows)

    def clear(self) -> None:
        """Show everything."""
        self.set_rows(RowFilter())
