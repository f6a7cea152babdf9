"""The tree of tags for Qt."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.plain import plain_tip
from desktop.tags.tag_tree import ROOT, TagTree
from engine.films.tags import TagRow

_Index = QModelIndex | QPersistentModelIndex


class TagColumn(IntEnum):
    """The columns."""

    TAG = 0
    NAME = 1
    VR = 2
    VALUE = 3


class TagModel(QAbstractItemModel):
    """Shows the tags of one file, or those that a search finds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = (self.tr("Tag"), self.tr("Name"), self.tr("VR"), self.tr("Value"))
        self._tree = TagTree(())
        self._words = ""
        self._arrange()

    @property
    def total(self) -> int:
        """How many rows the file has."""
        return len(self._tree.rows)

    @property
    def found(self) -> int:
        """How many of them are shown."""
        return sum(map(len, self._children.values()))

    def set_rows(self, rows: Sequence[TagRow]) -> None:
        """Show the tags of another file, searched as before."""
        self.beginResetModel()
        self._tree = TagTree(rows)
        self._arrange()
        self.endResetModel()

    def search(self, words: str) -> None:
        """Show only rows that hold these words, and what they lie in and what lies in them."""
        self.beginResetModel()
        self._words = words
        self._arrange()
        self.endResetModel()

    def tag_row(self, index: _Index) -> TagRow | None:
        """The row shown there."""
        return self._tree.rows[index.internalId()] if index.isValid() else None

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008 -- Qt's own
        """The place of a cell below its parent."""
        siblings = self._children.get(self._place(parent), [])
        if 0 <= row < len(siblings) and 0 <= column < len(TagColumn):
            return self.createIndex(row, column, siblings[row])
        return QModelIndex()

    def parent(self, index: _Index) -> QModelIndex:  # type: ignore[override]  # QObject has a method of this name
        """The row in which another lies."""
        above = self._tree.parents[index.internalId()] if index.isValid() else ROOT
        return QModelIndex() if above == ROOT else self.createIndex(self._row_of[above], 0, above)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows lie in another."""
        return 0 if parent.column() > 0 else len(self._children.get(self._place(parent), ()))

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """The same for all."""
        return len(TagColumn)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Plain text; the whole of a value in its tooltip."""
        row = self.tag_row(index)
        if row is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        text = _cells(row)[index.column()]
        return text if role == Qt.ItemDataRole.DisplayRole else plain_tip(text)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None

    def _arrange(self) -> None:
        self._children = self._tree.children(self._words)
        self._row_of = {place: row for places in self._children.values() for row, place in enumerate(places)}

    def _place(self, index: _Index) -> int:
        return index.internalId() if index.isValid() else ROOT


def row_text(row: TagRow) -> str:
    """A row as it is copied: its cells with tabs between them."""
    return "\t".join(_cells(row))


def _cells(row: TagRow) -> tuple[str, str, str, str]:
    return row.tag, row.name, row.vr, row.value
