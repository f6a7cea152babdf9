"""The window: it only assembles the rooms, and passes on what one asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QUndoStack
from PySide6.QtWidgets import QFileDialog, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop.actions import Actions, connect_all
from desktop.anonymous_copies import AnonymousCopies
from desktop.background import Background
from desktop.backups import Backups
from desktop.classroom.classroom import Classroom
from desktop.closing import wait_until_written
from desktop.deleting import Deleting
from desktop.earlier_films import EarlierFilms
from desktop.full_screen import FullScreen
from desktop.header import Header
from desktop.help_pages import make_page
from desktop.keeper import Keeper
from desktop.key_bindings import KeyBindings
from desktop.list_session import ListSession
from desktop.lock.lock import Lock
from desktop.lock.pin_file import PinFile
from desktop.marking import Marking
from desktop.opening import Opening
from desktop.pace import Progress
from desktop.progress_bar import BottomBar
from desktop.reading_room import ReadingRoom
from desktop.settings import SettingsFile
from desktop.settings_dialog.settings_dialog import SettingsDialog
from desktop.text_page import TextPage
from desktop.theme_switch import ThemeSwitch
from desktop.upkeep import Upkeep
from desktop.verdicts.blind_mode import BlindMode
from desktop.verdicts.desk import VerdictDesk
from desktop.viewer.film_actions import FilmActions
from desktop.welcome import Welcome
from desktop.window_settings import WindowSettings
from desktop.worklist.list_menu import ListMenu
from engine.model.pack import ModelPack
from engine.results.sessions import Session


class MainWindow(QMainWindow):
    """Mapafu's only window.

    Where there is no model that can be used, the window opens all the same, says why, and screens nothing.
    """

    def __init__(
        self, pack: ModelPack | None, settings_file: SettingsFile, keeper: Keeper, *, model_problem: str = ""
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Mapafu")
        self.setMinimumSize(960, 600)
        self._pack = pack
        self._keeper = keeper
        self._closing = False
        loaded = settings_file.load()
        self._last: Session | None = None
        self.history = QUndoStack(self)
        self.actions_of_menus = Actions(self)
        self.welcome = Welcome()
        self._calibrated_at = pack.card.calibration.prevalence if pack else None
        self.room = ReadingRoom(prevalence=self._calibrated_at)
        self.bottom_bar = BottomBar()
        point = loaded.operating_point_of(pack.sha256) if pack else ""
        self.session = ListSession(pack, keeper, self.room.worklist, point=point)
        self.header = Header(pack.card if pack else None, self.session.point_name)
        self.menuBar().setCornerWidget(self.header)
        self.screening = self.session.screening
        self.list_menu = ListMenu(self.actions_of_menus, self.room.worklist, keeper)
        self.marking = Marking(self.actions_of_menus, self.room.worklist, keeper, self.history)
        self.blind = BlindMode(self.actions_of_menus, self.room, self.list_menu, self.header, self.bottom_bar)
        self.verdicts = VerdictDesk(self.actions_of_menus, self.room, self.session, self.marking, keeper, self.blind)
        EarlierFilms(self.room, keeper, self.blind, self.verdicts)
        FilmActions(self.actions_of_menus, self.room.viewer)
        self.deleting = Deleting(self.actions_of_menus, self.room, self.session, keeper, self.history)
        self.classroom = Classroom(self.actions_of_menus, self.room.worklist, self.session, keeper, self.verdicts, self)
        self.upkeep = Upkeep(self.actions_of_menus, self)
        self.backups = Backups(self.actions_of_menus, self.session, keeper, self)
        self.copies = AnonymousCopies(self.actions_of_menus, self.room.worklist, self)
        self.lock = Lock(self, self.actions_of_menus, PinFile(settings_file.path.parent))
        self.theme = ThemeSwitch(self.actions_of_menus)
        self.keys = KeyBindings(self.actions_of_menus.all, self)
        around = (self.menuBar(), self.room.worklist, self.room.case_panel, self.bottom_bar)
        self._full_screen = FullScreen(self, around)
        self._rooms = QStackedWidget()
        self._rooms.addWidget(self.welcome)
        self._rooms.addWidget(self.room)
        self.bottom_bar.hide()
        self._lay_out()
        self.welcome.setFocus()
        self._connect()
        for action in (*self._exports, self.actions_of_menus.undo, self.actions_of_menus.redo):
            action.setEnabled(False)
        if model_problem:
            self.welcome.show_unusable_model(model_problem)
        elif pack is not None and pack.problem:
            self.welcome.show_model_problem(pack.problem)
        self.settings = WindowSettings(
            self, self.actions_of_menus, settings_file, loaded, pack,
            welcome=self.welcome, room=self.room, header=self.header, session=self.session,
            verdicts=self.verdicts, theme=self.theme, keys=self.keys,
        )  # fmt: skip
        self.settings.said.connect(self.say)
        keeper.open()

    @property
    def reading(self) -> bool:
        """Whether the reading room is shown, rather than the welcome."""
        return self._rooms.currentWidget() is self.room

    @property
    def _exports(self) -> Sequence[QAction]:
        """What needs a list."""
        return self.actions_of_menus.export, self.actions_of_menus.export_copies

    def screen_paths(self, paths: Sequence[Path]) -> None:
        """Screen files and folders: as a new list, or added to the list being screened."""
        if paths:
            self.session.screen(paths, default_age=self.settings.default_age_years)

    def export_csv(self, path: Path) -> None:
        """Write the whole list, in the order the files were found."""
        self.session.export_csv(path)

    def show_page(self, name: str) -> TextPage:
        """Open a page to read: `about`, `keys`, `card` or `crashes`."""
        page = make_page(name, self, pack=self._pack, actions=self.actions_of_menus.all)
        page.show()
        return page

    def ask_settings(self) -> SettingsDialog:
        """Open the dialog of the settings."""
        return self.settings.ask()

    def say(self, words: str) -> None:
        """Say something where it is seen: below the list, or on the welcome."""
        self.bottom_bar.show_message(words)
        self.welcome.show_warning(words)

    def _say_here(self, words: str) -> None:
        (self.bottom_bar.show_message if self.reading else self.welcome.show_warning)(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """H, held, shows the bare film; the arrows go through the list wherever the focus is."""
        view = self.room.worklist.view
        match event.key():
            case Qt.Key.Key_H if not event.isAutoRepeat():
                self.room.viewer.set_bare(True)
            case Qt.Key.Key_Escape if self._full_screen.on:
                self.actions_of_menus.full_screen.trigger()
            case Qt.Key.Key_Down | Qt.Key.Key_Right:
                view.choose_next()
            case Qt.Key.Key_Up | Qt.Key.Key_Left:
                view.choose_previous()
            case _:
                super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Letting go of H brings the heat back."""
        if event.key() == Qt.Key.Key_H and not event.isAutoRepeat():
            self.room.viewer.set_bare(False)
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """A window that loses the keyboard never hears that H was let go."""
        if event.type() is QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.room.viewer.set_bare(False)
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop everything in good order: what is to be kept is written, and no child process outlives the window."""
        if self._closing:  # asked once more, as by Ctrl-C, while it waits
            event.ignore()
            return
        self._closing = True
        self._full_screen.set_on(False)  # the next window is to open as this one was before
        self.hide()
        self.lock.close()
        self.copies.stop()
        self.verdicts.close()
        self.classroom.close()
        self._keeper.blockSignals(True)  # what came of it would open pages of a window that is gone
        self.session.close()
        self.room.close_reader()
        wait_until_written(self._still_busy)
        self.settings.save()
        super().closeEvent(event)
        self._closing = False

    def _still_busy(self) -> bool:
        return self._keeper.working or any(work.writes and work.working for work in self.findChildren(Background))

    def _lay_out(self) -> None:
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._rooms, 1)
        layout.addWidget(self.bottom_bar)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        actions, view = self.actions_of_menus, self.room.worklist.view
        connect_all(
            [
                (actions.export, self._ask_export),
                (actions.quit, self.close),
                (actions.full_screen, lambda: self._full_screen.set_on(actions.full_screen.isChecked())),
                (actions.next, view.choose_next),
                (actions.previous, view.choose_previous),
                (actions.tags, self.room.tag_window.open_for_reading),
                (actions.search, self.room.worklist.start_search),
                (actions.undo, self.history.undo),
                (actions.redo, self.history.redo),
                (actions.keys, lambda: self.show_page("keys")),
                (actions.card, lambda: self.show_page("card")),
                (actions.crashes, lambda: self.show_page("crashes")),
                (actions.about, lambda: self.show_page("about")),
            ]
        )
        opening = Opening(self, actions, self.welcome, possible=self.screening is not None)
        opening.chosen.connect(self.screen_paths)
        self.welcome.last_asked.connect(self._reopen_last)
        for asking in (self.room.case_panel, self.header):
            asking.card_asked.connect(actions.card.trigger)
        self.header.operating_point_chosen.connect(self.session.choose_point)
        self.bottom_bar.export_asked.connect(self._ask_export)
        self.history.canUndoChanged.connect(actions.undo.setEnabled)
        self.history.canRedoChanged.connect(actions.redo.setEnabled)
        self._keeper.session_found.connect(self._offer_last)
        self.marking.said.connect(self.bottom_bar.show_message)
        self.verdicts.said.connect(self.bottom_bar.show_message)
        self.upkeep.said.connect(self.say)
        self.copies.said.connect(self.bottom_bar.show_message)
        for speaking in (self.deleting, self.backups):
            speaking.said.connect(self._say_here)
        self._keeper.failed.connect(self._say_here)
        self.backups.leaving.connect(self._leave_list)
        self._keeper.restored.connect(lambda _restored: self.verdicts.start_anew())
        self.deleting.list_deleted.connect(self._leave_list)
        self.deleting.list_deleted.connect(self._keeper.open)
        self.session.begun.connect(self._show_list)
        self.session.said.connect(self.bottom_bar.show_message)
        self.session.progressed.connect(self._show_progress)
        self.session.export.exported.connect(
            lambda path: self.bottom_bar.show_message(self.tr("The list is in {path}.").format(path=path))
        )
        if self.screening is not None:
            self.bottom_bar.pause_asked.connect(self.screening.pause)
            self.bottom_bar.continue_asked.connect(self.screening.go_on)
            self.bottom_bar.cancel_asked.connect(self.screening.cancel)

    def _show_list(self) -> None:
        """Go to the reading room, for a list that begins."""
        self.history.clear()
        self.bottom_bar.show_message("")
        self.room.set_calibration(self._calibrated_at if self.session.is_of_this_model else None)
        self._rooms.setCurrentWidget(self.room)
        self.bottom_bar.show()
        self.room.open_reader()
        self.room.worklist.view.setFocus()

    def _show_progress(self, progress: Progress) -> None:
        self.bottom_bar.show_progress(progress)
        for action in self._exports:
            action.setEnabled(progress.done > 0)

    def _offer_last(self, session: Session) -> None:
        self.welcome.show_last(session.results, session.started_at, cut_off=self.session.can_go_on(session))
        self._last = session

    def _reopen_last(self) -> None:
        if self._last is not None:
            self.session.reopen(self._last)

    def _leave_list(self) -> None:
        """Go back to the welcome, for a list that is kept no more."""
        self.history.clear()
        self.session.leave()
        for action in self._exports:
            action.setEnabled(False)
        self.bottom_bar.hide()
        self.welcome.last_button.hide()
        self._rooms.setCurrentWidget(self.welcome)
        self.welcome.setFocus()

    def _ask_export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Export the list"), "mapafu.csv", "CSV (*.csv)")
        if name:
            self.export_csv(Path(name))
