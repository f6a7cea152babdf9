"""Changes that films meet on their way from another machine, and that must not change the answer.

Thresholds are chosen on held-out films and on the same films so changed, since films of another hospital look different
in just such ways. Each takes and gives a film (rows, columns) float32 in 0..1, before the preprocessing.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from engine.model.preprocess import resample

Film = NDArray[np.float32]

_BLUR_OF_SIDE = 0.006
_JPEG_QUALITY = 25
_CUT = 0.08


def _gamma(exponent: float) -> Callable[[Film], Film]:
    def change(film: Film) -> Film:
        return (film**exponent).astype(np.float32)

    return change


def _window(film: Film) -> Film:
    low, high = np.percentile(film, [8.0, 92.0])
    changed: Film = np.clip((film - low) / max(high - low, 1e-3), 0.0, 1.0).astype(np.float32)
    return changed


def _blur(film: Film) -> Film:
    radius = _BLUR_OF_SIDE * min(film.shape)
    return _from_picture(_to_picture(film).filter(ImageFilter.GaussianBlur(radius)))


def _jpeg(film: Film) -> Film:
    stored = io.BytesIO()
    _to_picture(film).save(stored, format="JPEG", quality=_JPEG_QUALITY)
    return _from_picture(Image.open(stored))


def _half_size(film: Film) -> Film:
    rows, columns = film.shape
    return resample(film, height=max(1, rows // 2), width=max(1, columns // 2))


def _cut_sides(film: Film) -> Film:
    cut = round(film.shape[1] * _CUT)
    return film[:, cut : film.shape[1] - cut]


PERTURBATIONS: dict[str, Callable[[Film], Film]] = {
    "gamma 0.7": _gamma(0.7),
    "gamma 1.4": _gamma(1.4),
    "a narrow window": _window,
    "a slight blur": _blur,
    "JPEG at quality 25": _jpeg,
    "half the resolution": _half_size,
    "another aspect, its sides cut by 8 %": _cut_sides,
}


def _to_picture(film: Film) -> Image.Image:
    return Image.fromarray(np.round(film * 255.0).astype(np.uint8))


def _from_picture(picture: Image.Image) -> Film:
    return np.asarray(picture, dtype=np.float32) / np.float32(255.0)
