"""The strip below the film: the heat, how it is drawn, and what it means."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QSlider, QVBoxLayout, QWidget

from desktop.plain import PlainLabel
from desktop.viewer.heat_style import HeatStyle
from desktop.words import zone_words
from engine.screening.case import Score


class HeatBar(QWidget):
    """Switches the heat and sets its density."""

    style_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("heatBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._style = HeatStyle()
        self._score: Score | None = None
        self._switch = QCheckBox(self.tr("Heat"))
        self._switch.setObjectName("heatSwitch")
        self._switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("heatOpacity")
        self._slider.setAccessibleName(self.tr("Density of the heat"))
        self._slider.setRange(0, 100)
        self._slider.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # the style fills the left part only
        self._slider.setFixedWidth(112)
        self._percent = PlainLabel()
        self._percent.setObjectName("heatPercent")
        self._percent.setMinimumWidth(40)
        self._warning = PlainLabel(self.tr("Most of the heat lies outside the lungs."))
        self._warning.setObjectName("heatWarning")
        self._meaning = PlainLabel()
        self._meaning.setObjectName("heatMeaning")
        self._meaning.setWordWrap(True)
        self._meaning.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 16, 6)
        layout.setSpacing(8)
        for widget in (self._switch, self._slider, self._percent):
            layout.addWidget(widget)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._warning)
        words.addWidget(self._meaning)
        layout.addLayout(words, 1)
        self._switch.toggled.connect(lambda shown: self.set_style(replace(self._style, shown=shown)))
        self._slider.valueChanged.connect(lambda value: self.set_style(replace(self._style, opacity=value / 100)))
        self.set_style(self._style)
        self.show_score(None)

    @property
    def style_of_heat(self) -> HeatStyle:
        """How heat is drawn, where there is any."""
        return self._style

    @property
    def heat_available(self) -> bool:
        """Whether the film has heat at all."""
        return self._score is not None

    def set_heat(self, *, shown: bool, opacity: float) -> None:
        """Set the switch and the slider."""
        self.set_style(replace(self._style, shown=shown, opacity=opacity))

    def set_style(self, style: HeatStyle) -> None:
        """Draw heat in another way."""
        self._style = style
        for widget in (self._switch, self._slider):
            widget.blockSignals(True)
        self._switch.setChecked(style.shown)
        self._slider.setValue(round(style.opacity * 100))
        for widget in (self._switch, self._slider):
            widget.blockSignals(False)
        self._say()
        self.style_changed.emit(style)

    def toggle_heat(self) -> None:
        """Turn the heat on or off."""
        self._switch.toggle()

    def show_score(self, score: Score | None) -> None:
        """Say what the heat of this score means; a film without a score has no heat."""
        self._score = score
        for widget in (self._switch, self._slider, self._percent):
            widget.setEnabled(score is not None)
        self._say()

    def _say(self) -> None:
        self._percent.setText(self.tr("{percent} %").format(percent=round(self._style.opacity * 100)))
        score = self._score
        shown = score is not None and self._style.shown
        self._warning.setVisible(shown and score is not None and score.heat_outside_lungs)
        meaning = self.tr("where the model looked, not the outline of a lesion") if score is not None else ""
        if shown and score is not None and score.zone is not None:
            meaning = self.tr("{zone}: {meaning}").format(zone=zone_words(score.zone), meaning=meaning)
        self._meaning.setText(meaning)
