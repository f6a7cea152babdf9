"""The only reader of DICOM: tags to facts, and pixels through modality, VOI and presentation transforms."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.encaps import get_frame
from pydicom.filereader import _read_file_meta_info, read_preamble
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from engine.errors import FilmFailedError
from engine.films import bounds
from engine.films.film import FilmFacts, FilmValues, Radiograph
from engine.films.greys import CODES, PICTURE_SCALE, GreyScale, Packed, central_window, pack_values, picture_codes
from engine.films.tone import Window, WindowFunction, apply_window, stretch_to_unit
from engine.reasons import Reason

_Film = TypeVar("_Film")

_EMPTY_IS_ABSENT = (
    "RescaleSlope",
    "RescaleIntercept",
    "ModalityLUTSequence",
    "VOILUTSequence",
    "PixelPaddingRangeLimit",
)
# (implicit VR, little endian), as pydicom found it in a file that does not state its transfer syntax.
_SYNTAX_OF_ENCODING: dict[tuple[bool | None, bool | None], UID] = {
    (True, True): ImplicitVRLittleEndian,
    (False, True): ExplicitVRLittleEndian,
    (False, False): ExplicitVRBigEndian,
}
_UNITS_PER_YEAR = {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}


def is_dicom(data: bytes) -> bool:
    """Whether the bytes hold DICOM, with or without its preamble."""
    if data[128:132] == b"DICM":
        return True
    # Without a preamble a data set starts with an element of group 0002 or 0008, in little or big endian.
    return data[:2] in (b"\x02\x00", b"\x08\x00", b"\x00\x08") and len(data) > 132


@dataclass(frozen=True, slots=True, eq=False)
class DicomFilm:
    """A DICOM file whose tags have been read."""

    facts: FilmFacts
    _dataset: pydicom.Dataset

    @classmethod
    def open(cls, data: bytes) -> DicomFilm:
        """Read the tags. Raises FilmFailedError (`not_an_image`, `corrupt_pixels`, `no_pixels`, `too_large`)."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _check_inflated(data)
                dataset = pydicom.dcmread(io.BytesIO(data), force=True)
                if "TransferSyntaxUID" not in dataset.file_meta:
                    dataset.file_meta.TransferSyntaxUID = _SYNTAX_OF_ENCODING[dataset.original_encoding]
                for name in _EMPTY_IS_ABSENT:
                    if name in dataset and dataset[name].is_empty:
                        del dataset[name]
                return cls(_read_facts(dataset), dataset)
        except FilmFailedError:
            raise
        except Exception as error:  # a damaged file makes pydicom raise errors of any kind
            reason = Reason.CORRUPT_PIXELS if data[128:132] == b"DICM" else Reason.NOT_AN_IMAGE
            raise FilmFailedError(reason) from error

    def decode(self) -> Radiograph:
        """Decode the first frame and bring it to 0..1, bones bright.

        Raises:
            FilmFailedError: `unsupported_encoding` where no codec knows the transfer syntax,
                `corrupt_pixels` where the data is damaged or ends early, `too_large` where it would unpack to more
                than a film can be.
        """
        return self._decoded(_from_grey, _from_colour).checked()

    def decode_values(self) -> FilmValues:
        """Decode the first frame and leave its values as they are. Raises FilmFailedError, as `decode`."""
        return self._decoded(_grey_values, _colour_values)

    def _decoded(
        self,
        from_grey: Callable[[NDArray[Any], pydicom.Dataset, FilmFacts], _Film],
        from_colour: Callable[[NDArray[Any], FilmFacts, int], _Film],
    ) -> _Film:
        dataset = self._dataset
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stored = _decode_stored(dataset)
            try:
                if dataset.PhotometricInterpretation == "PALETTE COLOR":
                    coloured = apply_color_lut(stored, dataset)
                    return from_colour(coloured, self.facts, 8 * coloured.dtype.itemsize)
                if stored.ndim == 3:
                    return from_colour(stored, self.facts, self.facts.bits_stored)
                return from_grey(stored, dataset, self.facts)
            except MemoryError as error:
                raise FilmFailedError(Reason.TOO_LARGE) from error
            except Exception as error:  # broken tables and tags raise errors of any kind
                raise FilmFailedError(Reason.CORRUPT_PIXELS) from error


def _decode_stored(dataset: pydicom.Dataset) -> NDArray[Any]:
    """The stored values of the first frame: (rows, columns), or (rows, columns, 3) for colour."""
    try:
        _check_frame(dataset)
        stored: NDArray[Any] = pixel_array(dataset, index=0)
    except FilmFailedError:
        raise
    except MemoryError as error:
        raise FilmFailedError(Reason.TOO_LARGE) from error
    except (NotImplementedError, RuntimeError) as error:
        # pydicom raises RuntimeError both where no plugin can decode and where every plugin failed.
        packed = UID(dataset.file_meta.TransferSyntaxUID).is_compressed
        known = packed and "Unable to decompress" not in str(error) and "decoded" not in str(error)
        raise FilmFailedError(Reason.UNSUPPORTED_ENCODING if known else Reason.CORRUPT_PIXELS) from error
    except Exception as error:  # damaged data makes the codecs raise errors of any kind
        raise FilmFailedError(Reason.CORRUPT_PIXELS) from error
    return stored


def _check_inflated(data: bytes) -> None:
    stream = io.BytesIO(data)
    read_preamble(stream, force=True)
    if _read_file_meta_info(stream).get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:
        bounds.check_inflated(data[stream.tell() :])


def _check_frame(dataset: pydicom.Dataset) -> None:
    syntax = UID(dataset.file_meta.TransferSyntaxUID)
    if not syntax.is_compressed:
        return
    frame = get_frame(dataset.PixelData, 0, number_of_frames=_whole(dataset, "NumberOfFrames") or 1)
    if syntax == RLELossless:
        bounds.check_run_lengths(frame, segment_bytes=dataset.Rows * dataset.Columns)
    else:
        bounds.check_codestream(frame)


def _from_grey(stored: NDArray[Any], dataset: pydicom.Dataset, facts: FilmFacts) -> Radiograph:
    padding = _padding_mask(stored, dataset)
    values = np.asarray(apply_modality_lut(stored, dataset), dtype=np.float64)
    window = _first_window(dataset)
    if dataset.get("VOILUTSequence"):
        unit = _apply_voi_table(values, dataset.VOILUTSequence[0])
    elif window is not None:
        unit = apply_window(values, window)
    else:
        unit = stretch_to_unit(values, padding=padding)
    if _is_inverted(dataset):
        unit = np.float32(1.0) - unit
    if padding is not None:
        unit = np.where(padding, np.float32(0.0), unit)
    return Radiograph(np.ascontiguousarray(unit, dtype=np.float32), facts)


def _grey_values(stored: NDArray[Any], dataset: pydicom.Dataset, facts: FilmFacts) -> FilmValues:
    padding = _padding_mask(stored, dataset)
    slope, intercept = 1.0, 0.0
    if "ModalityLUTSequence" in dataset:
        packed = pack_values(apply_modality_lut(stored, dataset), padding=padding)
    else:
        packed = pack_values(stored, padding=padding)
        if "RescaleSlope" in dataset and "RescaleIntercept" in dataset:
            slope, intercept = float(dataset.RescaleSlope), float(dataset.RescaleIntercept)
    packed = packed.rescaled(slope, intercept)
    window, inverted = _first_window(dataset), _is_inverted(dataset)
    table = _voi_curve(packed, dataset.VOILUTSequence[0], inverted) if dataset.get("VOILUTSequence") else None
    scale = GreyScale(
        window=window or central_window(packed),
        stated=window is not None or table is not None,
        slope=packed.step,
        intercept=packed.start,
        inverted=inverted,
        unit=_unit(dataset),
        table=table,
    )
    return FilmValues(packed.codes, scale, facts)


def _voi_curve(packed: Packed, table: pydicom.Dataset, inverted: bool) -> NDArray[np.uint8]:
    """The brightness of each code, (65536,) uint8, as a VOI LUT has it."""
    curve = np.zeros(CODES, dtype=np.uint8)
    present = np.arange(1, int(packed.codes.max()) + 1)
    if present.size:
        values = np.asarray(present * packed.step + packed.start, dtype=np.float64)
        unit = _apply_voi_table(values, table)
        curve[present] = np.rint((1.0 - unit if inverted else unit) * 255.0).astype(np.uint8)
    return curve


def _colour_values(stored: NDArray[Any], facts: FilmFacts, bits: int) -> FilmValues:
    return FilmValues(picture_codes(_from_colour(stored, facts, bits).pixels), PICTURE_SCALE, facts)


def _is_inverted(dataset: pydicom.Dataset) -> bool:
    return dataset.PhotometricInterpretation == "MONOCHROME1" or (
        str(dataset.get("PresentationLUTShape", "IDENTITY")) == "INVERSE"
    )


def _apply_voi_table(values: NDArray[np.float64], table: pydicom.Dataset) -> NDArray[np.float32]:
    """Map modality values through a VOI LUT to 0..1 (PS3.3 C.11.2.1.1)."""
    _, first, bits = (int(number) for number in table.LUTDescriptor)
    if isinstance(table.LUTData, bytes):
        entries = np.frombuffer(table.LUTData, dtype=np.uint16).astype(np.float64)
    else:
        entries = np.atleast_1d(np.asarray(table.LUTData, dtype=np.float64))
    if first > values.max() and first >= 2**15:
        first -= 2**16  # the first value is signed where the values are, whatever its tag was written as
    place = np.clip(np.rint(values) - first, 0, len(entries) - 1).astype(np.intp)
    top = float(2**bits - 1)
    if not top / 2 < entries.max() <= top:  # the descriptor does not fit the data
        top = max(float(entries.max()), 1.0)
    return np.asarray(entries[place] / top, dtype=np.float32)


def _from_colour(stored: NDArray[Any], facts: FilmFacts, bits: int) -> Radiograph:
    channels = np.clip(stored[..., :3].astype(np.float32) / float(2**bits - 1), 0.0, 1.0)
    spread = channels.max(axis=2) - channels.min(axis=2)
    grey = channels @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    return Radiograph(grey, facts, colourfulness=float(spread.mean()))


def _padding_mask(stored: NDArray[Any], dataset: pydicom.Dataset) -> NDArray[np.bool_] | None:
    """True where PixelPaddingValue (or its range) marks a pixel as no part of the film (PS3.3 C.7.5.1.1.2)."""
    first, last = dataset.get("PixelPaddingValue"), dataset.get("PixelPaddingRangeLimit")
    if not isinstance(first, int):
        return None
    ends = [first, last if isinstance(last, int) else first]
    if stored.dtype.kind == "i":  # some writers store a signed value in an unsigned tag
        size = 2 ** (8 * stored.dtype.itemsize)
        ends = [end - size if end >= size // 2 else end for end in ends]
    return np.asarray((stored >= min(ends)) & (stored <= max(ends)))


def _first_window(dataset: pydicom.Dataset) -> Window | None:
    """The first of the stated windows, or None where there is none that can be used."""
    try:
        center = float(_first(dataset.get("WindowCenter")))
        width = float(_first(dataset.get("WindowWidth")))
        function = WindowFunction(str(dataset.get("VOILUTFunction", "LINEAR") or "LINEAR").strip().upper())
    except (TypeError, ValueError):
        return None
    if not np.isfinite([center, width]).all() or width <= 0:
        return None
    return Window(center, width, function)


def _unit(dataset: pydicom.Dataset) -> str:
    """What the modality values are measured in; empty where the file does not say (`US` is unspecified)."""
    table = dataset.get("ModalityLUTSequence")
    name = _code(table[0], "ModalityLUTType") if table else _code(dataset, "RescaleType")
    return name if name is not None and name != "US" else ""


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, (list, pydicom.multival.MultiValue)) else value


def _read_facts(dataset: pydicom.Dataset) -> FilmFacts:
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


def _text(dataset: pydicom.Dataset, name: str) -> str | None:
    """A tag as one line of printable text of at most 128 characters: what a file says is not to be trusted."""
    try:
        raw = str(_first(dataset.get(name)) or "")
    except (ValueError, TypeError, LookupError, NotImplementedError):
        return None
    text = "".join(letter for letter in raw if letter.isprintable()).strip()
    return text[:128] or None


def _code(dataset: pydicom.Dataset, name: str) -> str | None:
    """A coded tag in capitals. Anything that is no code string (PS3.5 6.2) may be a name, and is not kept."""
    text = (_text(dataset, name) or "").upper()
    return text if re.fullmatch(r"[A-Z0-9_ /-]{1,32}", text) else None


def _whole(dataset: pydicom.Dataset, name: str) -> int | None:
    text = _text(dataset, name)
    return int(text) if text and re.fullmatch(r"\d{1,9}", text) else None


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
