"""Grey values: windows, and the fixed output range 0..1."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class WindowFunction(StrEnum):
    """The VOI LUT functions of DICOM PS3.3 C.11.2.1."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class Window:
    """A VOI window over modality values."""

    center: float
    width: float
    function: WindowFunction = WindowFunction.LINEAR


def apply_window(values: NDArray[np.floating], window: Window) -> NDArray[np.float32]:
    """Map modality values to 0..1 (DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3). The shape is kept."""
    center, width = window.center, window.width
    values = values.astype(np.float64)  # single precision ends where some files' numbers begin
    if window.function is WindowFunction.SIGMOID:
        exponent = np.clip(-4.0 * (values - center) / width, -80.0, 80.0)
        return np.asarray(1.0 / (1.0 + np.exp(exponent)), dtype=np.float32)
    if window.function is WindowFunction.LINEAR_EXACT:
        unit = (values - center) / width + 0.5
    elif width <= 1.0:
        unit = (values > center - 0.5).astype(np.float32)
    else:
        unit = (values - (center - 0.5)) / (width - 1.0) + 0.5
    return np.asarray(np.clip(unit, 0.0, 1.0), dtype=np.float32)


def central_range(values: NDArray[np.floating] | NDArray[np.integer]) -> tuple[float, float]:
    """Between which the central 99.8 % of the values lie; their least and greatest where that is nothing."""
    low, high = (float(end) for end in np.percentile(values, [0.1, 99.9]))
    return (low, high) if high > low else (float(values.min()), float(values.max()))
