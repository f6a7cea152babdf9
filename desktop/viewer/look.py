"""How a film's values are shown: its window, and whether black and white are swapped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from desktop.viewer.picture import FilmPicture
from engine.films.greys import NO_FILM, GreyScale
from engine.films.tone import Window, WindowFunction

_LEAST_WIDTH, _MOST = 1e-6, 1e12
_DRAG_FOR_DOUBLE = 160.0
_DRAG_FOR_ONE_WIDTH = 400.0
_STEP = 32.0


class Preset(StrEnum):
    """A window that fits itself to the film."""

    STATED = "stated"
    AUTO = "auto"
    LUNGS = "lungs"
    BONES = "bones"
    WIDE = "wide"


# Which share of the film, from its darkest to its brightest pixel, is spread over black to white. Values of plain
# films have no fixed scale, so tissues are found by rank: air-filled lung is the dark half, bone the bright end.
_SHARES = {
    Preset.AUTO: (0.01, 0.99),
    Preset.LUNGS: (0.02, 0.70),
    Preset.BONES: (0.35, 0.998),
    Preset.WIDE: (0.0, 1.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A window over modality values. Changing it gives a new one.

    Attributes:
        window: None shows the film as its file states it.
        inverted: Whether black and white are swapped, from how the film should look.
    """

    window: Window | None = None
    inverted: bool = False

    def window_on(self, scale: GreyScale) -> Window:
        """The window that is at work."""
        return self.window or scale.window

    def curve(self, scale: GreyScale) -> NDArray[np.uint8]:
        """The brightness of each code, (65536,) uint8."""
        bright = scale.curve(self.window)
        if self.inverted:
            bright = 255 - bright
            bright[NO_FILM] = 0
        return bright

    def with_window(self, *, center: float, width: float) -> Look:
        """With a window given by its numbers, which are held within what can be reckoned with."""
        center, width = min(max(center, -_MOST), _MOST), min(max(width, _LEAST_WIDTH), _MOST)
        return replace(self, window=Window(center, width, WindowFunction.LINEAR_EXACT))

    def swapped(self) -> Look:
        """With black and white swapped."""
        return replace(self, inverted=not self.inverted)

    def dragged(self, scale: GreyScale, *, right: float, down: float) -> Look:
        """Dragged over so many screen pixels: to the right for less contrast, down for a darker film."""
        window = self.window_on(scale)
        width = window.width * 2.0 ** (right / _DRAG_FOR_DOUBLE)
        darker = 1.0 if scale.inverted == self.inverted else -1.0
        return self.with_window(center=window.center + darker * down / _DRAG_FOR_ONE_WIDTH * window.width, width=width)

    def brighter(self, scale: GreyScale, steps: int) -> Look:
        """A step brighter, or darker."""
        return self.dragged(scale, right=0.0, down=-steps * _STEP)

    def flatter(self, scale: GreyScale, steps: int) -> Look:
        """A step less contrast, or more."""
        return self.dragged(scale, right=steps * _STEP, down=0.0)

    def like(self, other: Look, *, scale: GreyScale, other_scale: GreyScale) -> Look:
        """What `other` is to its film, for a film with another scale: as wide and as far from the stated window."""
        if other.window is None:
            return replace(self, window=None)
        its, own = other_scale.window, scale.window
        turned = -1.0 if scale.inverted != other_scale.inverted else 1.0
        return self.with_window(
            center=own.center + turned * (other.window.center - its.center) / its.width * own.width,
            width=other.window.width / its.width * own.width,
        )


def preset_window(picture: FilmPicture, preset: Preset) -> Window | None:
    """The window of a preset on this film; None for the stated one, and for a film without content."""
    if preset is Preset.STATED:
        return None
    codes = picture.levels[0] if preset is Preset.WIDE else picture.levels[-1]
    codes = codes[codes != NO_FILM]
    if not codes.size:
        return None
    dark, bright = _SHARES[preset]
    falling = picture.scale.inverted == (picture.scale.slope > 0)  # the higher the code, the darker
    low, high = (1.0 - bright, 1.0 - dark) if falling else (dark, bright)
    ends = sorted(picture.scale.value(int(code)) for code in np.quantile(codes, [low, high]))
    width = max(ends[1] - ends[0], abs(picture.scale.slope))
    return Window((ends[0] + ends[1]) / 2.0, width, WindowFunction.LINEAR_EXACT)
