from __future__ import annotations

import numpy as np
import pytest

from engine.films.tone import Window, WindowFunction, apply_window


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
