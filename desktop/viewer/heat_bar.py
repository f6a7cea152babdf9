"""The strip below the film: how large it is shown, and the heat with what it means."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QSlider, QWidget

from desktop.plain import PlainLabel


class HeatBar(QWidget):
    """Switches the heat and sets its density."""

    heat_changed = Signal(bool, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("heatBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._scale = PlainLabel()
        self._scale.setObjectName("scale")
        self._scale.setMinimumWidth(48)
        self._spacing = PlainLabel()
        self._spacing.setObjectName("spacing")
        self._switch = QCheckBox(self.tr("Heat"))
        self._switch.setObjectName("heatSwitch")
        self._switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("heatOpacity")
        self._slider.setAccessibleName(self.tr("Density of the heat"))
        self._slider.setRange(0, 100)
        self._slider.setFixedWidth(112)
        self._percent = PlainLabel()
        self._percent.setObjectName("heatPercent")
        self._percent.setMinimumWidth(40)
        meaning = PlainLabel(self.tr("where the model looked, not the outline of a lesion"))
        meaning.setObjectName("heatMeaning")
        meaning.setWordWrap(True)
        meaning.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        meaning.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        layout.addWidget(self._scale)
        layout.addWidget(self._spacing)
        layout.addSpacing(8)
        layout.addWidget(meaning, 1)
        for widget in (self._switch, self._slider, self._percent):
            layout.addWidget(widget)
        self._switch.toggled.connect(self._tell)
        self._slider.valueChanged.connect(self._tell)
        self.show_scale(0.0)

    @property
    def heat_shown(self) -> bool:
        """Whether the heat is switched on."""
        return self._switch.isChecked()

    @property
    def heat_opacity(self) -> float:
        """How dense the heat may get, 0..1."""
        return self._slider.value() / 100

    def set_heat(self, *, shown: bool, opacity: float) -> None:
        """Set the switch and the slider."""
        self._switch.setChecked(shown)
        self._slider.setValue(round(opacity * 100))
        self._tell()

    def toggle_heat(self) -> None:
        """Turn the heat on or off."""
        self._switch.toggle()

    def set_heat_available(self, available: bool) -> None:
        """Whether the film has heat at all."""
        self._switch.setEnabled(available)
        self._slider.setEnabled(available)

    def show_scale(self, scale: float) -> None:
        """Say how many screen pixels a film pixel takes; 0 for no film."""
        self._scale.setText(self.tr("{percent} %").format(percent=round(scale * 100)) if scale else "")

    def show_spacing(self, millimetres: tuple[float, float] | None) -> None:
        """Say how far apart the film's pixels lie; None where unknown."""
        words = self.tr("{distance} mm").format(distance=f"{millimetres[0]:.3g}") if millimetres else ""
        self._spacing.setText(words)
        self._spacing.setVisible(bool(words))

    def _tell(self) -> None:
        shown, opacity = self._switch.isChecked(), self._slider.value() / 100
        self._percent.setText(self.tr("{percent} %").format(percent=self._slider.value()))
        self.heat_changed.emit(shown, opacity)
