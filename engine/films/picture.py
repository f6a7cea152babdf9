"""Pictures without DICOM tags: JPEG, PNG, TIFF, BMP and WebP, read with Pillow."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from engine.errors import FilmFailedError, FilmRejectedError
from engine.films.film import FilmFacts, FilmValues, Radiograph, StatedTags
from engine.films.greys import GreyScale, central_window, pack_values
from engine.reasons import Reason

_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"BM")
_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "WEBP")
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0
# Written into every picture that the program makes, so that it is never taken for a film.
OWN_MARK = ("Software", "Mapafu")
_BOMB_WORDS = ("Decompressed data too large", "Too much memory used in text chunks")
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
        """Read the header.

        Raises:
            FilmFailedError: `corrupt_pixels` or `too_large`.
            FilmRejectedError: `not_a_chest_film` for a heatmap that the program wrote itself.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                image = Image.open(io.BytesIO(data), formats=_FORMATS)
                # A phone puts a preview behind the picture (MPO); only the picture counts.
                several = image.format != "MPO" and getattr(image, "is_animated", False)
                orientation = image.getexif().get(0x0112, 1)
        except Exception as error:  # a damaged header makes Pillow raise errors of any kind
            raise FilmFailedError(_reason_of(error)) from error
        name, value = OWN_MARK
        if image.info.get(name) == value:
            raise FilmRejectedError(Reason.NOT_A_CHEST_FILM)
        turned = orientation in range(5, 9) and image.format != "TIFF"  # Pillow turns the size of a TIFF by itself
        columns, rows = image.size[::-1] if turned else image.size
        facts = FilmFacts(
            container=str(image.format).lower(),
            orientation=orientation if orientation in range(1, 9) else 1,
            rows=rows,
            columns=columns,
            frames=2 if several else 1,  # counting the pages of a TIFF takes as long as its maker wants it to
            bits_stored=16 if image.mode in _DEEP_MODES else 8,
        )
        return cls(facts, image)

    @property
    def stated(self) -> StatedTags:
        """Nothing: a picture has no tags."""
        return StatedTags()

    def decode(self) -> FilmValues | Radiograph:
        """Decode the first picture of the file, upright as its EXIF orientation says; values if it has over 8 bits.

        Raises:
            FilmFailedError: `corrupt_pixels` where the data is damaged or ends early, or `too_large`.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                upright = ImageOps.exif_transpose(self._image)
                if upright.mode in _DEEP_MODES:
                    return _from_deep(np.asarray(upright), self._image, self.facts).checked()
                pixels, colourfulness = _from_channels(upright)
        except FilmFailedError:
            raise
        except Exception as error:  # damaged data makes the codecs raise errors of any kind
            raise FilmFailedError(_reason_of(error)) from error
        return Radiograph(pixels, self.facts, colourfulness).checked()


def _reason_of(error: Exception) -> Reason:
    """Why Pillow gave up. What inflates beyond its limits is an ordinary ValueError there, known by its words."""
    bomb = isinstance(error, (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning))
    if bomb or any(words in str(error) for words in _BOMB_WORDS):
        return Reason.TOO_LARGE
    return Reason.CORRUPT_PIXELS


def _from_deep(values: NDArray[Any], original: Image.Image, facts: FilmFacts) -> FilmValues:
    """Grey values of more than 8 bits, whose own range is shown."""
    packed = pack_values(values)
    scale = GreyScale(
        window=central_window(packed),
        slope=packed.step,
        intercept=packed.start,
        # Pillow turns round the grey of a TIFF whose zero is white, but only up to 8 bits.
        inverted=getattr(original, "tag_v2", {}).get(_PHOTOMETRIC) == _WHITE_IS_ZERO,
    )
    return FilmValues(packed.codes, scale, facts)


def _from_channels(upright: Image.Image) -> tuple[NDArray[np.float32], float]:
    """Grey 0..1 of a picture of 8 bits per channel, and its mean spread between the channels."""
    channels = _to_channels(upright)
    if channels.ndim == 2:
        return channels.astype(np.float32) / np.float32(255.0), 0.0
    spread = channels.max(axis=2).astype(np.int16) - channels.min(axis=2)
    grey = channels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    return grey / np.float32(255.0), float(spread.mean()) / 255.0


def _to_channels(image: Image.Image) -> NDArray[np.uint8]:
    """(H, W) or (H, W, 3) uint8; transparency is laid over black."""
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"))
    if "transparency" in image.info or image.mode in ("LA", "La", "PA", "RGBA", "RGBa"):
        over = image.convert("RGBA")
        under = Image.new("RGBA", over.size, (0, 0, 0, 255))
        image = Image.alpha_composite(under, over)
    return np.asarray(image.convert("RGB"))
