"""Films at full depth: what the viewer gets must show, at the film's own window, what the scorer gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from engine.films.film import FilmValues
from engine.films.greys import CODES, pack_values
from engine.films.radiograph import load_radiograph, load_values
from engine.films.tone import Window, WindowFunction
from tests.builders import gradient, picture_bytes, write_dicom

DEEP = np.round(gradient() * 4095).astype(np.uint16)
TWELVE = {"BitsStored": 12, "HighBit": 11}
HALF_A_STEP = 0.0021


def _values(film: FilmValues) -> np.ndarray:
    return film.codes * film.scale.slope + film.scale.intercept


def _table() -> Dataset:
    table = Dataset()
    table.LUTDescriptor = [256, 512, 12]
    table.LUTData = np.round(4095 * (np.arange(256) / 255) ** 2).astype("<u2").tobytes()
    return table


@pytest.mark.parametrize(
    ("tags", "slope", "intercept"),
    [
        ({}, 1.0, 0.0),
        ({"WindowCenter": 2000, "WindowWidth": 1000}, 1.0, 0.0),
        ({"WindowCenter": 0, "WindowWidth": 600, "RescaleSlope": 0.5, "RescaleIntercept": -1000}, 0.5, -1000.0),
        ({"WindowCenter": 2000, "WindowWidth": 1000, "PhotometricInterpretation": "MONOCHROME1"}, 1.0, 0.0),
        ({"WindowCenter": 2000, "WindowWidth": 1000, "VOILUTFunction": "SIGMOID"}, 1.0, 0.0),
        ({"PixelPaddingValue": 0, "PhotometricInterpretation": "MONOCHROME1"}, 1.0, 0.0),
        ({"VOILUTSequence": Sequence([_table()])}, 1.0, 0.0),
    ],
)
def test_a_deep_film_keeps_its_values_and_looks_as_stated(
    tmp_path: Path, tags: dict[str, Any], slope: float, intercept: float
) -> None:
    path = write_dicom(tmp_path / "film.dcm", DEEP, **TWELVE, **tags)
    film, expected = load_values(path), load_radiograph(path)
    inside = film.codes > 0
    assert _values(film)[inside] == pytest.approx((DEEP * slope + intercept)[inside], abs=1e-6)
    assert inside.all() or "PixelPaddingValue" in tags
    assert film.scale.curve()[film.codes] / 255.0 == pytest.approx(expected.pixels, abs=HALF_A_STEP)


def test_signed_values_stay_signed(tmp_path: Path) -> None:
    stored = DEEP.astype(np.int16) - 2048
    film = load_values(write_dicom(tmp_path / "film.dcm", stored, RescaleType="HU"))
    assert (_values(film) == stored).all()
    assert film.scale.unit == "HU"


def test_padding_is_black_in_every_window(tmp_path: Path) -> None:
    stored = DEEP + np.uint16(10)
    stored[:20] = 5
    path = write_dicom(
        tmp_path / "film.dcm", stored, **TWELVE, PixelPaddingValue=5, PhotometricInterpretation="MONOCHROME1"
    )
    film = load_values(path)
    assert not film.codes[:20].any()
    assert film.codes[20:].all()
    for window in (None, Window(0, 10), Window(4000, 8000)):
        assert film.scale.curve(window)[0] == 0


def test_a_deep_picture_keeps_its_values(tmp_path: Path) -> None:
    path = tmp_path / "film.png"
    path.write_bytes(picture_bytes(DEEP, "PNG"))
    film = load_values(path)
    assert (_values(film) == DEEP).all()
    assert not film.scale.stated
    assert film.scale.curve()[film.codes] / 255.0 == pytest.approx(load_radiograph(path).pixels, abs=HALF_A_STEP)


def test_a_plain_picture_has_its_256_greys(tmp_path: Path) -> None:
    grey = np.round(gradient() * 255).astype(np.uint8)
    path = tmp_path / "film.png"
    path.write_bytes(picture_bytes(grey, "PNG"))
    film = load_values(path)
    assert (_values(film) == grey).all()
    assert (film.scale.curve()[film.codes] == grey).all()


def test_fractions_are_packed_finely_whatever_lies_far_off() -> None:
    values = np.linspace(-0.5, 0.5, 10_000).reshape(100, 100)
    values[0, 0], values[0, 1] = 1e9, np.nan
    packed = pack_values(values)
    back = packed.codes * packed.step + packed.start
    assert packed.codes[0, 1] == 0
    assert back[1:] == pytest.approx(values[1:], abs=3e-5)


def test_whole_numbers_of_sixteen_bits_are_exact_but_for_the_last_step() -> None:
    values = np.arange(CODES, dtype=np.uint16).reshape(256, 256)
    packed = pack_values(values[:-1])
    assert packed.codes.min() == 1
    assert (packed.codes * packed.step + packed.start == values[:-1]).all()
    all_of_them = pack_values(values)
    back = all_of_them.codes * all_of_them.step + all_of_them.start
    assert (back.ravel()[:-1] == values.ravel()[:-1]).all()
    assert back.ravel()[-1] == CODES - 2


def test_a_film_without_content_is_packed_too() -> None:
    assert not pack_values(np.full((4, 4), np.nan)).codes.any()
    flat = pack_values(np.full((4, 4), 7, dtype=np.int32))
    assert (flat.codes * flat.step + flat.start == 7).all()


def test_a_window_of_ones_own_bends_the_curve(tmp_path: Path) -> None:
    film = load_values(write_dicom(tmp_path / "film.dcm", DEEP, **TWELVE, WindowCenter=2000, WindowWidth=4000))
    curve = film.scale.curve(Window(1000, 500, WindowFunction.LINEAR_EXACT))
    for value, bright in ((750, 0), (1000, 128), (1250, 255)):
        assert curve[round((value - film.scale.intercept) / film.scale.slope)] == pytest.approx(bright, abs=1)


@pytest.mark.parametrize(
    ("tags", "spacing", "on_detector"),
    [
        ({"PixelSpacing": [0.2, 0.1]}, (0.2, 0.1), False),
        ({"ImagerPixelSpacing": [0.2, 0.2]}, (0.2, 0.2), True),
        ({"PixelSpacing": [0.18, 0.18], "ImagerPixelSpacing": [0.2, 0.2]}, (0.18, 0.18), False),
        ({"PixelSpacing": [0.2, 0.2], "ImagerPixelSpacing": [0.2, 0.2]}, (0.2, 0.2), True),
        ({"PixelSpacing": [0, 0.2]}, None, False),
        ({}, None, False),
    ],
)
def test_spacing_says_where_it_was_measured(
    tmp_path: Path, tags: dict[str, Any], spacing: tuple[float, float] | None, on_detector: bool
) -> None:
    facts = load_values(write_dicom(tmp_path / "film.dcm", DEEP, **TWELVE, **tags)).facts
    assert facts.pixel_spacing_mm == spacing
    assert facts.spacing_on_detector is on_detector
