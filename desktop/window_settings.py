"""What one has set, in the window: applied to its parts, asked for in dialogs, and saved as it has become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QWidget

from desktop.actions import Actions, connect_all
from desktop.age_dialog import AgeDialog
from desktop.header import Header
from desktop.key_bindings import KeyBindings
from desktop.list_session import ListSession
from desktop.prevalence_dialog import PrevalenceDialog
from desktop.reading_room import ReadingRoom
from desktop.settings import Settings, SettingsFile
from desktop.settings_dialog.settings_dialog import SettingsDialog
from desktop.theme_switch import Theme, ThemeSwitch
from desktop.verdicts.desk import VerdictDesk
from desktop.welcome import Welcome
from desktop.window_place import restore_place, save_place
from engine.errors import OutputError
from engine.model.pack import ModelPack
from engine.paths import resource

_FIRST_SIZE, _FRAME = QSize(1280, 800), QSize(0, 40)  # a screen of 1366 x 768 has less room than that


class WindowSettings(QObject):
    """Knows what is set, and each part of the window that it is about."""

    said = Signal(str)

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        file: SettingsFile,
        loaded: Settings,
        pack: ModelPack | None,
        *,
        welcome: Welcome,
        room: ReadingRoom,
        header: Header,
        session: ListSession,
        verdicts: VerdictDesk,
        theme: ThemeSwitch,
        keys: KeyBindings,
    ) -> None:
        super().__init__(window)
        self._window, self._actions, self._file, self._pack = window, actions, file, pack
        self._welcome, self._room, self._header = welcome, room, header
        self._session, self._verdicts, self._theme, self._keys = session, verdicts, theme, keys
        self._settings = loaded
        connect_all(
            [
                (actions.default_age, self._ask_default_age),
                (actions.prevalence, self._ask_prevalence),
                (actions.settings, self.ask),
                (actions.show_list, self._fold_panels),
                (actions.show_case, self._fold_panels),
            ]
        )
        room.case_panel.prevalence_asked.connect(self._ask_prevalence)
        if session.screening is not None:
            session.screening.folders_found.connect(self._remember_folders)
        self._apply()

    @property
    def default_age_years(self) -> int | None:
        """The age at which films are scored that tell none."""
        return self._settings.default_age_years

    @property
    def now(self) -> Settings:
        """What is set, with what has become of it in the window."""
        settings = replace(
            self._settings,
            theme=self._theme.theme,
            list_shown=self._actions.show_list.isChecked(),
            case_shown=self._actions.show_case.isChecked(),
            reader=self._verdicts.last_initials,
            studies_together=self._actions.group_by_study.isChecked(),
        ).with_heat_style(self._room.viewer.heat_bar.style_of_heat)
        if self._pack is None:
            return settings
        return settings.with_operating_point(self._pack.sha256, self._session.point_name)

    def ask(self) -> SettingsDialog:
        """Open the dialog of the settings; what is accepted there counts and is saved at once."""
        dialog = SettingsDialog(self.now, self._keys, self._pack, self._window)
        dialog.accepted.connect(lambda: self._take(dialog.settings))
        dialog.open()
        return dialog

    def save(self) -> None:
        """Save what is set now, and where the window stands."""
        self._settings = self.now
        try:
            self._file.save(self._settings)
        except OutputError as error:
            self.said.emit(error.sentence)
        else:
            save_place(self._window, self._file.geometry_path)

    def _apply(self) -> None:
        settings, actions = self._settings, self._actions
        self._apply_choices()
        self._verdicts.remember(settings.reader)
        actions.show_list.setChecked(settings.list_shown)
        actions.show_case.setChecked(settings.case_shown)
        self._fold_panels()
        actions.group_by_study.setChecked(settings.studies_together)
        self._show_recent()
        if not restore_place(self._window, self._file.geometry_path):
            self._window.resize(_FIRST_SIZE.boundedTo(self._window.screen().availableSize() - _FRAME))

    def _apply_choices(self) -> None:
        """What the dialog may have changed."""
        self._theme.choose(Theme.of(self._settings.theme))
        self._keys.use(self._settings.shortcuts)
        self._room.viewer.heat_bar.set_style(self._settings.heat_style)
        self._set_prevalence(self._settings.prevalence_percent)

    def _take(self, settings: Settings) -> None:
        self._settings = settings
        self._apply_choices()
        if self._pack is not None:
            self._header.choose(settings.operating_point_of(self._pack.sha256))
        self.save()

    def _set_prevalence(self, percent: int | None) -> None:
        self._settings = replace(self._settings, prevalence_percent=percent)
        self._room.case_panel.score_box.set_prevalence_here(None if percent is None else percent / 100)

    def _ask_default_age(self) -> None:
        dialog = AgeDialog(self._settings.default_age_years, self._window)
        if dialog.exec():
            self._settings = replace(self._settings, default_age_years=dialog.age_years)

    def _ask_prevalence(self) -> None:
        dialog = PrevalenceDialog(self._settings.prevalence_percent, self._window)
        if dialog.exec():
            self._set_prevalence(dialog.percent)

    def _remember_folders(self, folders: Sequence[Path]) -> None:
        for folder in folders:
            if folder != resource("samples"):
                self._settings = self._settings.with_recent(folder.absolute())
        self._show_recent()

    def _show_recent(self) -> None:
        folders = self._settings.recent_folders
        self._welcome.show_recent(folders)
        self._actions.show_recent(folders, enabled=self._session.screening is not None)

    def _fold_panels(self) -> None:
        actions = self._actions
        self._room.set_panels(list_shown=actions.show_list.isChecked(), case_shown=actions.show_case.isChecked())
