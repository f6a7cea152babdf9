"""A copy of a DICOM film without what names its patient: PS3.15's basic profile, stricter where that is silent.

The profile's table names what to remove. Elements that it does not name are treated by their kind: private ones, names,
dates, long texts, addresses, unknown kinds, overlays and previews go; every UID that is not one of the standard's own
becomes a new one. Codes that are none go, and of those that people like to write words into only known ones stay. What
is left says how to show the picture.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import re
import warnings

import numpy as np
import pydicom
from pydicom.datadict import dictionary_has_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels.utils import get_expected_length
from pydicom.sequence import Sequence
from pydicom.uid import UID

from engine.errors import FilmError, FilmFailedError, NotDicomError
from engine.films.dicom.file import DicomFilm, is_dicom
from engine.films.dicom.profile import Action, action_for
from engine.films.dicom.values import all_values
from engine.reasons import Reason
from engine.version import __version__

_MAX_DEPTH = 12
_STANDARD_UIDS = "1.2.840.10008."
_PIXELS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_ICON = 0x00880200
_PATIENT_NAME, _PATIENT_ID = 0x00100010, 0x00100020
_TELLING_KINDS = frozenset({"AE", "AS", "DA", "DT", "LT", "PN", "ST", "TM", "UC", "UN", "UR", "UT"})
_CODE = re.compile(r"[A-Z0-9_ ]{1,16}")  # PS3.5 6.2
# Codes that are often typed by hand, and what of them is sure to be no name: in use, or terms of PS3.3 and PS3.16.
_TERMS: dict[int, frozenset[str]] = {
    0x00080008: frozenset({"ORIGINAL", "DERIVED", "PRIMARY", "SECONDARY"}),  # image type
    0x00180015: frozenset(  # body part
        {"CHEST", "PORT CHEST", "PORT_CHEST", "THORAX", "LUNG", "RIB", "ABDOMEN", "ANKLE", "ARM", "BREAST", "CSPINE"}
        | {"ELBOW", "EXTREMITY", "FOOT", "HAND", "HEAD", "HIP", "KNEE", "LEG", "LSPINE", "NECK", "PELVIS", "SHOULDER"}
        | {"SKULL", "SPINE", "TSPINE", "WHOLE BODY", "WHOLEBODY", "WRIST"}
    ),
    0x00185101: frozenset(  # view position
        {"AP", "PA", "LL", "RL", "LLD", "RLD", "LLO", "RLO", "LAO", "RAO", "LPO", "RPO", "LAT", "LATERAL", "OBL"}
    ),
}
_DUMMIES: dict[str, object] = {"DA": "19000101", "DT": "19000101000000", "TM": "000000", "AS": "000Y"}


def anonymised(data: bytes, key: bytes) -> bytes:
    """A file's copy without what names its patient.

    Args:
        data: The file.
        key: The same key gives the same patient, study, series and film the same new identifiers.

    Raises:
        NotDicomError: It is another kind of file.
        FilmFailedError: It cannot be read, or not be written anew.
    """
    if not is_dicom(data):
        raise NotDicomError
    DicomFilm.open(data)  # refuses what is too large or no film
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _Copy(key).of(pydicom.dcmread(io.BytesIO(data), force=True))
    except FilmError:
        raise
    except Exception as error:  # a damaged file makes pydicom raise errors of any kind
        raise FilmFailedError(Reason.CORRUPT_PIXELS) from error


def says_burned_in(data: bytes) -> bool:
    """Whether a DICOM file itself says that there is writing in its picture (Burned In Annotation)."""
    dataset = pydicom.dcmread(io.BytesIO(data), force=True, specific_tags=["BurnedInAnnotation"])
    return str(dataset.get("BurnedInAnnotation", "")).strip().upper() == "YES"


class _Copy:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, source: Dataset) -> bytes:
        """The whole file; nothing of the preamble and of the file's own header is taken over but its encoding."""
        syntax = source.file_meta.get("TransferSyntaxUID") or _syntax_of(source)
        copy = self._clean(source, depth=0)
        if not UID(syntax).is_encapsulated:
            _cut_trailing_bytes(copy)
            _cut_unused_bits(copy, syntax)
        copy.PatientName = copy.PatientID = f"ANON-{self._digest(str(source.get('PatientID', '')))[:8].hex().upper()}"
        if "SOPInstanceUID" not in copy:
            copy.SOPInstanceUID = self._new_uid(str(source.file_meta.get("MediaStorageSOPInstanceUID", "")))
        copy.PatientIdentityRemoved = "YES"
        copy.LongitudinalTemporalInformationModified = "REMOVED"
        copy.DeidentificationMethod = f"Mapafu {__version__}: PS3.15 2026c basic profile"
        code = Dataset()
        code.CodeValue, code.CodingSchemeDesignator = "113100", "DCM"
        code.CodeMeaning = "Basic Application Confidentiality Profile"
        copy.DeidentificationMethodCodeSequence = Sequence([code])
        copy.preamble = b"\0" * 128
        copy.file_meta = FileMetaDataset()
        copy.file_meta.TransferSyntaxUID = syntax
        copy.file_meta.MediaStorageSOPClassUID = copy.get("SOPClassUID", UID("1.2.840.10008.5.1.4.1.1.7"))
        copy.file_meta.MediaStorageSOPInstanceUID = copy.SOPInstanceUID
        buffer = io.BytesIO()
        copy.save_as(buffer, enforce_file_format=True)
        return buffer.getvalue()

    def _clean(self, source: Dataset, *, depth: int) -> Dataset:
        copy = Dataset()
        for element in source:
            cleaned = self._element(element, depth)
            if cleaned is not None:
                copy.add(cleaned)
        return copy

    def _element(self, element: DataElement, depth: int) -> DataElement | None:
        """What becomes of an element; None where it goes."""
        tag = int(element.tag)
        if tag in _PIXELS:
            return element if depth == 0 else None
        group = tag >> 16
        is_layer = 0x5000 <= group <= 0x501E or 0x6000 <= group <= 0x601E or group == 0xFFFC
        if group % 2 or is_layer or tag == _ICON or not dictionary_has_tag(tag):
            return None
        action = action_for(tag)
        if action is Action.REMOVE:
            return None
        if element.VR == "SQ":
            return self._sequence(element, depth) if action is None else None
        if element.VR == "UI":
            return self._uids(element)
        if action is Action.DUMMY:
            return DataElement(element.tag, element.VR, _DUMMIES.get(element.VR, _dummy(element.VR)))
        if action is not None:
            return DataElement(element.tag, element.VR, None)
        if element.VR == "CS":
            return _codes(element)
        return None if element.VR in _TELLING_KINDS else element

    def _sequence(self, element: DataElement, depth: int) -> DataElement | None:
        if depth >= _MAX_DEPTH:
            return None
        return DataElement(element.tag, "SQ", Sequence([self._clean(item, depth=depth + 1) for item in element.value]))

    def _uids(self, element: DataElement) -> DataElement:
        many = element.VM > 1
        new = [
            uid if uid.startswith(_STANDARD_UIDS) and UID(uid).is_valid and UID(uid).name != uid else self._new_uid(uid)
            for uid in map(str, element.value if many else [element.value or ""])
        ]
        return DataElement(element.tag, "UI", new if many else new[0])

    def _new_uid(self, old: str) -> str:
        """A UID made of a hash (PS3.5 annex B.2), the same for the same old one."""
        return f"2.25.{int.from_bytes(self._digest(old)[:16], 'big')}"

    def _digest(self, value: str) -> bytes:
        return hmac.new(self._key, value.encode("utf-8", "replace"), hashlib.sha256).digest()


def _codes(element: DataElement) -> DataElement | None:
    """The element with what is a code of its values, the others empty in their places; None where none is left."""
    terms = _TERMS.get(int(element.tag))
    kept = []
    for value in map(str, all_values(element.value)):
        text = value.strip() if terms is None else value.strip().upper()
        kept.append(text if _CODE.fullmatch(text) and (terms is None or text in terms) else "")
    return DataElement(element.tag, "CS", kept) if any(kept) else None


def _dummy(vr: str) -> object:
    if vr in ("OB", "OD", "OF", "OL", "OV", "OW"):
        return b"\0\0"
    return 0 if vr in ("DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV") else "ANONYMOUS"


def _syntax_of(source: Dataset) -> UID:
    implicit, little = source.original_encoding
    if implicit:
        return pydicom.uid.ImplicitVRLittleEndian
    return pydicom.uid.ExplicitVRLittleEndian if little else pydicom.uid.ExplicitVRBigEndian


def _cut_trailing_bytes(dataset: Dataset) -> None:
    """Cut off what lies behind the last pixel, where anything may be written and no viewer looks."""
    for tag in _PIXELS & dataset.keys():
        length = int(get_expected_length(dataset))
        dataset[tag].value = dataset[tag].value[: length + length % 2]


def _cut_unused_bits(dataset: Dataset, syntax: UID) -> None:
    """Clear the bits above and below the stored ones, where old programs hid overlays with writing."""
    allocated, stored = dataset.get("BitsAllocated"), dataset.get("BitsStored")
    if allocated not in (8, 16, 32) or not isinstance(stored, int) or not 0 < stored < allocated:
        return
    if dataset.get("PixelRepresentation") or "PixelData" not in dataset:
        return  # the bits above a signed value repeat its sign
    high = dataset.get("HighBit", stored - 1)
    mask = ((1 << stored) - 1) << max(0, min(allocated, high + 1) - stored)
    order = np.dtype(f"{'>' if syntax == pydicom.uid.ExplicitVRBigEndian else '<'}u{allocated // 8}")
    data = dataset.PixelData
    values = np.frombuffer(data[: len(data) // order.itemsize * order.itemsize], dtype=order)
    dataset["PixelData"].value = (values & np.array(mask, dtype=order)).astype(order).tobytes()
