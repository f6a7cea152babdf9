"""Grey DICOM films: stored values through the modality transform, and how the VOI and presentation ones show them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels.processing import apply_modality_lut

from engine.films.dicom.facts import read_unit
from engine.films.dicom.voi import Voi, VoiTable, VoiWindow, read_voi
from engine.films.film import FilmFacts, FilmValues
from engine.films.greys import (
    CODES,
    NO_FILM,
    GreyScale,
    Packed,
    central_window,
    code_quantiles,
    count_codes,
    pack_values,
)
from engine.films.tone import apply_window
from engine.reasons import Note

# Around the chest there may be nothing but air, which a good window shows in plain black.
_MARGIN = 0.2
_MOST = 0.5
_END = 0.005  # a sigmoid never quite reaches its ends
_MIN_SPREAD = 0.05


def from_grey(stored: NDArray[Any], dataset: pydicom.Dataset, facts: FilmFacts) -> FilmValues:
    """The film of stored values (rows, columns), bones bright where the tags are right.

    A window that saturates most of the chest is replaced by one from the data, with the note `window_replaced`.
    """
    packed = _packed_modality(stored, dataset)
    voi = read_voi(dataset)
    replaced = voi is not None and _hides_chest(voi, packed)
    stated = None if replaced else voi
    scale = GreyScale(
        window=stated.window if isinstance(stated, VoiWindow) else central_window(packed),
        slope=packed.step,
        intercept=packed.start,
        inverted=_is_inverted(dataset),
        unit=read_unit(dataset),
        table=_seen_through(stated, packed) if isinstance(stated, VoiTable) else None,
    )
    return FilmValues(packed.codes, scale, facts, notes=(Note.WINDOW_REPLACED,) if replaced else ())


def _packed_modality(stored: NDArray[Any], dataset: pydicom.Dataset) -> Packed:
    """The modality values. A slope is left to the codes, so that whole stored values stay exact."""
    padding = _padding_mask(stored, dataset)
    if "ModalityLUTSequence" in dataset:
        return pack_values(apply_modality_lut(stored, dataset), padding=padding)
    packed = pack_values(stored, padding=padding)
    if "RescaleSlope" in dataset and "RescaleIntercept" in dataset:
        return packed.rescaled(float(dataset.RescaleSlope), float(dataset.RescaleIntercept))
    return packed


def _seen_through(voi: Voi, packed: Packed) -> NDArray[np.float32]:
    """What each code becomes, (65536,) in 0..1."""
    seen = np.zeros(CODES, dtype=np.float32)
    present = slice(NO_FILM + 1, int(packed.codes.max()) + 1)
    if present.start < present.stop:
        seen[present] = voi.apply(packed.values()[present])
    return seen


def _hides_chest(voi: Voi, packed: Packed) -> bool:
    """Whether a window or table saturates most of the chest, and a window from the data does not."""
    rows, columns = packed.codes.shape
    down, across = round(rows * _MARGIN), round(columns * _MARGIN)
    chest = count_codes(packed.codes[down : rows - down, across : columns - across])
    if not chest.any() or _saturated(_seen_through(voi, packed), chest) <= _MOST:
        return False
    low, high = code_quantiles(chest, (0.02, 0.98))
    if not (high - low) * abs(packed.step) >= _MIN_SPREAD * voi.width:  # blank: no window would show more than noise
        return False
    return _saturated(apply_window(packed.values(), central_window(packed)), chest) <= _MOST


def _saturated(seen: NDArray[np.float32], counts: NDArray[np.int64]) -> float:
    """Share of the counted codes that become either end of 0..1."""
    return float(counts[(seen <= _END) | (seen >= 1.0 - _END)].sum() / counts.sum())


def _is_inverted(dataset: pydicom.Dataset) -> bool:
    return dataset.PhotometricInterpretation == "MONOCHROME1" or (
        str(dataset.get("PresentationLUTShape", "IDENTITY")) == "INVERSE"
    )


def _padding_mask(stored: NDArray[Any], dataset: pydicom.Dataset) -> NDArray[np.bool_] | None:
    """True where PixelPaddingValue (or its range) marks a pixel as no part of the film (PS3.3 C.7.5.1.1.2)."""
    first, last = dataset.get("PixelPaddingValue"), dataset.get("PixelPaddingRangeLimit")
    if not isinstance(first, int) or stored.dtype.kind == "f":
        return None
    # Some writers store a signed value in an unsigned tag, or the reverse.
    size, lowest = 2 ** (8 * stored.dtype.itemsize), np.iinfo(stored.dtype).min
    ends = [(end - lowest) % size + lowest for end in (first, last if isinstance(last, int) else first)]
    return np.asarray((stored >= min(ends)) & (stored <= max(ends)))
