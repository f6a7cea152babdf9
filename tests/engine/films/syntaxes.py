"""One drawn film in every transfer syntax, and the page that says what came of it.

`python -m tests.engine.films.syntaxes docs/transfer-syntaxes.md` writes the page; a test holds that it is true.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom import uid
from pydicom.encaps import encapsulate

from engine.errors import FilmFailedError
from engine.films.dicom.stored import DECODERS, Decoder
from engine.films.radiograph import load_radiograph
from engine.paths import resource
from tests.builders import write_dicom

EXACT = 1.0 / 65535.0
WINDOW = {"WindowCenter": "2048", "WindowWidth": "4096"}
_WINDOW8 = {"WindowCenter": "128", "WindowWidth": "256"}

Pack = Callable[[NDArray[Any]], bytes]


@dataclass(frozen=True, slots=True)
class Syntax:
    """A transfer syntax to try.

    Attributes:
        pack: Makes one frame; None where pydicom writes it.
        bits: Bits stored.
        tolerance: How far a pixel may be from the original, 0..1.
        label: What to add to the name of the syntax.
    """

    uid: uid.UID
    pack: Pack | None = None
    bits: int = 12
    tolerance: float = EXACT
    label: str = ""

    @property
    def name(self) -> str:
        return self.uid.name.replace(" [Selection Value 1]", ", selection value 1") + self.label


def _jpeg(**options: Any) -> Pack:
    return lambda values: imagecodecs.jpeg8_encode(values, **options)


def _jpeg2000(**options: Any) -> Pack:
    return lambda values: imagecodecs.jpeg2k_encode(values, codecformat="j2k", **options)


def _htj2k(**options: Any) -> Pack:
    return lambda values: imagecodecs.htj2k_encode(values, **options)


_LOSSY = 0.02
SYNTAXES = (
    Syntax(uid.ImplicitVRLittleEndian),
    Syntax(uid.ExplicitVRLittleEndian),
    Syntax(uid.ExplicitVRBigEndian),
    Syntax(uid.DeflatedExplicitVRLittleEndian),
    Syntax(uid.RLELossless),
    Syntax(uid.JPEGBaseline8Bit, _jpeg(level=98), bits=8, tolerance=_LOSSY),
    Syntax(uid.JPEGExtended12Bit, _jpeg(level=98), bits=8, tolerance=_LOSSY, label=", 8 bits"),
    Syntax(uid.JPEGExtended12Bit, _jpeg(level=95, bitspersample=12), tolerance=_LOSSY, label=", 12 bits"),
    Syntax(uid.JPEGLossless, _jpeg(lossless=True, predictor=4, bitspersample=12)),
    Syntax(uid.JPEGLosslessSV1, _jpeg(lossless=True, predictor=1, bitspersample=12)),
    Syntax(uid.JPEGLSLossless, imagecodecs.jpegls_encode),
    Syntax(uid.JPEGLSNearLossless, lambda values: imagecodecs.jpegls_encode(values, level=8), tolerance=_LOSSY),
    Syntax(uid.JPEG2000Lossless, _jpeg2000(reversible=True, bitspersample=12)),
    Syntax(uid.JPEG2000, _jpeg2000(level=60, reversible=False, bitspersample=12), tolerance=_LOSSY),
    Syntax(uid.HTJ2KLossless, _htj2k(reversible=True)),
    Syntax(uid.HTJ2KLosslessRPCL, _htj2k(reversible=True, tlm=True)),
    Syntax(uid.HTJ2K, _htj2k(level=0.0005, reversible=False), tolerance=_LOSSY),
)
REFUSED = (
    uid.JPEG2000MCLossless,
    uid.JPEG2000MC,
    uid.JPIPHTJ2KReferenced,
    uid.MPEG2MPML,
    uid.MPEG4HP41,
    uid.HEVCMP51,
)


@cache
def film() -> NDArray[np.float32]:
    """A drawn film of 12 bits as 0..1, whose darkest and brightest values are many, so that no stretch changes it."""
    drawn = pydicom.dcmread(resource("samples") / "phantom-08.dcm").pixel_array
    low, high = np.percentile(drawn, [0.5, 99.5])
    return (np.round(np.clip((drawn - low) / (high - low), 0.0, 1.0) * 4095) / 4095).astype(np.float32)


def stored_values(bits: int, *, inverted: bool = False) -> NDArray[Any]:
    """The film as it is stored."""
    unit = 1.0 - film() if inverted else film()
    return np.round(unit * (2**bits - 1)).astype(np.uint8 if bits == 8 else np.uint16)


def write_packed(path: Path, syntax: Syntax, *, inverted: bool = False, values: NDArray[Any] | None = None) -> bytes:
    """Write the film, or other stored values, in a transfer syntax.

    The packed frame is given back, or nothing where pydicom writes it.
    """
    values = stored_values(syntax.bits, inverted=inverted) if values is None else values
    tags = {
        "BitsStored": syntax.bits,
        "HighBit": syntax.bits - 1,
        "PhotometricInterpretation": "MONOCHROME1" if inverted else "MONOCHROME2",
        **(_WINDOW8 if syntax.bits == 8 else WINDOW),
    }
    if syntax.uid == uid.RLELossless:
        dataset = pydicom.dcmread(write_dicom(path, values, **tags))
        dataset.compress(syntax.uid)
        dataset.save_as(path)
    elif syntax.pack is None:
        write_dicom(path, values, syntax=syntax.uid, **tags)
    else:
        dataset = pydicom.dcmread(write_dicom(path, values, **tags))
        frame = syntax.pack(values)
        dataset.file_meta.TransferSyntaxUID = syntax.uid
        dataset.PixelData = encapsulate([frame])
        dataset["PixelData"].is_undefined_length = True
        dataset["PixelData"].VR = "OB"
        dataset.save_as(path)
        return frame
    return b""


_DECODERS = {
    Decoder.PYDICOM: "pydicom",
    Decoder.PILLOW: "Pillow (libjpeg-turbo)",
    Decoder.GDCM: "GDCM",
    Decoder.CHARLS: "pyjpegls (CharLS)",
    Decoder.OPENJPEG: "pylibjpeg-openjpeg (OpenJPEG)",
}


def page(folder: Path) -> str:
    """The page, from films that are written into the folder and read again."""
    lines = [
        "# Transfer syntaxes",
        "",
        "Written by `python -m tests.engine.films.syntaxes docs/transfer-syntaxes.md`: a drawn film is packed in each",
        "transfer syntax and read again. A test fails where this page is not what comes out.",
        "",
        "| transfer syntax | UID | decoder | result |",
        "|---|---|---|---|",
    ]
    for syntax in SYNTAXES:
        path = folder / "film"
        write_packed(path, syntax)
        decoder = _DECODERS[DECODERS[syntax.uid]]
        lines.append(f"| {syntax.name} | {syntax.uid} | {decoder} | {_result(path, syntax.tolerance)} |")
    for refused in REFUSED:
        path = folder / "refused"
        write_packed(path, Syntax(refused, pack=bytes))
        lines.append(f"| {refused.name} | {refused} | none | {_result(path, EXACT)} |")
    return "\n".join([*lines, "", "Any other transfer syntax is refused as the last ones are.", ""])


def _result(path: Path, tolerance: float) -> str:
    try:
        apart = np.abs(load_radiograph(path).pixels - film()).max()
    except FilmFailedError as error:
        return f"refused: `{error.code}`"
    if apart > tolerance:
        return "wrong"
    return "every pixel as it was" if tolerance == EXACT else f"every pixel within {tolerance:.0%} of the range"


def main() -> None:
    """Write the page to the file that the command line names."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Path(sys.argv[1]).write_text(page(Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
