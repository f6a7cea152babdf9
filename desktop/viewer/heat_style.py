"""How a person wants heat to be drawn."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.heatmap import Ramp


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatStyle:
    """How heat and lungs are drawn.

    Attributes:
        opacity: 0..1, how dense the heat may get.
        contours: Lines where the heat reaches 0.5 and 0.75, in place of colours.
    """

    shown: bool = False
    opacity: float = 0.45
    ramp: Ramp = Ramp.EMBER
    contours: bool = False
    lungs_shown: bool = False
