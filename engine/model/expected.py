"""What a model is expected to say of a film: plain figures, as a pack and the program's self-test keep them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields

TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One film and what the whole path from file to score makes of it.

    Attributes:
        film: Name of its file.
        status, reason: As in a table.
        heat_mean, heat_top: Mean and highest cell of the heat, 0..1.
    """

    film: str
    status: str
    reason: str | None = None
    probability: float | None = None
    logit: float | None = None
    p_bacterial: float | None = None
    extent: float | None = None
    heat_in_lungs: float | None = None
    ood_score: float | None = None
    heat_mean: float | None = None
    heat_top: float | None = None

    def differences(self, found: Expected) -> Iterator[str]:
        """What lies further than 1e-3 from what is expected, one short phrase each."""
        for field in fields(self):
            wanted, seen = getattr(self, field.name), getattr(found, field.name)
            both = isinstance(wanted, float) and isinstance(seen, float)
            if not (math.isclose(wanted, seen, rel_tol=0.0, abs_tol=TOLERANCE) if both else wanted == seen):
                yield f"{self.film}: {field.name} is {_short(seen)} and should be {_short(wanted)}"


def _short(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
