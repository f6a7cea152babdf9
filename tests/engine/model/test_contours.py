from __future__ import annotations

import numpy as np
import pytest

from engine.model.contours import outline
from engine.model.preprocess import Box

WHOLE = Box(0.0, 0.0, 1.0, 1.0)


def _length(ring: np.ndarray) -> float:
    return float(np.hypot(*(ring - np.roll(ring, 1, axis=0)).T).sum())


def test_a_disc_has_a_circle_around_it() -> None:
    down, across = (np.mgrid[0:28, 0:28] + 0.5) / 28
    away = np.hypot(across - 0.5, down - 0.5)
    (ring,) = outline((1.0 - away).astype(np.float32), WHOLE, level=0.7)
    assert np.hypot(*(ring - 0.5).T) == pytest.approx(np.full(len(ring), 0.3), abs=0.005)
    assert _length(ring) == pytest.approx(2 * np.pi * 0.3, rel=0.02)


def test_no_ring_jumps() -> None:
    grid = np.random.default_rng(3).random((9, 14)).astype(np.float32)
    rings = outline(grid, WHOLE, level=0.5)
    assert len(rings) > 3
    for ring in rings:
        across, down = np.abs(ring - np.roll(ring, 1, axis=0)).T
        assert across.max() <= 1 / 14 / 4 + 1e-9
        assert down.max() <= 1 / 9 / 4 + 1e-9


def test_a_hole_has_its_own_ring() -> None:
    grid = np.ones((14, 14), dtype=np.float32)
    grid[5:9, 5:9] = 0.0
    outer, inner = sorted(outline(grid, WHOLE, level=0.5), key=_length, reverse=True)
    assert outer.max() == 1.0
    assert 0.3 < inner.min() < inner.max() < 0.7


def test_what_fills_the_box_is_outlined_along_it() -> None:
    box = Box(top=0.25, left=0.5, bottom=1.0, right=0.75)
    (ring,) = outline(np.ones((14, 14), dtype=np.float32), box, level=0.5)
    assert ring.min(axis=0) == pytest.approx([0.5, 0.25])
    assert ring.max(axis=0) == pytest.approx([0.75, 1.0])
    assert _length(ring) == pytest.approx(2 * (0.25 + 0.75), rel=0.02)


def test_cold_has_no_outline() -> None:
    assert outline(np.zeros((14, 14), dtype=np.float32), WHOLE, level=0.5) == []
