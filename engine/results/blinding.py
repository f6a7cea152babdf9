"""A result without its answer, for a reader who is to see the film alone."""

from __future__ import annotations

from dataclasses import replace

from engine.reasons import Note
from engine.screening.case import CaseResult, CaseStatus

# What is true of the picture as it is shown. The other notes speak of the score, or say that there is one.
_OF_THE_PICTURE = frozenset(
    {
        Note.INVERTED_CORRECTED,
        Note.WINDOW_REPLACED,
        Note.UPSIDE_DOWN,
        Note.ROTATED,
        Note.EXPOSURE,
        Note.BURNED_IN_TEXT,
    }
)


def without_answer(result: CaseResult) -> CaseResult:
    """The film as if it were still to be screened: no score, no notes about one, and no reason against it.

    A file that could not be read keeps its reason, since nobody can read it.
    """
    if result.status is CaseStatus.FAILED:
        return result
    return replace(
        result,
        status=CaseStatus.PENDING,
        reason=None,
        film_notes=tuple(note for note in result.film_notes if note in _OF_THE_PICTURE),
        score=None,
        processed_at=None,
        latency_ms=None,
    )
