"""A score: the probability in large, its place between the thresholds, and sentences to weigh it by."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.case_panel.probability_bar import ProbabilityBar
from desktop.case_panel.sentences import (
    extent_sentence,
    frequency_sentence,
    kinds_sentence,
    prevalence_sentence,
    threshold_sentence,
)
from desktop.plain import PlainLabel
from desktop.theme import scaled
from desktop.words import two_digits
from engine.screening.case import Band, Score


class ScoreBox(QWidget):
    """Shows one score."""

    prevalence_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scoreBox")
        self._score: Score | None = None
        self._calibrated_at: float | None = None
        self._here: float | None = None
        self._holds = True
        self._probability = PlainLabel()
        self._probability.setObjectName("probability")
        scaled(self._probability, 2.4, weight=QFont.Weight.Light)
        meaning = PlainLabel(self.tr("probability\nof pneumonia"))
        meaning.setProperty("quiet", True)
        self._bar = ProbabilityBar()
        self._frequency = _sentence("frequency")
        self._prevalence = _sentence("prevalence", quiet=True)
        self._prevalence_button = QPushButton(self.tr("Change…"))
        self._prevalence_button.setAccessibleName(self.tr("Pneumonia among your films: change"))
        self._prevalence_button.setObjectName("prevalenceButton")
        self._prevalence_button.setProperty("flat", True)
        self._prevalence_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._prevalence_button.clicked.connect(self.prevalence_asked)
        self._threshold = _sentence("threshold", quiet=True)
        self._kinds = _sentence("kinds")
        self._extent = _sentence("extent")
        self._experimental = PlainLabel(self.tr("experimental"))
        self._experimental.setObjectName("experimental")
        figure = QHBoxLayout()
        figure.setSpacing(12)
        figure.addWidget(self._probability)
        figure.addWidget(meaning, 1, Qt.AlignmentFlag.AlignVCenter)
        whose = QHBoxLayout()
        whose.setSpacing(8)
        whose.addWidget(self._prevalence, 1, Qt.AlignmentFlag.AlignTop)
        whose.addWidget(self._prevalence_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(figure)
        layout.addWidget(self._bar)
        layout.addWidget(self._frequency)
        layout.addLayout(whose)
        layout.addWidget(self._threshold)
        layout.addSpacing(8)
        layout.addWidget(self._experimental, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self._kinds)
        layout.addWidget(self._extent)

    def show_score(self, score: Score, *, prevalence: float | None, holds: bool = True) -> None:
        """Change the score.

        Args:
            score: Of the film.
            prevalence: The one at which its model is calibrated; None where that is not known.
            holds: Whether the film is one of those that the calibration is about.
        """
        self._score, self._calibrated_at, self._holds = score, prevalence, holds
        self._probability.setText(two_digits(score.probability))
        self._bar.show_score(score)
        self._show_frequency()
        self._threshold.setText(threshold_sentence(score.operating_point))
        self._kinds.setText(kinds_sentence(score))
        of_interest = score.band is not Band.NEGATIVE
        self._kinds.setVisible(of_interest)
        self._extent.setText(extent_sentence(score.extent) if score.extent is not None else "")
        self._extent.setVisible(of_interest and score.extent is not None)
        self._experimental.setVisible(of_interest)

    def set_prevalence_here(self, share: float | None) -> None:
        """Count with the share of films with pneumonia where the films are taken; None counts with the model's."""
        self._here = share
        self._show_frequency()

    def _show_frequency(self) -> None:
        known, here = self._calibrated_at, self._here
        counted = known is not None and self._holds
        self._frequency.setVisible(counted)
        self._prevalence_button.setVisible(counted)
        if not self._holds:
            self._prevalence.setText(self.tr("How often such films show pneumonia is not known: see the note above."))
        elif known is None:
            self._prevalence.setText(self.tr("Another model gave this score; what it means here is not known."))
        elif self._score is not None:
            self._frequency.setText(frequency_sentence(self._score.probability, calibrated_at=known, here=here))
            self._prevalence.setText(prevalence_sentence(calibrated_at=known, here=here))


def _sentence(name: str, *, quiet: bool = False) -> QLabel:
    label = PlainLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setProperty("quiet", quiet)
    return label
