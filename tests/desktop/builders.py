"""Results made by hand, for tests that need no film."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop.viewer.picture import FilmPicture, prepare_picture
from engine.films.film import FilmFacts, FilmValues
from engine.films.greys import GreyScale, pack_values
from engine.films.tone import Window
from engine.model.heatmap import Heat
from engine.model.lungs import Lungs
from engine.model.preprocess import Box
from engine.reasons import Note, Reason
from engine.screening.case import Band, CaseResult, CaseStatus, Score
from tests.builders import make_point


def make_heat() -> Heat:
    """Heat in the middle of the film."""
    grid = np.zeros((14, 14), dtype=np.float32)
    grid[5:9, 5:9] = 1.0
    return Heat(grid, Box(0.0, 0.0, 1.0, 1.0))


def make_scored(
    index: int, probability: float, *, age: float | None = None, notes: tuple[Note, ...] = (), **of_score: Any
) -> CaseResult:
    """A scored film; `of_score` are further fields of its score."""
    point = make_point()
    return CaseResult(
        index=index,
        file=f"films/film-{index:03}.png",
        path=Path(f"/films/film-{index:03}.png"),
        status=CaseStatus.SCORED,
        film_notes=notes,
        facts=FilmFacts(container="png", rows=400, columns=300, age_years=age, view_position="AP"),
        score=Score(
            probability=probability,
            logit=0.0,
            band=Band.of(probability, point, unlike_training=of_score.get("unlike_training", False)),
            operating_point=point,
            p_bacterial=0.7,
            p_viral=0.3,
            heat=make_heat(),
            **of_score,
        ),
    )


def make_unscored(index: int, reason: Reason, status: CaseStatus = CaseStatus.FAILED) -> CaseResult:
    """A film without a score."""
    name = f"films/film-{index:03}.dcm"
    return CaseResult(index=index, file=name, path=Path("/") / name, status=status, reason=reason)


def make_lungs() -> Lungs:
    """Two lungs, the patient's right one on the left."""
    grid = np.zeros((28, 28), dtype=np.float32)
    grid[4:24, 4:12] = grid[4:24, 17:25] = 1.0
    return Lungs.of(grid, Box(0.0, 0.0, 1.0, 1.0))


def make_picture(values: NDArray[Any], *, window: Window | None = None, **of_scale: Any) -> FilmPicture:
    """A film of these whole values. `of_scale` are further fields of its scale, or `spacing` and `on_detector`."""
    spacing, on_detector = of_scale.pop("spacing", None), of_scale.pop("on_detector", False)
    packed = pack_values(values)
    scale = GreyScale(window=window or Window(2048.0, 4096.0), slope=packed.step, intercept=packed.start, **of_scale)
    rows, columns = values.shape
    facts = FilmFacts(
        container="dicom", rows=rows, columns=columns, pixel_spacing_mm=spacing, spacing_on_detector=on_detector
    )
    return prepare_picture(FilmValues(packed.codes, scale, facts))
