"""Writes anonymised DICOM copies of the list's films, in a thread with a child process of its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.actions import Actions
from desktop.background import Background
from desktop.text_page import TextPage
from desktop.worklist.worklist import Worklist
from engine.errors import MapafuError
from engine.films.discovery import FoundFile
from engine.screening.copying import FilmCopy, copy_anonymised

_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Copied:
    """A folder, and what became of each film."""

    folder: Path
    copies: tuple[FilmCopy, ...]

    @property
    def written(self) -> int:
        """How many copies there are."""
        return sum(copy.name is not None for copy in self.copies)

    @property
    def lettered(self) -> list[str]:
        """The names of the copies that have writing in the picture."""
        return [copy.name for copy in self.copies if copy.name is not None and copy.burned_in_text]


class AnonymousCopies(QObject):
    """Asks for a folder, copies what the list shows, and says what came of it."""

    said = Signal(str)
    copied = Signal(Copied)
    failed = Signal(str)

    def __init__(self, actions: Actions, worklist: Worklist, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._worklist = window, worklist
        self._stop = threading.Event()
        self._writer = Background(self)
        self._writer.done.connect(self._hand_on)
        self._writer.failed.connect(self._tell_failure)
        actions.export_copies.triggered.connect(lambda _on: self._ask())
        self.copied.connect(self._tell)
        self.failed.connect(self.said)

    @property
    def running(self) -> bool:
        """Whether copies are being written."""
        return self._writer.busy

    def start(self, folder: Path) -> None:
        """Copy every film of the list to a folder."""
        if self.running:
            self.said.emit(self.tr("Copies are being written already. Wait for them, then export again."))
            return
        films = [FoundFile(result.path, result.file) for result in self._worklist.model.results]
        self.said.emit(self.tr("Copying without names…"))
        self._writer.start(lambda: self._write(films, folder))

    def stop(self) -> None:
        """End soon, for good, and tell nothing more; copies that are written stay."""
        self._stop.set()

    def _ask(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self._window, self.tr("Choose an empty folder for the copies without names")
        )
        if folder:
            self.start(Path(folder))

    def _write(self, films: Sequence[FoundFile], folder: Path) -> Copied:
        return Copied(folder, tuple(copy_anonymised(films, folder, should_stop=self._stop.is_set)))

    def _hand_on(self, copied: Copied) -> None:
        if not self._stop.is_set():
            self.copied.emit(copied)

    def _tell_failure(self, error: MapafuError) -> None:
        self.failed.emit(error.sentence)

    def _tell(self, copied: Copied) -> None:
        count, total = copied.written, len(copied.copies)
        self.said.emit(
            self.tr("{count} of {total} films are copied without names to {folder}.").format(
                count=count, total=total, folder=copied.folder
            )
        )
        if copied.lettered or count < total:
            page = TextPage(self.tr("Copies without names"), self._window)
            page.set_html(self._page(copied))
            page.show()

    def _page(self, copied: Copied) -> str:
        parts = [f"<h1>{escape(self.tr('Copies without names'))}</h1>"]
        if copied.lettered:
            parts.append(
                self._list(
                    self.tr("There is writing in these pictures. Look at each before you hand it on:"), copied.lettered
                )
            )
        missing = [f"{copy.file}: {copy.problem}" for copy in copied.copies if copy.name is None]
        if missing:
            parts.append(self._list(self.tr("Of these films there is no copy:"), missing))
        return "".join(parts)

    def _list(self, head: str, lines: Sequence[str]) -> str:
        items = "".join(f"<li>{escape(line)}</li>" for line in lines[:_MOST_LINES])
        more = len(lines) - _MOST_LINES
        if more > 0:
            items += f"<li>{escape(self.tr('and {count} more').format(count=more))}</li>"
        return f"<p class='head'>{escape(head)}</p><ul>{items}</ul>"
