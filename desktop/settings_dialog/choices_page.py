"""The first page of the settings: colours, operating point, age, prevalence, heat."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QSlider, QSpinBox, QVBoxLayout, QWidget

from desktop.age_dialog import AgeField
from desktop.plain import PlainLabel, plain_tip
from desktop.settings import Settings
from desktop.theme_switch import Theme
from desktop.words import ramp_words
from engine.model.card import ModelCard
from engine.model.heatmap import Ramp
from engine.model.pack import ModelPack

_AS_THE_CARD = 0


class ChoicesPage(QWidget):
    """Shows settings and takes others."""

    def __init__(self, settings: Settings, pack: ModelPack | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("choicesPage")
        self._before, self._pack = settings, pack
        card = pack.card if pack is not None else None
        self.theme = _choice("themeChoice")
        for theme, words in (
            (Theme.SYSTEM, self.tr("As the system has it")),
            (Theme.DARK, self.tr("Dark")),
            (Theme.LIGHT, self.tr("Light")),
        ):
            self.theme.addItem(words, theme)
        self.theme.setCurrentIndex(max(0, self.theme.findData(Theme.of(settings.theme))))
        self.point = _choice("pointChoice")
        for point in card.operating_points if card is not None else ():
            self.point.addItem(point.name)
            self.point.setItemData(self.point.count() - 1, plain_tip(point.rule), Qt.ItemDataRole.ToolTipRole)
        if pack is not None:
            self.point.setCurrentText(settings.operating_points.get(pack.sha256, ""))
        self.point.setEnabled(card is not None)
        self.age = AgeField(settings.default_age_years)
        self.prevalence = self._prevalence_field(settings, card)
        self._make_heat(settings)
        self._lay_out()

    def set_in(self) -> Settings:
        """The settings as they were, but for what was set here."""
        style = replace(
            self._before.heat_style,
            shown=self.heat_shown.isChecked(),
            opacity=self.opacity.value() / 100,
            ramp=Ramp(self.ramp.currentData()),
            contours=self.contours.isChecked(),
            lungs_shown=self.lungs.isChecked(),
        )
        share = self.prevalence.value()
        set_here = replace(
            self._before,
            theme=self.theme.currentData(),
            default_age_years=self.age.age_years,
            prevalence_percent=None if share == _AS_THE_CARD else share,
        ).with_heat_style(style)
        if self._pack is None:
            return set_here
        return set_here.with_operating_point(self._pack.sha256, self.point.currentText())

    def _prevalence_field(self, settings: Settings, card: ModelCard | None) -> QSpinBox:
        field = QSpinBox()
        field.setObjectName("prevalence")
        field.setAccessibleName(self.tr("Of 100 films taken here, how many show pneumonia?"))
        field.lineEdit().setTextMargins(6, 0, 6, 0)
        field.setRange(_AS_THE_CARD, 99)
        words = self.tr("not known")
        if card is not None:
            share = f"{card.calibration.prevalence * 100:.3g}"
            words = self.tr("not known: {count}, as among the model's films").format(count=share)
        field.setSpecialValueText(words)
        field.setValue(settings.prevalence_percent or _AS_THE_CARD)
        return field

    def _make_heat(self, settings: Settings) -> None:
        style = settings.heat_style
        self.heat_shown = QCheckBox(self.tr("Show heat over the film"))
        self.heat_shown.setObjectName("showHeat")
        self.heat_shown.setChecked(style.shown)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setObjectName("opacity")
        self.opacity.setAccessibleName(self.tr("Density of the heat"))
        self.opacity.setRange(0, 100)
        self.opacity.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # the style fills the left part only
        self.opacity.setValue(round(style.opacity * 100))
        self.ramp = _choice("rampChoice")
        for ramp in Ramp:
            self.ramp.addItem(ramp_words(ramp), ramp)
        self.ramp.setCurrentIndex(self.ramp.findData(style.ramp))
        self.contours = QCheckBox(self.tr("As contours"))
        self.contours.setObjectName("asContours")
        self.contours.setChecked(style.contours)
        self.lungs = QCheckBox(self.tr("Outline of the lungs"))
        self.lungs.setObjectName("lungOutline")
        self.lungs.setChecked(style.lungs_shown)

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(16, 16, 16, 16)
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(16)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("&Light or dark"), self.theme)
        form.addRow(self.tr("&Operating point"), self.point)
        form.addRow(self.tr("&Age where a film tells none"), self.age)
        form.addRow(
            _hint(self.tr("Counts from the next list on. Set one only where all patients have about that age."))
        )
        form.addRow(_question(self.tr("Of 100 films taken here, how many show &pneumonia?"), self.prevalence))
        form.addRow(self.prevalence)
        heat = QVBoxLayout()
        heat.setSpacing(8)
        for widget in (self.heat_shown, self.contours, self.lungs):
            heat.addWidget(widget)
        form.addRow(self.tr("Heat"), heat)
        form.addRow(self.tr("&Density"), self.opacity)
        form.addRow(self.tr("Colours of the &heat"), self.ramp)


def _choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    return box


def _hint(words: str) -> QLabel:
    label = PlainLabel(words)
    label.setProperty("quiet", True)
    label.setWordWrap(True)
    return label


def _question(words: str, field: QWidget) -> QLabel:
    label = PlainLabel(words)
    label.setWordWrap(True)
    label.setBuddy(field)
    return label
