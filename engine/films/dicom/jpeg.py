"""JPEG streams that neither Pillow nor pydicom's plugins can read: more than 8 bits, and lossless. By GDCM.

GDCM's codec is asked itself. An image of GDCM unpacks as well, but does not say whether that worked.
"""

from __future__ import annotations

from typing import Any

import gdcm
import numpy as np
from numpy.typing import NDArray
from pydicom.pixels.processing import convert_color_space

_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


def decode_jpeg(stream: bytes, *, rows: int, columns: int, channels: int, signed: bool, colours: str) -> NDArray[Any]:
    """The values of a JPEG stream: (rows, columns) or (rows, columns, 3), of 8 or 16 bits.

    Args:
        stream: One frame.
        rows, columns, channels: What the stream has to hold; it is damaged where it does not.
        signed: Whether the values are two's complement.
        colours: Photometric interpretation; YBR comes out as RGB.

    Raises:
        ValueError: The stream is damaged.
    """
    bits = _precision(stream)
    container = 8 if bits <= 8 else 16
    pixel_format = gdcm.PixelFormat(channels, container, bits, bits - 1, int(signed))
    interpretation = gdcm.PhotometricInterpretation.MONOCHROME2 if channels == 1 else gdcm.PhotometricInterpretation.RGB
    codec = gdcm.JPEGCodec()
    codec.SetNumberOfDimensions(2)
    codec.SetDimensions((columns, rows, 1))
    # With the precision of the stream, not the bits stored of the file: GDCM would mask values that lie beyond.
    codec.SetPixelFormat(pixel_format)
    codec.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(interpretation))
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
    shape = (rows, columns) if channels == 1 else (rows, columns, channels)
    # A stream that ends early gives fewer values, for which there is no shape.
    values = np.frombuffer(data, dtype=f"<{'i' if signed else 'u'}{container // 8}").reshape(shape)
    return convert_color_space(values, "YBR_FULL", "RGB") if colours.startswith("YBR") else values


def _precision(stream: bytes) -> int:
    """Bits per value, from the start of the frame (ITU-T T.81 B.2.2). Raises ValueError where there is none."""
    place = 2
    while place + 5 <= len(stream) and stream[place] == 0xFF:
        marker = stream[place + 1]
        if marker in _START_OF_FRAME:
            return stream[place + 4]
        if marker == 0xFF:
            place += 1
        elif marker in _WITHOUT_LENGTH:
            place += 2
        else:
            place += 2 + int.from_bytes(stream[place + 2 : place + 4])
    raise ValueError("the JPEG stream has no frame")
