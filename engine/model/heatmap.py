"""Heat: the class activation map as a peak, as a picture on the film's frame, and laid over the film."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.model.preprocess import Box

# Anchors of the colour ramp, dark to bright: lightness rises evenly, and hue stays apart for every common
# kind of colour blindness (blue-violet, magenta, orange, pale yellow).
_ANCHORS = np.array(
    [[38, 20, 92], [104, 28, 129], [170, 51, 125], [230, 92, 91], [252, 158, 93], [252, 240, 178]],
    dtype=np.float64,
)


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """Where the model looked; not the outline of a lesion.

    Attributes:
        grid: (rows, columns) float32 in 0..1 on the model's fixed scale, never rescaled per film.
        box: The part of the film that the grid covers.
    """

    grid: NDArray[np.float32]
    box: Box

    def peak(self) -> tuple[float, float]:
        """Centre of the hottest cell as (x, y), each 0..1 of the film's width and height."""
        row, column = np.unravel_index(int(self.grid.argmax()), self.grid.shape)
        rows, columns = self.grid.shape
        x = self.box.left + (column + 0.5) / columns * (self.box.right - self.box.left)
        y = self.box.top + (row + 0.5) / rows * (self.box.bottom - self.box.top)
        return float(x), float(y)

    def turned(self, turns: int) -> Heat:
        """The same heat on a film that is turned to the left by so many quarters, as `numpy.rot90` turns."""
        return Heat(np.ascontiguousarray(np.rot90(self.grid, turns)), self.box.turned(turns))


def spread_heat(heat: Heat, *, height: int, width: int) -> NDArray[np.float32]:
    """The heat on the film's frame: (height, width) float32 in 0..1, and 0 outside the heat's box."""
    box = heat.box
    top, bottom = round(box.top * height), round(box.bottom * height)
    left, right = round(box.left * width), round(box.right * width)
    frame = np.zeros((height, width), dtype=np.float32)
    if bottom > top and right > left:
        grid = Image.fromarray(np.ascontiguousarray(heat.grid, dtype=np.float32))
        smooth = grid.resize((right - left, bottom - top), Image.Resampling.BILINEAR)
        frame[top:bottom, left:right] = np.clip(np.asarray(smooth, dtype=np.float32), 0.0, 1.0)
    return frame


def heat_colours() -> NDArray[np.uint8]:
    """The colour ramp for heat 0..1: (256, 3) uint8 RGB, of evenly rising lightness."""
    steps = np.linspace(0.0, 1.0, 256)
    places = np.linspace(0.0, 1.0, len(_ANCHORS))
    channels = [np.interp(steps, places, _ANCHORS[:, channel]) for channel in range(3)]
    return np.round(np.stack(channels, axis=1)).astype(np.uint8)


def colour_heat(frame: NDArray[np.float32], *, opacity: float = 1.0) -> NDArray[np.uint8]:
    """(H, W, 4) RGBA of heat 0..1: low heat is transparent, and nothing is denser than `opacity` (0..1)."""
    level = np.round(frame * 255.0).astype(np.uint8)
    picture = np.empty((*frame.shape, 4), dtype=np.uint8)
    picture[..., :3] = heat_colours()[level]
    density = np.clip((frame - 0.35) / 0.45, 0.0, 1.0)
    picture[..., 3] = np.round(density * (opacity * 255.0)).astype(np.uint8)
    return picture


def overlay_heat(pixels: NDArray[np.float32], frame: NDArray[np.float32], *, opacity: float = 0.45) -> Image.Image:
    """The film (H, W) in 0..1 with the heat (H, W) over it, as an RGB picture."""
    film = Image.fromarray(np.round(pixels * 255.0).astype(np.uint8)).convert("RGBA")
    return Image.alpha_composite(film, Image.fromarray(colour_heat(frame, opacity=opacity))).convert("RGB")
