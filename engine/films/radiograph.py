"""Any supported file, recognised by its content, becomes a `Radiograph`, or its values for the viewer."""

from pathlib import Path

from engine.errors import FilmFailedError
from engine.films import dicom, picture
from engine.films.bounds import MAX_PIXELS
from engine.films.file_bytes import read_film
from engine.films.film import FilmValues, OpenFilm, Radiograph, as_radiograph, as_values
from engine.films.polarity import show_bones_bright, show_values_bright
from engine.reasons import Reason


def open_film(data: bytes) -> OpenFilm:
    """Recognise a file by its content, whatever its name says.

    Raises:
        FilmFailedError: `not_an_image`, `no_pixels`, `corrupt_pixels` or `too_large`.
    """
    film: OpenFilm
    # DICOM comes first: its preamble may pass for a TIFF header, so that other programs can open the file.
    if dicom.is_dicom(data):
        film = dicom.DicomFilm.open(data)
    elif picture.is_picture(data):
        film = picture.PictureFilm.open(data)
    else:
        raise FilmFailedError(Reason.NOT_AN_IMAGE)
    if film.facts.rows * film.facts.columns > MAX_PIXELS:
        raise FilmFailedError(Reason.TOO_LARGE)
    return film


def decode_film(film: OpenFilm) -> Radiograph:
    """Decode a film and show it right, bones bright, whatever its file says. Raises FilmFailedError."""
    return show_bones_bright(as_radiograph(film.decode()))


def load_radiograph(path: Path) -> Radiograph:
    """Read and decode one file. Raises FilmFailedError where that cannot be done."""
    return decode_film(open_film(read_film(path)))


def load_values(path: Path) -> FilmValues:
    """Read one file at full depth, its scale as `load_radiograph` shows it. Raises FilmFailedError likewise."""
    return show_values_bright(as_values(open_film(read_film(path)).decode()))
