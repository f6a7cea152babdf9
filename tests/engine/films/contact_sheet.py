"""Films as the program reads them, side by side: `python -m tests.engine.films.contact_sheet OUT.png PATH...`.

Each film is shown bones bright and upright, as it is scored, with its name and what was noted of it, or why it is not
scored.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from engine.errors import FilmError
from engine.films import gate as film_checks
from engine.films.discovery import discover
from engine.films.file_bytes import read_film
from engine.films.radiograph import decode_film, open_film
from engine.model.film_gate import FilmGate, load_gate, note_of_turns

_TILE, _TEXT, _PER_ROW = 320, 34, 4


def sheet(paths: list[Path], gate: FilmGate) -> Image.Image:
    """One tile for each file: (320 + 34) x 320 pixels, four in a row."""
    rows, columns = -(-len(paths) // _PER_ROW), min(len(paths), _PER_ROW)
    page = Image.new("L", (columns * _TILE, rows * (_TILE + _TEXT)))
    for place, path in enumerate(paths):
        row, column = divmod(place, _PER_ROW)
        tile, words = _tile(path, gate)
        page.paste(tile, (column * _TILE, row * (_TILE + _TEXT)))
        ImageDraw.Draw(page).text((column * _TILE + 4, row * (_TILE + _TEXT) + _TILE + 2), words, fill=255)
    return page


def _tile(path: Path, gate: FilmGate) -> tuple[Image.Image, str]:
    try:
        film = open_film(read_film(path))
        radiograph = decode_film(film)
    except FilmError as error:
        return Image.new("L", (_TILE, _TILE)), f"{path.name}\n{error.code}"
    pixels = radiograph.pixels
    try:
        film_checks.check_facts(film)
        film_checks.check_pixels(radiograph)
        turns = gate.turns_needed(pixels)
        pixels = np.rot90(pixels, turns)
        words = ", ".join((*radiograph.notes, *note_of_turns(turns))) or "as it came"
    except FilmError as error:
        words = error.code
    tile = Image.fromarray(np.round(pixels * 255.0).astype(np.uint8))
    tile.thumbnail((_TILE, _TILE), Image.Resampling.BOX)
    return tile, f"{path.name}\n{words}"


def main() -> None:
    """Write the sheet to the file that the command line names first."""
    out, *named = map(Path, sys.argv[1:])
    paths = [item.path for item in discover(named)]
    sheet(paths, load_gate()).save(out)


if __name__ == "__main__":
    main()
