"""The one preprocessing, shared by training and screening: crop padding, squash to a square, fix the tone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.films.borders import content_span


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What the model wants to be fed; it travels in the model's card.

    Attributes:
        size: Side of the square input, in pixels.
        low_percentile, high_percentile: Percentiles of the film that become 0 and 1.
        mean, std: Subtracted and divided by, after the tone is fixed.
    """

    size: int
    low_percentile: float
    high_percentile: float
    mean: float
    std: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a film, each side as a fraction 0..1 of the film's height or width."""

    top: float
    left: float
    bottom: float
    right: float

    def turned(self, turns: int) -> Box:
        """The same part of a film that is turned to the left by so many quarters, as `numpy.rot90` turns."""
        box = self
        for _ in range(turns % 4):
            box = Box(1.0 - box.right, box.top, 1.0 - box.left, box.bottom)
        return box


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A film as the model sees it.

    Attributes:
        tensor: (1, 1, size, size) float32.
        box: The part of the film that the tensor shows.
    """

    tensor: NDArray[np.float32]
    box: Box


def preprocess(pixels: NDArray[np.float32], spec: InputSpec) -> Prepared:
    """Bring a film to the model's input. `pixels` is (rows, columns) float32 in 0..1."""
    unit, box = square_film(pixels, size=spec.size, spec=spec)
    tensor = normalise(unit, spec)[np.newaxis, np.newaxis]
    return Prepared(np.ascontiguousarray(tensor, dtype=np.float32), box)


def square_film(pixels: NDArray[np.float32], *, size: int, spec: InputSpec) -> tuple[NDArray[np.float32], Box]:
    """Crop, squash to (size, size) and fix the tone; float32 in 0..1, and the part of the film it shows."""
    top, bottom, left, right = content_span(pixels)
    rows, columns = pixels.shape
    square = resample(pixels[top:bottom, left:right], height=size, width=size)
    low, high = np.percentile(square, [spec.low_percentile, spec.high_percentile])
    unit = np.clip((square - low) / max(high - low, 1e-6), 0.0, 1.0).astype(np.float32)
    return unit, Box(top / rows, left / columns, bottom / rows, right / columns)


def normalise(unit: NDArray[np.float32], spec: InputSpec) -> NDArray[np.float32]:
    """Shift and scale values of 0..1 to what the network was trained on."""
    return ((unit - spec.mean) / spec.std).astype(np.float32)


def resample(pixels: NDArray[np.float32], *, height: int, width: int) -> NDArray[np.float32]:
    """Resize each axis by itself: area average where it shrinks, linear where it grows."""
    image = Image.fromarray(np.ascontiguousarray(pixels, dtype=np.float32))
    for new_size, shrinks in (
        ((width, image.height), width <= image.width),
        ((width, height), height <= image.height),
    ):
        image = image.resize(new_size, Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.float32)
