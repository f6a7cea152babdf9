"""The ways to say what is screened: the menus, the welcome, and what is dropped on the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.actions import Actions, connect_all
from desktop.dropped import Drops
from desktop.welcome import Welcome
from engine.paths import resource


class Opening(QObject):
    """Asks for files and folders, and hands on what was chosen.

    Signals:
        chosen: Their paths, in the order given; never none.
    """

    chosen = Signal(list)

    def __init__(self, window: QWidget, actions: Actions, welcome: Welcome, *, possible: bool) -> None:
        """`possible` is whether anything can be screened at all."""
        super().__init__(window)
        self._window = window
        connect_all(
            [
                (actions.open_folder, self._ask_folder),
                (actions.open_files, self._ask_files),
                (actions.samples, self._choose_samples),
            ]
        )
        actions.set_screening_possible(possible)
        drops = Drops(window, wanted=possible)
        drops.held.connect(welcome.show_dropping)
        drops.dropped.connect(self._choose)
        welcome.folder_asked.connect(self._ask_folder)
        welcome.samples_asked.connect(self._choose_samples)
        for offering in (actions, welcome):
            offering.recent_chosen.connect(lambda folder: self._choose([folder]))

    def _choose(self, paths: list[Path]) -> None:
        if paths:
            self.chosen.emit(paths)

    def _choose_samples(self) -> None:
        self._choose([resource("samples")])

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, self.tr("Choose a folder of chest films"))
        self._choose([Path(folder)] if folder else [])

    def _ask_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Choose chest films"))
        self._choose([Path(name) for name in names])
