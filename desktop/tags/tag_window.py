"""The window of the tag browser: the tags of the chosen film's file, searched as one types."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHBoxLayout, QLineEdit, QMenu, QTreeView, QVBoxLayout, QWidget

from desktop.film_loader import FilmLoader
from desktop.plain import OneLine, PlainLabel
from desktop.tags.tag_model import TagColumn, TagModel, row_text
from desktop.words import tags_sentence
from engine.films.tags import FileTags, TagRow

_MOST_EXPANDED = 2000


class TagWindow(QDialog):
    """Stays beside the reading room and follows the chosen film; while it is closed nothing is read.

    What it shows names the patient. None of it is kept, and it leaves the window only where one copies a row.
    """

    def __init__(self, loader: FilmLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tagWindow")
        self.setWindowTitle(self.tr("DICOM tags"))
        self.resize(860, 640)
        self._loader = loader
        self._path: Path | None = None
        self._wanted: Path | None = None
        self._said = ""
        self.model = TagModel(self)
        self._file = OneLine()
        self._file.setObjectName("tagFile")
        self.search = QLineEdit()
        self.search.setObjectName("tagSearch")
        self.search.setPlaceholderText(self.tr("Search by number, name or value"))
        self.search.setAccessibleName(self.search.placeholderText())
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.tree = QTreeView()
        self._set_up_tree()
        self._sentence = PlainLabel()
        self._sentence.setObjectName("tagSentence")
        self._sentence.setWordWrap(True)
        self._sentence.setProperty("quiet", True)
        self._lay_out()
        loader.tags_loaded.connect(self._show_tags)
        loader.tags_failed.connect(self._show_problem)

    @property
    def sentence(self) -> str:
        """What stands below the tags."""
        return self._sentence.text()

    def open_for_reading(self) -> None:
        """Open the window, or bring it to the front, with the tags of the chosen film."""
        self.show()
        self.activateWindow()
        self.search.setFocus()
        self.search.selectAll()
        self._ask()

    def show_file(self, path: Path | None) -> None:
        """Show the tags of another file; None shows none."""
        if path != self._path:
            self._path = path
            self._ask()

    def done(self, result: int) -> None:
        """Close, and forget what was shown."""
        self._loader.request_tags(None)
        self._wanted = None
        self._fill((), "")
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return is for the search, which needs none: it goes to the first row found."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down) and self.search.hasFocus():
            self.tree.setFocus()
            self.tree.setCurrentIndex(self.model.index(0, 0))
        else:
            super().keyPressEvent(event)

    def copy_row(self) -> None:
        """Put the chosen row on the clipboard, its cells with tabs between them."""
        row = self.model.tag_row(self.tree.currentIndex())
        if row is not None:
            QGuiApplication.clipboard().setText(row_text(row))

    def _set_up_tree(self) -> None:
        tree = self.tree
        tree.setObjectName("tagTree")
        tree.setAccessibleName(self.tr("Tags"))
        tree.setModel(self.model)
        tree.setUniformRowHeights(True)
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        tree.header().setStretchLastSection(True)
        letter = tree.fontMetrics().horizontalAdvance("0")
        for column, letters in ((TagColumn.TAG, 22), (TagColumn.NAME, 32), (TagColumn.VR, 6)):
            tree.setColumnWidth(column, letters * letter)
        copy = QAction(self.tr("Copy row"), tree)
        copy.setObjectName("copyRow")
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_row)
        tree.addAction(copy)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._open_menu)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.search, 1)
        top.addWidget(self._file, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._sentence)

    def _open_menu(self, place: QPoint) -> None:
        if self.tree.indexAt(place).isValid():
            menu = QMenu(self)
            menu.addActions(self.tree.actions())
            menu.popup(self.tree.viewport().mapToGlobal(place))

    def _ask(self) -> None:
        """Ask for the tags of the chosen film, where the window is open."""
        if not self.isVisible() or self._wanted == self._path:
            return
        self._wanted = self._path
        self._file.set_words(self._path.name if self._path is not None else "")
        self._fill((), self.tr("Reading the tags…") if self._path is not None else self.tr("Choose a film."))
        self._loader.request_tags(self._path)

    def _show_tags(self, path: Path, tags: FileTags) -> None:
        if path == self._wanted:
            self._fill(tags.rows, tags_sentence(tags.end))

    def _show_problem(self, path: Path, sentence: str) -> None:
        if path == self._wanted:
            self._fill((), sentence)

    def _fill(self, rows: tuple[TagRow, ...], sentence: str) -> None:
        self._said = sentence
        self.model.set_rows(rows)
        self._describe()

    def _search(self, words: str) -> None:
        self.model.search(words)
        self._describe()

    def _describe(self) -> None:
        searching = bool(self.search.text().strip())
        if searching and self.model.found <= _MOST_EXPANDED:
            self.tree.expandAll()
        self.tree.setEnabled(self.model.total > 0)
        words = self._said
        if not words and searching:
            words = self.tr("{found} of {total} rows").format(found=self.model.found, total=self.model.total)
        elif not words:
            words = self.tr("1 row") if self.model.total == 1 else self.tr("{n} rows").format(n=self.model.total)
        self._sentence.setText(words)
