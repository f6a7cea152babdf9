"""The only reader of DICOM: tags to facts, and pixels through modality, VOI and presentation transforms."""

from engine.films.dicom.file import DicomFilm, is_dicom

__all__ = ["DicomFilm", "is_dicom"]
