from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    generate_uid,
)

from engine.errors import FilmFailedError, NotDicomError
from engine.films.dicom.anonymised import anonymised, says_burned_in
from engine.films.dicom.profile import Action, action_for
from engine.films.radiograph import decode_film, open_film
from tests.builders import dicom_bytes, gradient, picture_bytes, wrapped_frame

KEY = b"k" * 32
SECRET = "SMITH"
SECRET_UID = "1.2.826.0.1.3680043.8.498.4711"
PIXELS = (gradient() * 4095).astype(np.uint16)
_VALUES: dict[str, Any] = {
    "DA": "19610203",
    "DT": "19610203101112",
    "TM": "101112.4711",
    "AS": "055Y",
    "UI": SECRET_UID,
    "UR": f"http://{SECRET}.example",
    "DS": "4711",
    "IS": "4711",
}
_TRACES = (SECRET.encode(), b"19610203", b"055Y", b"4711")


def film(change: Any = lambda dataset: None, **tags: Any) -> bytes:
    """A film of the chest, changed by hand."""
    dataset = dcmread(io.BytesIO(dicom_bytes(PIXELS, BitsStored=12, HighBit=11, **tags)))
    change(dataset)
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset)
    return buffer.getvalue()


def read(data: bytes) -> Dataset:
    return dcmread(io.BytesIO(data))


def texts_everywhere(dataset: Dataset) -> None:
    """Put a secret into every element of the standard's dictionary that holds words, dates or UIDs."""
    for tag, (vr, _, _, retired, keyword) in DicomDictionary.items():
        group = tag >> 16
        if group <= 0x0006 or group in (0x0028, 0x7FE0) or retired or not keyword or tag in dataset:
            continue
        if vr in ("LO", "LT", "PN", "SH", "ST", "UC", "UT", "AE"):
            dataset.add(DataElement(tag, vr, SECRET))
        elif vr in ("DA", "DT", "TM", "AS", "UI", "UR"):
            dataset.add(DataElement(tag, vr, _VALUES[vr]))


def test_the_picture_is_the_same_and_the_patient_is_gone() -> None:
    source = film(PatientName="SMITH^JOHN", PatientID="SMITH-4711", PatientBirthDate="19610203", PatientAge="055Y")
    copy = anonymised(source, KEY)
    assert not [trace for trace in _TRACES if trace in copy]
    np.testing.assert_array_equal(read(copy).pixel_array, PIXELS)
    before, after = (decode_film(open_film(data)).pixels for data in (source, copy))
    np.testing.assert_array_equal(before, after)
    dataset = read(copy)
    assert dataset.PatientIdentityRemoved == "YES"
    assert dataset.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
    assert str(dataset.PatientName) == dataset.PatientID


def test_words_of_the_profiles_table_are_gone_wherever_they_stand() -> None:
    def fill(dataset: Dataset) -> None:
        texts_everywhere(dataset)
        item = Dataset()
        texts_everywhere(item)
        nested = Dataset()
        nested.add_new(0x00100010, "PN", SECRET)
        nested.AnatomicRegionSequence = Sequence([Dataset()])
        nested.AnatomicRegionSequence[0].PatientComments = SECRET
        item.AnatomicRegionSequence = Sequence([nested])
        dataset.AnatomicRegionSequence = Sequence([item])
        dataset.ViewCodeSequence = Sequence([item])

    copy = read(anonymised(film(fill), KEY))
    left: list[str] = []

    def look(dataset: Dataset, element: DataElement) -> None:
        tag = int(element.tag)
        named = action_for(tag) is not None
        kind = element.VR in ("PN", "LT", "ST", "UT", "UC", "UR", "AE", "DA", "DT", "TM", "AS", "UI")
        if (named or kind) and any(trace.decode() in str(element.value) for trace in (*_TRACES,)):
            left.append(f"{element.tag} {element.keyword}")

    copy.walk(look)
    assert left == []
    assert "AnatomicRegionSequence" in copy  # sequences that say how to show the picture stay, cleaned inside


def test_private_elements_layers_previews_preamble_and_padding_are_gone() -> None:
    def fill(dataset: Dataset) -> None:
        block = dataset.private_block(0x0009, SECRET, create=True)
        block.add_new(0x01, "LO", SECRET)
        inside = Dataset()
        inside.private_block(0x0011, SECRET, create=True).add_new(0x01, "UN", SECRET.encode())
        dataset.ViewCodeSequence = Sequence([inside])
        dataset.add_new(0x60003000, "OW", b"SMITH ")
        dataset.add_new(0x60020022, "LO", SECRET)
        dataset.add_new(0x50003000, "OW", b"SMITH ")
        dataset.add_new(0xFFFCFFFC, "OB", b"SMITH ")
        dataset.add_new(0x00081234, "UN", b"SMITH ")
        icon = Dataset()
        icon.add_new(0x7FE00010, "OW", b"SMITH ")
        dataset.IconImageSequence = Sequence([icon])
        dataset.preamble = b"SMITH".ljust(128, b"\0")
        dataset.file_meta.SourceApplicationEntityTitle = SECRET
        dataset.file_meta.PrivateInformationCreatorUID = SECRET_UID
        dataset.file_meta.PrivateInformation = b"SMITH "

    copy = anonymised(film(fill), KEY)
    assert not [trace for trace in _TRACES if trace in copy]
    assert not any(element.tag.is_private for element in read(copy).iterall())


def test_writing_hidden_above_the_stored_bits_is_cut_off() -> None:
    def hide(dataset: Dataset) -> None:
        dataset.PixelData = (PIXELS | 0x8000).tobytes()

    np.testing.assert_array_equal(np.frombuffer(read(anonymised(film(hide), KEY)).PixelData, "<u2"), PIXELS.ravel())


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize(
    "pixels", [PIXELS, (gradient(121, 161) * 255).astype(np.uint8)], ids=["16 bits", "odd, 8 bits"]
)
def test_writing_behind_the_last_pixel_is_cut_off(pixels: Any, syntax: UID) -> None:
    dataset = read(dicom_bytes(pixels, syntax=syntax))
    seen = dataset.pixel_array
    dataset.PixelData += b"SMITH^JOHN" * 100
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset)
    copy = anonymised(buffer.getvalue(), KEY)
    assert SECRET.encode() in buffer.getvalue()
    assert SECRET.encode() not in copy
    assert len(read(copy).PixelData) == pixels.nbytes + pixels.nbytes % 2
    np.testing.assert_array_equal(read(copy).pixel_array, seen)


def test_a_colour_picture_keeps_all_of_its_pixels() -> None:
    colours = np.repeat((gradient() * 255).astype(np.uint8)[..., np.newaxis], 3, axis=2)
    copy = anonymised(dicom_bytes(colours, PhotometricInterpretation="RGB"), KEY)
    np.testing.assert_array_equal(read(copy).pixel_array, colours)


def test_writing_around_the_stored_bits_of_8_is_cut_off() -> None:
    pixels = (gradient() * 127).astype(np.uint8)
    copy = anonymised(dicom_bytes(pixels | 0x80, BitsStored=7, HighBit=6), KEY)
    np.testing.assert_array_equal(np.frombuffer(read(copy).PixelData, np.uint8), pixels.ravel())


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("ImageType", ["ORIGINAL", "SMITH^JOHN"], "ORIGINAL\\"),
        ("ImageType", ["DERIVED", "PRIMARY", "SMITH JOHN"], "DERIVED\\PRIMARY\\"),
        ("ViewPosition", "SMITH JOHN", None),
        ("ViewPosition", "PA", "PA"),
        ("BodyPartExamined", "SMITH JOHN", None),
        ("BodyPartExamined", "Chest", "CHEST"),
        ("BodyPartExamined", "ABDOMEN", "ABDOMEN"),
        ("Laterality", "Smith", None),
        ("PresentationIntentType", "FOR PRESENTATION", "FOR PRESENTATION"),
        ("PresentationIntentType", "SMITH^JOHN", None),
        ("LossyImageCompressionMethod", ["ISO_10918_1", "SMITH-JOHN"], "ISO_10918_1\\"),
    ],
)
def test_codes_that_are_none_are_gone(name: str, value: Any, kept: str | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom says that they break the standard
        copy = read(anonymised(film(**{name: value}), KEY))
        found = copy.get(name)
    assert (found if found is None or isinstance(found, str) else "\\".join(found)) == kept
    assert SECRET not in str(copy)


def test_identifiers_agree_within_a_run_and_with_no_other() -> None:
    study, series = generate_uid(), generate_uid()
    films = [
        film(StudyInstanceUID=study, SeriesInstanceUID=series, SOPInstanceUID=generate_uid(), PatientID=patient)
        for patient in ("A", "A", "B")
    ]
    first, second, other = (read(anonymised(data, KEY)) for data in films)
    assert first.StudyInstanceUID == second.StudyInstanceUID == other.StudyInstanceUID != study
    assert first.SeriesInstanceUID == second.SeriesInstanceUID != first.StudyInstanceUID
    assert len({copy.SOPInstanceUID for copy in (first, second, other)}) == 3
    assert first.PatientID == second.PatientID != other.PatientID
    again = read(anonymised(films[0], b"x" * 32))
    assert again.StudyInstanceUID != first.StudyInstanceUID
    assert again.PatientID != first.PatientID
    for copy in (first, again):
        assert copy.file_meta.MediaStorageSOPInstanceUID == copy.SOPInstanceUID
        assert copy.SOPInstanceUID.is_valid
        assert len(copy.SOPInstanceUID) <= 64
    assert first.SOPClassUID == read(films[0]).SOPClassUID


def test_packed_pixels_stay_packed() -> None:
    pixels = (gradient() * 255).astype(np.uint8)
    source = wrapped_frame(picture_bytes(pixels, "JPEG"), JPEGBaseline8Bit, pixels=pixels)
    copy = read(anonymised(source, KEY))
    assert copy.file_meta.TransferSyntaxUID == JPEGBaseline8Bit
    assert copy.PixelData == read(source).PixelData


def test_the_table_is_that_of_the_standard() -> None:
    assert action_for(0x00100030) is Action.EMPTY  # birth date: Z
    assert action_for(0x00101010) is Action.REMOVE  # age: X
    assert action_for(0x0020000D) is Action.NEW_UID  # study: U
    assert action_for(0x00120010) is Action.DUMMY  # sponsor's name: D
    assert action_for(0x60023000) is Action.REMOVE  # overlays, by mask
    assert action_for(0x50AA1234) is Action.REMOVE  # curves, by mask
    assert action_for(0x00280010) is None


def test_a_file_says_whether_there_is_writing_in_it() -> None:
    assert says_burned_in(film(BurnedInAnnotation="YES"))
    assert not says_burned_in(film(BurnedInAnnotation="NO"))
    assert not says_burned_in(film())


def test_other_files_and_damaged_ones_are_not_copied(samples: Path) -> None:
    with pytest.raises(NotDicomError):
        anonymised((samples / "phantom-01.jpg").read_bytes(), KEY)
    with pytest.raises(FilmFailedError):
        anonymised(dicom_bytes(None), KEY)  # no picture in it
    for cut in range(0, 600, 37):
        try:
            anonymised(film()[:cut] + os.urandom(40), KEY)
        except (FilmFailedError, NotDicomError):
            continue
