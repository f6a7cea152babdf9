"""JPEG streams that pydicom's plugins cannot read: more than 8 bits, and lossless. Grey ones by GDCM.

GDCM's codec is asked itself. An image of GDCM unpacks as well, but does not say whether that worked. Of a stream in
colour the codec ends the whole process, so that those go to Pillow.
"""

from __future__ import annotations

import io
from typing import Any

import gdcm
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.films.jpeg_header import JPEG_LS_FRAME, read_frame_header

_END_OF_IMAGE = b"\xff\xd9"


def decode_jpeg(stream: bytes, *, rows: int, columns: int, signed: bool) -> NDArray[Any]:
    """The values of a grey JPEG stream: (rows, columns), of 8 or 16 bits.

    Args:
        stream: One frame.
        rows, columns: What the stream has to hold; it is damaged where it does not.
        signed: Whether the values are two's complement.

    Raises:
        ValueError: The stream is damaged.
    """
    header = read_frame_header(stream)
    if header is None or header.marker == JPEG_LS_FRAME:
        raise ValueError("the JPEG stream has no frame")
    if header.components != 1:
        raise ValueError("the JPEG stream is in colour")
    bits = header.bits
    container = 8 if bits <= 8 else 16
    pixel_format = gdcm.PixelFormat(1, container, bits, bits - 1, int(signed))
    codec = gdcm.JPEGCodec()
    codec.SetNumberOfDimensions(2)
    codec.SetDimensions((columns, rows, 1))
    # With the precision of the stream, not the bits stored of the file: GDCM would mask values that lie beyond.
    codec.SetPixelFormat(pixel_format)
    codec.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(gdcm.PhotometricInterpretation.MONOCHROME2))
    codec.SetPlanarConfiguration(0)
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(stream)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    packed, unpacked = (gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010)) for _ in range(2))
    packed.SetValue(fragments.__ref__())
    if not codec.Decode(packed, unpacked):
        raise ValueError("the JPEG stream is damaged")
    data = unpacked.GetByteValue().GetBuffer().encode("utf-8", "surrogateescape")  # GDCM gives bytes as text
    # A stream that ends early gives fewer values, for which there is no shape.
    return np.frombuffer(data, dtype=f"<{'i' if signed else 'u'}{container // 8}").reshape(rows, columns)


def decode_colours(stream: bytes, *, rows: int, columns: int) -> NDArray[np.uint8]:
    """The red, green and blue of a JPEG stream of 8 bits, (rows, columns, 3).

    Raises:
        ValueError: It holds no such picture.
        OSError: It is damaged.
    """
    with Image.open(io.BytesIO(stream), formats=["JPEG"]) as image:
        if image.size != (columns, rows):
            raise ValueError("the JPEG stream holds a picture of another size")
        return np.asarray(image.convert("RGB"))


def without_stray_zeros(stream: bytes) -> bytes:
    """A JPEG-LS stream without zeros that older encoders leave before its end, which CharLS takes for damage."""
    body = stream[: stream.rindex(_END_OF_IMAGE)]
    return body.rstrip(b"\0") + _END_OF_IMAGE
