"""The order in which films should be read."""

from __future__ import annotations

from collections.abc import Iterable

from engine.screening.case import Band, CaseResult

BAND_ORDER = {Band.POSITIVE: 0, Band.UNCERTAIN: 1, Band.NEGATIVE: 2}

TriageKey = tuple[int, float, int]


def triage_key(result: CaseResult) -> TriageKey | None:
    """What a scored film is ordered by; None for a film without a score.

    Positive films come first, then uncertain, then the rest. Within a band the higher probability comes first;
    equal ones keep discovery order.
    """
    if result.score is None:
        return None
    return BAND_ORDER[result.score.band], -result.score.probability, result.index


def triage_ranks(keys: Iterable[TriageKey]) -> dict[int, int]:
    """Rank from 1 of each film, by its index."""
    return {index: rank for rank, (_, _, index) in enumerate(sorted(keys), start=1)}
