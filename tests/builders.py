"""Small files made on the spot: pictures and DICOM objects with just the tags a test needs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ComputedRadiographyImageStorage, ExplicitVRLittleEndian, generate_uid

from engine.films.radiograph import load_radiograph
from engine.model.card import Estimate, OperatingPoint
from engine.model.preprocess import resample
from engine.paths import resource


def gradient(rows: int = 120, columns: int = 160) -> NDArray[np.float32]:
    """A picture that rises from left to right and a little from top to bottom, 0..1."""
    down, across = np.mgrid[0:rows, 0:columns]
    return ((across / (columns - 1)) * 0.8 + (down / (rows - 1)) * 0.2).astype(np.float32)


def stretched(values: NDArray[Any]) -> NDArray[Any]:
    """Values as a film without a window is shown: their central 99.8 % spread over 0..1."""
    low, high = np.percentile(values, [0.1, 99.9])
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def phantom(rows: int | None = None, columns: int | None = None) -> NDArray[np.float32]:
    """A drawn film, 0..1, which the gate lets pass; of its own size, or brought to another."""
    film = load_radiograph(resource("samples") / "phantom-01.jpg").pixels
    return resample(film, height=rows or film.shape[0], width=columns or film.shape[1])


def make_point(name: str = "screening", low: float = 0.2, main: float = 0.4, high: float = 0.6) -> OperatingPoint:
    """An operating point with these thresholds."""
    return OperatingPoint(
        name=name,
        rule="a rule",
        threshold=main,
        threshold_low=low,
        threshold_high=high,
        data_set="made-up films",
        sensitivity=Estimate(0.95, 0.93, 0.97),
        specificity=Estimate(0.90, 0.88, 0.92),
        uncertain_share=0.1,
        sensitivity_if_uncertain_read=0.97,
        specificity_if_uncertain_read=0.85,
        sensitivity_if_uncertain_passed=0.92,
        specificity_if_uncertain_passed=0.95,
        perturbed=None,
    )


def picture_bytes(pixels: NDArray[Any] | Image.Image, kind: str, **options: Any) -> bytes:
    """A picture file of a Pillow format."""
    buffer = io.BytesIO()
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def write_dicom(path: Path, pixels: NDArray[Any] | None, *, syntax: UID = ExplicitVRLittleEndian, **tags: Any) -> Path:
    """An uncompressed CR of the chest; `tags` override or add (None leaves a tag out)."""
    path.write_bytes(dicom_bytes(pixels, syntax=syntax, **tags))
    return path


def packed_dicom(pixels: NDArray[Any], syntax: UID, *, encoding: dict[str, Any] | None = None, **tags: Any) -> bytes:
    """A CR of the chest, its pixels packed as the syntax says; `encoding` goes to the encoder."""
    dataset = dcmread(io.BytesIO(dicom_bytes(pixels, **tags)))
    dataset.compress(syntax, **(encoding or {}))
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset)
    return buffer.getvalue()


def wrapped_frame(frame: bytes, syntax: UID, *, pixels: NDArray[Any]) -> bytes:
    """A CR of the chest whose tags are those of `pixels`, and whose packed pixels are this frame."""
    dataset = dcmread(io.BytesIO(dicom_bytes(pixels)))
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR = "OB"
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset)
    return buffer.getvalue()


def dicom_bytes(pixels: NDArray[Any] | None, *, syntax: UID = ExplicitVRLittleEndian, **tags: Any) -> bytes:
    """The bytes of an uncompressed CR of the chest; `tags` as for `write_dicom`."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.SOPClassUID = ComputedRadiographyImageStorage
    dataset.SOPInstanceUID = generate_uid()
    dataset.Modality = "CR"
    dataset.BodyPartExamined = "CHEST"
    dataset.PhotometricInterpretation = "MONOCHROME2"
    if pixels is not None:
        dataset.Rows, dataset.Columns = pixels.shape[:2]
        dataset.SamplesPerPixel = 1 if pixels.ndim == 2 else pixels.shape[2]
        if pixels.ndim == 3:
            dataset.PlanarConfiguration = 0
        bits = pixels.dtype.itemsize * 8
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
        dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
        ordered = pixels if syntax.is_little_endian else pixels.astype(pixels.dtype.newbyteorder(">"))
        dataset.add_new("PixelData", "OW", ordered.tobytes())
    for name, value in tags.items():
        if value is None:
            delattr(dataset, name)
        else:
            setattr(dataset, name, value)
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()
