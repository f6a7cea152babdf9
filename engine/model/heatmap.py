"""Heat: the class activation map as a peak, as a picture on the film's frame, and laid over the film."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.model.preprocess import Box


class Ramp(StrEnum):
    """A ramp of colours for heat. Lightness rises evenly, and no two steps are told apart by red and green alone.

    `EMBER` goes from blue-violet over magenta and orange to pale yellow; `DUSK`, from blue over grey to yellow, has the
    colours that are left in the commonest colour blindness (after cividis, Nunez, Anderton and Renslow 2018).
    """

    EMBER = "ember"
    DUSK = "dusk"


_ANCHORS = {
    Ramp.EMBER: ((38, 20, 92), (104, 28, 129), (170, 51, 125), (230, 92, 91), (252, 158, 93), (252, 240, 178)),
    Ramp.DUSK: ((0, 34, 78), (53, 69, 108), (102, 105, 112), (148, 142, 119), (199, 184, 101), (253, 234, 69)),
}


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


def heat_colours(ramp: Ramp = Ramp.EMBER) -> NDArray[np.uint8]:
    """The colours for heat 0..1: (256, 3) uint8 RGB, each as much lighter (L* of CIE 1976) than the one before."""
    anchors = np.array(_ANCHORS[ramp], dtype=np.float64)
    places = np.linspace(0.0, len(anchors) - 1.0, 1024)
    path = np.stack([np.interp(places, np.arange(len(anchors)), channel) for channel in anchors.T], axis=1)
    lightness = _lightness(path)
    steps = np.linspace(lightness[0], lightness[-1], 256)
    channels = [np.interp(steps, lightness, channel) for channel in path.T]
    return np.round(np.stack(channels, axis=1)).astype(np.uint8)


def _lightness(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """L* of sRGB colours (N, 3) in 0..255 (IEC 61966-2-1)."""
    unit = colours / 255.0
    linear = np.where(unit <= 0.04045, unit / 12.92, ((unit + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.asarray(116.0 * np.cbrt(luminance) - 16.0, dtype=np.float64)


def colour_heat(frame: NDArray[np.float32], *, opacity: float = 1.0, ramp: Ramp = Ramp.EMBER) -> NDArray[np.uint8]:
    """(H, W, 4) RGBA of heat 0..1: low heat is transparent, and nothing is denser than `opacity` (0..1)."""
    level = np.round(frame * 255.0).astype(np.uint8)
    picture = np.empty((*frame.shape, 4), dtype=np.uint8)
    picture[..., :3] = heat_colours(ramp)[level]
    density = np.clip((frame - 0.35) / 0.45, 0.0, 1.0)
    picture[..., 3] = np.round(density * (opacity * 255.0)).astype(np.uint8)
    return picture


def overlay_heat(pixels: NDArray[np.float32], frame: NDArray[np.float32], *, opacity: float = 0.45) -> Image.Image:
    """The film (H, W) in 0..1 with the heat (H, W) over it, as an RGB picture."""
    film = Image.fromarray(np.round(pixels * 255.0).astype(np.uint8)).convert("RGBA")
    return Image.alpha_composite(film, Image.fromarray(colour_heat(frame, opacity=opacity))).convert("RGB")
