"""Any supported file, recognised by its content, becomes a `Radiograph`, or its values for the viewer."""

import errno
import os
import stat
from pathlib import Path

from engine.errors import FilmFailedError
from engine.films import dicom, picture
from engine.films.bounds import MAX_FILE_BYTES, MAX_PIXELS
from engine.films.film import FilmValues, OpenFilm, Radiograph, as_radiograph, as_values
from engine.films.polarity import show_bones_bright, show_values_bright
from engine.reasons import Reason


def read_film(path: Path) -> bytes:
    """Read a whole file, so that what is hashed is what is decoded.

    Raises:
        FilmFailedError: `not_found`, `no_permission`, `empty_file`, `not_an_image` (not a regular file),
            `too_large` (over 512 MiB) or `corrupt_pixels` (the drive cannot read it).
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FilmFailedError(Reason.NOT_AN_IMAGE)
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_size > MAX_FILE_BYTES:
                raise FilmFailedError(Reason.TOO_LARGE)
            data = stream.read(MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise FilmFailedError(Reason.NOT_FOUND) from error
    except PermissionError as error:
        raise FilmFailedError(Reason.NO_PERMISSION) from error
    except OSError as error:
        raise FilmFailedError(Reason.NOT_FOUND if error.errno == errno.ELOOP else Reason.CORRUPT_PIXELS) from error
    if len(data) > MAX_FILE_BYTES:
        raise FilmFailedError(Reason.TOO_LARGE)
    if not data:
        raise FilmFailedError(Reason.EMPTY_FILE)
    return data


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
