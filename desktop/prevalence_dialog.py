"""Asks how common pneumonia is among the films taken here: what a probability means depends on it."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QSpinBox, QVBoxLayout, QWidget

from desktop.plain import PlainLabel

_CARDS, _MOST = 0, 99


class PrevalenceDialog(QDialog):
    """One number of 1 to 99, or the model card's figure."""

    def __init__(self, percent: int | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prevalenceDialog")
        self.setWindowTitle(self.tr("Pneumonia among your films"))
        question = PlainLabel(self.tr("Of 100 films taken here, how many show pneumonia?"))
        words = PlainLabel(
            self.tr(
                "Count them in a book you trust, over a few months. The figure changes the sentence below the "
                "probability, not the probability itself, its band or the order of the list."
            )
        )
        words.setProperty("quiet", True)
        for label in (question, words):
            label.setWordWrap(True)
        self.count = QSpinBox()
        self.count.setObjectName("prevalence")
        self.count.setAccessibleName(question.text())
        self.count.setRange(_CARDS, _MOST)
        self.count.setSpecialValueText(self.tr("not known: use the model card’s figure"))
        self.count.setSuffix(self.tr(" of 100"))
        self.count.setValue(_CARDS if percent is None else percent)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.setMinimumWidth(400)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(question)
        layout.addWidget(self.count)
        layout.addWidget(words)
        layout.addWidget(buttons)
        self.count.selectAll()

    @property
    def percent(self) -> int | None:
        """How many of 100; None for the model card's figure."""
        return None if self.count.value() == _CARDS else self.count.value()
