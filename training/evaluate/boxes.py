"""Does the heat peak where radiologists drew a box? A test of where the model looked, not of an outline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.model.card import Estimate
from engine.results.intervals import wilson
from engine.screening.case import Band
from training.evaluate.measures import FEWEST
from training.evaluate.questions import split_by_view
from training.evaluate.scoring import ScoredFilm

# Centres of the two lungs of an average frontal chest, (x, y) in 0..1 of the film, as the viewer sees them.
LUNG_CENTRES = ((0.3, 0.45), (0.7, 0.45))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakFigures:
    """How often a point of the film lies in any of its boxes, over the films chosen.

    Attributes:
        films: The view, all views pooled, or all films.
        chosen: Which of the opacity films with boxes are counted.
        hits, count: Films whose heat peaks in a box, and all that were counted.
        share: Hits per film with the interval of Wilson 1927, every film on its own; None below 5 films.
        left_centre, right_centre: Share for a point fixed at the centre of the lung on that side of the picture.
        baseline: Mean of both: what picking a lung at random and pointing at its centre would give.
        box_area: Mean share of the film that the boxes cover: what pointing anywhere would give.
    """

    films: str
    chosen: str
    hits: int
    count: int
    share: Estimate | None
    left_centre: float | None
    right_centre: float | None
    baseline: float | None
    box_area: float | None


def peak_figures(films: Sequence[ScoredFilm], point: str) -> tuple[PeakFigures, ...]:
    """Peaks against boxes for films with pneumonia that have boxes, by their calls at the operating point that they
    were judged at, whose name is `point`; empty where there are none.
    """
    boxed = [film for film in films if film.known.kind.is_pneumonia and film.known.boxes]
    called = [film for film in boxed if film.score.reaches_threshold]
    positive = [film for film in boxed if film.score.band is Band.POSITIVE]
    if not boxed:
        return ()
    return tuple(
        _measure(view, words, part)
        for words, chosen in (
            (f"band positive at {point}", positive),
            (f"at or over the threshold of {point}", called),
            ("all, whatever the call", boxed),
        )
        for view, part in split_by_view(chosen, films).items()
    )


def _measure(view: str, words: str, films: Sequence[ScoredFilm]) -> PeakFigures:
    count = len(films)
    hits = sum(_in_a_box(film, *film.score.heat.peak()) for film in films)
    enough = count >= FEWEST
    centres = [sum(_in_a_box(film, x, y) for film in films) / count if enough else None for x, y in LUNG_CENTRES]
    left, right = centres
    return PeakFigures(
        films=view,
        chosen=words,
        hits=hits,
        count=count,
        share=wilson(hits, count) if enough else None,
        left_centre=left,
        right_centre=right,
        baseline=(left + right) / 2 if left is not None and right is not None else None,
        box_area=sum(_covered(film) for film in films) / count if enough else None,
    )


def _in_a_box(film: ScoredFilm, x: float, y: float) -> bool:
    return any(box.holds(x, y) for box in film.known.boxes)


def _covered(film: ScoredFilm) -> float:
    """Share of the film inside any box, counted on a grid of 64 x 64 points."""
    steps = [(step + 0.5) / 64 for step in range(64)]
    return sum(_in_a_box(film, x, y) for x in steps for y in steps) / 64**2
