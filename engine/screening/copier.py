"""Inside the copier's child: one DICOM film and its copy without what names the patient."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from engine.errors import FilmFailedError, OutputError
from engine.films.dicom.anonymised import anonymised, says_burned_in
from engine.films.file_bytes import read_film
from engine.films.gate import notes_of_pixels
from engine.films.radiograph import decode_film, open_film
from engine.reasons import Note, Reason
from engine.screening.requests import CopierSettings, CopyReply, CopyRequest


class FilmCopier:
    """Copies one film at a time."""

    def __init__(self, settings: CopierSettings) -> None:
        self._settings = settings

    def answer(self, request: CopyRequest) -> CopyReply:
        """Write a copy. Raises FilmFailedError, NotDicomError or OutputError."""
        try:
            data = read_film(request.path)
            copy = anonymised(data, self._settings.key)
            # What is looked at is the copy: it must be a film that can be read.
            radiograph = decode_film(open_film(copy))
        except MemoryError as error:
            raise FilmFailedError(Reason.TOO_LARGE) from error
        lettered = says_burned_in(data) or Note.BURNED_IN_TEXT in notes_of_pixels(radiograph)
        return CopyReply(_write(self._settings.folder, copy), burned_in_text=lettered)


def _write(folder: Path, copy: bytes) -> str:
    """Write a copy under a name made of its own hash, which tells nothing of where it came from."""
    name = f"{hashlib.sha256(copy).hexdigest()[:24]}.dcm"
    aside = folder / f".{name}.partial"
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(copy)
        aside.replace(folder / name)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise OutputError("The copies cannot be written. Free some space or choose another folder.") from error
    return name
