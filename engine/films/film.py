"""What a film is: the facts its file states, and its pixels as a person should see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import FilmFailedError
from engine.films.greys import NO_FILM, PICTURE_SCALE, GreyScale, picture_codes
from engine.reasons import Note, Reason

_MAX_COLOURFULNESS = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFacts:
    """What a file says about its film, before any pixel is decoded. Unknown facts are None.

    Attributes:
        patient_id: As stored. It stays inside the reading process; results carry a keyed hash instead.
        age_years: Age at the time of the study, in years.
        sex: `M`, `F` or `O`.
        frames: Number of pictures in the file; in one that is not DICOM, 2 stands for any number of them.
        orientation: How the stored picture must be turned to be shown, as in EXIF: 1 (as it is) to 8.
        pixel_spacing_mm: Distance between rows and between columns, in millimetres.
        spacing_on_detector: Whether that distance is the detector's, which a body in front of it falls short of.
    """

    container: str
    rows: int
    columns: int
    frames: int = 1
    bits_stored: int = 8
    modality: str | None = None
    body_part: str | None = None
    view_position: str | None = None
    patient_id: str | None = None
    age_years: float | None = None
    sex: str | None = None
    study_instance_uid: str | None = None
    series_instance_uid: str | None = None
    sop_instance_uid: str | None = None
    acquired_at: datetime | None = None
    pixel_spacing_mm: tuple[float, float] | None = None
    spacing_on_detector: bool = False
    orientation: int = 1

    def as_stored(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the film as shown lies in the file: x and y as 0..1 of the stored width and height."""
        across = 1.0 - y if self.orientation in (7, 8) else y
        down = 1.0 - x if self.orientation in (6, 7) else x
        if self.orientation >= 5:
            return across, down
        return (1.0 - x if self.orientation in (2, 3) else x), (1.0 - y if self.orientation in (3, 4) else y)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedTags:
    """What a file says its film is, letter by letter and in capitals: for the gate alone, as a name may stand there.

    Each tag has all of its values; none where it is absent or empty, and `?` for one that cannot be read.
    """

    modality: tuple[str, ...] = ()
    body_part: tuple[str, ...] = ()
    view_position: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Radiograph:
    """A film as a person should see it.

    Attributes:
        pixels: (rows, columns) float32 in 0..1, bones bright, orientation as the file asks for.
        facts: What the file says about the film.
        colourfulness: Mean spread between the colour channels, 0..1; 0 for a grey picture.
        notes: What was mended on the way here.
        padding: (rows, columns), True where the file says that a pixel is no part of the film; None where it does not
            say.
    """

    pixels: NDArray[np.float32]
    facts: FilmFacts
    colourfulness: float = 0.0
    notes: tuple[Note, ...] = ()
    padding: NDArray[np.bool_] | None = None

    @property
    def coloured(self) -> bool:
        """Whether this is a coloured picture, and so no film."""
        return self.colourfulness > _MAX_COLOURFULNESS

    def checked(self) -> Radiograph:
        """The film itself, once every pixel is a number. Raises FilmFailedError (`corrupt_pixels`)."""
        if not np.isfinite(self.pixels).all():
            raise FilmFailedError(Reason.CORRUPT_PIXELS)
        return self


@dataclass(frozen=True, slots=True, eq=False)
class FilmValues:
    """A film at full depth, without a window, orientation as the file asks for.

    Attributes:
        codes: (rows, columns) uint16; 0 is no part of the film (padding).
        scale: What the codes stand for, and how they are shown.
        coloured: Whether this is a coloured picture, and so no film.
        notes: What was mended on the way here.
    """

    codes: NDArray[np.uint16]
    scale: GreyScale
    facts: FilmFacts
    coloured: bool = False
    notes: tuple[Note, ...] = ()

    def checked(self) -> FilmValues:
        """The film itself, once every code stands for a number. Raises FilmFailedError (`corrupt_pixels`)."""
        if not np.isfinite(self.scale.brightness()).all():
            raise FilmFailedError(Reason.CORRUPT_PIXELS)
        return self


def as_radiograph(film: FilmValues | Radiograph) -> Radiograph:
    """The film as its scale shows it."""
    if isinstance(film, Radiograph):
        return film
    padding = film.codes == NO_FILM
    return Radiograph(
        film.scale.brightness()[film.codes],
        film.facts,
        notes=film.notes,
        padding=padding if padding.any() else None,
    )


def as_values(film: FilmValues | Radiograph) -> FilmValues:
    """The film's values; of one that has none of its own, its brightness from 0 to 255."""
    if isinstance(film, FilmValues):
        return film
    return FilmValues(picture_codes(film.pixels), PICTURE_SCALE, film.facts, film.coloured, film.notes)


class OpenFilm(Protocol):
    """A recognised file: its facts are known, its pixels are still packed."""

    @property
    def facts(self) -> FilmFacts:
        """What the file says about the film."""

    @property
    def stated(self) -> StatedTags:
        """The same of what the gate asks about, as it stands there. It stays inside the reading process."""

    def decode(self) -> FilmValues | Radiograph:
        """Decode the pixels: values where the film has some of its own. Raises FilmFailedError."""
