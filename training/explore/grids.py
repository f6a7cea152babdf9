"""Films side by side: samples, near-duplicates and outliers, each film in its own shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from matplotlib.figure import Figure

from training.explore.charts import plain
from training.explore.likeness import DuplicateGroup, Outlier
from training.explore.listing import ListedFilm
from training.explore.reading import ReadFilms, load_thumbnail

SHOWN_GROUPS = 12
_SIDE = 170
_GROUPS_PER_ROW = 3
_INCH = 1.75
_USUAL, _GRAVE = "#000000", "#C00000"


@dataclass(frozen=True, slots=True)
class _Tile:
    film: ListedFilm
    words: str
    grave: bool = False


def sample_grid(read: ReadFilms, *, per_class: int) -> Figure:
    """Films of each class, drawn by chance but the same on every run; a row for each class."""
    chance = np.random.default_rng(0)
    rows: list[list[_Tile | None]] = []
    for index in range(len(read.classes)):
        own = np.flatnonzero(read.labels == index)
        drawn = np.sort(chance.permutation(own)[:per_class])
        rows.append([_Tile(read.films[film], _name(read.films[film])) for film in drawn])
    return _draw(rows, titles=read.classes)


def outlier_grid(ranked: Sequence[Sequence[Outlier]], classes: tuple[str, ...]) -> Figure:
    """The films farthest from the mean of their class, with the distance; a row for each class."""
    rows = [[_Tile(one.film, f"{one.distance:.1f}  {_name(one.film)}") for one in outliers] for outliers in ranked]
    return _draw(rows, titles=classes)


def duplicate_grid(groups: Sequence[DuplicateGroup]) -> Figure:
    """Two films of each of the first twelve groups, with split and class; in red where these differ."""
    rows: list[list[_Tile | None]] = []
    for at, group in enumerate(groups[:SHOWN_GROUPS]):
        if at % _GROUPS_PER_ROW == 0:
            rows.append([])
        number = f"{at + 1}{'' if len(group.films) == 2 else f' ({len(group.films)} films)'}"
        pair = [
            _Tile(film, f"{number}: {film.split}, {film.label}\n{_name(film)}", grave=group.is_grave)
            for film in _telling_pair(group)
        ]
        rows[-1].extend([*pair, None] if len(rows[-1]) < (_GROUPS_PER_ROW - 1) * 3 else pair)
    return _draw(rows, titles=())


def _draw(rows: Sequence[Sequence[_Tile | None]], *, titles: Sequence[str]) -> Figure:
    """Tiles in rows; None leaves a narrow gap."""
    columns = max(len(row) for row in rows)
    gaps = [all(row[at] is None for row in rows if at < len(row)) for at in range(columns)]
    figure = Figure(figsize=(_INCH * sum(0.1 if gap else 1.0 for gap in gaps), _INCH * len(rows)), layout="constrained")
    grid = figure.subplots(len(rows), columns, squeeze=False, width_ratios=[0.1 if gap else 1.0 for gap in gaps])
    for axes in grid.flat:
        axes.set_axis_off()
    for line, row in zip(grid, rows, strict=True):
        for axes, tile in zip(line, row, strict=False):
            pixels = None if tile is None else load_thumbnail(tile.film.path, side=_SIDE)
            if tile is not None and pixels is not None:
                axes.imshow(pixels, cmap="gray", vmin=0, vmax=1)
                words = "\n".join(plain(part, longest=30) for part in tile.words.split("\n"))
                axes.set_title(words, fontsize=6, color=_GRAVE if tile.grave else _USUAL)
    for line, title in zip(grid, titles, strict=False):
        line[0].annotate(
            plain(title, longest=24), (-0.04, 0.5), xycoords="axes fraction", rotation=90, ha="right", va="center"
        )
    return figure


def _telling_pair(group: DuplicateGroup) -> tuple[ListedFilm, ListedFilm]:
    """The first film and one that contradicts it, where there is one."""
    first, *others = group.films
    differing = (film for film in others if (film.split, film.label) != (first.split, first.label))
    return first, next(differing, others[0])


def _name(film: ListedFilm) -> str:
    return PurePosixPath(film.file).name
