from __future__ import annotations

import contextlib
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    MediaStorageDirectoryStorage,
    RLELossless,
    generate_uid,
)

from engine.errors import FilmFailedError
from engine.films.file_bytes import read_film
from engine.films.film import Radiograph, as_radiograph
from engine.films.radiograph import load_radiograph, open_film
from engine.reasons import Note, Reason
from tests.builders import gradient, stretched, write_dicom

TWELVE = np.round(gradient() * 4095).astype(np.uint16)
STRETCHED = stretched(gradient())
LAST_STEP = 1.6e-5  # of 16 bits: the uppermost value of a film that uses all of them
BITS12: dict[str, Any] = {"BitsStored": 12, "HighBit": 11}


def load(tmp_path: Path, pixels: np.ndarray | None = TWELVE, **tags: Any) -> Radiograph:
    return decode(write_dicom(tmp_path / "film", pixels, **{**BITS12, **tags}))


def decode(path: Path) -> Radiograph:
    """The film as its tags say, whatever it looks like."""
    return as_radiograph(open_film(read_film(path)).decode())


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
    assert decode(path).pixels == pytest.approx(gradient(), abs=0.001)


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
        outcomes.append(as_radiograph(film.decode()).pixels)
    assert all(np.isfinite(pixels).all() and 0.0 <= pixels.min() <= pixels.max() <= 1.0 for pixels in outcomes)


def test_padding_of_signed_values_may_be_written_unsigned(tmp_path: Path) -> None:
    signed = (TWELVE.astype(np.int32) - 2048).astype(np.int16)
    signed[:10] = -32768
    path = write_dicom(tmp_path / "film", signed)
    dataset = dcmread(path)
    dataset.add_new("PixelPaddingValue", "US", 32768)
    dataset.save_as(path)
    film = decode(path)
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
    assert decode(path).pixels == pytest.approx(STRETCHED, abs=0.001)


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
    assert np.array_equal(decode(tmp_path / "packed").pixels, decode(plain).pixels)


def test_a_file_without_preamble_is_read(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "film", TWELVE, **BITS12)
    path.write_bytes(path.read_bytes()[132:])
    assert decode(path).pixels == pytest.approx(STRETCHED, abs=0.001)


def test_a_preamble_that_looks_like_tiff_is_dicom_all_the_same(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "film", TWELVE, **BITS12)
    data = path.read_bytes()
    path.write_bytes(b"II*\x00" + data[4:])
    assert decode(path).facts.container == "dicom"


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
        decode(write_dicom(tmp_path / "report.dcm", None))
    assert failure.value.reason is Reason.NO_PIXELS


@pytest.mark.parametrize(
    ("content", "reason"),
    [(bytes(128) + b"DICM", Reason.CORRUPT_PIXELS), (b"\x08\x00" + bytes(range(200)) * 2, Reason.NOT_AN_IMAGE)],
    ids=["cut off in its header", "begins like a data set"],
)
def test_what_only_begins_like_dicom(tmp_path: Path, content: bytes, reason: Reason) -> None:
    (tmp_path / "film").write_bytes(content)
    with pytest.raises(FilmFailedError) as failure:
        decode(tmp_path / "film")
    assert failure.value.reason is reason


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_ends_early_fails(tmp_path: Path, share: float) -> None:
    path = write_dicom(tmp_path / "film.dcm", TWELVE, **BITS12)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(FilmFailedError) as failure:
        decode(path)
    assert failure.value.reason is Reason.CORRUPT_PIXELS


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("LINEAR", np.clip((TWELVE - 1499.5) / 2999.0 + 0.5, 0, 1)),
        ("LINEAR_EXACT", np.clip((TWELVE - 1500.0) / 3000.0 + 0.5, 0, 1)),
        ("SIGMOID", 1 / (1 + np.exp(-4 * (TWELVE - 1500.0) / 3000.0))),
    ],
)
def test_every_window_function(tmp_path: Path, function: str, expected: np.ndarray) -> None:
    film = load(tmp_path, WindowCenter="1500", WindowWidth="3000", VOILUTFunction=function)
    assert film.notes == ()
    assert film.pixels == pytest.approx(expected, abs=1e-5)


def test_a_table_of_bytes(tmp_path: Path) -> None:
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [256, 0, 8])
    table.add_new("LUTData", "OW", bytes(255 - value for value in range(256)))
    eight = np.round(gradient() * 255).astype(np.uint8)
    film = load(tmp_path, eight, BitsStored=8, HighBit=7, VOILUTSequence=[table])
    assert film.pixels == pytest.approx(1.0 - eight / 255.0, abs=1e-6)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian], ids=lambda syntax: syntax.name)
def test_a_table_of_words_lies_in_the_order_of_its_file(tmp_path: Path, syntax: UID) -> None:
    order = "<" if syntax.is_little_endian else ">"
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [4096, 0, 12])
    table.add_new("LUTData", "OW", np.arange(4095, -1, -1).astype(f"{order}u2").tobytes())
    film = load(tmp_path, syntax=syntax, VOILUTSequence=[table])
    assert film.pixels == pytest.approx(1.0 - TWELVE / 4095.0, abs=1e-6)


def test_a_modality_table(tmp_path: Path) -> None:
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [4096, 0, 16])
    table.add_new("LUTData", "US", [16 * value for value in range(4096)])
    table.ModalityLUTType = "US"
    film = load(tmp_path, ModalityLUTSequence=[table], WindowCenter="32768", WindowWidth="65536")
    assert film.pixels == pytest.approx(gradient(), abs=0.001)


FULL = {"WindowCenter": "2048", "WindowWidth": "4096"}


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless, JPEG2000Lossless])
def test_an_overlay_in_the_unused_bits_is_left_out(tmp_path: Path, syntax: UID) -> None:
    hidden = TWELVE.copy()
    hidden[20:60, 30:90] |= 0x9000
    compressed = syntax in (RLELossless, JPEG2000Lossless)
    path = write_dicom(
        tmp_path / "film", hidden, syntax=ExplicitVRLittleEndian if compressed else syntax, **BITS12, **FULL
    )
    if compressed:
        dataset = dcmread(path)
        dataset.BitsStored, dataset.HighBit = 16, 15  # so that the encoder keeps the overlay
        dataset.compress(syntax)
        dataset.BitsStored, dataset.HighBit = 12, 11
        dataset.save_as(path)
    assert decode(path).pixels == pytest.approx(TWELVE / 4095.0, abs=1e-5)


def test_overlay_planes_are_left_out(tmp_path: Path) -> None:
    plane = np.packbits(np.ones(TWELVE.shape, dtype=np.uint8), bitorder="little")
    dataset = dcmread(write_dicom(tmp_path / "film", TWELVE, **BITS12, **FULL))
    for element, kind, value in (
        (0x0010, "US", TWELVE.shape[0]),
        (0x0011, "US", TWELVE.shape[1]),
        (0x0040, "CS", "G"),
        (0x0050, "SS", [1, 1]),
        (0x0100, "US", 1),
        (0x0102, "US", 0),
        (0x3000, "OW", plane.tobytes()),
    ):
        dataset.add_new((0x6000, element), kind, value)
    dataset.save_as(tmp_path / "film")
    assert decode(tmp_path / "film").pixels == pytest.approx(TWELVE / 4095.0, abs=1e-5)


def test_bits_that_lie_high_are_brought_down(tmp_path: Path) -> None:
    film = load(tmp_path, TWELVE << 4, BitsStored=12, HighBit=15, **FULL)
    assert film.pixels == pytest.approx(TWELVE / 4095.0, abs=1e-5)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
def test_every_depth(tmp_path: Path, bits: int, signed: bool) -> None:
    lowest = -(2 ** (bits - 1)) if signed else 0
    values = np.round(gradient() * (2**bits - 1)).astype(np.int64) + lowest
    # Without the sign carried into the unused bits, as some devices leave it.
    stored = (values & (2**bits - 1)).astype(np.uint8 if bits == 8 else np.uint16)
    stored = stored.view(np.int8 if bits == 8 else np.int16) if signed else stored
    window = {"WindowCenter": str(lowest + 2 ** (bits - 1)), "WindowWidth": str(2**bits)}
    film = load(tmp_path, stored, BitsStored=bits, HighBit=bits - 1, **window)
    assert film.pixels == pytest.approx((values - lowest) / (2**bits - 1), abs=LAST_STEP)


def test_padding_of_unsigned_values_may_be_written_signed(tmp_path: Path) -> None:
    padded = TWELVE.copy()
    padded[:10] = 63536
    dataset = dcmread(write_dicom(tmp_path / "film", padded))
    dataset.add_new("PixelPaddingValue", "SS", -2000)
    dataset.save_as(tmp_path / "film")
    film = decode(tmp_path / "film")
    assert not film.pixels[:10].any()
    assert film.pixels[10:].std() > 0.2


@pytest.mark.parametrize("window", [("100", "60"), ("60000", "100"), ("-30000", "500"), ("3000", "20")], ids=str)
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_a_window_that_saturates_the_film_is_replaced(
    tmp_path: Path, window: tuple[str, str], photometric: str
) -> None:
    tags = {"PhotometricInterpretation": photometric}
    film = load(tmp_path, WindowCenter=window[0], WindowWidth=window[1], **tags)
    assert film.notes == (Note.WINDOW_REPLACED,)
    assert np.array_equal(film.pixels, load(tmp_path, **tags).pixels)


def test_a_window_that_blackens_no_more_than_the_air_around_is_kept(tmp_path: Path) -> None:
    infant = np.zeros((300, 300), dtype=np.uint16)
    infant[60:240, 60:240] = np.round(gradient(180, 180) * 3000).astype(np.uint16) + 500
    film = load(tmp_path, infant, WindowCenter="2000", WindowWidth="3000")
    assert film.notes == ()
    assert not film.pixels[:50].any()


def test_a_blank_film_is_not_stretched_to_noise(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 12, (120, 160)).astype(np.uint16)
    film = load(tmp_path, noise, WindowCenter="2000", WindowWidth="1000")
    assert film.notes == ()
    assert not film.pixels.any()


def test_grey_stored_as_colour_is_grey(tmp_path: Path) -> None:
    eight = np.round(gradient() * 255).astype(np.uint8)
    film = load(tmp_path, np.dstack([eight] * 3), BitsStored=8, HighBit=7, PhotometricInterpretation="RGB")
    assert film.colourfulness == 0.0
    assert film.pixels == pytest.approx(eight / 255.0, abs=1e-5)


def test_a_palette_of_greys_is_grey(tmp_path: Path) -> None:
    eight = np.round(gradient() * 255).astype(np.uint8)
    palette = {}
    for colour in ("Red", "Green", "Blue"):
        palette[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        palette[f"{colour}PaletteColorLookupTableData"] = (np.arange(256, dtype="<u2") * 257).tobytes()
    film = load(tmp_path, eight, BitsStored=8, HighBit=7, PhotometricInterpretation="PALETTE COLOR", **palette)
    assert film.colourfulness == 0.0
    assert film.pixels == pytest.approx(eight / 255.0, abs=1e-5)


def test_luminance_and_colour_differences_become_red_green_and_blue(tmp_path: Path) -> None:
    red = np.zeros((120, 160, 3), dtype=np.uint8)
    red[:] = (76, 85, 255)
    film = load(tmp_path, red, BitsStored=8, HighBit=7, PhotometricInterpretation="YBR_FULL")
    assert film.coloured
    assert film.pixels == pytest.approx(0.299, abs=0.01)


def test_a_colour_space_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(FilmFailedError) as failure:
        load(tmp_path, np.zeros((120, 160, 3), dtype=np.uint8), PhotometricInterpretation="HSV")
    assert failure.value.reason is Reason.UNSUPPORTED_ENCODING


def test_a_directory_of_a_disc_holds_no_pixels(tmp_path: Path) -> None:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.FileSetID = "FILMS"
    dataset.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
    dataset.DirectoryRecordSequence = []
    dataset.save_as(tmp_path / "DICOMDIR", enforce_file_format=True)
    with pytest.raises(FilmFailedError) as failure:
        decode(tmp_path / "DICOMDIR")
    assert failure.value.reason is Reason.NO_PIXELS


@pytest.mark.real_films
@pytest.mark.parametrize("name", ["RG1_J2KI", "gdcm-CR-MONO1-10-chest", "rsna-cr-jpeg-baseline"])
def test_real_chest_films_are_right_as_their_tags_say(films_folder: Path, name: str) -> None:
    assert load_radiograph(films_folder / "dicom" / "chest" / f"{name}.dcm").notes == ()


@pytest.mark.real_films
def test_real_chest_films_have_dark_lungs_beside_a_bright_spine(films_folder: Path) -> None:
    film = load_radiograph(films_folder / "dicom/chest/gdcm-CR-MONO1-10-chest.dcm").pixels
    rows, columns = film.shape
    middle = film[int(rows * 0.3) : int(rows * 0.5)]
    lung = middle[:, int(columns * 0.25) : int(columns * 0.35)]
    spine = middle[:, int(columns * 0.47) : int(columns * 0.53)]
    assert lung.mean() < spine.mean()
