"""A DICOM file: recognised, its tags read, its pixels decoded."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import pydicom
from pydicom.filereader import _read_file_meta_info, read_preamble
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from engine.errors import FilmError, FilmFailedError
from engine.films import bounds
from engine.films.dicom.colour import from_channels, from_palette
from engine.films.dicom.facts import read_facts, read_stated
from engine.films.dicom.grey import from_grey
from engine.films.dicom.stored import decode_stored
from engine.films.film import FilmFacts, FilmValues, Radiograph, StatedTags
from engine.reasons import Reason

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
    stated: StatedTags
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
                return cls(read_facts(dataset), read_stated(dataset), dataset)
        except FilmFailedError:
            raise
        except Exception as error:  # a damaged file makes pydicom raise errors of any kind
            reason = Reason.CORRUPT_PIXELS if data[128:132] == b"DICM" else Reason.NOT_AN_IMAGE
            raise FilmFailedError(reason) from error

    def decode(self) -> FilmValues | Radiograph:
        """Decode the first frame, bones bright where its tags are right: values if it is grey, else 0..1.

        Raises:
            FilmFailedError: `unsupported_encoding` where no codec knows the transfer syntax,
                `corrupt_pixels` where the data is damaged or ends early, `too_large` where it would unpack to more
                than a film can be.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self._decode().checked()
        except FilmError:
            raise
        except MemoryError as error:
            raise FilmFailedError(Reason.TOO_LARGE) from error
        except Exception as error:  # damaged data, broken tables and tags raise errors of any kind
            raise FilmFailedError(Reason.CORRUPT_PIXELS) from error

    def _decode(self) -> FilmValues | Radiograph:
        stored = decode_stored(self._dataset)
        if self._dataset.PhotometricInterpretation == "PALETTE COLOR":
            return from_palette(stored, self._dataset, self.facts)
        if stored.ndim == 3:
            return from_channels(stored, self.facts, bits=self.facts.bits_stored)
        return from_grey(stored, self._dataset, self.facts)


def _check_inflated(data: bytes) -> None:
    stream = io.BytesIO(data)
    read_preamble(stream, force=True)
    if _read_file_meta_info(stream).get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:
        bounds.check_inflated(data[stream.tell() :])
