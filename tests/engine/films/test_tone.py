from __future__ import annotations

import numpy as np
import pytest

from engine.films.tone import Window, WindowFunction, apply_window, stretch_to_unit


def windowed(value: float, window: Window) -> float:
    return float(apply_window(np.array([value], dtype=np.float32), window)[0])


# The worked values follow from the formulas of PS3.3 C.11.2.1.2.1 and C.11.2.1.3.
@pytest.mark.parametrize(
    ("window", "value", "expected"),
    [
        (Window(2048, 4096), 0, 0.0),
        (Window(2048, 4096), 4095, 1.0),
        (Window(2048, 4096), 2047.5, 0.5),
        (Window(100, 1), 99.4, 0.0),
        (Window(100, 1), 99.6, 1.0),
        (Window(100, 50, WindowFunction.LINEAR_EXACT), 75, 0.0),
        (Window(100, 50, WindowFunction.LINEAR_EXACT), 125, 1.0),
        (Window(100, 50, WindowFunction.LINEAR_EXACT), 100, 0.5),
        (Window(100, 50, WindowFunction.SIGMOID), 100, 0.5),
        (Window(100, 50, WindowFunction.SIGMOID), 150, 1 / (1 + np.exp(-4))),
    ],
)
def test_windows_follow_the_standard(window: Window, value: float, expected: float) -> None:
    assert windowed(value, window) == pytest.approx(expected, abs=1e-6)


def test_stretching_ignores_padding_and_outliers() -> None:
    values = np.linspace(100, 200, 10_000, dtype=np.float32)
    values[0] = 1e6
    padding = np.zeros(values.shape, dtype=bool)
    padding[-50:] = True
    values[-50:] = -5000
    unit = stretch_to_unit(values, padding=padding)
    assert unit[5000] == pytest.approx(0.5, abs=0.01)
    assert unit.min() == 0.0
    assert unit.max() == 1.0


@pytest.mark.parametrize("values", [np.full(9, 7.0), np.full(9, np.nan)])
def test_stretching_a_constant_gives_black(values: np.ndarray) -> None:
    assert not stretch_to_unit(values.astype(np.float32)).any()
