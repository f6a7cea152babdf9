"""Values packed into 16 bits without a window, and how they become brightness: films at full depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.films.tone import Window, WindowFunction, apply_window, central_range

CODES = 65536
NO_FILM = 0
_LAST = CODES - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GreyScale:
    """How the codes of a film stand for values, and values for brightness.

    Attributes:
        slope, intercept: A pixel's modality value is `code * slope + intercept`.
        window: The window to begin with, over modality values: the stated one where it shows the chest.
        inverted: Whether black and white are swapped once window or table are applied (MONOCHROME1).
        unit: Of the values, such as `HU`; empty where the file names none.
        table: What each code becomes, (65536,) float32 in 0..1, where the file states a table in place of a window.
    """

    window: Window
    slope: float = 1.0
    intercept: float = 0.0
    inverted: bool = False
    unit: str = ""
    table: NDArray[np.float32] | None = None

    def value(self, code: int) -> float:
        """The modality value of a code."""
        return code * self.slope + self.intercept

    def curve(self, window: Window | None = None) -> NDArray[np.uint8]:
        """The brightness of each code, (65536,) uint8, 0 black. Without a window, as the file states it."""
        return np.asarray(np.rint(self.brightness(window) * np.float32(255.0)), dtype=np.uint8)

    def brightness(self, window: Window | None = None) -> NDArray[np.float32]:
        """The same as (65536,) float32 in 0..1."""
        if window is None and self.table is not None:
            unit = self.table
        else:
            unit = apply_window(np.arange(CODES) * self.slope + self.intercept, window or self.window)
        bright = np.float32(1.0) - unit if self.inverted else unit.copy()
        bright[NO_FILM] = 0.0
        return bright

    def turned_round(self) -> GreyScale:
        """With black and white swapped."""
        return replace(self, inverted=not self.inverted)


# Of pictures with 8 bits, which have no values of their own: their brightness, 0 to 255, takes that place.
PICTURE_SCALE = GreyScale(window=Window(128.0, 256.0), intercept=-1.0)


def picture_codes(pixels: NDArray[np.float32]) -> NDArray[np.uint16]:
    """The codes in PICTURE_SCALE of brightness 0..1, in the shape given."""
    return np.asarray(np.rint(pixels * np.float32(255.0)) + np.float32(1.0), dtype=np.uint16)


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Values as codes: `codes * step + start` gives the values back.

    That is exact where they are whole and span 16 bits, but for 65,535 above the least, which becomes 65,534.
    """

    codes: NDArray[np.uint16]
    step: float
    start: float

    def values(self) -> NDArray[np.float64]:
        """The value of each code, (65536,)."""
        return np.arange(CODES, dtype=np.float64) * self.step + self.start

    def rescaled(self, slope: float, intercept: float) -> Packed:
        """The same codes for the values times `slope` plus `intercept`."""
        return Packed(self.codes, self.step * slope, self.start * slope + intercept)


def pack_values(
    values: NDArray[np.integer] | NDArray[np.floating], *, padding: NDArray[np.bool_] | None = None
) -> Packed:
    """Pack values of any kind into codes from 1; `padding`, and what is no number, becomes 0.

    Fractions, and whole numbers that span more than 16 bits, are rounded to 65,535 steps over their range, or over
    three times the range of their central 99.8 % where a few values lie far beyond that.
    """
    inside = np.isfinite(values) if padding is None else np.isfinite(values) & ~padding
    if not inside.any():
        return Packed(np.zeros(values.shape, dtype=np.uint16), 1.0, 0.0)
    known = values[inside]
    low, high = float(known.min()), float(known.max())
    step = 1.0
    if values.dtype.kind == "f" or high - low > _LAST:
        first, last = central_range(known)
        spread = last - first
        if spread > 0:
            low, high = max(low, first - spread), min(high, last + spread)
        step = (high - low) / (_LAST - 1) or 1.0
        unit = (np.clip(np.where(inside, values, low), low, high) - low) / step
        codes = np.rint(unit).astype(np.uint16) + np.uint16(1)
    else:
        room = np.int32 if values.dtype.itemsize <= 2 else np.int64
        codes = np.minimum(values.astype(room) - (int(low) - 1), _LAST).astype(np.uint16)
    codes[~inside] = NO_FILM
    return Packed(codes, step, low - step)


def count_codes(codes: NDArray[np.uint16]) -> NDArray[np.int64]:
    """How often each code occurs, (65536,); what is no part of the film is not counted."""
    counts = np.zeros(CODES, dtype=np.int64)
    for lines in np.array_split(codes, 16):  # NumPy counts in a copy that is four times as large
        counts += np.bincount(lines.ravel(), minlength=CODES)
    counts[NO_FILM] = 0
    return counts


def code_quantiles(counts: NDArray[np.int64], shares: Sequence[float]) -> NDArray[np.float64]:
    """Below which codes these shares of all that is counted lie, with fractions between two codes, as `np.quantile`."""
    below = np.cumsum(counts)
    places = np.asarray(shares) * (below[-1] - 1)
    lower, upper = (np.searchsorted(below, whole, side="right") for whole in (np.floor(places), np.ceil(places)))
    return np.asarray(lower + (upper - lower) * (places - np.floor(places)), dtype=np.float64)


def central_window(packed: Packed) -> Window:
    """The window over the central 99.8 % of the values, for a film that states none; a constant is black in it."""
    counts = count_codes(packed.codes)
    if not counts.any():
        return Window(0.0, 1.0)
    first, last = code_quantiles(counts, (0.001, 0.999))
    if first == last:
        first, last = np.flatnonzero(counts)[[0, -1]]
    low, high = sorted(float(code * packed.step + packed.start) for code in (first, last))
    if low == high:
        return Window(low + 0.5, 1.0, WindowFunction.LINEAR_EXACT)
    return Window((low + high) / 2.0, high - low, WindowFunction.LINEAR_EXACT)
