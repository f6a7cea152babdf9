import re
from collections.abc import Iterator
from dataclasses import asdict
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop.app import build_window
from desktop.main_window import MainWindow
from desktop.marks import Mark, mark_colour
from desktop.settings import Settings, SettingsFile
from desktop.theme import DARK, LIGHT, Colours, colours, dress, style_sheet
from desktop.theme_switch import Theme
from engine.paths import data_folder, resource

ROOT = Path(__file__).parents[2]
BACKS = ("window", "panel", "raised", "hover", "pressed", "selection")
# What is written in each colour, and on what it may stand. What cannot be used may be pale: the WCAG leave it out.
PAIRS = [
    *product(("text", "muted", "caution"), BACKS),
    *product(("accent",), ("window", "panel", "raised", "hover")),
    ("on_accent", "accent"),
]
THEMES = pytest.mark.parametrize("worn", [DARK, LIGHT], ids=["dark", "light"])


@pytest.fixture(autouse=True)
def dark_again(dressed: QApplication) -> Iterator[None]:
    yield
    dressed.styleHints().unsetColorScheme()


def _luminance(colour: str) -> float:
    """Relative luminance, as the WCAG has it."""
    parts = [part / 255 for part in QColor(colour).getRgb()[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@THEMES
@pytest.mark.parametrize(("front", "back"), PAIRS, ids=["-on-".join(pair) for pair in PAIRS])
def test_text_can_be_read(worn: Colours, front: str, back: str) -> None:
    assert _contrast(getattr(worn, front), getattr(worn, back)) >= 4.5


@THEMES
def test_marks_stand_out_from_what_is_behind_them(worn: Colours) -> None:
    """By their colour or by the hairline around them."""
    for mark, back in product(Mark, ("panel", "raised", "selection")):
        edges = [getattr(worn, mark.value)] if mark is Mark.NOT_SCORED else [getattr(worn, mark.value), worn.mark_edge]
        assert max(_contrast(edge, getattr(worn, back)) for edge in edges) >= 3.0, (mark, back)


@THEMES
def test_what_has_the_focus_stands_out(worn: Colours) -> None:
    assert all(_contrast(worn.accent, getattr(worn, back)) >= 3.0 for back in BACKS)


def test_every_colour_of_words_in_the_style_is_held_to_be_legible() -> None:
    source = resource("style/window.qss").read_text(encoding="utf-8")
    written = set(re.findall(r"(?<!background-)(?<!border-)(?<!bottom-)\bcolor: \$(\w+)", source))
    assert written <= {front for front, _ in PAIRS} | {"disabled"}
    assert not re.search(r"#[0-9a-fA-F]{6}\b", source)


@THEMES
def test_the_style_names_only_known_colours_and_no_number(worn: Colours) -> None:
    assert "$" not in style_sheet(worn)
    assert all(QColor(value).isValid() for value in asdict(worn).values())


@THEMES
def test_the_bands_have_the_colours_of_okabe_and_ito(worn: Colours) -> None:
    assert (worn.positive, worn.uncertain, worn.negative) == ("#D55E00", "#E69F00", "#009E73")


def test_only_what_lies_on_films_is_dark_in_every_theme() -> None:
    importers = {
        path.relative_to(ROOT / "desktop").as_posix()
        for path in (ROOT / "desktop").rglob("*.py")
        if re.search(r"^from desktop\.theme import .*\b(DARK|LIGHT)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {name for name in importers if not name.startswith("viewer/")} == {"app.py", "theme_switch.py"}


@THEMES
def test_what_a_field_asks_for_can_be_read_too(worn: Colours, dressed: QApplication) -> None:
    """Qt would write it in half the strength of the text."""
    dress(dressed, worn)
    field = QLineEdit()
    field.ensurePolished()
    assert field.palette().placeholderText().color() == QColor(worn.muted)


def _window_colour(window: MainWindow) -> QColor:
    return window.grab().toImage().pixelColor(QPoint(4, window.height() - 4))


def test_another_theme_is_worn_at_once_but_for_the_film(window: MainWindow) -> None:
    window.theme.choose(Theme.LIGHT)
    assert colours() is LIGHT
    assert _window_colour(window) == QColor(LIGHT.window)
    film = window.room.viewer.film
    film.resize(200, 200)
    assert film.grab().toImage().pixelColor(2, 2) == QColor(DARK.film_edge)
    assert mark_colour(Mark.NOT_SCORED) == QColor(LIGHT.not_scored)
    window.theme.choose(Theme.DARK)
    assert _window_colour(window) == QColor(DARK.window)


def test_the_theme_follows_the_system_until_one_is_chosen(window: MainWindow, dressed: QApplication) -> None:
    changed = dressed.styleHints().colorSchemeChanged
    assert window.theme.theme is Theme.SYSTEM
    changed.emit(Qt.ColorScheme.Light)
    assert colours() is LIGHT
    changed.emit(Qt.ColorScheme.Dark)
    assert colours() is DARK
    changed.emit(Qt.ColorScheme.Unknown)
    assert colours() is DARK
    window.theme.choose(Theme.DARK)
    changed.emit(Qt.ColorScheme.Light)
    assert colours() is DARK


def test_the_menu_chooses_a_theme_and_it_is_remembered(window: MainWindow) -> None:
    (light,) = [action for action in window.actions_of_menus.theme_menu.actions() if action.text() == "&Light"]
    light.trigger()
    assert light.isChecked()
    assert QApplication.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.window)
    window.close()
    assert SettingsFile(data_folder()).load().theme == "light"
    again = build_window()
    assert again.theme.theme is Theme.LIGHT
    again.close()


def test_a_theme_of_a_later_version_is_taken_for_the_systems(dressed: QApplication) -> None:
    SettingsFile(data_folder()).save(Settings(theme="sepia"))
    window = build_window()
    assert window.theme.theme is Theme.SYSTEM
    window.close()


def test_an_open_page_is_written_anew(window: MainWindow) -> None:
    page = window.show_page("keys")
    window.theme.choose(Theme.LIGHT)
    assert LIGHT.accent.casefold() in page.text.toHtml().casefold()
    assert DARK.accent.casefold() not in page.text.toHtml().casefold()
    page.close()
