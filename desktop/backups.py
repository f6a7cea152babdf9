"""Everything that is kept as one file, and back again: asked here, done by the keeper."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from desktop.actions import Actions, connect_all
from desktop.confirm import confirm
from desktop.keeper import Keeper
from desktop.list_session import ListSession
from engine.results.backup import Restored


class Backups(QObject):
    """What the menu items of this kind do.

    Signals:
        leaving: The list that is shown has to go, as the store it is kept in will be another.
    """

    said = Signal(str)
    leaving = Signal()

    def __init__(self, actions: Actions, session: ListSession, keeper: Keeper, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._keeper, self._window = session, keeper, window
        connect_all([(actions.back_up, self._ask_back_up), (actions.restore, self._ask_restore)])
        keeper.backed_up.connect(self._tell_backed_up)
        keeper.restored.connect(self._tell_restored)

    def back_up(self, file: Path) -> None:
        """Write everything that is kept to a file."""
        self.said.emit(self.tr("Backing up…"))
        self._keeper.back_up(file)

    def ask_restore(self, file: Path) -> QMessageBox:
        """Ask whether a backup is to take the place of what is kept; where the answer is yes, it does."""
        return confirm(
            self._window,
            title=self.tr("Restore a backup"),
            question=self.tr("Put {file} in the place of everything that is kept now?").format(file=file.name),
            details=self.tr(
                "Results, verdicts and marks are then those of the backup. What is kept now is put aside as a file "
                "beside it. The list closes, and what you did before cannot be undone."
            ),
            yes=self.tr("Restore"),
            no=self.tr("Leave it"),
            then=lambda: self._restore(file),
        )

    def _ask_back_up(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Back up everything"), f"mapafu-{date.today():%Y-%m-%d}.zip", "ZIP (*.zip)"
        )
        if name:
            self.back_up(Path(name))

    def _ask_restore(self) -> None:
        if self._refused():
            return
        name, _ = QFileDialog.getOpenFileName(self._window, self.tr("Choose a backup"), "", "ZIP (*.zip)")
        if name:
            self.ask_restore(Path(name))

    def _refused(self) -> bool:
        if self._session.busy:
            self.said.emit(self.tr("Films are being screened. Wait for them, then restore."))
        return self._session.busy

    def _restore(self, file: Path) -> None:
        if self._refused():
            return
        self.leaving.emit()
        self.said.emit(self.tr("Restoring…"))
        self._keeper.restore(file)

    def _tell_backed_up(self, file: Path) -> None:
        words = self.tr("The backup is {file}. It is not encrypted: keep it where nobody else can read it.")
        self.said.emit(words.format(file=file))

    def _tell_restored(self, restored: Restored) -> None:
        self.said.emit(restored.sentence)
