from dataclasses import asdict

import pytest
from PySide6.QtGui import QColor

from desktop.theme import DARK, style_sheet


def _luminance(colour: str) -> float:
    """Relative luminance, as the WCAG has it."""
    parts = [part / 255 for part in QColor(colour).getRgb()[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("back", [DARK.window, DARK.panel, DARK.raised, DARK.selection])
@pytest.mark.parametrize("front", [DARK.text, DARK.muted])
def test_text_can_be_read(front: str, back: str) -> None:
    assert _contrast(front, back) >= 4.5


def test_words_on_the_accent_and_the_accent_itself_can_be_read() -> None:
    assert _contrast(DARK.on_accent, DARK.accent) >= 4.5
    assert _contrast(DARK.accent, DARK.panel) >= 4.5


def test_the_style_names_only_known_colours_and_no_number() -> None:
    assert "$" not in style_sheet(DARK)
    assert all(QColor(value).isValid() for value in asdict(DARK).values())
