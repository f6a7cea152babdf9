"""Values of interest: the table or the window by which a DICOM file wants its film seen (PS3.3 C.11.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pydicom
from numpy.typing import NDArray

from engine.films.dicom.values import first_value
from engine.films.tone import Window, WindowFunction, apply_window


class Voi(Protocol):
    """How modality values become 0..1."""

    @property
    def width(self) -> float:
        """How many modality values it spans."""

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Map modality values of any shape to 0..1."""


@dataclass(frozen=True, slots=True)
class VoiWindow:
    """A window with its function."""

    window: Window

    @property
    def width(self) -> float:
        """How many modality values it spans."""
        return self.window.width

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Map modality values of any shape to 0..1."""
        return apply_window(values, self.window)


@dataclass(frozen=True, slots=True, eq=False)
class VoiTable:
    """A table.

    Attributes:
        entries: (n,) float64, what the values `first`, `first + 1`, ... become.
        first: The modality value of the first entry.
        top: The entry that is white.
    """

    entries: NDArray[np.float64]
    first: int
    top: float

    @property
    def width(self) -> float:
        """How many modality values it spans."""
        return float(len(self.entries))

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Map modality values of any shape to 0..1."""
        first = self.first
        if first > values.max() and first >= 2**15:
            first -= 2**16  # the first value is signed where the values are, whatever its tag was written as
        place = np.clip(np.rint(values) - first, 0, len(self.entries) - 1).astype(np.intp)
        return np.asarray(self.entries[place] / self.top, dtype=np.float32)


def read_voi(dataset: pydicom.Dataset) -> Voi | None:
    """The first of the tables, else the first of the windows, or None where there is none that can be used."""
    if dataset.get("VOILUTSequence"):
        little_endian = dataset.original_encoding[1] is not False
        return _read_table(dataset.VOILUTSequence[0], little_endian=little_endian)
    window = _read_window(dataset)
    return None if window is None else VoiWindow(window)


def _read_table(table: pydicom.Dataset, *, little_endian: bool) -> VoiTable:
    count, first, bits = (int(number) for number in table.LUTDescriptor)
    data = table.LUTData
    if isinstance(data, bytes):
        one_byte_each = len(data) < 2 * (count or 2**16)
        kind = np.dtype(np.uint8 if one_byte_each else np.uint16)
        entries = np.frombuffer(data, dtype=kind.newbyteorder("<" if little_endian else ">")).astype(np.float64)
    else:
        entries = np.atleast_1d(np.asarray(data, dtype=np.float64))
    top = float(2**bits - 1)
    if not top / 2 < entries.max() <= top:  # the descriptor does not fit the data
        top = max(float(entries.max()), 1.0)
    return VoiTable(entries, first, top)


def _read_window(dataset: pydicom.Dataset) -> Window | None:
    try:
        center = float(first_value(dataset.get("WindowCenter")))
        width = float(first_value(dataset.get("WindowWidth")))
        function = WindowFunction(str(dataset.get("VOILUTFunction", "LINEAR") or "LINEAR").strip().upper())
    except (TypeError, ValueError):
        return None
    if not np.isfinite([center, width]).all() or width <= 0:
        return None
    return Window(center, width, function)
