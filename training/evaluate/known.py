"""Films whose truth is known, as the report counts them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What a film shows.

    `OPACITY` is one that radiologists take for pneumonia; `OTHER` is abnormal without such an opacity.
    """

    NORMAL = "normal"
    OTHER = "abnormal, no opacity"
    OPACITY = "opacity"
    PNEUMONIA = "pneumonia"
    BACTERIAL = "bacterial"
    VIRAL = "viral"

    @property
    def is_pneumonia(self) -> bool:
        """Whether the model should call such a film positive."""
        return self not in (Kind.NORMAL, Kind.OTHER)


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A radiologist's box, in fractions 0..1 of the film's width (x) and height (y)."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point of the film lies inside or on the edge."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFilm:
    """One film and what is known of it. Unknown facts are None.

    Attributes:
        file: What the report calls it: its path below the data folder.
        patient: Films of one patient share it; where patients are unknown, every film has its own.
        view: `PA`, `AP` or what else the data set says, in capitals.
        age_years: 0 to 130.
        sex: `M`, `F` or `O`.
        boxes: Where radiologists saw an opacity.
    """

    path: Path
    file: str
    kind: Kind
    patient: str
    view: str | None = None
    age_years: float | None = None
    sex: str | None = None
    boxes: tuple[Rectangle, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmSet:
    """The films of one evaluation.

    Attributes:
        what: Which films these are, for the head of the report.
        finding: What the positive films are called: `pneumonia` or `opacity`.
        warnings: What a reader of the figures must know, one sentence each.
    """

    what: str
    finding: str
    films: tuple[KnownFilm, ...]
    warnings: tuple[str, ...] = ()
