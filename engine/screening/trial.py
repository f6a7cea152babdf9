"""Tries a model: the whole path from film to score, in a child process, against what is expected of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.films.discovery import discover
from engine.model.expected import Expected
from engine.screening.case import CaseResult
from engine.screening.pipeline import screen
from engine.screening.requests import ScorerSettings
from engine.screening.worker import Limits


def measure(
    films: Sequence[Path], *, model: Path, model_sha256: str, limits: Limits | None = None
) -> tuple[Expected, ...]:
    """What a model says of films, in their order. Raises ModelError where it cannot be used."""
    settings = ScorerSettings(model=model, model_sha256=model_sha256, threads=1)
    return tuple(expected_of(result) for result in screen(discover(films), settings, limits=limits))


def differences(expected: Sequence[Expected], found: Sequence[Expected]) -> list[str]:
    """What is other than expected, a short phrase each; films are matched by name."""
    seen = {entry.film: entry for entry in found}
    missing = [f"{entry.film}: no result" for entry in expected if entry.film not in seen]
    return missing + [text for entry in expected if entry.film in seen for text in entry.differences(seen[entry.film])]


def expected_of(result: CaseResult) -> Expected:
    """The figures of a result that must be the same on every PC."""
    score = result.score
    plain = Expected(
        film=result.path.name,
        status=result.status.value,
        reason=None if result.reason is None else result.reason.value,
    )
    if score is None:
        return plain
    return replace(
        plain,
        probability=score.probability,
        logit=score.logit,
        p_bacterial=score.p_bacterial,
        extent=score.extent,
        heat_in_lungs=score.heat_in_lungs,
        ood_score=score.ood_score,
        heat_mean=float(score.heat.grid.mean()),
        heat_top=float(score.heat.grid.max()),
    )
