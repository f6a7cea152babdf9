from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from desktop.help_pages import keys_page
from desktop.main_window import MainWindow
from desktop.text_page import TextPage
from engine.version import __version__
from tests.desktop.shortcuts import page as page_of_keys

ROOT = Path(__file__).parents[2]


def test_the_page_of_keys_is_what_the_window_has(window: MainWindow) -> None:
    """Written by `python -m tests.desktop.shortcuts docs/shortcuts.md`."""
    assert page_of_keys(window.actions_of_menus.all) == (ROOT / "docs" / "shortcuts.md").read_text(encoding="utf-8")


def test_the_about_page_names_every_version_at_work(window: MainWindow) -> None:
    page = window.show_page("about")
    words = page.text.toPlainText()
    assert window._pack is not None
    card = window._pack.card
    for said in (__version__, f"{card.model_id} {card.model_version}", platform.python_version(), PySide6.__version__):
        assert said in words
    assert version("onnxruntime") in words
    assert "not a diagnosis" in words
    page.close()


def test_the_card_is_a_click_away(window: MainWindow, qtbot: QtBot) -> None:
    button = window.header.findChild(QToolButton, "modelVersion")
    assert isinstance(button, QToolButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    (page,) = window.findChildren(TextPage)
    assert page.windowTitle() == "About the model"
    page.close()


def test_an_action_with_two_keys_shows_both(window: MainWindow) -> None:
    sheet = keys_page(window.actions_of_menus.all)
    assert "/   Ctrl+F" in sheet
    assert "↑   ↓" in sheet


def test_the_readme_leads_there() -> None:
    assert "](docs/shortcuts.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
