"""Asks for the age of patients whose film tells none: pictures from a phone or a stick never do."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QSpinBox, QVBoxLayout, QWidget

from desktop.plain import PlainLabel

_UNKNOWN, _OLDEST = -1, 120


class AgeField(QSpinBox):
    """A number of years, or that the age is not known."""

    def __init__(self, age_years: int | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("years")
        self.setAccessibleName(self.tr("Age where a film tells none"))
        self.lineEdit().setTextMargins(6, 0, 6, 0)
        self.setRange(_UNKNOWN, _OLDEST)
        self.setSpecialValueText(self.tr("not known"))
        self.setSuffix(self.tr(" years"))
        self.setValue(_UNKNOWN if age_years is None else age_years)

    @property
    def age_years(self) -> int | None:
        """The age in completed years; None where it is not known."""
        return None if self.value() == _UNKNOWN else self.value()


class AgeDialog(QDialog):
    """One number of years, or that the age is not known."""

    def __init__(self, age_years: int | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ageDialog")
        self.setWindowTitle(self.tr("Age where a film tells none"))
        words = PlainLabel(
            self.tr(
                "Pictures do not say how old the patient is. Set an age only where all patients of a list "
                "have about the same: the score is made for it. It counts from the next list on."
            )
        )
        words.setWordWrap(True)
        self.years = AgeField(age_years)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(words)
        layout.addWidget(self.years)
        layout.addWidget(buttons)

    @property
    def age_years(self) -> int | None:
        """The age in completed years; None where it is not known."""
        return self.years.age_years
