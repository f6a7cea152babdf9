"""Small copies of films, for pages and contact sheets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import FilmError
from engine.films.radiograph import load_radiograph
from engine.model.preprocess import resample


def small_copy(path: Path, *, longest: int) -> NDArray[np.float32] | None:
    """A film as (rows, columns) in 0..1 with this longest side, in pixels; None where it cannot be read."""
    try:
        pixels = load_radiograph(path).pixels
    except FilmError:
        return None
    scale = longest / max(pixels.shape)
    height, width = (max(1, round(side * scale)) for side in pixels.shape)
    return np.clip(resample(pixels, height=height, width=width), 0.0, 1.0).astype(np.float32)
