from __future__ import annotations

import numpy as np
import pytest

from engine.model.contours import outline
from engine.model.preprocess import Box

WHOLE = Box(0.0, 0.0, 1.0, 1.0)


def _length(segments: np.ndarray) -> float:
    return float(np.hypot(*(segments[:, 1] - segments[:, 0]).T).sum())


def test_a_disc_has_a_circle_around_it() -> None:
    down, across = (np.mgrid[0:28, 0:28] + 0.5) / 28
    away = np.hypot(across - 0.5, down - 0.5)
    segments = outline((1.0 - away).astype(np.float32), WHOLE, level=0.7)
    assert np.hypot(*(segments.reshape(-1, 2) - 0.5).T) == pytest.approx(np.full(len(segments) * 2, 0.3), abs=0.005)
    assert _length(segments) == pytest.approx(2 * np.pi * 0.3, rel=0.02)


def test_every_outline_is_closed() -> None:
    grid = np.random.default_rng(3).random((9, 14)).astype(np.float32)
    segments = outline(grid, Box(top=0.1, left=0.2, bottom=0.7, right=1.0), level=0.5)
    ends, counts = np.unique(np.round(segments.reshape(-1, 2), 9), axis=0, return_counts=True)
    assert len(ends) > 50
    assert (counts % 2 == 0).all()


def test_what_fills_the_box_is_outlined_along_it() -> None:
    box = Box(top=0.25, left=0.5, bottom=1.0, right=0.75)
    segments = outline(np.ones((14, 14), dtype=np.float32), box, level=0.5)
    points = segments.reshape(-1, 2)
    assert points.min(axis=0) == pytest.approx([0.5, 0.25])
    assert points.max(axis=0) == pytest.approx([0.75, 1.0])
    assert _length(segments) == pytest.approx(2 * (0.25 + 0.75), rel=0.02)


def test_cold_has_no_outline() -> None:
    assert outline(np.zeros((14, 14), dtype=np.float32), WHOLE, level=0.5).shape == (0, 2, 2)
