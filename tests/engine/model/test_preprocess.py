from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.films.radiograph import load_radiograph
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


def with_bars(film: np.ndarray, *, heights: tuple[int, ...], greys: tuple[float, ...], border: int) -> np.ndarray:
    """A film in the window of a viewer: bars with a title and buttons above, and an even border around the film."""
    rows, columns = film.shape
    window = np.zeros((sum(heights) + rows + 2 * border, columns + 2 * border), dtype=np.float32)
    start = 0
    for height, grey in zip(heights, greys, strict=True):
        bar = window[start : start + height]
        bar[:] = grey
        bar[height // 4 : -height // 4, 10 : window.shape[1] // 4 : 3] = 1.0 - grey  # a title, thin and bright or dark
        bar[height // 4 : -height // 4, -40:-4:2] = 1.0 - grey
        start += height
    window[start + border : start + border + rows, border : border + columns] = film
    return window


@pytest.mark.parametrize("border", [0, 35])
@pytest.mark.parametrize(
    ("heights", "greys"), [((24,), (0.93,)), ((24, 40), (0.2, 0.85)), ((30, 20, 30), (1.0, 0.3, 0.5))], ids=str
)
def test_the_bars_of_a_viewer_are_cropped_and_the_box_says_so(
    heights: tuple[int, ...], greys: tuple[float, ...], border: int
) -> None:
    film = gradient(400, 500)
    window = with_bars(film, heights=heights, greys=greys, border=border)
    square, box = square_film(window, size=64, spec=SPEC)
    plain, _ = square_film(film, size=64, spec=SPEC)
    rows, columns = window.shape
    start = sum(heights) + border
    found = (box.top * rows, box.left * columns, box.bottom * rows, box.right * columns)
    assert found == pytest.approx((start, border, start + 400, border + 500), abs=3)
    assert square == pytest.approx(plain, abs=0.04)


def in_a_viewer(film: np.ndarray, *, sides: str, grey: float) -> np.ndarray:
    """A film with panels of buttons on some sides: t, l, b, r."""
    window = film
    for side, turns in (("l", 3), ("r", 1), ("b", 2), ("t", 0)):
        if side in sides:
            window = np.rot90(with_bars(np.rot90(window, turns), heights=(50,), greys=(grey,), border=0), -turns)
    return window


@pytest.mark.parametrize("grey", [0.55, 0.9])
@pytest.mark.parametrize("sides", ["tl", "tb", "tlbr", "lr", "lb"])
def test_panels_around_a_film_are_cropped(samples: Path, sides: str, grey: float) -> None:
    film = load_radiograph(samples / "phantom-01.jpg").pixels
    window = in_a_viewer(film, sides=sides, grey=grey)
    _, box = square_film(window, size=64, spec=SPEC)
    rows, columns = window.shape
    _, plain = square_film(film, size=64, spec=SPEC)
    top, left = 50 * ("t" in sides), 50 * ("l" in sides)
    found = (box.top * rows - top, box.left * columns - left, box.bottom * rows - top, box.right * columns - left)
    expected = np.multiply((plain.top, plain.left, plain.bottom, plain.right), (*film.shape, *film.shape))
    assert found == pytest.approx(expected, abs=3)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_the_dark_rim_of_a_film_is_no_panel(turns: int) -> None:
    film = gradient(400, 500) * 0.6 + 0.3
    film[:40] = np.linspace(0.0, 0.05, 500, dtype=np.float32)
    rim = np.rot90(film, turns)
    _, box = square_film(rim, size=64, spec=SPEC)
    assert (box.bottom - box.top, box.right - box.left) == pytest.approx((1.0, 1.0), abs=0.01)


def test_bright_shutters_are_cropped() -> None:
    film = gradient(300, 400) * 0.8
    around = 0.9 + 0.09 * gradient(400, 600)
    around[40:340, 120:520] = film
    _, box = square_film(around, size=64, spec=SPEC)
    found = (box.top * 400, box.left * 600, box.bottom * 400, box.right * 600)
    assert found == pytest.approx((40, 120, 340, 520), abs=2)


def test_a_bright_film_keeps_its_frame() -> None:
    """An overexposed belly is bright, but not as even as a shutter."""
    film = gradient(300, 400)
    film[200:] = 0.8 + 0.2 * gradient(100, 400)
    _, box = square_film(film, size=64, spec=SPEC)
    assert box.bottom == 1.0


def test_a_name_on_the_dark_edge_of_a_film_is_no_bar() -> None:
    film = gradient(400, 500)
    film[:60] *= np.linspace(0.0, 1.0, 60, dtype=np.float32)[:, np.newaxis]
    film[5:20, 20:80:3] = 1.0
    _, box = square_film(film, size=64, spec=SPEC)
    assert box.top < 0.02


@pytest.mark.real_films
def test_films_keep_their_frame(films_folder: Path) -> None:
    """Real films have no bars: the rows at their top belong to them."""
    films = sorted((films_folder / "kermany" / "val").rglob("*.jpeg")) + sorted(
        (films_folder / "kermany_native").rglob("*.jpeg")
    )
    boxes = [square_film(load_radiograph(path).pixels, size=64, spec=SPEC)[1] for path in films]
    assert len(boxes) > 50
    assert max(box.top for box in boxes) < 0.05
