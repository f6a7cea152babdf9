"""Which theme the program wears: the one chosen, or the system's, also where that changes in the evening."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QApplication

from desktop.actions import Actions
from desktop.theme import DARK, LIGHT, colours, dress


class Theme(StrEnum):
    """What one may choose."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"

    @classmethod
    def of(cls, name: str) -> Theme:
        """The theme of this name; the system's where there is none."""
        return cls(name) if name in list(cls) else cls.SYSTEM


_SCHEMES = {
    Theme.SYSTEM: Qt.ColorScheme.Unknown,
    Theme.DARK: Qt.ColorScheme.Dark,
    Theme.LIGHT: Qt.ColorScheme.Light,
}


class ThemeSwitch(QObject):
    """Dresses the program as chosen, and adds the choice to the menu View.

    A system that does not say which colours it has gets the dark ones, those of a reading room.
    """

    def __init__(self, actions: Actions) -> None:
        super().__init__(actions)
        self._theme = Theme.SYSTEM
        self._hints = QApplication.styleHints()
        words = {
            Theme.SYSTEM: self.tr("As the &system has it"),
            Theme.DARK: self.tr("&Dark"),
            Theme.LIGHT: self.tr("&Light"),
        }
        group = QActionGroup(self)
        self._items = {
            theme: actions.make(actions.theme_menu, f"theme_{theme}", text, checkable=True)
            for theme, text in words.items()
        }
        for theme, item in self._items.items():
            group.addAction(item)
            item.triggered.connect(lambda _on=False, theme=theme: self.choose(theme))
        self._hints.colorSchemeChanged.connect(self._follow)
        self.choose(self._theme)

    @property
    def theme(self) -> Theme:
        """What was chosen."""
        return self._theme

    def choose(self, theme: Theme) -> None:
        """Wear a theme from now on; the system is told, for the frame that it draws around windows."""
        self._theme = theme
        self._items[theme].setChecked(True)
        self._hints.setColorScheme(_SCHEMES[theme])
        self._follow(self._hints.colorScheme())

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        light = self._theme is Theme.LIGHT or (self._theme is Theme.SYSTEM and scheme is Qt.ColorScheme.Light)
        worn = LIGHT if light else DARK
        application = QApplication.instance()
        if isinstance(application, QApplication) and (worn != colours() or not application.styleSheet()):
            dress(application, worn)
