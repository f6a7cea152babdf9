"""The page of the classroom: labels above, the score in words, and the films that went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.classroom.sentences import as_html, as_text, mistake_cells, sections
from desktop.named_button import named_button
from desktop.plain import PlainLabel, plain_tip
from desktop.text_page import TextPage
from engine.results.reading_score import Mistake, ReadingScore
from engine.results.verdicts import ReadingMode

_MOST_LISTED = 1000
_MODES = (None, ReadingMode.BLIND, ReadingMode.OPEN)


class ClassroomPage(TextPage):
    """Shows a score, and asks for what changes it. Stays beside the reading room.

    Signals:
        labels_chosen: A table or a folder.
        score_wanted: Another kind of verdicts was chosen, or the page was looked at again.
        film_chosen: The `CaseResult.index` of a film to go to.
        table_wanted: Where to write the figures, and the score they are of.
    """

    labels_chosen = Signal(Path)
    score_wanted = Signal()
    film_chosen = Signal(int)
    table_wanted = Signal(Path, ReadingScore)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Classroom and agreement"), parent)
        self.setObjectName("classroomPage")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self._score: ReadingScore | None = None
        self._shown = ""
        self._you = ""
        self.modes = QComboBox()
        self.modes.setObjectName("verdictModes")
        self.modes.setAccessibleName(self.tr("Which verdicts count"))
        self.modes.addItems(
            [self.tr("Last verdicts"), self.tr("Blind verdicts"), self.tr("Verdicts with the model’s answer in view")]
        )
        self.modes.currentIndexChanged.connect(self.score_wanted)
        self._sentence = PlainLabel()
        self._sentence.setObjectName("classroomSentence")
        self._sentence.setWordWrap(True)
        self._sentence.setProperty("quiet", True)
        self._mistakes_title = PlainLabel()
        self._mistakes_title.setProperty("quiet", True)
        self.mistakes = QTreeWidget()
        self._set_up_mistakes()
        self._copy = named_button(self.tr("Copy as text"), "copyScore")
        self._save = named_button(self.tr("Save as CSV…"), "saveScore")
        self._lay_out()
        self._copy.clicked.connect(self.copy_text)
        self._save.clicked.connect(self._ask_table)
        self.show_nothing("")

    @property
    def mode(self) -> ReadingMode | None:
        """Which verdicts count; None for the last of each reader."""
        return _MODES[self.modes.currentIndex()]

    @property
    def sentence(self) -> str:
        """The last thing to know."""
        return self._sentence.text()

    def set_reader(self, initials: str) -> None:
        """Say “you” of this reader; of nobody where it is empty."""
        self._you = initials
        if self._score is not None:
            self.show_score(self._score)

    def show_score(self, score: ReadingScore) -> None:
        """Show a score."""
        self._score = score
        self._show(as_html(sections(score, you=self._you)))
        self._fill_mistakes(score.mistakes)
        self._set_usable(True)

    def show_nothing(self, why: str) -> None:
        """Say why there is no score."""
        self._score = None
        self._show(f"<p>{escape(why)}</p>")
        self._fill_mistakes(())
        self._set_usable(False)

    def say(self, sentence: str) -> None:
        """Say one thing; the next one takes its place."""
        self._sentence.setText(sentence)

    def copy_text(self) -> None:
        """Put the figures on the clipboard; they name no film."""
        if self._score is not None:
            QGuiApplication.clipboard().setText(as_text(sections(self._score, you=self._you)))
            self.say(self.tr("Copied."))

    def save_table(self, path: Path) -> None:
        """Have the figures written as CSV; they name no film."""
        if self._score is not None:
            self.table_wanted.emit(path, self._score)

    def changeEvent(self, event: QEvent) -> None:
        """Verdicts may have been given since one looked last."""
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.score_wanted.emit()
        super().changeEvent(event)

    def _set_up_mistakes(self) -> None:
        view = self.mistakes
        view.setObjectName("mistakes")
        view.setAccessibleName(self.tr("Films that went wrong"))
        view.setHeaderLabels([self.tr("Who"), self.tr("Said"), self.tr("Label"), self.tr("Film")])
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setTextElideMode(Qt.TextElideMode.ElideLeft)  # the end of a path names the film
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        letter = view.fontMetrics().horizontalAdvance("0")
        for column, letters in enumerate((14, 26, 18)):
            view.setColumnWidth(column, letters * letter)
        view.itemActivated.connect(self._choose)
        view.itemClicked.connect(self._choose)

    def _lay_out(self) -> None:
        table = named_button(self.tr("Labels from a table…"), "labelTable")
        folder = named_button(self.tr("Labels from folders…"), "labelFolder")
        table.clicked.connect(self._ask_label_table)
        folder.clicked.connect(self._ask_label_folder)
        top, middle = QHBoxLayout(), QVBoxLayout()
        top.setContentsMargins(16, 16, 16, 8)
        middle.setContentsMargins(16, 8, 16, 0)
        top.addWidget(self.modes)
        top.addStretch(1)
        top.addWidget(table)
        top.addWidget(folder)
        middle.addWidget(self._mistakes_title)
        middle.addWidget(self.mistakes)
        self.bottom.insertWidget(0, self._sentence, 9)
        self.bottom.insertWidget(2, self._copy)
        self.bottom.insertWidget(3, self._save)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertLayout(0, top)
        layout.insertLayout(2, middle)
        layout.setStretch(1, 3)
        layout.setStretch(2, 2)

    def _fill_mistakes(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes.clear()
        title = self.tr("Wrong ones: a click, or Return, goes to the film")
        if len(mistakes) > _MOST_LISTED:
            words = self.tr(" (the first {listed} of {count})")
            title += words.format(listed=_MOST_LISTED, count=len(mistakes))
        self._mistakes_title.setText(title)
        for mistake in mistakes[:_MOST_LISTED]:
            cells = mistake_cells(mistake, self._you)
            item = QTreeWidgetItem(list(cells))
            item.setData(0, Qt.ItemDataRole.UserRole, mistake.case_index)
            item.setToolTip(3, plain_tip(mistake.file))
            self.mistakes.addTopLevelItem(item)
        for widget in (self.mistakes, self._mistakes_title):
            widget.setVisible(bool(mistakes))

    def _show(self, page: str) -> None:
        """Change the page, which stays where it was scrolled to where it says the same."""
        if page != self._shown:
            self._shown = page
            self.set_html(page)

    def _set_usable(self, usable: bool) -> None:
        for button in (self._copy, self._save):
            button.setEnabled(usable)

    def _choose(self, item: QTreeWidgetItem) -> None:
        self.film_chosen.emit(item.data(0, Qt.ItemDataRole.UserRole))

    def _ask_label_table(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a table of files and labels"), "", "CSV (*.csv)")
        if name:
            self.labels_chosen.emit(Path(name))

    def _ask_label_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Choose the folder with NORMAL and PNEUMONIA in it"))
        if name:
            self.labels_chosen.emit(Path(name))

    def _ask_table(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save the figures"), "mapafu-reading.csv", "CSV (*.csv)")
        if name:
            self.save_table(Path(name))
