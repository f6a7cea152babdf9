"""One small good film of each kind that can be read: what truncations and mutations start from."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.uid import (
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from tests.builders import dicom_bytes, gradient, packed_dicom, picture_bytes, wrapped_frame

_ROWS, _COLUMNS = 120, 160


def film_values() -> NDArray[np.float32]:
    """A film with some noise in it, 0..1, so that no part of it packs into nothing."""
    noise = np.random.default_rng(5).normal(0.0, 0.02, (_ROWS, _COLUMNS))
    return np.clip(gradient(_ROWS, _COLUMNS) + noise, 0.0, 1.0).astype(np.float32)


EIGHT: NDArray[np.uint8] = np.round(film_values() * 255).astype(np.uint8)
TWELVE: NDArray[np.uint16] = np.round(film_values() * 4095).astype(np.uint16)
COLOURS: NDArray[np.uint8] = np.repeat(EIGHT[..., np.newaxis], 3, axis=2)


def interlaced_png(pixels: NDArray[np.uint8]) -> bytes:
    """An 8-bit grey PNG in the seven passes of Adam7 (PNG specification, 8.1), which Pillow reads but cannot write."""
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    lines = b"".join(
        b"\0" + line.tobytes() for top, left, down, across in passes for line in pixels[top::down, left::across]
    )
    rows, columns = pixels.shape
    header = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 1)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(kind, body) for kind, body in chunks)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG with its length and check sum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def tiled_tiff(pixels: NDArray[np.uint8], *, tile: int = 64) -> bytes:
    """A grey TIFF in deflated square tiles."""
    rows, columns = pixels.shape
    padded = np.pad(pixels, ((0, -rows % tile), (0, -columns % tile)))
    tiles = [
        zlib.compress(padded[top : top + tile, left : left + tile].tobytes())
        for top in range(0, rows, tile)
        for left in range(0, columns, tile)
    ]
    start = 8 + 2 + 10 * 12 + 4
    lengths = [len(data) for data in tiles]
    body = start + 8 * len(tiles)
    places = [body + sum(lengths[:number]) for number in range(len(tiles))]
    entries = [
        (256, 3, 1, columns), (257, 3, 1, rows), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1),
        (322, 3, 1, tile), (323, 3, 1, tile), (324, 4, len(tiles), start), (325, 4, len(tiles), start + 4 * len(tiles)),
    ]  # fmt: skip
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4)
    tables = struct.pack(f"<{2 * len(tiles)}I", *places, *lengths)
    return b"II*\0" + struct.pack("<I", 8) + directory + tables + b"".join(tiles)


def _pictures() -> dict[str, bytes]:
    orientation = Image.Exif()
    orientation[0x0112] = 6
    palette = Image.fromarray(EIGHT).convert("P")
    return {
        "jpeg": picture_bytes(EIGHT, "JPEG", exif=orientation),
        "jpeg progressive": picture_bytes(COLOURS, "JPEG", progressive=True),
        "jpeg cmyk": picture_bytes(Image.fromarray(COLOURS).convert("CMYK"), "JPEG"),
        "png": picture_bytes(EIGHT, "PNG"),
        "png of 16 bits": picture_bytes(TWELVE, "PNG"),
        "png with palette": picture_bytes(palette, "PNG"),
        "png interlaced": interlaced_png(EIGHT),
        "tiff": picture_bytes(TWELVE, "TIFF"),
        "tiff lzw": picture_bytes(EIGHT, "TIFF", compression="tiff_lzw"),
        "tiff deflate": picture_bytes(COLOURS, "TIFF", compression="tiff_adobe_deflate"),
        "tiff tiled": tiled_tiff(EIGHT),
        "bmp": picture_bytes(EIGHT, "BMP"),
        "webp": picture_bytes(COLOURS, "WEBP"),
        "webp lossless": picture_bytes(EIGHT, "WEBP", lossless=True),
    }


def _dicom() -> dict[str, bytes]:
    window = {"WindowCenter": "2048", "WindowWidth": "4096"}
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [4096, 0, 16])
    table.add_new("LUTData", "US", [16 * value for value in range(4096)])
    bits12 = {"BitsStored": 12, "HighBit": 11}

    def plain(syntax: UID) -> bytes:
        return dicom_bytes(TWELVE, syntax=syntax, **bits12, **window)

    return {
        "dicom": dicom_bytes(TWELVE, **bits12, VOILUTSequence=[table], PatientAge="004Y"),
        "dicom implicit": plain(ImplicitVRLittleEndian),
        "dicom big endian": plain(ExplicitVRBigEndian),
        "dicom deflated": plain(DeflatedExplicitVRLittleEndian),
        "dicom rgb": dicom_bytes(COLOURS, PhotometricInterpretation="RGB"),
        "dicom rle": packed_dicom(TWELVE, RLELossless, **bits12),
        "dicom jpeg": wrapped_frame(picture_bytes(EIGHT, "JPEG"), JPEGBaseline8Bit, pixels=EIGHT),
        "dicom jpeg-ls": packed_dicom(TWELVE, JPEGLSLossless, **bits12),
        "dicom jpeg 2000 lossless": packed_dicom(TWELVE, JPEG2000Lossless, **bits12),
        "dicom jpeg 2000": packed_dicom(TWELVE, JPEG2000, encoding={"j2k_cr": [4]}, **bits12),
    }


def films() -> dict[str, bytes]:
    """Every kind of film by its name."""
    return {**_pictures(), **_dicom()}
