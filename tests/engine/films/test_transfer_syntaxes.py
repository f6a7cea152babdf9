"""One film, packed in every way, must come out as one film."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import uid
from pydicom.encaps import encapsulate

from engine.errors import FilmFailedError
from engine.films.dicom.stored import DECODERS, decode_stored
from engine.films.film import as_radiograph
from engine.films.radiograph import load_radiograph, open_film
from engine.model.classifier import Classifier
from engine.model.pack import bundled_model, read_model
from engine.model.preprocess import preprocess
from engine.reasons import Reason
from engine.screening.scorer import score_prediction
from tests.builders import picture_bytes, write_dicom
from tests.engine.films.syntaxes import EXACT, SYNTAXES, Syntax, film, page, stored_values, write_packed

EVERY = [pytest.param(syntax, id=syntax.name) for syntax in SYNTAXES]
PACKED = [case for case, syntax in zip(EVERY, SYNTAXES, strict=True) if syntax.pack is not None]
Probability = Callable[[NDArray[np.float32]], float]


@pytest.fixture(scope="module")
def probability() -> Probability:
    """What the bundled model says of a film."""
    data, pack = read_model(bundled_model())
    card = pack.card
    classifier = Classifier(data, size=card.input.size, classes=len(card.classes), threads=1)

    def predict(pixels: NDArray[np.float32]) -> float:
        prepared = preprocess(pixels, card.input)
        prediction = classifier.predict(prepared.tensor)
        score = score_prediction(prediction, card=card, points=card.points(), box=prepared.box, age_years=3)
        return score.probability

    return predict


def test_every_decoder_is_tried() -> None:
    assert {syntax.uid for syntax in SYNTAXES} == set(DECODERS)


def test_the_page_is_true(tmp_path: Path) -> None:
    committed = Path(__file__).parents[3] / "docs" / "transfer-syntaxes.md"
    assert committed.read_text(encoding="utf-8") == page(tmp_path)


@pytest.mark.parametrize("inverted", [False, True], ids=["MONOCHROME2", "MONOCHROME1"])
@pytest.mark.parametrize("syntax", EVERY)
def test_the_film_is_the_same(tmp_path: Path, syntax: Syntax, inverted: bool, probability: Probability) -> None:
    write_packed(tmp_path / "film", syntax, inverted=inverted)
    loaded = load_radiograph(tmp_path / "film")
    assert loaded.notes == ()
    assert np.abs(loaded.pixels - film()).max() <= syntax.tolerance
    assert probability(loaded.pixels) == pytest.approx(
        probability(film()), abs=0.01 if syntax.tolerance == EXACT else 0.03
    )


@pytest.mark.parametrize("kind", ["PNG", "PNG of 8 bits", "JPEG", "TIFF"])
def test_a_picture_of_the_film_is_the_same_too(tmp_path: Path, kind: str, probability: Probability) -> None:
    deep = kind in ("PNG", "TIFF")
    values = stored_values(12) * np.uint16(16) if deep else stored_values(8)
    options = {"quality": 98} if kind == "JPEG" else {}
    (tmp_path / "film").write_bytes(picture_bytes(values, kind.split()[0], **options))
    pixels = load_radiograph(tmp_path / "film").pixels
    assert np.abs(pixels - film()).max() <= (EXACT if deep else 0.02)
    assert probability(pixels) == pytest.approx(probability(film()), abs=0.01 if deep else 0.03)


@pytest.mark.real_films
@pytest.mark.parametrize("inverted", [False, True], ids=["MONOCHROME2", "MONOCHROME1"])
def test_a_real_film_is_told_the_same_in_every_syntax_and_format(
    films_folder: Path, tmp_path: Path, inverted: bool, probability: Probability
) -> None:
    for folder in ("NORMAL", "PNEUMONIA"):
        source = min((films_folder / "kermany" / "val" / folder).glob("*.jpeg"))
        whole = probability(load_radiograph(source).pixels)
        with Image.open(source) as picture:
            bytes8 = np.asarray(picture.convert("L"))
        unit = (bytes8 / 255.0).astype(np.float32)
        path = tmp_path / "film"
        for syntax in SYNTAXES:
            write_packed(path, syntax, inverted=inverted, unit=unit)
            told = probability(load_radiograph(path).pixels)
            assert told == pytest.approx(whole, abs=0.01 if syntax.tolerance == EXACT else 0.03), syntax.name
        for kind, options, margin in (("PNG", {}, 0.01), ("TIFF", {}, 0.01), ("JPEG", {"quality": 95}, 0.03)):
            path.write_bytes(picture_bytes(~bytes8 if inverted else bytes8, kind, **options))
            assert probability(load_radiograph(path).pixels) == pytest.approx(whole, abs=margin), kind


SECOND_DECODERS = {
    uid.JPEGBaseline8Bit: imagecodecs.jpeg8_decode,
    uid.JPEGExtended12Bit: imagecodecs.jpeg8_decode,
    uid.JPEGLossless: imagecodecs.jpeg8_decode,
    uid.JPEGLosslessSV1: imagecodecs.jpeg8_decode,
    uid.JPEGLSLossless: imagecodecs.jpegls_decode,
    uid.JPEGLSNearLossless: imagecodecs.jpegls_decode,
    uid.JPEG2000Lossless: imagecodecs.jpeg2k_decode,
    uid.JPEG2000: imagecodecs.jpeg2k_decode,
    uid.HTJ2KLossless: imagecodecs.htj2k_decode,
    uid.HTJ2KLosslessRPCL: imagecodecs.htj2k_decode,
    uid.HTJ2K: imagecodecs.htj2k_decode,
}


@pytest.mark.parametrize("syntax", PACKED)
def test_a_second_decoder_agrees(tmp_path: Path, syntax: Syntax) -> None:
    frame = write_packed(tmp_path / "film", syntax)
    top = 2**syntax.bits - 1
    second = np.clip(SECOND_DECODERS[syntax.uid](frame).astype(np.int64), 0, top)
    first = load_radiograph(tmp_path / "film").pixels * top
    assert np.abs(first - second).max() <= (1.5 if syntax.tolerance > EXACT else 0.01)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("syntax", PACKED)
def test_a_frame_that_ends_early_fails(tmp_path: Path, syntax: Syntax, share: float) -> None:
    frame = write_packed(tmp_path / "film", syntax)
    dataset = pydicom.dcmread(tmp_path / "film")
    dataset.PixelData = encapsulate([frame[: int(len(frame) * share)]])
    dataset.save_as(tmp_path / "film")
    with pytest.raises(FilmFailedError) as failure:
        load_radiograph(tmp_path / "film")
    assert failure.value.reason is Reason.CORRUPT_PIXELS


@pytest.mark.parametrize("syntax", [case for case in PACKED if case.values[0].uid in uid.JPEGTransferSyntaxes])
def test_a_frame_of_another_size_fails(tmp_path: Path, syntax: Syntax) -> None:
    write_packed(tmp_path / "film", syntax)
    dataset = pydicom.dcmread(tmp_path / "film")
    dataset.Rows *= 2
    dataset.save_as(tmp_path / "film")
    with pytest.raises(FilmFailedError) as failure:
        load_radiograph(tmp_path / "film")
    assert failure.value.reason is Reason.CORRUPT_PIXELS


@pytest.mark.parametrize("ending", [b"\xff\xd9\xff", b"\xff\xd9\0", b"\0\xff\xd9", b"\0\0\xff\xd9\xff"], ids=bytes.hex)
@pytest.mark.parametrize("syntax", [case for case in PACKED if case.values[0].uid in uid.JPEGLSTransferSyntaxes])
def test_how_devices_end_a_frame_of_jpeg_ls(tmp_path: Path, syntax: Syntax, ending: bytes) -> None:
    """With ones where zeros belong, or with zeros before the end, as in the public samples of NEMA."""
    frame = write_packed(tmp_path / "film", syntax)
    dataset = pydicom.dcmread(tmp_path / "film")
    dataset.PixelData = encapsulate([frame.rstrip(b"\0").removesuffix(b"\xff\xd9") + ending])
    dataset.save_as(tmp_path / "film")
    assert np.abs(load_radiograph(tmp_path / "film").pixels - film()).max() <= syntax.tolerance


@pytest.mark.parametrize("lossless", [False, True], ids=["extended", "lossless"])
@pytest.mark.parametrize("spread", [0, 90], ids=["grey", "coloured"])
def test_jpeg_in_colour_is_read_where_its_greys_go_to_another_decoder(
    tmp_path: Path, lossless: bool, spread: int
) -> None:
    values = np.repeat(stored_values(8)[..., np.newaxis], 3, axis=2)
    values[..., 0] = np.clip(values[..., 0].astype(int) + spread, 0, 255)
    path = tmp_path / "film"
    dataset = pydicom.dcmread(write_dicom(path, values, SamplesPerPixel=3, PhotometricInterpretation="RGB"))
    dataset.PlanarConfiguration = 0
    dataset.file_meta.TransferSyntaxUID = uid.JPEGLosslessSV1 if lossless else uid.JPEGExtended12Bit
    options = {"lossless": True, "predictor": 1} if lossless else {"level": 98}
    dataset.PixelData = encapsulate([imagecodecs.jpeg8_encode(values, **options)])
    dataset["PixelData"].is_undefined_length = True
    dataset["PixelData"].VR = "OB"
    dataset.save_as(path)
    loaded = load_radiograph(path)
    assert loaded.coloured == (spread > 0)
    if spread == 0:
        assert np.abs(loaded.pixels - film()).max() <= 0.02


def test_a_stream_in_colour_that_claims_to_be_grey_is_damaged(tmp_path: Path) -> None:
    lossless = next(syntax for syntax in SYNTAXES if syntax.uid == uid.JPEGLosslessSV1)
    write_packed(tmp_path / "film", lossless)
    dataset = pydicom.dcmread(tmp_path / "film")
    colours = np.repeat(stored_values(8)[..., np.newaxis], 3, axis=2)
    dataset.PixelData = encapsulate([imagecodecs.jpeg8_encode(colours, lossless=True, predictor=1)])
    dataset.save_as(tmp_path / "film")
    with pytest.raises(FilmFailedError) as failure:
        load_radiograph(tmp_path / "film")
    assert failure.value.reason is Reason.CORRUPT_PIXELS


def test_packed_pixels_without_the_header_that_says_how(tmp_path: Path) -> None:
    lossless = next(syntax for syntax in SYNTAXES if syntax.uid == uid.JPEG2000Lossless)
    write_packed(tmp_path / "film", lossless)
    data = (tmp_path / "film").read_bytes()
    (tmp_path / "film").write_bytes(data[data.index(b"\x08\x00\x16\x00") :])
    with pytest.raises(FilmFailedError) as failure:
        load_radiograph(tmp_path / "film")
    assert failure.value.reason is Reason.UNSUPPORTED_ENCODING


def test_what_a_lossy_codec_takes_beyond_the_stated_bits_stays_white(tmp_path: Path) -> None:
    extended = next(syntax for syntax in SYNTAXES if syntax.name.endswith("12 bits"))
    path = tmp_path / "film"
    write_packed(path, extended)
    values = np.full((120, 160), 1023, dtype=np.uint16)
    values[40:80, 40:80] = np.linspace(0, 1030, 40, dtype=np.uint16)
    dataset = pydicom.dcmread(path)
    dataset.Rows, dataset.Columns = values.shape
    dataset.BitsStored, dataset.HighBit = 10, 9
    dataset.WindowCenter, dataset.WindowWidth = "512", "1024"
    dataset.PixelData = encapsulate([imagecodecs.jpeg8_encode(values, level=60, bitspersample=12)])
    dataset.save_as(path)
    pixels = as_radiograph(open_film(path.read_bytes()).decode()).pixels
    assert pixels[:30].min() > 0.9
    assert pixels[60, 76:80].min() > 0.9


@pytest.mark.real_films
@pytest.mark.parametrize("name", ["JPEGExtended_1s_1f_u_16_12", "CR_RG3_JPLY", "MR_MR1_JPLY", "NM_NM1_JPLY"], ids=str)
def test_real_files_of_12_bits_agree_with_a_second_decoder(films_folder: Path, name: str) -> None:
    path = films_folder / "dicom" / "not-chest" / f"{name}.dcm"
    dataset = pydicom.dcmread(path)
    for tag in ("WindowCenter", "WindowWidth", "VOILUTSequence", "RescaleSlope", "RescaleIntercept"):
        if tag in dataset:
            delattr(dataset, tag)
    frame = next(pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=1))
    second = np.minimum(imagecodecs.jpeg8_decode(frame), 2**dataset.BitsStored - 1)
    assert np.array_equal(decode_stored(dataset), second)


# Copies of one film by one maker; those by the lossy half of each codec come close.
_COPIES = ("J2KI", "J2KR", "JLSL", "JLSN", "JPLL", "JPLY", "RLE", "UNC")
_LOSSLESS = ("J2KR", "JLSL", "JPLL", "RLE", "UNC")


@pytest.mark.real_films
@pytest.mark.parametrize("name", ["CR_RG3", "CT_CT1", "MR_MR1", "NM_NM1"])
def test_copies_of_a_real_film_in_many_syntaxes_hold_the_same_values(films_folder: Path, name: str) -> None:
    folder = films_folder / "dicom" / "not-chest"
    copies = {
        copy: decode_stored(pydicom.dcmread(folder / f"{name}_{copy}.dcm")).astype(np.int64)
        for copy in _COPIES
        if (folder / f"{name}_{copy}.dcm").is_file()
    }
    assert len(copies) >= 6
    for copy, values in copies.items():
        apart = np.abs(values - copies["J2KR"])
        assert apart.max() == 0 if copy in _LOSSLESS else np.mean(apart) <= 0.02 * np.ptp(copies["J2KR"]), copy
