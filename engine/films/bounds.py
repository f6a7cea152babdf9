"""How large a film may be, told from its packed bytes before anything is unpacked."""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise

from engine.errors import FilmFailedError
from engine.films.jpeg_header import JPEG, JPEG_LS_FRAME, read_frame_header
from engine.reasons import Reason

MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_PIXELS = 80_000_000
_MAX_SAMPLES = 3 * MAX_PIXELS
_MAX_INFLATED_BYTES = 256 * 1024 * 1024
# A film does not shrink to a hundredth; what does, and is not small, is refused without looking further.
_MAX_RATIO, _SMALL_BYTES = 100, 64 * 1024 * 1024
_STEP = 4 * 1024 * 1024

_JPEG_2000, _END_OF_IMAGE = b"\xff\x4f\xff\x51", b"\xff\xd9"
# What fills a frame up to an even length: zeros, or as some devices write it, ones.
_PADDING = b"\0\xff"


def check_inflated(deflated: bytes) -> None:
    """Refuse a deflated data set (RFC 1951) that would grow over 256 MiB, or a hundredfold and over 64 MiB.

    Raises:
        FilmFailedError: `too_large`.
    """
    limit = min(_MAX_INFLATED_BYTES, max(_SMALL_BYTES, _MAX_RATIO * len(deflated)))
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    size, rest = 0, deflated
    while rest and not unpacker.eof:
        size += len(unpacker.decompress(rest, _STEP))
        if size > limit:
            raise FilmFailedError(Reason.TOO_LARGE)
        rest = unpacker.unconsumed_tail


def check_codestream(frame: bytes) -> None:
    """Refuse a JPEG, JPEG-LS or JPEG 2000 frame that states more samples than a film can have.

    The tags around it may say otherwise, but its decoder makes room for what it states itself. A frame in which no
    size is found is left to its decoder.

    Raises:
        FilmFailedError: `too_large`; `corrupt_pixels` for a JPEG-LS frame that is cut off.
    """
    header = read_frame_header(frame)
    if header is not None:
        samples = header.samples
    elif frame.startswith(JPEG):
        samples = 0  # it does not say
    else:
        samples = _jpeg_2000_samples(frame)
    if samples > _MAX_SAMPLES:
        raise FilmFailedError(Reason.TOO_LARGE)
    is_jpeg_ls = header is not None and header.marker == JPEG_LS_FRAME
    if is_jpeg_ls and not frame.rstrip(_PADDING).endswith(_END_OF_IMAGE):
        raise FilmFailedError(Reason.CORRUPT_PIXELS)  # CharLS may look for the end of it for half a minute


def _jpeg_2000_samples(frame: bytes) -> int:
    """How many values a JPEG 2000 frame states, with or without a file's boxes around it; 0 where it does not say."""
    start = frame.find(_JPEG_2000)
    if start < 0 or len(frame) < start + 42:
        return 0
    right, bottom, left, top = struct.unpack_from(">4I", frame, start + 8)
    (components,) = struct.unpack_from(">H", frame, start + 40)
    return int((right - left) * (bottom - top) * components)


def check_run_lengths(frame: bytes, *, segment_bytes: int) -> None:
    """Refuse an RLE frame (DICOM PS3.5 annex G) of which a segment unpacks to far more than it should.

    Args:
        frame: Header and segments.
        segment_bytes: What a segment holds when unpacked: one byte of each pixel.

    Raises:
        FilmFailedError: `too_large`.
    """
    if len(frame) < 64:
        return
    count, *offsets = struct.unpack_from("<16I", frame)
    for start, end in pairwise([*offsets[:count], len(frame)]):
        if _unpacks_beyond(frame[start:end], 2 * segment_bytes + _STEP):
            raise FilmFailedError(Reason.TOO_LARGE)


def _unpacks_beyond(segment: bytes, limit: int) -> bool:
    if 64 * len(segment) <= limit:  # two bytes become 128 at most
        return False
    place = size = 0
    while place < len(segment) and size <= limit:
        run = segment[place]
        literal = run < 128
        size += run + 1 if literal else (257 - run) % 129
        place += run + 2 if literal else 1 + (run > 128)
    return size > limit
