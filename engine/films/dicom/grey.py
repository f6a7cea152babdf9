"""Grey DICOM films: stored values through the modality, VOI and presentation transforms to 0..1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels.processing import apply_modality_lut

from engine.films.dicom.voi import Voi, read_voi
from engine.films.film import FilmFacts, Radiograph
from engine.films.tone import stretch_to_unit
from engine.reasons import Note

# Around the chest there may be nothing but air, which a good window shows in plain black.
_MARGIN = 0.2
_MOST = 0.5
_END = 0.005  # a sigmoid never quite reaches its ends
_MIN_SPREAD = 0.05


def from_grey(stored: NDArray[Any], dataset: pydicom.Dataset, facts: FilmFacts) -> Radiograph:
    """The film of stored values (rows, columns), bones bright where the tags are right.

    A window that saturates most of the chest is replaced by one from the data, with the note `window_replaced`.
    """
    padding = _padding_mask(stored, dataset)
    values = np.asarray(apply_modality_lut(stored, dataset), dtype=np.float64)
    voi = read_voi(dataset)
    notes: tuple[Note, ...] = ()
    if voi is None:
        unit = stretch_to_unit(values, padding=padding)
    else:
        unit = voi.apply(values)
        from_data = _better_window(unit, values, voi, padding)
        if from_data is not None:
            unit, notes = from_data, (Note.WINDOW_REPLACED,)
    inverted = dataset.PhotometricInterpretation == "MONOCHROME1" or (
        str(dataset.get("PresentationLUTShape", "IDENTITY")) == "INVERSE"
    )
    if inverted:
        unit = np.float32(1.0) - unit
    if padding is not None:
        unit = np.where(padding, np.float32(0.0), unit)
    return Radiograph(np.ascontiguousarray(unit, dtype=np.float32), facts, notes=notes, padding=padding)


def _better_window(
    unit: NDArray[np.float32], values: NDArray[np.float64], voi: Voi, padding: NDArray[np.bool_] | None
) -> NDArray[np.float32] | None:
    """The film in a window from its data, where its own window saturates most of the chest and that one does not."""
    rows, columns = values.shape
    down, across = round(rows * _MARGIN), round(columns * _MARGIN)
    middle = (slice(down, rows - down), slice(across, columns - across))
    chest = np.ones_like(values[middle], dtype=bool) if padding is None else ~padding[middle]
    if not chest.any() or _saturated(unit[middle][chest]) <= _MOST:
        return None
    low, high = np.percentile(values[middle][chest], [2.0, 98.0])
    if not high - low >= _MIN_SPREAD * voi.width:  # the film is blank: no window would show more than noise
        return None
    from_data = stretch_to_unit(values, padding=padding)
    return from_data if _saturated(from_data[middle][chest]) <= _MOST else None


def _saturated(unit: NDArray[np.float32]) -> float:
    """Share of the values at either end of 0..1."""
    return float(((unit <= _END) | (unit >= 1.0 - _END)).mean())


def _padding_mask(stored: NDArray[Any], dataset: pydicom.Dataset) -> NDArray[np.bool_] | None:
    """True where PixelPaddingValue (or its range) marks a pixel as no part of the film (PS3.3 C.7.5.1.1.2)."""
    first, last = dataset.get("PixelPaddingValue"), dataset.get("PixelPaddingRangeLimit")
    if not isinstance(first, int) or stored.dtype.kind == "f":
        return None
    # Some writers store a signed value in an unsigned tag, or the reverse.
    size, lowest = 2 ** (8 * stored.dtype.itemsize), np.iinfo(stored.dtype).min
    ends = [(end - lowest) % size + lowest for end in (first, last if isinstance(last, int) else first)]
    return np.asarray((stored >= min(ends)) & (stored <= max(ends)))
