"""The drawn films that come as DICOM files."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    generate_uid,
)

from training.phantoms.phantom import Array, Phantom, Tags

_NUMBERS = {8: "Eight", 9: "Nine", 10: "Ten", 11: "Eleven", 12: "Twelve"}

# The film fills 3200 of the 4096 values, and the window shows just those.
_BLACK, _RANGE, _HIGHEST = 300, 3200, 4095


def dicom_dataset(phantom: Phantom, tags: Tags, film: Array) -> Dataset:
    """The DICOM data set of a film, 12 bits deep, packed as its transfer syntax asks.

    Args:
        phantom: What was drawn; it names the patient and the UIDs, which are the same every time.
        tags: What the file says about itself.
        film: The drawn film (rows, columns) in 0..1.
    """
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.ImplementationClassUID = _uid("writer")
    dataset.file_meta.ImplementationVersionName = "MAPAFU_DRAWING"
    _add_study(dataset, phantom, tags)
    _add_patient(dataset, phantom, tags)
    if tags.detector:
        _add_detector(dataset, tags)
    _add_pixels(dataset, tags, film)
    if tags.syntax != ExplicitVRLittleEndian:
        dataset.compress(tags.syntax, generate_instance_uid=False)
    return dataset


def _add_study(dataset: Dataset, phantom: Phantom, tags: Tags) -> None:
    """What kind of picture it is, when it was made and how it lies."""
    dataset.SOPClassUID = DigitalXRayImageStorageForPresentation if tags.detector else ComputedRadiographyImageStorage
    dataset.SOPInstanceUID = _uid("image", phantom.number)
    dataset.StudyInstanceUID = _uid("study", phantom.number)
    dataset.SeriesInstanceUID = _uid("series", phantom.number)
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.ImageType = ["DERIVED", "PRIMARY"]
    dataset.StudyDate = dataset.ContentDate = "20240106"
    dataset.StudyTime = dataset.ContentTime = f"09{phantom.number:02}00"
    dataset.AccessionNumber = dataset.ReferringPhysicianName = dataset.StudyID = ""
    dataset.Modality = "DX" if tags.detector else "CR"
    dataset.Manufacturer = "Mapafu drawing"
    dataset.StudyDescription = "Drawn chest, no person"
    dataset.BodyPartExamined = "CHEST"
    dataset.ViewPosition = tags.view
    dataset.PatientOrientation = ["L", "F"]
    dataset.SeriesNumber = dataset.InstanceNumber = 1
    # Half a rib cage measures 15 cm in the grown man and about 10 cm in the children.
    spacing = (150.0 if tags.age == "045Y" else 100.0) / phantom.unit
    dataset.ImagerPixelSpacing = [f"{spacing:.4f}"] * 2
    dataset.BurnedInAnnotation = "NO"


def _add_patient(dataset: Dataset, phantom: Phantom, tags: Tags) -> None:
    """Who is shown: nobody, by name."""
    dataset.PatientName = f"Phantom^{_NUMBERS[phantom.number]}"
    dataset.PatientID = f"PHANTOM-{phantom.number:02}"
    dataset.PatientBirthDate = ""
    dataset.PatientSex = tags.sex
    if tags.age:
        dataset.PatientAge = tags.age


def _add_detector(dataset: Dataset, tags: Tags) -> None:
    """What Digital X-Ray asks for beyond Computed Radiography."""
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.PixelIntensityRelationship = "LOG"
    dataset.PixelIntensityRelationshipSign = 1 if tags.inverted else -1
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = 0, 1, "US"
    dataset.PresentationLUTShape = "INVERSE" if tags.inverted else "IDENTITY"
    dataset.LossyImageCompression = "00"
    dataset.ImageLaterality = "U"


def _add_pixels(dataset: Dataset, tags: Tags, film: Array) -> None:
    """The pixels, not yet packed, and the window that shows them."""
    stored = np.round(film * _RANGE).astype(np.uint16) + np.uint16(_BLACK)
    middle = _BLACK + _RANGE // 2
    if tags.inverted:
        stored, middle = np.uint16(_HIGHEST) - stored, _HIGHEST - middle
    dataset.WindowCenter, dataset.WindowWidth = middle, _RANGE
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME1" if tags.inverted else "MONOCHROME2"
    dataset.Rows, dataset.Columns = film.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = stored.astype("<u2").tobytes()
    dataset["PixelData"].VR = "OW"


def _uid(*parts: str | int) -> UID:
    """The same UID for the same parts, always."""
    return generate_uid(entropy_srcs=["Mapafu drawing", *map(str, parts)])
