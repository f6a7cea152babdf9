"""A file as bytes, read once and whole. Knows no format, so that the window may use it too."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from engine.errors import FilmFailedError
from engine.films.bounds import MAX_FILE_BYTES
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
