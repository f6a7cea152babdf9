"""What a probability means where pneumonia is rarer or more common than among the films the model was calibrated on."""

from __future__ import annotations


def at_prevalence(probability: float, *, calibrated_at: float, prevalence: float) -> float:
    """A calibrated probability of pneumonia, as it is at another prevalence.

    The odds are shifted by the ratio of the two prevalences' odds (Bayes; Saerens, Latinne and Decaestecker 2002). This
    holds where films with and without pneumonia look there as they did in calibration, and only their mix differs.

    Args:
        probability: 0..1, calibrated at `calibrated_at`.
        calibrated_at: The card's `calibration.prevalence`, above 0 and below 1.
        prevalence: Share of films with pneumonia at the place of use, above 0 and below 1.

    Raises:
        ValueError: A number is out of its range.
    """
    if not 0.0 <= probability <= 1.0:
        raise ValueError("a probability lies between 0 and 1")
    if not (0.0 < calibrated_at < 1.0 and 0.0 < prevalence < 1.0):
        raise ValueError("a prevalence lies between 0 and 1, without them")
    with_pneumonia = probability * prevalence * (1.0 - calibrated_at)
    without = (1.0 - probability) * (1.0 - prevalence) * calibrated_at
    return with_pneumonia / (with_pneumonia + without)


def of_hundred(probability: float) -> int:
    """How many of a hundred such films show pneumonia, as a whole number of 1 to 99.

    No film is one of a kind of which all or none show pneumonia, so 0 and 100 are not among the answers.
    """
    return min(99, max(1, round(probability * 100)))
