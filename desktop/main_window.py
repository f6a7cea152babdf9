"""The window: it only assembles the rooms, and passes on what one asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QUndoStack
from PySide6.QtWidgets import QFileDialog, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop.actions import Actions, connect_all
from desktop.age_dialog import AgeDialog
from desktop.anonymous_copies import AnonymousCopies
from desktop.backups import Backups
from desktop.classroom.classroom import Classroom
from desktop.deleting import Deleting
from desktop.dropped import Drops
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
from desktop.pace import Progress
from desktop.prevalence_dialog import PrevalenceDialog
from desktop.progress_bar import BottomBar
from desktop.reading_room import ReadingRoom
from desktop.settings import Settings, SettingsFile
from desktop.settings_dialog.settings_dialog import SettingsDialog
from desktop.text_page import TextPage
from desktop.theme_switch import Theme, ThemeSwitch
from desktop.upkeep import Upkeep
from desktop.verdicts.blind_mode import BlindMode
from desktop.verdicts.desk import VerdictDesk
from desktop.viewer.film_actions import FilmActions
from desktop.welcome import Welcome
from desktop.window_place import restore_place, save_place
from desktop.worklist.list_menu import ListMenu
from engine.errors import OutputError
from engine.model.pack import ModelPack
from engine.paths import resource
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
        self._settings_file = settings_file
        self._settings = settings_file.load()
        self._keeper = keeper
        self._last: Session | None = None
        self.history = QUndoStack(self)
        self.actions_of_menus = Actions(self)
        self.welcome = Welcome()
        self._calibrated_at = pack.card.calibration.prevalence if pack else None
        self.room = ReadingRoom(prevalence=self._calibrated_at)
        self.bottom_bar = BottomBar()
        self.session = ListSession(pack, keeper, self.room.worklist, point=self._chosen_point())
        self.header = Header(pack.card if pack else None, self.session.point_name)
        self.menuBar().setCornerWidget(self.header)
        self.screening = self.session.screening
        self.list_menu = ListMenu(self.actions_of_menus, self.room.worklist, keeper)
        self.marking = Marking(self.actions_of_menus, self.room.worklist, keeper, self.history)
        self.blind = BlindMode(self.actions_of_menus, self.room, self.list_menu, self.header, self.bottom_bar)
        self.verdicts = VerdictDesk(self.actions_of_menus, self.room, self.session, self.marking, keeper, self.blind)
        self.verdicts.remember(self._settings.reader)
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
        self.drops = Drops(self, wanted=self.screening is not None)
        self._lay_out()
        self.welcome.setFocus()
        self._connect()
        if model_problem:
            self.welcome.show_problem(model_problem)
        elif pack is not None and pack.problem:
            self.welcome.show_warning(pack.problem)
        self._apply_settings()
        keeper.open()

    @property
    def reading(self) -> bool:
        """Whether the reading room is shown, rather than the welcome."""
        return self._rooms.currentWidget() is self.room

    def screen_paths(self, paths: Sequence[Path]) -> None:
        """Screen files and folders: as a new list, or added to the list being screened."""
        if self.screening is None or not paths:
            return
        self.session.screen(paths, default_age=self._settings.default_age_years)
        for folder in paths:
            if folder.is_dir() and folder != resource("samples"):
                self._settings = self._settings.with_recent(folder.absolute())
        self._show_recent()

    def export_csv(self, path: Path) -> None:
        """Write the whole list, in the order the files were found."""
        self.session.export_csv(path)

    def set_prevalence(self, percent: int | None) -> None:
        """Say that so many of 100 films taken here show pneumonia, 1 to 99; None takes the model card's figure."""
        self._settings = replace(self._settings, prevalence_percent=percent)
        self.room.case_panel.score_box.set_prevalence_here(None if percent is None else percent / 100)

    def show_page(self, name: str) -> TextPage:
        """Open a page to read: `about`, `keys`, `card` or `crashes`."""
        page = make_page(name, self, pack=self._pack, actions=self.actions_of_menus.all)
        page.show()
        return page

    def ask_settings(self) -> SettingsDialog:
        """Open the dialog of the settings; what is accepted there counts and is kept at once."""
        dialog = SettingsDialog(self._settings_now(), self.keys, self._pack, self)
        dialog.accepted.connect(lambda: self._take_settings(dialog.settings))
        dialog.open()
        return dialog

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
        """Stop everything in good order: no child process outlives the window."""
        self._full_screen.set_on(False)  # the next window is to open as this one was before
        self.hide()
        self.lock.close()
        self.copies.close()
        self.verdicts.close()
        self.classroom.close()
        self.session.close()
        self.room.close_reader()
        self.upkeep.close()
        self._save_settings()
        super().closeEvent(event)

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
                (actions.open_folder, self._ask_folder),
                (actions.open_files, self._ask_files),
                (actions.samples, self._screen_samples),
                (actions.export, self._ask_export),
                (actions.default_age, self._ask_default_age),
                (actions.prevalence, self._ask_prevalence),
                (actions.settings, self.ask_settings),
                (actions.quit, self.close),
                (actions.full_screen, lambda: self._full_screen.set_on(actions.full_screen.isChecked())),
                (actions.show_list, self._fold_panels),
                (actions.show_case, self._fold_panels),
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
        actions.recent_chosen.connect(lambda folder: self.screen_paths([folder]))
        self.drops.held.connect(self.welcome.show_dropping)
        self.drops.dropped.connect(self.screen_paths)
        self.welcome.recent_chosen.connect(lambda folder: self.screen_paths([folder]))
        self.welcome.folder_asked.connect(self._ask_folder)
        self.welcome.samples_asked.connect(self._screen_samples)
        self.welcome.last_asked.connect(self._reopen_last)
        for asking in (self.room.case_panel, self.header):
            asking.card_asked.connect(actions.card.trigger)
        self.room.case_panel.prevalence_asked.connect(self._ask_prevalence)
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

    def _apply_settings(self) -> None:
        settings, actions = self._settings, self.actions_of_menus
        self._apply_choices()
        actions.show_list.setChecked(settings.list_shown)
        actions.show_case.setChecked(settings.case_shown)
        self._fold_panels()
        actions.set_screening_possible(self.screening is not None)
        for action in (actions.export, actions.export_copies, actions.undo, actions.redo):
            action.setEnabled(False)
        actions.group_by_study.setChecked(settings.studies_together)
        self._show_recent()
        if not restore_place(self, self._settings_file.geometry_path):
            self.resize(1280, 800)

    def _apply_choices(self) -> None:
        """What the dialog of the settings may have changed."""
        self.theme.choose(Theme.of(self._settings.theme))
        self.keys.use(self._settings.shortcuts)
        self.room.viewer.heat_bar.set_style(self._settings.heat_style)
        self.set_prevalence(self._settings.prevalence_percent)

    def _settings_now(self) -> Settings:
        settings = replace(
            self._settings,
            theme=self.theme.theme,
            list_shown=self.actions_of_menus.show_list.isChecked(),
            case_shown=self.actions_of_menus.show_case.isChecked(),
            reader=self.verdicts.last_initials,
            studies_together=self.actions_of_menus.group_by_study.isChecked(),
        ).with_heat_style(self.room.viewer.heat_bar.style_of_heat)
        if self._pack is None:
            return settings
        return settings.with_operating_point(self._pack.sha256, self.session.point_name)

    def _save_settings(self) -> None:
        self._settings = self._settings_now()
        try:
            self._settings_file.save(self._settings)
        except OutputError as error:
            self.bottom_bar.show_message(error.sentence)
        else:
            save_place(self, self._settings_file.geometry_path)

    def _take_settings(self, settings: Settings) -> None:
        self._settings = settings
        self._apply_choices()
        self.header.choose(self._chosen_point())
        self._save_settings()

    def _chosen_point(self) -> str:
        """The operating point chosen for this very model; empty where none was."""
        return self._settings.operating_points.get(self._pack.sha256, "") if self._pack is not None else ""

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
        for action in (self.actions_of_menus.export, self.actions_of_menus.export_copies):
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
        for action in (self.actions_of_menus.export, self.actions_of_menus.export_copies):
            action.setEnabled(False)
        self.bottom_bar.hide()
        self.welcome.last_button.hide()
        self._rooms.setCurrentWidget(self.welcome)
        self.welcome.setFocus()

    def _fold_panels(self) -> None:
        actions = self.actions_of_menus
        self.room.set_panels(list_shown=actions.show_list.isChecked(), case_shown=actions.show_case.isChecked())

    def _show_recent(self) -> None:
        folders = self._settings.recent_folders
        self.welcome.show_recent(folders)
        self.actions_of_menus.show_recent(folders, enabled=self.screening is not None)

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder of chest films"))
        if folder:
            self.screen_paths([Path(folder)])

    def _ask_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Choose chest films"))
        self.screen_paths([Path(name) for name in names])

    def _ask_default_age(self) -> None:
        dialog = AgeDialog(self._settings.default_age_years, self)
        if dialog.exec():
            self._settings = replace(self._settings, default_age_years=dialog.age_years)

    def _ask_prevalence(self) -> None:
        dialog = PrevalenceDialog(self._settings.prevalence_percent, self)
        if dialog.exec():
            self.set_prevalence(dialog.percent)

    def _screen_samples(self) -> None:
        self.screen_paths([resource("samples")])

    def _ask_export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Export the list"), "mapafu.csv", "CSV (*.csv)")
        if name:
            self.export_csv(Path(name))
