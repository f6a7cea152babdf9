"""A score in sentences a reader can weigh."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.model.card import OperatingPoint
from engine.results.prevalence import at_prevalence, of_hundred
from engine.screening.case import Score

# A sixth is one of the six zones that lungs are divided into on films; a half is one whole side.
_MODERATE, _EXTENSIVE = 1 / 6, 1 / 2
_HALF_A_FILM = 0.5


def frequency_sentence(probability: float, *, calibrated_at: float, here: float | None) -> str:
    """The probability as a natural frequency.

    Args:
        probability: 0..1, calibrated at `calibrated_at`.
        calibrated_at: The share of films with pneumonia that the model's card states.
        here: That share where the films are taken; None counts with the card's.
    """
    if here is not None:
        probability = at_prevalence(probability, calibrated_at=calibrated_at, prevalence=here)
    count = of_hundred(probability)
    if probability * 100 < count - _HALF_A_FILM:
        words = _tr("Of 100 such films, at most {count} shows pneumonia.")
        words_here = _tr("Of 100 such films here, at most {count} shows pneumonia.")
    elif probability * 100 > count + _HALF_A_FILM:
        words = _tr("Of 100 such films, at least {count} show pneumonia.")
        words_here = _tr("Of 100 such films here, at least {count} show pneumonia.")
    elif count == 1:
        words = _tr("Of 100 such films, about {count} shows pneumonia.")
        words_here = _tr("Of 100 such films here, about {count} shows pneumonia.")
    else:
        words = _tr("Of 100 such films, about {count} show pneumonia.")
        words_here = _tr("Of 100 such films here, about {count} show pneumonia.")
    return (words if here is None else words_here).format(count=count)


def prevalence_sentence(*, calibrated_at: float, here: float | None) -> str:
    """At which share of pneumonia the frequency was counted, and whose figure that is."""
    if here is None:
        return _tr("Where {share} do: the model card’s figure.").format(share=_share(calibrated_at))
    return _tr("Where {share} do: your own figure.").format(share=_share(here))


def threshold_sentence(point: OperatingPoint) -> str:
    """What the operating point in use is, and how often it is right."""
    return _tr(
        "The line at {threshold} ({name}) caught {sensitivity} of 100 pneumonias and cleared "
        "{specificity} of 100 films without one, among films that the model had not seen."
    ).format(
        name=point.name,
        threshold=f"{point.threshold:.2f}",
        sensitivity=_share_of_hundred(point.sensitivity.value),
        specificity=_share_of_hundred(point.specificity.value),
    )


def _share_of_hundred(share: float) -> int:
    """Rounded, but all or none only where it is all or none."""
    return round(share * 100) if share in (0.0, 1.0) else min(99, max(1, round(share * 100)))


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
        return _tr("half of all films")
    return _tr("{count} of 100 films").format(count=f"{prevalence * 100:.3g}")


def _tr(source: str) -> str:
    return QCoreApplication.translate("sentences", source)
