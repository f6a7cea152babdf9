"""Small films beside their heat: the calls that went wrong and some that went right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle as Outline
from numpy.typing import NDArray

from engine.model.heatmap import overlay_heat, spread_heat
from training.evaluate.known import Rectangle
from training.evaluate.scoring import ScoredFilm
from training.small_copy import small_copy

_TILE = 120  # pixels; each film fits into a square of this side
_GAP = 4
_PER_ROW = 3
_WRONG, _RIGHT = 6, 3  # films shown
_BOX_COLOUR, _PEAK_COLOUR = "#56B4E9", "#ffffff"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Films of one sort of call, in the order to be shown."""

    title: str
    films: tuple[ScoredFilm, ...]
    total: int


def shelve(films: Sequence[ScoredFilm], finding: str) -> tuple[Shelf, ...]:
    """Wrong calls first, the most confident of them first; then right calls, likewise. Empty shelves are left out."""
    called = [film for film in films if film.score.reaches_threshold]
    passed = [film for film in films if not film.score.reaches_threshold]
    shelves = (
        (f"Called positive, but no {finding}", called, False, _WRONG),
        (f"Passed as negative, but {finding}", passed, True, _WRONG),
        (f"Called positive, and {finding}", called, True, _RIGHT),
        (f"Passed as negative, and no {finding}", passed, False, _RIGHT),
    )
    found = []
    for title, part, ill, most in shelves:
        high_first = part is called
        members = sorted(
            (film for film in part if film.known.kind.is_pneumonia is ill),
            key=lambda film: film.score.probability,
            reverse=high_first,
        )
        if members:
            found.append(Shelf(title, tuple(members[:most]), len(members)))
    return tuple(found)


def draw_shelf(shelf: Shelf) -> Figure | None:
    """Each film with its heat to the right of it; None where no film can be read any more."""
    tiles = [(film, tile) for film in shelf.films if (tile := _tile(film)) is not None]
    if not tiles:
        return None
    rows = -(-len(tiles) // _PER_ROW)
    figure = Figure(figsize=(_PER_ROW * 3.3, rows * 1.95), layout="constrained")
    panels = np.asarray(figure.subplots(rows, _PER_ROW, squeeze=False)).ravel()
    for axes in panels:
        axes.set_axis_off()
    for axes, (film, tile) in zip(panels, tiles, strict=False):
        axes.imshow(tile.picture, interpolation="antialiased")
        axes.set_title(_words(film), fontsize=9)
        _mark(axes, film, tile)
    return figure


@dataclass(frozen=True, slots=True, eq=False)
class _Tile:
    """A film and its overlay, side by side: (rows, columns, 3) uint8; each copy is `width` x `height` pixels."""

    picture: NDArray[np.uint8]
    width: int
    height: int


def _tile(film: ScoredFilm) -> _Tile | None:
    small = small_copy(film.known.path, longest=_TILE)
    if small is None:
        return None
    height, width = small.shape
    heat = spread_heat(film.score.heat, height=height, width=width)
    picture = np.full((height, 2 * width + _GAP, 3), 255, dtype=np.uint8)
    picture[:, :width] = np.round(small * 255.0).astype(np.uint8)[..., np.newaxis]
    picture[:, width + _GAP :] = np.asarray(overlay_heat(small, heat))
    return _Tile(picture, width, height)


def _words(film: ScoredFilm) -> str:
    view = f", {film.known.view}" if film.known.view else ""
    return f"P {film.score.probability:.3f} · {film.known.kind.value}{view}"


def _mark(axes: Axes, film: ScoredFilm, tile: _Tile) -> None:
    for start in (0, tile.width + _GAP):
        for box in film.known.boxes:
            axes.add_patch(_outline(box, tile, start))
    x, y = film.score.heat.peak()
    place = (tile.width + _GAP + x * tile.width - 0.5, y * tile.height - 0.5)
    for colour, width in (("#1d1f21", 3.0), (_PEAK_COLOUR, 1.2)):
        axes.plot(*place, marker="+", markersize=9, markeredgewidth=width, color=colour)


def _outline(box: Rectangle, tile: _Tile, start: int) -> Outline:
    corner = (start + box.left * tile.width - 0.5, box.top * tile.height - 0.5)
    width, height = (box.right - box.left) * tile.width, (box.bottom - box.top) * tile.height
    return Outline(corner, width, height, fill=False, edgecolor=_BOX_COLOUR, linewidth=1.2)
