"""What the tags of a DICOM file say about its film."""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
import pydicom

from engine.errors import FilmFailedError
from engine.films.dicom.values import all_values, first_value
from engine.films.film import FilmFacts, StatedTags
from engine.reasons import Reason

_UNREADABLE = "?"
_MOST_LETTERS = 256
# What pydicom raises over broken values.
_BROKEN = (ValueError, TypeError, LookupError, NotImplementedError)
_UNITS_PER_YEAR = {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}


def read_facts(dataset: pydicom.Dataset) -> FilmFacts:
    """What the tags say.

    Raises:
        FilmFailedError: `no_pixels`, `not_an_image` or `corrupt_pixels`.
        ValueError: The file ends before its first element.
    """
    if not any(name in dataset for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        if len(dataset) == 0:
            raise ValueError("the file ends before its first element")
        if dataset.preamble is None and "SOPClassUID" not in dataset:
            raise FilmFailedError(Reason.NOT_AN_IMAGE)  # bytes that only began like a data set
        raise FilmFailedError(Reason.NO_PIXELS)
    rows, columns = dataset.get("Rows"), dataset.get("Columns")
    photometric = _text(dataset, "PhotometricInterpretation")
    if not isinstance(rows, int) or not isinstance(columns, int) or rows < 1 or columns < 1 or not photometric:
        raise FilmFailedError(Reason.CORRUPT_PIXELS)
    spacing, on_detector = _spacing(dataset)
    return FilmFacts(
        container="dicom",
        rows=rows,
        columns=columns,
        frames=_whole(dataset, "NumberOfFrames") or 1,
        bits_stored=_whole(dataset, "BitsStored") or 8,
        modality=_code(dataset, "Modality"),
        body_part=_code(dataset, "BodyPartExamined"),
        view_position=_code(dataset, "ViewPosition"),
        patient_id=_text(dataset, "PatientID"),
        age_years=_age_years(dataset),
        sex=sex if (sex := _code(dataset, "PatientSex")) in ("M", "F", "O") else None,
        study_instance_uid=_text(dataset, "StudyInstanceUID"),
        series_instance_uid=_text(dataset, "SeriesInstanceUID"),
        sop_instance_uid=_text(dataset, "SOPInstanceUID"),
        acquired_at=_acquired_at(dataset),
        pixel_spacing_mm=spacing,
        spacing_on_detector=on_detector,
    )


def read_stated(dataset: pydicom.Dataset) -> StatedTags:
    """What the tags say that the film is, uncleaned."""
    return StatedTags(
        modality=_stated(dataset, "Modality"),
        body_part=_stated(dataset, "BodyPartExamined"),
        view_position=_stated(dataset, "ViewPosition"),
    )


def read_unit(dataset: pydicom.Dataset) -> str:
    """What the modality values are measured in; empty where the file does not say (`US` is unspecified)."""
    table = dataset.get("ModalityLUTSequence")
    name = _code(table[0], "ModalityLUTType") if table else _code(dataset, "RescaleType")
    return name if name is not None and name != "US" else ""


def _text(dataset: pydicom.Dataset, name: str) -> str | None:
    """A tag as one line of printable text of at most 128 characters: what a file says is not to be trusted."""
    try:
        raw = str(first_value(dataset.get(name)) or "")
    except _BROKEN:
        return None
    return _printable(raw)[:128] or None


def _printable(raw: str) -> str:
    return "".join(letter for letter in raw if letter.isprintable()).strip()


def _stated(dataset: pydicom.Dataset, name: str) -> tuple[str, ...]:
    """Every value of a tag in capitals; none where it is absent or empty, and `?` for what cannot be read."""
    try:
        raw = [str(value).strip(" \0\t\r\n") for value in all_values(dataset.get(name))]
    except _BROKEN:
        return (_UNREADABLE,)
    return tuple((_printable(text) or _UNREADABLE).upper()[:_MOST_LETTERS] for text in raw if text)


def _code(dataset: pydicom.Dataset, name: str) -> str | None:
    """A coded tag in capitals. Anything that is no code string (PS3.5 6.2) may be a name, and is not kept."""
    text = (_text(dataset, name) or "").upper()
    return text if re.fullmatch(r"[A-Z0-9_ /-]{1,32}", text) else None


def _whole(dataset: pydicom.Dataset, name: str) -> int | None:
    """A whole number, None where there is none. Raises FilmFailedError where there is anything else."""
    stated = _stated(dataset, name)
    if not stated:
        return None
    if len(stated) > 1 or not re.fullmatch(r"[+]?[0-9]{1,9}", stated[0]):
        raise FilmFailedError(Reason.CORRUPT_PIXELS)
    return int(stated[0])


def _age_years(dataset: pydicom.Dataset) -> float | None:
    stated = re.fullmatch(r"(\d{1,3})([DWMY])", _text(dataset, "PatientAge") or "")
    if stated:
        return int(stated[1]) / _UNITS_PER_YEAR[stated[2]]
    born, taken = _date(_text(dataset, "PatientBirthDate")), _date(_text(dataset, "StudyDate"))
    if born is None or taken is None or taken < born:
        return None
    return (taken - born).days / 365.25


def _acquired_at(dataset: pydicom.Dataset) -> datetime | None:
    for date_name, time_name in (
        ("AcquisitionDate", "AcquisitionTime"),
        ("ContentDate", "ContentTime"),
        ("StudyDate", "StudyTime"),
    ):
        date = _date(_text(dataset, date_name))
        if date is not None:
            clock = re.match(r"(\d{2})(\d{2})(\d{2})?", _text(dataset, time_name) or "")
            hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
            return date.replace(hour=min(hour, 23), minute=min(minute, 59), second=min(second, 59))
    return None


def _date(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text or "", "%Y%m%d")
    except ValueError:
        return None


def _spacing(dataset: pydicom.Dataset) -> tuple[tuple[float, float] | None, bool]:
    """Distance of the pixels, and whether it is the detector's.

    A Pixel Spacing equal to that of the detector has not been corrected for the distance of the body (PS3.3 10.7.1.3).
    """
    corrected, detector = (_steps(dataset, name) for name in ("PixelSpacing", "ImagerPixelSpacing"))
    return corrected or detector, detector is not None and corrected in (None, detector)


def _steps(dataset: pydicom.Dataset, name: str) -> tuple[float, float] | None:
    try:
        down, across = (float(step) for step in dataset.get(name) or ())
    except (TypeError, ValueError):
        return None
    return (down, across) if down > 0 and across > 0 and np.isfinite([down, across]).all() else None
