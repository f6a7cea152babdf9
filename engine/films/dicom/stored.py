"""From packed pixel data to the stored values of the first frame, with one decoder for each transfer syntax.

The decoders are chosen here and not left to pydicom, which tries one after the other until one raises no error: GDCM as
pydicom calls it raises none for a damaged stream, and hands back memory that it never wrote.
"""

from __future__ import annotations

import copy
from enum import StrEnum
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom import uid
from pydicom.encaps import encapsulate, get_frame
from pydicom.pixels.utils import pixel_array

from engine.errors import FilmFailedError
from engine.films import bounds
from engine.films.dicom.jpeg import decode_colours, decode_jpeg, without_stray_zeros
from engine.reasons import Reason


class Decoder(StrEnum):
    """Who unpacks the pixels."""

    PYDICOM = "pydicom"
    PILLOW = "pillow"
    GDCM = "gdcm"
    CHARLS = "pyjpegls"
    OPENJPEG = "pylibjpeg"


DECODERS: dict[str, Decoder] = {
    uid.ImplicitVRLittleEndian: Decoder.PYDICOM,
    uid.ExplicitVRLittleEndian: Decoder.PYDICOM,
    uid.ExplicitVRBigEndian: Decoder.PYDICOM,
    uid.DeflatedExplicitVRLittleEndian: Decoder.PYDICOM,
    uid.RLELossless: Decoder.PYDICOM,
    uid.JPEGBaseline8Bit: Decoder.PILLOW,
    uid.JPEGExtended12Bit: Decoder.GDCM,
    uid.JPEGLossless: Decoder.GDCM,
    uid.JPEGLosslessSV1: Decoder.GDCM,
    uid.JPEGLSLossless: Decoder.CHARLS,
    uid.JPEGLSNearLossless: Decoder.CHARLS,
    uid.JPEG2000Lossless: Decoder.OPENJPEG,
    uid.JPEG2000: Decoder.OPENJPEG,
    uid.HTJ2KLossless: Decoder.OPENJPEG,
    uid.HTJ2KLosslessRPCL: Decoder.OPENJPEG,
    uid.HTJ2K: Decoder.OPENJPEG,
}
_MAY_LOSE = frozenset(
    {uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLSNearLossless, uid.JPEG2000, uid.HTJ2K},
)
_COLOURS = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"})
_GREYS = frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})


def decode_stored(dataset: pydicom.Dataset) -> NDArray[Any]:
    """The stored values of the first frame: (rows, columns), or (rows, columns, 3) of red, green and blue.

    Raises:
        FilmFailedError: `unsupported_encoding` where the transfer syntax, the colour space or the packing of the bits
            is none that can be read; `too_large` where the frame would unpack to more than a film can be.
        Exception: Of any kind, where the data is damaged.
    """
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    if syntax not in DECODERS or dataset.PhotometricInterpretation not in _COLOURS | _GREYS:
        raise FilmFailedError(Reason.UNSUPPORTED_ENCODING)
    packed = "PixelData" in dataset and dataset["PixelData"].is_undefined_length
    if packed and not uid.UID(syntax).is_encapsulated:  # a file that lost its header, and with it how it is packed
        raise FilmFailedError(Reason.UNSUPPORTED_ENCODING)
    frame = _packed_frame(dataset) if uid.UID(syntax).is_encapsulated else b""
    if DECODERS[syntax] is Decoder.GDCM and dataset.SamplesPerPixel == 1:
        stored = decode_jpeg(frame, rows=dataset.Rows, columns=dataset.Columns, signed=dataset.PixelRepresentation == 1)
    elif DECODERS[syntax] is Decoder.GDCM:
        stored = decode_colours(frame, rows=dataset.Rows, columns=dataset.Columns)
    elif DECODERS[syntax] is Decoder.CHARLS:
        stored = _unpack_jpeg_ls(dataset, frame)
    else:
        stored = _unpack(dataset)
    if stored.dtype.kind == "f":
        return stored
    return _clip_bits(stored, dataset) if syntax in _MAY_LOSE else _film_bits(stored, dataset)


def _unpack(dataset: pydicom.Dataset) -> NDArray[Any]:
    decoder = DECODERS[dataset.file_meta.TransferSyntaxUID]
    plugin = "" if decoder is Decoder.PYDICOM else decoder.value
    try:
        return pixel_array(dataset, index=0, decoding_plugin=plugin, correct_unused_bits=False)
    except NotImplementedError as error:  # how pydicom says that no plug-in can decode it
        raise FilmFailedError(Reason.UNSUPPORTED_ENCODING) from error


def _unpack_jpeg_ls(dataset: pydicom.Dataset, frame: bytes) -> NDArray[Any]:
    try:
        return _unpack(dataset)
    except RuntimeError:
        mended = copy.copy(dataset)
        mended.PixelData = encapsulate([without_stray_zeros(frame)])
        return _unpack(mended)


def _packed_frame(dataset: pydicom.Dataset) -> bytes:
    """The first frame as it is stored, once it is known to hold no more than a film can."""
    frame = get_frame(dataset.PixelData, 0, number_of_frames=int(dataset.get("NumberOfFrames") or 1))
    if dataset.file_meta.TransferSyntaxUID == uid.RLELossless:
        bounds.check_run_lengths(frame, segment_bytes=dataset.Rows * dataset.Columns)
    else:
        bounds.check_codestream(frame)
    return frame


def _film_bits(stored: NDArray[Any], dataset: pydicom.Dataset) -> NDArray[Any]:
    """The values without what lies in the bits above and below them, such as overlays of older devices."""
    container = 8 * stored.dtype.itemsize
    bits, high = dataset.BitsStored, dataset.HighBit
    if bits >= container or not bits - 1 <= high < container:
        return stored
    without_above = np.left_shift(stored, container - 1 - high)
    return np.asarray(np.right_shift(without_above, container - bits))


def _clip_bits(stored: NDArray[Any], dataset: pydicom.Dataset) -> NDArray[Any]:
    """The values, where a lossy codec has taken some beyond the stated bits: cut off, they would turn black."""
    if dataset.BitsStored >= 8 * stored.dtype.itemsize:
        return stored
    top = 2 ** (dataset.BitsStored - dataset.PixelRepresentation) - 1
    return np.asarray(np.clip(stored, -top - 1 if dataset.PixelRepresentation else 0, top))
