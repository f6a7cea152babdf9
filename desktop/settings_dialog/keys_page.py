"""The second page of the settings: every action with its keys, and keys of one's own for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.key_bindings import KeyBindings, Keys
from desktop.named_button import named_button
from desktop.plain import PlainLabel
from desktop.settings import Settings

_ACTION, _KEYS = range(2)


class KeysPage(QWidget):
    """A table to search in. The key that is pressed in the field below becomes that of the chosen action."""

    def __init__(self, bindings: KeyBindings, own: Mapping[str, Sequence[str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keysPage")
        self._bindings = bindings
        self._keys = bindings.with_own(own)
        self._names = list(bindings.titles)
        self._cells: list[tuple[QTableWidgetItem, QTableWidgetItem]] = []
        self.search = QLineEdit()
        self.search.setObjectName("keySearch")
        self.search.setPlaceholderText(self.tr("Search by action or key"))
        self.search.setAccessibleName(self.tr("Search by action or key"))
        self.search.setClearButtonEnabled(True)
        self.table = QTableWidget(len(self._names), 2)
        self.table.setObjectName("keyTable")
        self.table.setAccessibleName(self.tr("Actions and their keys"))
        self.table.setHorizontalHeaderLabels([self.tr("Action"), self.tr("Keys")])
        self.edit = QKeySequenceEdit()
        self.edit.setObjectName("keyEdit")
        self.edit.setAccessibleName(self.tr("New key of the chosen action"))
        self.edit.setMaximumSequenceLength(1)
        self.none_button = named_button(self.tr("No key"), "noKey")
        self.reset_button = named_button(self.tr("Reset"), "resetKey")
        self.reset_all_button = named_button(self.tr("Reset all"), "resetAllKeys")
        self.said = PlainLabel()
        self.said.setObjectName("keySaid")
        self.said.setWordWrap(True)
        self._set_up_table()
        self._lay_out()
        self.search.textChanged.connect(self._search)
        self.table.itemSelectionChanged.connect(self._show_chosen)
        self.edit.keySequenceChanged.connect(self._take)
        self.none_button.clicked.connect(lambda: self._change(()))
        self.reset_button.clicked.connect(self._reset)
        self.reset_all_button.clicked.connect(self._reset_all)
        self.table.setCurrentCell(0, _ACTION)

    def set_in(self, settings: Settings) -> Settings:
        """These settings with the keys that were set here."""
        return replace(settings, shortcuts=self._bindings.own_among(self._keys))

    def choose(self, name: str) -> None:
        """Choose an action by its name."""
        self.table.setCurrentCell(self._names.index(name), _ACTION)

    @property
    def _chosen(self) -> str | None:
        rows = self.table.selectionModel().selectedRows()
        return self._names[rows[0].row()] if rows else None

    def _set_up_table(self) -> None:
        table = self.table
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(_ACTION, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_KEYS, QHeaderView.ResizeMode.ResizeToContents)
        for row, title in enumerate(self._bindings.titles.values()):
            cells = QTableWidgetItem(title), QTableWidgetItem()
            for column, cell in enumerate(cells):
                table.setItem(row, column, cell)
            self._cells.append(cells)
        self._write_keys()

    def _lay_out(self) -> None:
        label = PlainLabel(self.tr("Press a &key"))
        label.setBuddy(self.edit)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.edit, 1)
        for button in (self.none_button, self.reset_button, self.reset_all_button):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        layout.addWidget(self.said)

    def _write_keys(self) -> None:
        for name, (_, item) in zip(self._names, self._cells, strict=True):
            item.setText(_words(self._keys[name]))
            font = item.font()
            font.setBold(self._keys[name] != self._bindings.defaults[name])
            item.setFont(font)

    def _search(self, words: str) -> None:
        sought = words.strip().casefold()
        for row, cells in enumerate(self._cells):
            self.table.setRowHidden(row, not any(sought in cell.text().casefold() for cell in cells))

    def _show_chosen(self) -> None:
        self.said.setText("")
        chosen = self._chosen
        for widget in (self.edit, self.none_button, self.reset_button):
            widget.setEnabled(chosen is not None)
        keys = self._keys[chosen] if chosen is not None else ()
        self.edit.blockSignals(True)
        self.edit.setKeySequence(keys[0] if keys else QKeySequence())
        self.edit.blockSignals(False)

    def _take(self, wished: QKeySequence) -> None:
        chosen = self._chosen
        if chosen is None or wished.isEmpty():
            return
        objection = self._bindings.objection(chosen, wished, self._keys)
        if objection:
            self._show_chosen()
            self.said.setText(objection)
        else:
            self._change((wished,))

    def _reset(self) -> None:
        chosen = self._chosen
        if chosen is None:
            return
        defaults = self._bindings.defaults[chosen]
        objections = (self._bindings.objection(chosen, key, self._keys) for key in defaults)
        objection = next(filter(None, objections), "")
        if objection:
            self.said.setText(objection)
        else:
            self._change(defaults)

    def _reset_all(self) -> None:
        self._keys = dict(self._bindings.defaults)
        self._write_keys()
        self._show_chosen()

    def _change(self, keys: Keys) -> None:
        if (chosen := self._chosen) is not None:
            self._keys[chosen] = keys
            self._write_keys()
            self._show_chosen()


def _words(keys: Keys) -> str:
    return "   ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys)
