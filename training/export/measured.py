"""A figure of the card from outcomes."""

from __future__ import annotations

from engine.model.card import Figure
from training.statistics import Outcomes, auroc, estimate

# A figure on fewer films of either kind says too little to be printed.
FEWEST = 5


def figure(data_set: str, view: str, question: str, outcomes: Outcomes, command: str) -> Figure:
    """AUROC with its interval."""
    return Figure(
        data_set=data_set,
        view=view,
        question=question,
        positives=int(outcomes.truth.sum()),
        negatives=int((~outcomes.truth).sum()),
        patients=outcomes.patient_count,
        auroc=estimate(outcomes, auroc),
        command=command,
    )
