from __future__ import annotations

import numpy as np
import pytest

from engine.model.preprocess import Box, InputSpec, preprocess, resample, square_film
from tests.builders import gradient

SPEC = InputSpec(size=64, low_percentile=0.5, high_percentile=99.5, mean=0.5, std=0.25)


def test_shape_type_and_range() -> None:
    prepared = preprocess(gradient(), SPEC)
    assert prepared.tensor.shape == (1, 1, 64, 64)
    assert prepared.tensor.dtype == np.float32
    assert prepared.tensor.min() == pytest.approx(-2.0)
    assert prepared.tensor.max() == pytest.approx(2.0)
    assert prepared.box == Box(0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize("grey", [0.0, 1.0])
def test_flat_borders_are_cropped_and_the_box_says_so(grey: float) -> None:
    film = gradient(200, 300)
    bordered = np.full((250, 400), grey, dtype=np.float32)
    bordered[30:230, 40:340] = film
    square, box = square_film(bordered, size=64, spec=SPEC)
    plain, _ = square_film(film, size=64, spec=SPEC)
    assert (box.top, box.left, box.bottom, box.right) == pytest.approx((30 / 250, 0.1, 230 / 250, 340 / 400), abs=0.01)
    assert square == pytest.approx(plain, abs=0.03)


def test_tone_does_not_depend_on_gain_or_offset() -> None:
    plain, _ = square_film(gradient(), size=64, spec=SPEC)
    dimmed, _ = square_film(gradient() * np.float32(0.4) + np.float32(0.2), size=64, spec=SPEC)
    assert dimmed == pytest.approx(plain, abs=1e-5)


def test_the_shape_of_a_film_does_not_reach_the_model() -> None:
    wide, _ = square_film(gradient(200, 400), size=64, spec=SPEC)
    tall, _ = square_film(gradient(400, 200), size=64, spec=SPEC)
    assert wide == pytest.approx(tall, abs=0.02)


def test_shrinking_averages_areas() -> None:
    checks = np.indices((64, 64)).sum(axis=0) % 2
    assert resample(checks.astype(np.float32), height=8, width=8) == pytest.approx(np.full((8, 8), 0.5))


def test_a_blank_film_does_not_divide_by_zero() -> None:
    square, box = square_film(np.zeros((100, 120), dtype=np.float32), size=64, spec=SPEC)
    assert not square.any()
    assert box == Box(0.0, 0.0, 1.0, 1.0)
