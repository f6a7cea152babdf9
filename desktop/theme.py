"""Colours and type: the only place that knows a colour by its number."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from engine.paths import resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """Named colours, as `#RRGGBB`. The band colours are of the Okabe-Ito palette (Okabe and Ito 2008).

    Attributes:
        caution: Words that warn; a band's own colour only where it can be read.
        mark_edge: A hairline around marks, without which the pale ones would be lost on paper.
    """

    film_edge: str = "#000000"
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
    caution: str
    mark_edge: str
    positive: str = "#D55E00"
    uncertain: str = "#E69F00"
    negative: str = "#009E73"
    not_scored: str


# Also what is written on films in every theme: the film area stays near-black.
DARK = Colours(
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
    caution="#E69F00",
    mark_edge="#0C0D0F",
    not_scored="#9AA0A6",
)
LIGHT = Colours(
    window="#EFEDE8",
    panel="#F8F6F2",
    raised="#FFFFFF",
    hover="#E6E3DC",
    pressed="#DCD8D0",
    line="#D5D1C8",
    selection="#D3E3F4",
    text="#1D1E20",
    muted="#585C61",
    disabled="#8B8F94",
    accent="#0A5CA8",
    on_accent="#FFFFFF",
    caution="#1D1E20",
    mark_edge="#3A3B3D",
    not_scored="#6A6F75",
)

_PAPER = QColor(LIGHT.window)

# On films, which are grey in every theme: sky blue and yellow of the same palette, as heat has neither.
LUNG_OUTLINE = "#56B4E9"
MEASURE = "#F0E442"


def colours() -> Colours:
    """The colours that the program wears now."""
    return LIGHT if QGuiApplication.palette().window().color() == _PAPER else DARK


def dress(application: QApplication, worn: Colours) -> None:
    """Give the whole program its palette, style sheet and type."""
    application.setStyle("Fusion")
    application.setPalette(_palette(worn))
    application.setFont(tabular(application.font()))
    application.setStyleSheet(style_sheet(worn))


def style_sheet(worn: Colours) -> str:
    """The bundled style with its colours and folder filled in. Raises KeyError where it names an unknown colour."""
    source = resource("style/window.qss").read_text(encoding="utf-8")
    return Template(source).substitute(asdict(worn), folder=resource("style").as_posix())


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


def _palette(worn: Colours) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: worn.window,
        QPalette.ColorRole.Base: worn.panel,
        QPalette.ColorRole.AlternateBase: worn.panel,
        QPalette.ColorRole.Button: worn.raised,
        QPalette.ColorRole.WindowText: worn.text,
        QPalette.ColorRole.Text: worn.text,
        QPalette.ColorRole.ButtonText: worn.text,
        QPalette.ColorRole.ToolTipBase: worn.raised,
        QPalette.ColorRole.ToolTipText: worn.text,
        QPalette.ColorRole.PlaceholderText: worn.muted,
        QPalette.ColorRole.Highlight: worn.selection,
        QPalette.ColorRole.HighlightedText: worn.text,
        QPalette.ColorRole.Accent: worn.accent,
        QPalette.ColorRole.Link: worn.accent,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(worn.disabled))
    return palette
