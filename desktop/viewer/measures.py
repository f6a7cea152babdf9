"""Rulers and angles on a film. Points are in film pixels, so they stay where they are however the film is turned."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QPointF

from engine.films.film import FilmFacts


class MeasureKind(StrEnum):
    """What is measured."""

    RULER = "ruler"
    ANGLE = "angle"


_POINTS = {MeasureKind.RULER: 2, MeasureKind.ANGLE: 3}


@dataclass(frozen=True, slots=True)
class Measure:
    """A ruler between two points, or an angle whose second point is its corner."""

    kind: MeasureKind
    points: tuple[QPointF, ...]

    def words(self, facts: FilmFacts) -> str:
        """The distance or the angle, as one reads it beside the line."""
        if self.kind is MeasureKind.ANGLE:
            return _tr("{degrees}°").format(degrees=f"{self.degrees(facts):.1f}")
        length = f"{self.length(facts):.1f}"
        if facts.pixel_spacing_mm is None:
            return _tr("{length} pixels").format(length=length)
        if facts.spacing_on_detector:
            return _tr("{length} mm on the detector").format(length=length)
        return _tr("{length} mm").format(length=length)

    def length(self, facts: FilmFacts) -> float:
        """Of a ruler, in millimetres where the film says how far apart its pixels lie, else in pixels."""
        start, end = self.points[:2]
        return math.hypot(*_step(start, end, facts))

    def degrees(self, facts: FilmFacts) -> float:
        """Of an angle, 0 to 180; a pixel that is not square is reckoned with."""
        if len(self.points) < _POINTS[self.kind]:
            return 0.0
        first, corner, last = self.points
        one, other = _step(corner, first, facts), _step(corner, last, facts)
        turn = math.atan2(one[0] * other[1] - one[1] * other[0], one[0] * other[0] + one[1] * other[1])
        return abs(math.degrees(turn))


@dataclass(frozen=True, slots=True)
class Sketch:
    """A measure being drawn, by dragging or by clicks.

    Attributes:
        settled: The points that stay.
        loose: The one that goes with the pointer.
    """

    kind: MeasureKind
    settled: tuple[QPointF, ...]
    loose: QPointF

    @property
    def measure(self) -> Measure:
        """What it would measure if it ended here."""
        return Measure(self.kind, (*self.settled, self.loose))

    @property
    def is_whole(self) -> bool:
        """Whether no point is missing."""
        return len(self.settled) == _POINTS[self.kind]

    def moved(self, to: QPointF) -> Sketch:
        """The loose point goes with the pointer."""
        return replace(self, loose=to)

    def with_point(self, *, apart: float) -> Sketch:
        """The loose point stays, unless it is no further than `apart` from the one before it."""
        gap = self.loose - self.settled[-1]
        if math.hypot(gap.x(), gap.y()) <= apart:
            return self
        return replace(self, settled=(*self.settled, self.loose))


def _step(start: QPointF, end: QPointF, facts: FilmFacts) -> tuple[float, float]:
    down, across = facts.pixel_spacing_mm or (1.0, 1.0)
    return (end.x() - start.x()) * across, (end.y() - start.y()) * down


def _tr(source: str) -> str:
    return QCoreApplication.translate("measures", source)
