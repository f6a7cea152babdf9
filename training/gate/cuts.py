"""Windows on a film that leave so much of its lungs out that it must not be scored."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_TRIES = 40
# A third of a lung may be missing at most; between the two nobody could say, and nothing is learned.
_MISSING_FROM, _SEEN_FROM, _UNSEEN_UP_TO = 0.36, 0.12, 0.06
_MIDDLE = slice(20, 44)


class Window(NamedTuple):
    """Part of a film, each side as a share of its height or width."""

    top: float
    left: float
    bottom: float
    right: float


def two_lungs(mask: NDArray[np.uint8]) -> NDArray[np.float64]:
    """A mask (64, 64) of 0..255, parted where it is thinnest: its two halves (2, 64, 64), each with sum 1."""
    share = mask.astype(np.float64)
    middle = _MIDDLE.start + int(np.argmin(share.sum(axis=0)[_MIDDLE]))
    halves = np.stack([share, share])
    halves[0, :, middle:] = 0.0
    halves[1, :, :middle] = 0.0
    parts: NDArray[np.float64] = halves / np.maximum(halves.sum(axis=(1, 2), keepdims=True), 1.0)
    return parts


def seen_of(lungs: NDArray[np.float64], window: Window) -> NDArray[np.float64]:
    """How much of each lung a window shows, (2,) in 0..1."""
    side = lungs.shape[-1]
    top, left, bottom, right = (round(edge * side) for edge in window)
    shown: NDArray[np.float64] = lungs[:, top:bottom, left:right].sum(axis=(1, 2))
    return shown


def cut_window(lungs: NDArray[np.float64], chance: np.random.Generator) -> Window:
    """A window that leaves out more than a third of a lung and shows part of the lungs all the same."""
    for _ in range(_TRIES):
        window = _one_sided(chance) if chance.random() < 0.6 else _anywhere(chance, 0.3, 0.8)
        seen = seen_of(lungs, window)
        if 1.0 - seen.min() > _MISSING_FROM and seen.sum() / 2 > _SEEN_FROM:
            return window
    return Window(0.0, 0.0, 0.4, 1.0)


def window_beside_lungs(lungs: NDArray[np.float64], chance: np.random.Generator) -> Window:
    """A window that shows hardly any lung: a shoulder, the neck, the belly."""
    for _ in range(_TRIES):
        window = _anywhere(chance, 0.18, 0.45)
        if seen_of(lungs, window).sum() / 2 < _UNSEEN_UP_TO:
            return window
    return Window(0.85, 0.0, 1.0, 1.0)


def _one_sided(chance: np.random.Generator) -> Window:
    kept = chance.uniform(0.3, 0.85)
    match int(chance.integers(4)):
        case 0:
            return Window(0.0, 0.0, kept, 1.0)
        case 1:
            return Window(1.0 - kept, 0.0, 1.0, 1.0)
        case 2:
            return Window(0.0, 0.0, 1.0, kept)
        case _:
            return Window(0.0, 1.0 - kept, 1.0, 1.0)


def _anywhere(chance: np.random.Generator, smallest: float, largest: float) -> Window:
    high, wide = chance.uniform(smallest, largest, 2)
    top, left = chance.uniform(0.0, 1.0 - high), chance.uniform(0.0, 1.0 - wide)
    return Window(top, left, top + high, left + wide)
