from __future__ import annotations

import struct

import numpy as np
import pytest

from engine.errors import FilmFailedError
from engine.films.bounds import check_codestream
from engine.films.dicom.jpeg import decode_jpeg
from engine.films.jpeg_header import FrameHeader, read_frame_header
from engine.reasons import Reason
from tests.builders import gradient, picture_bytes

PIXELS = (gradient() * 255).astype(np.uint8)
START = b"\xff\xd8"


def frame(marker: int = 0xC3, rows: int = 65535, columns: int = 65535, components: int = 1) -> bytes:
    sizes = struct.pack(">HBHHB", 8 + 3 * components, 8, rows, columns, components)
    return bytes([0xFF, marker]) + sizes + bytes(3 * components)


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\xff\x01",
        *(bytes([0xFF, alone]) for alone in range(0xD0, 0xD9)),
        b"\xff" * 9,
        b"film\xff\x00",
        b"\xff\xe0\x00\x04JF",
        b"\xff\xc4\x00\x03\x00\xff\x01",
    ],
    ids=bytes.hex,
)
def test_whatever_stands_before_it_the_frame_is_found_and_bounded(before: bytes) -> None:
    stream = START + before + frame() + bytes(1000)
    assert read_frame_header(stream) == FrameHeader(0xC3, 8, 65535, 65535, 1)
    with pytest.raises(FilmFailedError) as refusal:
        check_codestream(stream)
    assert refusal.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "stream",
    [b"", START, frame(), START + b"\xff\xd9" + frame(), START + b"\xff\xda\x00\x02" + frame(), START + frame()[:9]],
    ids=["empty", "start alone", "no start", "ended", "in the scan", "cut off"],
)
def test_a_stream_without_a_frame_has_no_header(stream: bytes) -> None:
    assert read_frame_header(stream) is None
    check_codestream(stream)
    with pytest.raises(ValueError, match="no frame"):
        decode_jpeg(stream, rows=1, columns=1, signed=False)


def test_a_frame_of_jpeg_ls_is_none_for_the_codec_of_jpeg() -> None:
    with pytest.raises(ValueError, match="no frame"):
        decode_jpeg(START + frame(0xF7, 9, 9), rows=9, columns=9, signed=False)


def test_a_picture_s_own_header() -> None:
    header = read_frame_header(picture_bytes(PIXELS, "JPEG"))
    assert header == FrameHeader(0xC0, 8, *PIXELS.shape, 1)
    assert header.samples == PIXELS.size
