"""Is a film shown as it should be, bones bright? Found from its pixels, since tags lie and pictures have none.

The film is brought to a grid of 8 x 8 cells, and each cell to its rank in brightness, which contrast hardly moves.
A table of weights, learned from real films (`training/polarity.py`), says how much a bright cell speaks for bright
bones: in the corners it speaks against, along the spine and below the diaphragm it speaks for.
The sum is in log odds. Inverting a film turns its ranks and so the sign of the sum round, nothing else.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.films.borders import content_span
from engine.films.film import FilmValues, Radiograph, as_radiograph
from engine.paths import resource
from engine.reasons import Note

GRID = 8
# A film is left alone unless this much speaks for dark bones: a false correction does more harm than a missed one.
MIN_EVIDENCE = 1.5
_MIN_SIDE = 256


def show_bones_bright(film: Radiograph) -> Radiograph:
    """The film, turned round with the note `inverted_corrected` where its pixels show dark bones.

    Padding stays black. Coloured pictures are no films and stay as they are.
    """
    if not _has_dark_bones(film):
        return film
    pixels = np.float32(1.0) - film.pixels
    if film.padding is not None:
        pixels[film.padding] = 0.0
    return replace(film, pixels=pixels, notes=(*film.notes, Note.INVERTED_CORRECTED))


def show_values_bright(film: FilmValues) -> FilmValues:
    """The same for a film's values, of which only the scale turns round."""
    if film.coloured or not _has_dark_bones(as_radiograph(film)):
        return film
    return replace(film, scale=film.scale.turned_round(), notes=(*film.notes, Note.INVERTED_CORRECTED))


def _has_dark_bones(film: Radiograph) -> bool:
    return not film.coloured and evidence_of_bright_bones(film.pixels) <= -MIN_EVIDENCE


def evidence_of_bright_bones(pixels: NDArray[np.float32]) -> float:
    """Log odds that bones are bright rather than dark. `pixels` is (rows, columns) in 0..1."""
    return float((rank_cells(pixels) * _weights()).sum())


def rank_cells(pixels: NDArray[np.float32]) -> NDArray[np.float64]:
    """(8, 8): how the mean brightness of each cell ranks, from -1 for the darkest to 1; ties share their mean rank."""
    step = max(1, min(pixels.shape) // _MIN_SIDE)
    coarse = pixels[::step, ::step]
    top, bottom, left, right = content_span(coarse)
    film = Image.fromarray(np.ascontiguousarray(coarse[top:bottom, left:right]))
    cells = np.asarray(film.resize((GRID, GRID), Image.Resampling.BOX)).ravel()
    _, place, counts = np.unique(cells, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts + 1) / 2
    return (2.0 * middle[place] / (cells.size - 1) - 1.0).reshape(GRID, GRID)


@cache
def _weights() -> NDArray[np.float64]:
    """(8, 8). The file has the left half; the right one mirrors it."""
    left = np.array(json.loads(resource("polarity.json").read_text(encoding="utf-8"))["weights"])
    return np.hstack([left, left[:, ::-1]])
