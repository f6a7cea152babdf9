"""Films at full depth: what the viewer gets must show, at the film's own window, what the scorer gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from engine.errors import FilmFailedError
from engine.films.dicom.stored import decode_stored
from engine.films.film import FilmValues
from engine.films.greys import CODES, central_window, code_quantiles, count_codes, pack_values
from engine.films.radiograph import load_radiograph, load_values
from engine.films.tone import Window, WindowFunction, apply_window
from engine.reasons import Note, Reason
from tests.builders import gradient, picture_bytes, write_dicom
from tests.engine.films import hostile
from tests.engine.films.syntaxes import SYNTAXES, WINDOW, Syntax, film, stored_values, write_packed

DEEP = np.round(gradient() * 4095).astype(np.uint16)
TWELVE = {"BitsStored": 12, "HighBit": 11}
HALF_A_STEP = 0.0021


def _values(film: FilmValues) -> np.ndarray:
    return film.codes * film.scale.slope + film.scale.intercept


def _shown(film: FilmValues) -> np.ndarray:
    """The film as the screen shows it, 0..1."""
    return film.scale.curve()[film.codes] / 255.0


def _apart(shown: np.ndarray, expected: np.ndarray) -> float:
    """By how much two films differ at most; on whole films quicker than `pytest.approx`."""
    return float(np.abs(shown - expected).max())


def _load_both(path: Path) -> tuple[FilmValues, np.ndarray]:
    """What the viewer gets, and how it looks, once both are known to be as the scorer has them."""
    values, scored = load_values(path), load_radiograph(path)
    shown = _shown(values)
    assert _apart(shown, scored.pixels) <= HALF_A_STEP
    assert values.notes == scored.notes
    assert np.array_equal(values.codes == 0, np.zeros(shown.shape) if scored.padding is None else scored.padding)
    return values, shown


def _square_root() -> Dataset:
    """A table of 12 bits that bends the whole range upwards."""
    table = Dataset()
    table.LUTDescriptor = [4096, 0, 12]
    table.LUTData = np.round(4095 * np.sqrt(np.arange(4096) / 4095)).astype("<u2").tobytes()
    return table


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
    film, _ = _load_both(path)
    inside = film.codes > 0
    assert _values(film)[inside] == pytest.approx((DEEP * slope + intercept)[inside], abs=1e-6)
    assert inside.all() or "PixelPaddingValue" in tags


@pytest.mark.parametrize("tag", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("inverted", [False, True], ids=["bright zero", "dark zero"])
@pytest.mark.parametrize(
    ("tags", "bent"),
    [(WINDOW, False), ({}, False), ({"VOILUTSequence": [_square_root()]}, True)],
    ids=["window", "no window", "table"],
)
def test_bones_are_bright_whatever_the_tag_says(
    tmp_path: Path, tag: str, inverted: bool, tags: dict[str, Any], bent: bool
) -> None:
    stored = stored_values(12, inverted=inverted)
    path = write_dicom(tmp_path / "film.dcm", stored, **TWELVE, **tags, PhotometricInterpretation=tag)
    values, shown = _load_both(path)
    honest = inverted is (tag == "MONOCHROME1")
    assert values.notes == (() if honest else (Note.INVERTED_CORRECTED,))
    assert values.scale.inverted is inverted
    expected = np.sqrt(stored / 4095.0) if bent else stored / 4095.0
    assert _apart(shown, 1.0 - expected if inverted else expected) <= 0.003
    assert (_values(values) == stored).all()


@pytest.mark.parametrize("bits", [8, 16])
def test_an_inverted_picture_is_turned_round(tmp_path: Path, bits: int) -> None:
    (tmp_path / "film.png").write_bytes(picture_bytes(stored_values(bits, inverted=True), "PNG"))
    values, shown = _load_both(tmp_path / "film.png")
    assert values.notes == (Note.INVERTED_CORRECTED,)
    assert _apart(shown, film()) <= 0.005


def test_an_inverted_picture_in_colour_is_left_alone(tmp_path: Path) -> None:
    red = np.zeros((*film().shape, 3), dtype=np.uint8)
    red[..., 0] = stored_values(8, inverted=True)
    (tmp_path / "film.png").write_bytes(picture_bytes(red, "PNG"))
    values, _ = _load_both(tmp_path / "film.png")
    assert values.notes == ()
    path = write_dicom(tmp_path / "film.dcm", red, PhotometricInterpretation="RGB")
    assert _load_both(path)[0].notes == ()


def test_padding_stays_black_where_a_film_is_turned_round(tmp_path: Path) -> None:
    stored = stored_values(12, inverted=True) // 2 + np.uint16(10)
    stored[:40] = 5
    path = write_dicom(tmp_path / "film.dcm", stored, **TWELVE, PixelPaddingValue=5)
    values, shown = _load_both(path)
    assert values.notes == (Note.INVERTED_CORRECTED,)
    assert not shown[:40].any()
    assert _apart(shown[40:], film()[40:]) <= 0.01


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize(
    "tags",
    [
        {"WindowCenter": 100, "WindowWidth": 60},
        {"WindowCenter": -30000, "WindowWidth": 500, "RescaleSlope": -1, "RescaleIntercept": 4095},
        {"VOILUTSequence": [_table()], "RescaleSlope": 1, "RescaleIntercept": 2000},
    ],
    ids=["window", "falling values", "table"],
)
def test_a_replaced_window_is_the_one_to_begin_with(tmp_path: Path, tags: dict[str, Any], photometric: str) -> None:
    stored = stored_values(12, inverted=photometric == "MONOCHROME1")
    if tags.get("RescaleSlope") == -1:
        stored = np.uint16(4095) - stored
    path = write_dicom(tmp_path / "film.dcm", stored, **TWELVE, **tags, PhotometricInterpretation=photometric)
    values, shown = _load_both(path)
    assert values.notes == (Note.WINDOW_REPLACED,)
    assert values.scale.table is None
    assert values.scale.window.width == pytest.approx(4095, abs=1)
    assert _apart(shown, film()) <= 0.003


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_values_are_those_that_every_encoding_stores(tmp_path: Path, syntax: Syntax) -> None:
    write_packed(tmp_path / "film.dcm", syntax)
    values, shown = _load_both(tmp_path / "film.dcm")
    assert (_values(values) == decode_stored(pydicom.dcmread(tmp_path / "film.dcm"))).all()
    assert _apart(shown, film()) <= syntax.tolerance + HALF_A_STEP


@pytest.mark.parametrize("build", hostile.TOO_LARGE, ids=lambda build: build.__name__)
def test_what_would_grow_beyond_all_bounds_is_not_shown_either(tmp_path: Path, build: Callable[[], bytes]) -> None:
    (tmp_path / "film").write_bytes(build())
    with pytest.raises(FilmFailedError) as failure:
        load_values(tmp_path / "film")
    assert failure.value.reason is Reason.TOO_LARGE


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_values_that_are_no_numbers_are_not_shown(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "film.dcm", DEEP, **TWELVE, RescaleSlope="nan", RescaleIntercept="0")
    with pytest.raises(FilmFailedError) as failure:
        load_values(path)
    assert failure.value.reason is Reason.CORRUPT_PIXELS


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
    film, _ = _load_both(path)
    assert (_values(film) == DEEP).all()


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


def test_shares_lie_where_they_lie_among_the_pixels() -> None:
    codes = np.random.default_rng(3).integers(1, 60, (40, 50)).astype(np.uint16)
    shares = (0.0, 0.013, 0.5, 0.98, 1.0)
    assert code_quantiles(count_codes(codes), shares) == pytest.approx(np.quantile(codes, shares))


def test_the_central_window_ignores_padding_and_outliers() -> None:
    values = np.linspace(100, 200, 10_000, dtype=np.float32).reshape(100, 100)
    values[0, 0] = 1e6
    padding = np.zeros(values.shape, dtype=bool)
    padding[-1, -50:] = True
    values[padding] = -5000
    unit = apply_window(values, central_window(pack_values(values, padding=padding)))
    assert unit[50, 0] == pytest.approx(0.5, abs=0.01)
    assert unit.max() == 1.0


@pytest.mark.parametrize("value", [7.0, -1e6])
def test_a_constant_is_black(value: float) -> None:
    packed = pack_values(np.full((3, 3), value))
    assert not apply_window(packed.values(), central_window(packed))[packed.codes].any()


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
