"""The line under the film: its window in numbers, how large it is shown, and the value under the pointer."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from desktop.plain import OneLine, PlainLabel
from desktop.viewer.film_view import FilmView
from desktop.viewer.hand import Tool
from desktop.viewer.heat_style import HeatStyle
from desktop.viewer.number_field import NumberField
from desktop.viewer.picture import FilmPicture
from engine.films.film import FilmFacts


class FilmBar(QWidget):
    """Says how a film is shown, and takes another window as numbers."""

    window_entered = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filmBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._width = NumberField("windowWidth", self.tr("Window width"), least=0.0)
        self._level = NumberField("windowLevel", self.tr("Window level"))
        self._center = self._spread = 1.0
        self._presets = QToolButton()
        self._presets.setObjectName("windowPresets")
        self._presets.setText(self.tr("Windows"))
        self._presets.setAccessibleName(self.tr("Choose a window"))
        self._presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._presets.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._others = QToolButton()
        self._others.setObjectName("earlierFilms")
        self._others.setText(self.tr("Earlier"))
        self._others.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._others.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._others.hide()
        self._status = OneLine()
        self._status.setObjectName("filmStatus")
        self._pointed = OneLine()
        self._pointed.setObjectName("pointed")
        self._pointed.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 16, 0)
        layout.setSpacing(4)
        for words, field in ((self.tr("W"), self._width), (self.tr("L"), self._level)):
            label = PlainLabel(words)
            label.setProperty("quiet", True)
            label.setBuddy(field)
            layout.addWidget(label)
            layout.addWidget(field)
        layout.addWidget(self._presets)
        layout.addWidget(self._others)
        layout.addSpacing(8)
        layout.addWidget(self._status, 3)
        layout.addWidget(self._pointed, 2)
        self._width.value_entered.connect(lambda width: self.window_entered.emit(self._center, width))
        self._level.value_entered.connect(lambda center: self.window_entered.emit(center, self._spread))

    @property
    def words(self) -> str:
        """The whole line, as one reads it."""
        window = self.tr("W {width} L {level}").format(width=self._width.text(), level=self._level.text())
        return f"{window} · {self._status.whole}"

    def set_presets(self, menu: QMenu) -> None:
        """The windows to choose from."""
        self._presets.setMenu(menu)

    def set_others(self, menu: QMenu) -> None:
        """The films to compare with, as they are offered."""
        self._others.setMenu(menu)

    def show_others(self, count: int) -> None:
        """Say how many earlier films there are to compare with."""
        self._others.setVisible(count > 0)
        self._others.setText(self.tr("Earlier: {count}").format(count=count))
        self._others.setAccessibleName(self.tr("Earlier films of this patient: {count}").format(count=count))
        self._others.setToolTip(self.tr("Earlier films of this patient, to see beside this one"))

    def show_film(self, view: FilmView, style: HeatStyle, *, has_heat: bool) -> None:
        """Say how the film in a view is shown now."""
        picture = view.picture
        for widget in (self._width, self._level, self._presets):
            widget.setEnabled(picture is not None)
        if picture is None:
            self._status.set_words("")
            return
        window = view.look.window_on(picture.scale)
        self._center, self._spread = window.center, window.width
        for field, value in ((self._width, window.width), (self._level, window.center)):
            field.show_value(value, decimals=_decimals(window.width))
        self._status.set_words(" · ".join(self._parts(view, picture, style if has_heat else None)))
        self.setAccessibleDescription(self.words)

    def show_pointed(self, view: FilmView) -> None:
        """Say what lies under the pointer, or else which tool is in the hand."""
        words = self._tool_words(view.tool)
        spot, picture = view.film_under_pointer, view.picture
        if spot is not None and picture is not None:
            value = picture.value_at(spot.x(), spot.y())
            words = self.tr("x {x} y {y}").format(x=math.floor(spot.x()), y=math.floor(spot.y()))
            words += "" if value is None else f": {_value_words(value, picture)}"
        self._pointed.set_words(words)

    def _parts(self, view: FilmView, picture: FilmPicture, style: HeatStyle | None) -> list[str]:
        placement = view.placement
        parts = [self.tr("{percent} %").format(percent=round(placement.scale * view.devicePixelRatioF() * 100))]
        parts += [words] if (words := self._spacing_words(picture.facts)) else []
        if style is not None and style.shown:
            parts.append(self.tr("heat {percent} %").format(percent=round(style.opacity * 100)))
        if view.look.inverted:
            parts.append(self.tr("inverted"))
        if placement.mirrored:
            parts.append(self.tr("mirrored"))
        if placement.turns:
            parts.append(self.tr("turned {degrees}°").format(degrees=90 * placement.turns))
        return parts

    def _spacing_words(self, facts: FilmFacts) -> str:
        if facts.pixel_spacing_mm is None:
            return ""
        distance = f"{facts.pixel_spacing_mm[0]:.3g}"
        words = self.tr("{distance} mm (detector)") if facts.spacing_on_detector else self.tr("{distance} mm")
        return words.format(distance=distance)

    def _tool_words(self, tool: Tool) -> str:
        return {
            Tool.WINDOW: self.tr("Window: drag"),
            Tool.RULER: self.tr("Ruler: drag"),
            Tool.ANGLE: self.tr("Angle: three points"),
            Tool.MAGNIFIER: self.tr("Magnifier"),
            Tool.MOVE: "",
        }[tool]


def _decimals(width: float) -> int:
    """As many as it takes to tell a hundredth of the window's width."""
    return min(6, max(0, 2 - math.floor(math.log10(max(width, 1e-6)))))


def _value_words(value: float, picture: FilmPicture) -> str:
    """As fine as the film's values are apart, with their unit."""
    step = abs(picture.scale.slope)
    decimals = 0 if step.is_integer() else min(6, max(1, math.ceil(-math.log10(max(step, 1e-6)))))
    return f"{value:.{decimals}f} {picture.scale.unit}".rstrip()
