from __future__ import annotations

import contextlib
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from engine.errors import FilmFailedError
from engine.films.film import Radiograph
from engine.films.radiograph import load_radiograph, open_film
from engine.films.tone import stretch_to_unit
from engine.reasons import Reason
from tests.builders import gradient, write_dicom

TWELVE = np.round(gradient() * 4095).astype(np.uint16)
STRETCHED = stretch_to_unit(gradient())
BITS12: dict[str, Any] = {"BitsStored": 12, "HighBit": 11}


def load(tmp_path: Path, pixels: np.ndarray | None = TWELVE, **tags: Any) -> Radiograph:
    return load_radiograph(write_dicom(tmp_path / "film", pixels, **{**BITS12, **tags}))


def test_a_window_spans_the_fixed_range(tmp_path: Path) -> None:
    film = load(tmp_path, WindowCenter="2048", WindowWidth="4096")
    assert film.pixels == pytest.approx(gradient(), abs=0.001)


def test_the_first_of_several_windows_counts(tmp_path: Path) -> None:
    film = load(tmp_path, WindowCenter=["2048", "10"], WindowWidth=["4096", "1"])
    assert film.pixels == pytest.approx(gradient(), abs=0.001)


def test_monochrome1_is_inverted_once_whatever_the_content(tmp_path: Path) -> None:
    dim = (TWELVE // 2).astype(np.uint16)
    window = {"WindowCenter": "2048", "WindowWidth": "4096"}
    bright = load(tmp_path, dim, PhotometricInterpretation="MONOCHROME2", **window)
    dark = load(tmp_path, dim, PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="INVERSE", **window)
    assert dark.pixels == pytest.approx(1.0 - bright.pixels, abs=1e-6)


def test_rescaling_comes_before_the_window(tmp_path: Path) -> None:
    film = load(tmp_path, RescaleSlope="2", RescaleIntercept="-1000", WindowCenter="3096", WindowWidth="8192")
    assert film.pixels == pytest.approx(gradient(), abs=0.001)


def test_signed_values(tmp_path: Path) -> None:
    signed = (TWELVE.astype(np.int32) - 2048).astype(np.int16)
    film = load(tmp_path, signed, WindowCenter="0", WindowWidth="4096")
    assert film.pixels == pytest.approx(gradient(), abs=0.001)


def test_a_voi_table_is_applied(tmp_path: Path) -> None:
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [4096, 0, 16])
    table.add_new("LUTData", "US", [int(65535 * (value / 4095) ** 2) for value in range(4096)])
    film = load(tmp_path, VOILUTSequence=[table])
    assert film.pixels == pytest.approx(gradient() ** 2, abs=0.002)


def voi_table(*, first: int, entries: int, bits: int, top: int) -> Dataset:
    """A table that rises in a straight line from 0 to `top`."""
    table = Dataset()
    table.add_new("LUTDescriptor", "SS" if first < 0 else "US", [entries, first, bits])
    table.add_new("LUTData", "US", [round(top * place / (entries - 1)) for place in range(entries)])
    return table


@pytest.mark.parametrize(
    ("table", "tags"),
    [
        (voi_table(first=0, entries=4096, bits=12, top=4095), {"RescaleSlope": "1", "RescaleIntercept": "0"}),
        (voi_table(first=-1024, entries=4096, bits=12, top=4095), {"RescaleSlope": "1", "RescaleIntercept": "-1024"}),
        (voi_table(first=64512, entries=4096, bits=12, top=4095), {"RescaleSlope": "1", "RescaleIntercept": "-1024"}),
        (voi_table(first=0, entries=32000, bits=16, top=65535), {"RescaleSlope": "7.81416"}),
        (voi_table(first=0, entries=4096, bits=16, top=4095), {}),
        (voi_table(first=0, entries=4096, bits=10, top=65535), {}),
    ],
    ids=["identity", "signed start", "signed start written unsigned", "steep", "bits too many", "bits too few"],
)
def test_a_voi_table_works_on_modality_values(tmp_path: Path, table: Dataset, tags: dict[str, str]) -> None:
    tags = {"RescaleIntercept": "0", **tags} if tags else {}
    film = load(tmp_path, VOILUTSequence=[table], **tags)
    assert film.pixels == pytest.approx(gradient(), abs=0.002)


@pytest.mark.parametrize(
    "tags",
    [
        {"VOILUTSequence": []},
        {"RescaleSlope": "", "RescaleIntercept": ""},
    ],
    ids=["no table", "no slope"],
)
def test_an_empty_tag_is_an_absent_one(tmp_path: Path, tags: dict[str, Any]) -> None:
    path = write_dicom(tmp_path / "film", TWELVE, **BITS12, WindowCenter="2048", WindowWidth="4096")
    dataset = dcmread(path)
    for name, value in tags.items():
        setattr(dataset, name, value)
    dataset.save_as(path)
    assert load_radiograph(path).pixels == pytest.approx(gradient(), abs=0.001)


@pytest.mark.parametrize(
    "tags",
    [
        {"WindowCenter": "1e300", "WindowWidth": "1e300"},
        {"WindowCenter": "4e38", "WindowWidth": "4e38"},
        {"RescaleSlope": "nan", "RescaleIntercept": "0"},
        {"RescaleSlope": "1e308", "RescaleIntercept": "1e308", "WindowCenter": "1", "WindowWidth": "2"},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_absurd_numbers_give_a_picture_or_a_reason_and_never_nonsense(tmp_path: Path, tags: dict[str, str]) -> None:
    film = open_film(write_dicom(tmp_path / "film", TWELVE, **BITS12, **tags).read_bytes())
    outcomes = []
    with contextlib.suppress(FilmFailedError):
        outcomes.append(film.decode().pixels)
    assert all(np.isfinite(pixels).all() and 0.0 <= pixels.min() <= pixels.max() <= 1.0 for pixels in outcomes)


def test_padding_of_signed_values_may_be_written_unsigned(tmp_path: Path) -> None:
    signed = (TWELVE.astype(np.int32) - 2048).astype(np.int16)
    signed[:10] = -32768
    path = write_dicom(tmp_path / "film", signed)
    dataset = dcmread(path)
    dataset.add_new("PixelPaddingValue", "US", 32768)
    dataset.save_as(path)
    film = load_radiograph(path)
    assert not film.pixels[:10].any()
    assert film.pixels[10:].std() > 0.2


def test_colours_of_few_bits_fill_the_range(tmp_path: Path) -> None:
    colours = np.zeros((120, 160, 3), dtype=np.uint16)
    colours[..., 0] = 4095
    film = load(tmp_path, colours, PhotometricInterpretation="RGB")
    assert film.colourfulness == pytest.approx(1.0)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian], ids=lambda syntax: syntax.name)
def test_a_bare_data_set_is_read_in_the_order_it_was_written(tmp_path: Path, syntax: UID) -> None:
    path = write_dicom(tmp_path / "film", TWELVE, syntax=syntax, **BITS12)
    dataset = dcmread(path)
    bare = io.BytesIO()
    dcmwrite(
        bare,
        dataset,
        implicit_vr=syntax.is_implicit_VR,
        little_endian=syntax.is_little_endian,
        enforce_file_format=False,
    )
    data = bare.getvalue()
    start = data.index(b"\x00\x08\x00\x16" if not syntax.is_little_endian else b"\x08\x00\x16\x00")
    path.write_bytes(data[start:])
    assert load_radiograph(path).pixels == pytest.approx(STRETCHED, abs=0.001)


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_codes_that_are_no_codes_are_not_kept(tmp_path: Path) -> None:
    facts = load(tmp_path, PatientSex="Jane", ViewPosition="Jane Doe, bed 4").facts
    assert facts.sex is None
    assert facts.view_position is None


def test_without_a_window_the_data_sets_the_range_and_padding_is_black(tmp_path: Path) -> None:
    padded = TWELVE.copy()
    padded[:10] = 4095
    film = load(tmp_path, padded, PhotometricInterpretation="MONOCHROME1", PixelPaddingValue=4095)
    assert not film.pixels[:10].any()
    assert film.pixels[60, 5] > 0.8


@pytest.mark.parametrize(
    ("tags", "shown"),
    [
        ({"WindowCenter": "50", "WindowWidth": "0"}, "unusable width"),
        ({"WindowCenter": "50"}, "no width"),
        ({"WindowCenter": "50", "WindowWidth": "10", "VOILUTFunction": "CURVED"}, "unknown function"),
    ],
)
def test_an_unusable_window_is_no_window(tmp_path: Path, tags: dict[str, str], shown: str) -> None:
    assert load(tmp_path, **tags).pixels == pytest.approx(STRETCHED, abs=0.001), shown


@pytest.mark.parametrize(
    "syntax",
    [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian],
    ids=lambda syntax: syntax.name,
)
def test_uncompressed_encodings(tmp_path: Path, syntax: UID) -> None:
    assert load(tmp_path, syntax=syntax).pixels == pytest.approx(STRETCHED, abs=0.001)


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless, JPEGLSLossless], ids=lambda syntax: syntax.name)
def test_lossless_encodings_change_nothing(tmp_path: Path, syntax: UID) -> None:
    plain = write_dicom(tmp_path / "plain", TWELVE, **BITS12)
    dataset = dcmread(plain)
    dataset.compress(syntax)
    dataset.save_as(tmp_path / "packed")
    assert np.array_equal(load_radiograph(tmp_path / "packed").pixels, load_radiograph(plain).pixels)


def test_a_file_without_preamble_is_read(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "film", TWELVE, **BITS12)
    path.write_bytes(path.read_bytes()[132:])
    assert load_radiograph(path).pixels == pytest.approx(STRETCHED, abs=0.001)


def test_a_preamble_that_looks_like_tiff_is_dicom_all_the_same(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "film", TWELVE, **BITS12)
    data = path.read_bytes()
    path.write_bytes(b"II*\x00" + data[4:])
    assert load_radiograph(path).facts.container == "dicom"


def test_facts(tmp_path: Path) -> None:
    facts = load(
        tmp_path,
        PatientID="K-17\x07",
        PatientAge="018M",
        PatientSex="F",
        ViewPosition="AP",
        StudyDate="20260314",
        StudyTime="091500",
        ImagerPixelSpacing=[0.14, 0.15],
    ).facts
    assert facts.patient_id == "K-17"
    assert facts.age_years == 1.5
    assert (facts.sex, facts.view_position, facts.modality, facts.body_part) == ("F", "AP", "CR", "CHEST")
    assert facts.acquired_at == datetime(2026, 3, 14, 9, 15)
    assert facts.pixel_spacing_mm == (0.14, 0.15)


def test_age_comes_from_dates_where_it_is_not_stated(tmp_path: Path) -> None:
    facts = load(tmp_path, PatientBirthDate="20240314", StudyDate="20260314").facts
    assert facts.age_years == pytest.approx(2.0, abs=0.01)


def test_a_file_without_pixels(tmp_path: Path) -> None:
    with pytest.raises(FilmFailedError) as failure:
        load_radiograph(write_dicom(tmp_path / "report.dcm", None))
    assert failure.value.reason is Reason.NO_PIXELS


@pytest.mark.parametrize(
    ("content", "reason"),
    [(bytes(128) + b"DICM", Reason.CORRUPT_PIXELS), (b"\x08\x00" + bytes(range(200)) * 2, Reason.NOT_AN_IMAGE)],
    ids=["cut off in its header", "begins like a data set"],
)
def test_what_only_begins_like_dicom(tmp_path: Path, content: bytes, reason: Reason) -> None:
    (tmp_path / "film").write_bytes(content)
    with pytest.raises(FilmFailedError) as failure:
        load_radiograph(tmp_path / "film")
    assert failure.value.reason is reason


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_ends_early_fails(tmp_path: Path, share: float) -> None:
    path = write_dicom(tmp_path / "film.dcm", TWELVE, **BITS12)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(FilmFailedError) as failure:
        load_radiograph(path)
    assert failure.value.reason is Reason.CORRUPT_PIXELS


@pytest.mark.real_films
def test_real_chest_films_have_dark_lungs_beside_a_bright_spine(films_folder: Path) -> None:
    film = load_radiograph(films_folder / "dicom/chest/gdcm-CR-MONO1-10-chest.dcm").pixels
    rows, columns = film.shape
    middle = film[int(rows * 0.3) : int(rows * 0.5)]
    lung = middle[:, int(columns * 0.25) : int(columns * 0.35)]
    spine = middle[:, int(columns * 0.47) : int(columns * 0.53)]
    assert lung.mean() < spine.mean()
