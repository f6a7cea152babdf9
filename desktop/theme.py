"""Colours and type: the only place that knows a colour by its number."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from engine.paths import resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """Named colours, as `#RRGGBB`. The band colours are of the Okabe-Ito palette (Okabe and Ito 2008)."""

    film_edge: str
    window: str
    panel: str
    raised: str
    hover: str
    pressed: str
    line: str
    selection: str
    text: str
    muted: str
    disabled: str
    accent: str
    on_accent: str
    positive: str
    uncertain: str
    negative: str
    not_scored: str


DARK = Colours(
    film_edge="#000000",
    window="#0C0D0F",
    panel="#131517",
    raised="#1C1F22",
    hover="#24282C",
    pressed="#2C3136",
    line="#26292D",
    selection="#1B2F43",
    text="#EAE7E0",
    muted="#A2A7AC",
    disabled="#6C7278",
    accent="#4C9BE8",
    on_accent="#08121C",
    positive="#D55E00",
    uncertain="#E69F00",
    negative="#009E73",
    not_scored="#9AA0A6",
)

# On films, which are grey in every theme: sky blue and yellow of the same palette, as heat has neither.
LUNG_OUTLINE = "#56B4E9"
MEASURE = "#F0E442"


def dress(application: QApplication, colours: Colours) -> None:
    """Give the whole program its palette, style sheet and type."""
    application.setStyle("Fusion")
    application.setPalette(_palette(colours))
    application.setFont(tabular(application.font()))
    application.setStyleSheet(style_sheet(colours))


def style_sheet(colours: Colours) -> str:
    """The bundled style with its named colours filled in. Raises KeyError where it names an unknown one."""
    source = resource("style/dark.qss").read_text(encoding="utf-8")
    return Template(source).substitute(asdict(colours))


def tabular(font: QFont, *, scale: float = 1.0, weight: QFont.Weight | None = None) -> QFont:
    """A copy of the font with figures of equal width, so that numbers in a column line up."""
    figures = QFont(font)
    figures.setFeature(QFont.Tag("tnum"), 1)
    if scale != 1.0:
        figures.setPointSizeF(font.pointSizeF() * scale)
    if weight is not None:
        figures.setWeight(weight)
    return figures


def scaled(widget: QWidget, scale: float, *, weight: QFont.Weight | None = None) -> None:
    """Set a widget's type larger or smaller than the system's."""
    widget.setFont(tabular(QApplication.font(), scale=scale, weight=weight))


def _palette(colours: Colours) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.Base: colours.panel,
        QPalette.ColorRole.AlternateBase: colours.panel,
        QPalette.ColorRole.Button: colours.raised,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.ToolTipBase: colours.raised,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.muted,
        QPalette.ColorRole.Highlight: colours.selection,
        QPalette.ColorRole.HighlightedText: colours.text,
        QPalette.ColorRole.Accent: colours.accent,
        QPalette.ColorRole.Link: colours.accent,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.disabled))
    return palette
