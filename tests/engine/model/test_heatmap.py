from __future__ import annotations

import numpy as np
import pytest

from engine.model.heatmap import Heat, Ramp, colour_heat, heat_colours, overlay_heat, spread_heat
from engine.model.preprocess import Box

WHOLE = Box(0.0, 0.0, 1.0, 1.0)


def spot(row: int, column: int, size: int = 14) -> np.ndarray:
    grid = np.zeros((size, size), dtype=np.float32)
    grid[row, column] = 1.0
    return grid


def test_the_peak_is_the_centre_of_the_hottest_cell() -> None:
    assert Heat(spot(0, 13), WHOLE).peak() == pytest.approx((13.5 / 14, 0.5 / 14))


def test_the_peak_lies_on_the_whole_film_where_padding_was_cropped() -> None:
    x, y = Heat(spot(0, 0, size=2), Box(top=0.5, left=0.2, bottom=1.0, right=0.6)).peak()
    assert (x, y) == pytest.approx((0.3, 0.625))


def test_heat_covers_its_box_only_and_peaks_where_it_says() -> None:
    heat = Heat(spot(3, 10), Box(top=0.25, left=0.0, bottom=0.75, right=0.5))
    frame = spread_heat(heat, height=400, width=600)
    assert frame.shape == (400, 600)
    assert not frame[:100].any()
    assert not frame[300:].any()
    assert not frame[:, 300:].any()
    row, column = np.unravel_index(frame.argmax(), frame.shape)
    assert ((column + 0.5) / 600, (row + 0.5) / 400) == pytest.approx(heat.peak(), abs=0.02)


def test_even_heat_is_not_rescaled() -> None:
    heat = Heat(np.full((14, 14), 0.3, dtype=np.float32), WHOLE)
    assert spread_heat(heat, height=50, width=70) == pytest.approx(np.full((50, 70), 0.3), abs=1e-6)


@pytest.mark.parametrize("ramp", Ramp)
def test_colours_grow_evenly_lighter(ramp: Ramp) -> None:
    unit = heat_colours(ramp) / 255.0
    linear = np.where(unit <= 0.04045, unit / 12.92, ((unit + 0.055) / 1.055) ** 2.4)
    lightness = 116 * np.cbrt(linear @ np.array([0.2126, 0.7152, 0.0722])) - 16
    steps = np.diff(lightness[::15])
    assert steps == pytest.approx(np.full(17, steps.mean()), rel=0.1)
    assert lightness[-1] - lightness[0] > 70


@pytest.mark.parametrize("ramp", Ramp)
def test_hot_is_never_told_from_cold_by_red_and_green_alone(ramp: Ramp) -> None:
    colours = heat_colours(ramp).astype(float)
    linear = (colours / 255.0) ** 2.2
    # Deuteranopia as simulated by Vienot, Brettel and Mollon (1999): what is left of each colour.
    seen = linear @ np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]).T
    brightness = seen @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(brightness[::15]) > 0).all()


def test_cold_is_transparent_and_hot_is_no_denser_than_asked() -> None:
    frame = np.linspace(0, 1, 256, dtype=np.float32)[np.newaxis]
    alpha = colour_heat(frame, opacity=0.4)[0, :, 3]
    assert alpha[0] == 0
    assert alpha[-1] == round(0.4 * 255)
    assert (np.diff(alpha.astype(int)) >= 0).all()


def test_an_overlay_leaves_the_film_alone_where_it_is_cold() -> None:
    film = np.full((20, 20), 0.5, dtype=np.float32)
    frame = np.zeros((20, 20), dtype=np.float32)
    frame[:, 10:] = 1.0
    shown = np.asarray(overlay_heat(film, frame))
    assert (shown[:, :10] == 128).all()
    assert (shown[:, 10:] != 128).any()
