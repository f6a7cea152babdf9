"""What one can do about a film that was read once and cannot be read now: look again, or say where it is."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from desktop.background import Background
from engine.errors import FilmError
from engine.films.file_bytes import read_film
from engine.screening.case import CaseResult


class LostFilm(QWidget):
    """Two buttons under the words in place of the film.

    A file that is found elsewhere counts only where its content is that of the film.

    Signals:
        again_asked: To read the film anew.
        found: A result, and the file that has its film.
        refused: A result, and why the chosen file does not have its film.
    """

    again_asked = Signal()
    found = Signal(CaseResult, Path)
    refused = Signal(CaseResult, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lostFilm")
        self._result: CaseResult | None = None
        self._search = Background(self, writes=False)
        self.again_button = QPushButton(self.tr("Look again"))
        self.again_button.setObjectName("lookAgain")
        self.find_button = QPushButton(self.tr("Find the film…"))
        self.find_button.setObjectName("findFilm")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for button in (self.again_button, self.find_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            layout.addWidget(button)
        self.again_button.clicked.connect(lambda _on: self.again_asked.emit())
        self.find_button.clicked.connect(lambda _on: self._ask())
        self._search.done.connect(lambda outcome: self._tell(*outcome))
        self.hide()

    def offer(self, result: CaseResult) -> None:
        """Offer to look again for the film of this result, and to find it where its content is known."""
        self._result = result
        self.find_button.setVisible(result.sha256 is not None)
        self.show()

    def compare(self, result: CaseResult, file: Path) -> None:
        """See whether a file has the film of a result; one file at a time."""
        if not self._search.busy:
            self._search.start(partial(_compared, result, file))

    def _ask(self) -> None:
        result = self._result
        assert result is not None
        name, _ = QFileDialog.getOpenFileName(self.window(), self.tr("Where is {file}?").format(file=result.path.name))
        if name:
            self.compare(result, Path(name))

    def _tell(self, result: CaseResult, file: Path, is_same: bool, problem: str) -> None:
        if is_same:
            self.found.emit(result, file)
        else:
            other = self.tr("{file} is another film. Choose the one that was screened.").format(file=file.name)
            self.refused.emit(result, problem or other)


def _compared(result: CaseResult, file: Path) -> tuple[CaseResult, Path, bool, str]:
    try:
        return result, file, hashlib.sha256(read_film(file)).hexdigest() == result.sha256, ""
    except FilmError as error:
        return result, file, False, error.sentence
