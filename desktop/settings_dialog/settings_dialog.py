"""The dialog of the settings: a page of choices and a page of keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTabWidget, QVBoxLayout, QWidget

from desktop.key_bindings import KeyBindings
from desktop.settings import Settings
from desktop.settings_dialog.choices_page import ChoicesPage
from desktop.settings_dialog.keys_page import KeysPage
from engine.model.pack import ModelPack


class SettingsDialog(QDialog):
    """Changes nothing by itself: what was set is in `settings` once it was accepted."""

    def __init__(
        self, settings: Settings, bindings: KeyBindings, pack: ModelPack | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle(self.tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.choices = ChoicesPage(settings, pack)
        self.keys = KeysPage(bindings, settings.shortcuts)
        self.pages = QTabWidget()
        self.pages.setObjectName("settingsPages")
        self.pages.tabBar().setAccessibleName(self.tr("Pages of the settings"))
        self.pages.addTab(self.choices, self.tr("&General"))
        self.pages.addTab(self.keys, self.tr("&Keys"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self.pages, 1)
        layout.addWidget(buttons)
        self.resize(640, 600)

    @property
    def settings(self) -> Settings:
        """The settings as they were set here."""
        return self.keys.set_in(self.choices.set_in())
