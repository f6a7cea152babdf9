from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from engine.errors import FilmFailedError, FilmRejectedError
from engine.films.film import FilmFacts, OpenFilm, Radiograph
from engine.films.gate import MIN_SIDE, check_facts, check_pixels
from engine.films.radiograph import open_film
from engine.reasons import Reason
from tests.builders import dicom_bytes, gradient

PIXELS = (gradient(200, 200) * 4095).astype(np.uint16)


def facts(**changes: Any) -> FilmFacts:
    return FilmFacts(**{"container": "dicom", "rows": 500, "columns": 400, "modality": "CR", **changes})


def dicom(**tags: Any) -> OpenFilm:
    """A film of the chest with these tags, which may break the standard's rules."""
    pixels = tags.pop("pixels", PIXELS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return open_film(dicom_bytes(pixels, BitsStored=12, HighBit=11, **tags))


def with_bytes(name: str, value: bytes) -> bytes:
    """A film of the chest in which a tag has these bytes, whatever the standard says of them."""
    dataset = dcmread(io.BytesIO(dicom_bytes(PIXELS, BitsStored=12, HighBit=11)))
    vr = dictionary_VR(tag_for_keyword(name) or 0)
    dataset.add(RawDataElement(Tag(name), vr, len(value), value + b" " * (len(value) % 2), 0, False, True))
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset)
    assert value in buffer.getvalue()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"Modality": "CT"}, Reason.WRONG_MODALITY),
        ({"Modality": "MG"}, Reason.WRONG_MODALITY),
        ({"Modality": "OT"}, Reason.WRONG_MODALITY),
        ({"Modality": "CT."}, Reason.WRONG_MODALITY),
        ({"Modality": "(CT)"}, Reason.WRONG_MODALITY),
        ({"Modality": "?"}, Reason.WRONG_MODALITY),
        ({"Modality": "\x01\x02"}, Reason.WRONG_MODALITY),
        ({"Modality": ["CR", "CT"]}, Reason.WRONG_MODALITY),
        ({"Modality": ["CT", "CR"]}, Reason.WRONG_MODALITY),
        ({"NumberOfFrames": "2"}, Reason.MULTI_FRAME),
        ({"NumberOfFrames": "+2"}, Reason.MULTI_FRAME),
        ({"NumberOfFrames": " 2 "}, Reason.MULTI_FRAME),
        ({"BodyPartExamined": "HAND"}, Reason.WRONG_BODY_PART),
        ({"BodyPartExamined": "TSPINE"}, Reason.WRONG_BODY_PART),
        ({"BodyPartExamined": "ABDOMEN (AP)"}, Reason.WRONG_BODY_PART),
        ({"BodyPartExamined": "Abdomen."}, Reason.WRONG_BODY_PART),
        ({"BodyPartExamined": "KNIE,LINKS"}, Reason.WRONG_BODY_PART),
        ({"BodyPartExamined": "ABDOMEN DÉCUBITUS"}, Reason.WRONG_BODY_PART),
        ({"BodyPartExamined": ["CHEST", "ABDOMEN"]}, Reason.WRONG_BODY_PART),
        ({"ViewPosition": "LL"}, Reason.NOT_FRONTAL),
        ({"ViewPosition": "L.L."}, Reason.NOT_FRONTAL),
        ({"ViewPosition": "Lateral"}, Reason.NOT_FRONTAL),
        ({"ViewPosition": "LLAT"}, Reason.NOT_FRONTAL),
        ({"ViewPosition": "RAO"}, Reason.NOT_FRONTAL),
        ({"ViewPosition": "LATERAL (L)"}, Reason.NOT_FRONTAL),
        ({"ViewPosition": "(RL)"}, Reason.NOT_FRONTAL),
        ({"ViewPosition": ["PA", "LL"]}, Reason.NOT_FRONTAL),
        ({"pixels": PIXELS[:, : MIN_SIDE - 1]}, Reason.TOO_SMALL),
    ],
    ids=str,
)
def test_tags_that_refuse_a_film(tags: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(FilmRejectedError) as refusal:
        check_facts(dicom(**tags))
    assert refusal.value.reason is reason


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"Modality": None},
        {"Modality": ""},
        {"Modality": "cr"},
        {"Modality": ["CR", "DX"]},
        {"NumberOfFrames": "1"},
        {"NumberOfFrames": "+1"},
        {"Modality": "DX", "BodyPartExamined": "Chest", "ViewPosition": "PA"},
        {"BodyPartExamined": "PORT_CHEST", "ViewPosition": "AP"},
        {"BodyPartExamined": "PORT CHEST"},
        {"BodyPartExamined": "CHEST PA", "Modality": "DR"},
        {"BodyPartExamined": "Chest AP"},
        {"BodyPartExamined": "CHEST (PA)", "ViewPosition": "P.A."},
        {"BodyPartExamined": "THORAX"},
        {"BodyPartExamined": "TÓRAX"},
        {"BodyPartExamined": "Tórax (AP)"},
        {"BodyPartExamined": "", "ViewPosition": ""},
        {"BodyPartExamined": "-", "ViewPosition": "-"},
        {"BodyPartExamined": None},
        {"ViewPosition": "FRONTAL"},
        {"ViewPosition": "AP (supine), mobile"},
        {"pixels": PIXELS[:MIN_SIDE, :MIN_SIDE]},
    ],
    ids=str,
)
def test_tags_that_let_a_film_pass(tags: dict[str, Any]) -> None:
    check_facts(dicom(**tags))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("text", ["胸部 PA", "Грудная клетка"])
def test_a_part_in_another_script_is_left_to_the_pixels(text: str, encoding: str) -> None:
    check_facts(open_film(with_bytes("BodyPartExamined", text.encode(encoding))))


def test_another_part_is_found_beside_another_script() -> None:
    with pytest.raises(FilmRejectedError) as refusal:
        check_facts(open_film(with_bytes("BodyPartExamined", "左 KNEE".encode())))
    assert refusal.value.reason is Reason.WRONG_BODY_PART


@pytest.mark.parametrize("stated", [b"two", b"2.0", b"-2", b"2 3", b"1\\2", b"1234567890"])
def test_a_number_of_frames_that_is_none_is_damage(stated: bytes) -> None:
    with pytest.raises(FilmFailedError) as failure:
        open_film(with_bytes("NumberOfFrames", stated))
    assert failure.value.reason is Reason.CORRUPT_PIXELS


def test_what_the_gate_reads_does_not_reach_the_facts() -> None:
    film = dicom(BodyPartExamined="CHEST^SMITH, JOHN", ViewPosition="AP^SMITH")
    assert film.stated.body_part == ("CHEST^SMITH, JOHN",)
    assert "SMITH" not in repr(film.facts)


@pytest.mark.parametrize(
    ("film", "reason"),
    [
        (Radiograph(np.full((200, 200), 0.5, dtype=np.float32), facts()), Reason.BLANK),
        (Radiograph(gradient() * np.float32(0.02), facts()), Reason.BLANK),
        (Radiograph(gradient(), facts(), colourfulness=0.3), Reason.NOT_A_CHEST_FILM),
    ],
)
def test_pixels_that_refuse_a_film(film: Radiograph, reason: Reason) -> None:
    with pytest.raises(FilmRejectedError) as refusal:
        check_pixels(film)
    assert refusal.value.reason is reason


def test_an_ordinary_film_passes() -> None:
    check_pixels(Radiograph(gradient(), facts(), colourfulness=0.02))
