"""A score in sentences a reader can weigh."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.model.card import OperatingPoint
from engine.screening.case import Score

# A sixth is one of the six zones that lungs are divided into on films; a half is one whole side.
_MODERATE, _EXTENSIVE = 1 / 6, 1 / 2


def frequency_sentence(probability: float, prevalence: float) -> str:
    """The probability as a natural frequency, with the share of pneumonia at which it holds."""
    count = round(probability * 100)
    if count < 1:
        sentence = _tr("Of 100 films with this score, fewer than 1 shows pneumonia, where {share} of all films do.")
    elif count == 1:
        sentence = _tr("Of 100 films with this score, about 1 shows pneumonia, where {share} of all films do.")
    elif count > 99:
        sentence = _tr("Of 100 films with this score, more than 99 show pneumonia, where {share} of all films do.")
    else:
        sentence = _tr("Of 100 films with this score, about {count} show pneumonia, where {share} of all films do.")
    return sentence.format(count=count, share=_share(prevalence))


def threshold_sentence(point: OperatingPoint) -> str:
    """What the operating point in use is, and how often it is right."""
    return _tr(
        "The line at {threshold} ({name}) caught {sensitivity} of 100 pneumonias and cleared "
        "{specificity} of 100 films without one, among films that the model had not seen."
    ).format(
        name=point.name,
        threshold=f"{point.threshold:.2f}",
        sensitivity=round(point.sensitivity.value * 100),
        specificity=round(point.specificity.value * 100),
    )


def kinds_sentence(score: Score) -> str:
    """Which kind of pneumonia the model leans to, marked as what it is."""
    return _tr("If it is pneumonia: bacterial {bacterial}, viral {viral}.").format(
        bacterial=f"{score.p_bacterial:.2f}", viral=f"{score.p_viral:.2f}"
    )


def extent_sentence(extent: float) -> str:
    """How much of the lungs is warm, 0..1, in three steps: limited, moderate from a sixth, extensive from a half."""
    if extent < _MODERATE:
        return _tr("Heat in the lungs: limited, less than a sixth of them.")
    if extent < _EXTENSIVE:
        return _tr("Heat in the lungs: moderate, from a sixth to half of them.")
    return _tr("Heat in the lungs: extensive, half of them or more.")


def _share(prevalence: float) -> str:
    if abs(prevalence - 0.5) < 0.005:
        return _tr("half")
    return _tr("{count} in 100").format(count=f"{prevalence * 100:.3g}")


def _tr(source: str) -> str:
    return QCoreApplication.translate("sentences", source)
