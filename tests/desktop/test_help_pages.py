from __future__ import annotations

from pathlib import Path

from desktop.help_pages import keys_page
from desktop.main_window import MainWindow
from tests.desktop.shortcuts import page

ROOT = Path(__file__).parents[2]


def test_the_page_of_keys_is_what_the_window_has(window: MainWindow) -> None:
    """Written by `python -m tests.desktop.shortcuts docs/shortcuts.md`."""
    assert page(window.actions_of_menus.all) == (ROOT / "docs" / "shortcuts.md").read_text(encoding="utf-8")


def test_an_action_with_two_keys_shows_both(window: MainWindow) -> None:
    sheet = keys_page(window.actions_of_menus.all)
    assert "/   Ctrl+F" in sheet
    assert "↑   ↓" in sheet


def test_the_readme_leads_there() -> None:
    assert "](docs/shortcuts.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
