"""Pictures without DICOM tags: JPEG, PNG, TIFF, BMP and WebP, read with Pillow."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from engine.errors import FilmFailedError
from engine.films.film import FilmFacts, Radiograph
from engine.films.tone import stretch_to_unit
from engine.reasons import Reason

_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"BM")
_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "WEBP")
_DEEP_MODES = ("I;16", "I;16B", "I;16L", "I", "F")


def is_picture(data: bytes) -> bool:
    """Whether the first bytes are those of a supported picture format."""
    return data.startswith(_SIGNATURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


@dataclass(frozen=True, slots=True, eq=False)
class PictureFilm:
    """A picture file whose header has been read."""

    facts: FilmFacts
    _image: Image.Image

    @classmethod
    def open(cls, data: bytes) -> PictureFilm:
        """Read the header. Raises FilmFailedError (`corrupt_pixels`, `too_large`)."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                image = Image.open(io.BytesIO(data), formats=_FORMATS)
                # A phone puts a preview behind the picture (MPO); only the picture counts.
                frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
                orientation = image.getexif().get(0x0112, 1)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise FilmFailedError(Reason.TOO_LARGE) from error
        except UnidentifiedImageError as error:
            raise FilmFailedError(Reason.CORRUPT_PIXELS) from error
        except Exception as error:
            raise FilmFailedError(Reason.CORRUPT_PIXELS) from error
        columns, rows = image.size if orientation < 5 else image.size[::-1]
        facts = FilmFacts(
            container=str(image.format).lower(),
            rows=rows,
            columns=columns,
            frames=frames,
            bits_stored=16 if image.mode in _DEEP_MODES else 8,
        )
        return cls(facts, image)

    def decode(self) -> Radiograph:
        """Decode the first picture of the file, upright as its EXIF orientation says.

        Raises:
            FilmFailedError: `corrupt_pixels` where the data is damaged or ends early.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                upright = ImageOps.exif_transpose(self._image)
                if upright.mode in _DEEP_MODES:
                    pixels = stretch_to_unit(np.asarray(upright, dtype=np.float32))
                    return Radiograph(pixels, self.facts)
                channels = _to_channels(upright)
        except Exception as error:
            raise FilmFailedError(Reason.CORRUPT_PIXELS) from error
        if channels.ndim == 2:
            return Radiograph(channels.astype(np.float32) / 255.0, self.facts)
        spread = channels.max(axis=2).astype(np.int16) - channels.min(axis=2)
        grey = channels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
        return Radiograph(grey / np.float32(255.0), self.facts, colourfulness=float(spread.mean()) / 255.0)


def _to_channels(image: Image.Image) -> NDArray[np.uint8]:
    """(H, W) or (H, W, 3) uint8; transparency is laid over black."""
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"))
    if "transparency" in image.info or image.mode in ("LA", "La", "PA", "RGBA", "RGBa"):
        over = image.convert("RGBA")
        under = Image.new("RGBA", over.size, (0, 0, 0, 255))
        image = Image.alpha_composite(under, over)
    return np.asarray(image.convert("RGB"))
