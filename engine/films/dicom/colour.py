"""Coloured DICOM pictures, and grey ones stored as colour: to grey, with how coloured they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels.processing import apply_color_lut

from engine.films.film import FilmFacts, Radiograph


def from_palette(stored: NDArray[Any], dataset: pydicom.Dataset, facts: FilmFacts) -> Radiograph:
    """A film whose stored values (rows, columns) are places in a table of colours."""
    coloured = apply_color_lut(stored, dataset)
    return from_channels(coloured, facts, bits=8 * coloured.dtype.itemsize)


def from_channels(stored: NDArray[Any], facts: FilmFacts, *, bits: int) -> Radiograph:
    """A film of (rows, columns, 3) red, green and blue, each 0 to 2**bits - 1."""
    channels = np.clip(stored[..., :3].astype(np.float32) / float(2**bits - 1), 0.0, 1.0)
    spread = channels.max(axis=2) - channels.min(axis=2)
    grey = channels @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    return Radiograph(grey, facts, colourfulness=float(spread.mean()))
