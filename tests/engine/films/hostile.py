"""Files made to hurt a reader: small on the disk, enormous once they are opened."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from pydicom import dcmread
from pydicom.encaps import generate_frames
from pydicom.uid import DeflatedExplicitVRLittleEndian, JPEG2000Lossless, JPEGBaseline8Bit, JPEGLSLossless, RLELossless

from tests.builders import dicom_bytes, packed_dicom, picture_bytes, wrapped_frame
from tests.engine.films.corpus import png_chunk

_SIDE = 60_000
_ROWS, _COLUMNS = 120, 160
_DEEP = (np.arange(_ROWS * _COLUMNS, dtype=np.uint16) % 4093).reshape(_ROWS, _COLUMNS)
_GREY = (_DEEP % 251).astype(np.uint8)
_MIB = 1024 * 1024
_ZLIB_HEADER = b"\x78\xda"


def _replaced(data: bytes, old: bytes, new: bytes, *, after: bytes = b"") -> bytes:
    """The bytes with one run of them replaced: the first at or after a mark."""
    place = data.index(old, data.index(after))
    return data[:place] + new + data[place + len(old) :]


def _inflating(mebibytes: int) -> bytes:
    """Raw deflated zeros (RFC 1951): blocks that do not refer to each other, all the same but for the last."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(bytes(_MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * mebibytes + packer.flush()


def _png_with(*chunks: bytes) -> bytes:
    data = picture_bytes(_GREY, "PNG")
    header_end = 8 + 12 + 13
    return data[:header_end] + b"".join(chunks) + data[header_end:]


def huge_png() -> bytes:
    return (
        picture_bytes(_GREY, "PNG")[:8]
        + png_chunk(b"IHDR", struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 0, 0, 0, 0))
        + (png_chunk(b"IDAT", zlib.compress(bytes(_MIB))) + png_chunk(b"IEND", b""))
    )


def huge_jpeg() -> bytes:
    return _replaced(
        picture_bytes(_GREY, "JPEG"),
        struct.pack(">HH", _ROWS, _COLUMNS),
        struct.pack(">HH", _SIDE, _SIDE),
        after=b"\xff\xc0",
    )


def huge_tiff() -> bytes:
    data = bytearray(picture_bytes(_GREY, "TIFF"))
    for entry in range(_directory(data) + 2, len(data) - 11, 12):
        tag, _, count, _ = struct.unpack_from("<HHII", data, entry)
        if tag in (256, 257) and count == 1:  # width and height
            struct.pack_into("<HHII", data, entry, tag, 4, 1, _SIDE)
    return bytes(data)


def _directory(tiff: bytes | bytearray) -> int:
    """Where the first directory of a TIFF lies."""
    (place,) = struct.unpack_from("<I", tiff, 4)
    return int(place)


def huge_tile() -> bytes:
    """A TIFF of modest size whose one tile is enormous."""
    entries = [
        (256, 3, 1, 160), (257, 3, 1, 120), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1),
        (322, 4, 1, 59_904), (323, 4, 1, 59_904), (324, 4, 1, 200), (325, 4, 1, 400),
    ]  # fmt: skip
    head = b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", len(entries))
    head += b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4)
    return head.ljust(200, b"\0") + zlib.compress(bytes(4 * _MIB), 9)


def many_pages() -> bytes:
    """A TIFF of 100,000 pages, all of them the same picture."""
    count = 100_000
    first = picture_bytes(_GREY, "TIFF")
    directory = _directory(first)
    (entries,) = struct.unpack_from("<H", first, directory)
    link = directory + 2 + 12 * entries
    page, start = first[directory:link], len(first) + len(first) % 2
    size = len(page) + 4
    pages = b"".join(
        page + struct.pack("<I", start + (number + 1) * size if number + 1 < count else 0) for number in range(count)
    )
    return (first[:link] + struct.pack("<I", start) + first[link + 4 :]).ljust(start, b"\0") + pages


def huge_bmp() -> bytes:
    return _replaced(picture_bytes(_GREY, "BMP"), struct.pack("<ii", _COLUMNS, _ROWS), struct.pack("<ii", _SIDE, _SIDE))


def huge_webp() -> bytes:
    """A WebP of the largest size that its header can state."""
    data = bytearray(picture_bytes(_GREY, "WEBP", lossless=True))
    place = data.index(b"VP8L") + 9
    (bits,) = struct.unpack_from("<I", data, place)
    struct.pack_into("<I", data, place, bits | 0x0FFFFFFF)
    return bytes(data)


def inflating_profile() -> bytes:
    return _png_with(png_chunk(b"iCCP", b"film\0\0" + _ZLIB_HEADER + _inflating(256)))


def inflating_text() -> bytes:
    return _png_with(png_chunk(b"zTXt", b"Comment\0\0" + _ZLIB_HEADER + _inflating(256)))


def many_texts() -> bytes:
    """A PNG with 200 texts, each of which is just small enough."""
    return _png_with(png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(_MIB - 1), 9)) * 200)


def huge_dicom() -> bytes:
    return dicom_bytes(_DEEP, Rows=_SIDE, Columns=_SIDE)


def inflating_dicom() -> bytes:
    """A deflated data set that unpacks to 1 GiB."""
    data = dicom_bytes(_DEEP, syntax=DeflatedExplicitVRLittleEndian)
    length = struct.unpack_from("<I", data, 140)[0]
    return data[: 144 + length] + _inflating(1024)


def inflating_rle() -> bytes:
    """RLE of 16 MiB that unpacks to 1 GiB."""
    segment = b"\x81\x00" * (8 * _MIB)
    header = struct.pack("<16I", 2, 64, 64 + 128, *[0] * 13)
    return wrapped_frame(header + segment, RLELossless, pixels=_DEEP)


def huge_jpeg_inside() -> bytes:
    return wrapped_frame(huge_jpeg(), JPEGBaseline8Bit, pixels=_GREY)


def huge_jpeg_behind_a_lone_marker() -> bytes:
    """A marker that has no segment (TEM) stands before the frame, and the size is none if it is read as one."""
    return wrapped_frame(_behind_start(huge_jpeg(), b"\xff\x01"), JPEGBaseline8Bit, pixels=_GREY)


def huge_jpeg_behind_stray_bytes() -> bytes:
    return wrapped_frame(_behind_start(huge_jpeg(), b"\x00film"), JPEGBaseline8Bit, pixels=_GREY)


def huge_jpeg_with_another_size_in_a_comment() -> bytes:
    """A comment in it looks like the head of a small JPEG 2000 stream."""
    small = b"\xff\x4f\xff\x51" + bytes(4) + struct.pack(">4I", 9, 9, 0, 0) + bytes(16) + b"\0\1"
    comment = b"\xff\xfe" + struct.pack(">H", len(small) + 2) + small
    return wrapped_frame(_behind_start(huge_jpeg(), comment), JPEGBaseline8Bit, pixels=_GREY)


def _behind_start(jpeg: bytes, extra: bytes) -> bytes:
    return jpeg[:2] + extra + jpeg[2:]


def huge_jpeg2000_inside() -> bytes:
    frame = _frame_of(packed_dicom(_DEEP, JPEG2000Lossless))
    wide = struct.pack(">II", _COLUMNS, _ROWS)
    frame = _replaced(frame, wide, struct.pack(">II", _SIDE, _SIDE), after=b"\xff\x51")
    return wrapped_frame(frame, JPEG2000Lossless, pixels=_DEEP)


def huge_jpeg_ls_inside() -> bytes:
    frame = _frame_of(packed_dicom(_DEEP, JPEGLSLossless))
    high = struct.pack(">HH", _ROWS, _COLUMNS)
    frame = _replaced(frame, high, struct.pack(">HH", _SIDE, _SIDE), after=b"\xff\xf7")
    return wrapped_frame(frame, JPEGLSLossless, pixels=_DEEP)


def short_dicom() -> bytes:
    """Tags that ask for 64 million pixels, and data for a few thousand."""
    return dicom_bytes(_DEEP, Rows=8000, Columns=8000)


def many_frames() -> bytes:
    return dicom_bytes(_DEEP, NumberOfFrames="100000000")


def long_fragment() -> bytes:
    """Packed pixels whose one fragment claims 4 GiB."""
    data = packed_dicom(_DEEP, RLELossless)
    item = data.index(b"\xfe\xff\x00\xe0", data.index(b"\xfe\xff\x00\xe0", data.rindex(b"\xe0\x7f\x10\x00")) + 4)
    return data[: item + 4] + b"\xf0\xff\xff\xff" + data[item + 8 :]


def nested_sequences() -> bytes:
    """Sequences within sequences, 20,000 deep."""
    opened = b"\x08\x00\x15\x11SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    data = dicom_bytes(_DEEP)
    place = data.index(b"\x08\x00\x16\x00")
    return data[:place] + opened * 20_000


def _frame_of(data: bytes) -> bytes:
    return next(generate_frames(dcmread(io.BytesIO(data)).PixelData, number_of_frames=1))


TOO_LARGE: tuple[Callable[[], bytes], ...] = (
    huge_png,
    huge_jpeg,
    huge_tiff,
    huge_bmp,
    huge_webp,
    inflating_profile,
    inflating_text,
    many_texts,
    huge_dicom,
    inflating_dicom,
    inflating_rle,
    huge_jpeg_inside,
    huge_jpeg_behind_a_lone_marker,
    huge_jpeg_behind_stray_bytes,
    huge_jpeg_with_another_size_in_a_comment,
    huge_jpeg2000_inside,
    huge_jpeg_ls_inside,
)
UNREADABLE: tuple[Callable[[], bytes], ...] = (
    huge_tile,
    short_dicom,
    many_frames,
    nested_sequences,
)
HARMLESS: tuple[Callable[[], bytes], ...] = (many_pages, long_fragment)
