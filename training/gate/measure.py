"""What the gate does with films as they are, turned and cut, and with other pictures, through the shipped reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.progress import track

from engine.errors import FilmError, FilmRejectedError
from engine.films import gate as film_checks
from engine.films.film import as_radiograph
from engine.films.radiograph import open_film, read_film
from engine.model.film_gate import FilmGate
from engine.reasons import Reason
from training.films import LabelledFilm
from training.gate.cuts import cut_window, two_lungs
from training.shipped.lung_masks import MASK_SIZE

Change = Callable[[NDArray[np.float32], np.random.Generator], NDArray[np.float32]]
_LUNG_FROM = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one picture.

    Attributes:
        reason: Why it was turned away; None where it was let through.
        turns: Quarter turns to the left that it was given.
        by_pixels: Whether the network alone turns it away, tags, size and colour left aside.
    """

    path: Path
    reason: Reason | None
    turns: int
    by_pixels: bool


def as_it_is(pixels: NDArray[np.float32], chance: np.random.Generator) -> NDArray[np.float32]:
    """The film itself."""
    del chance
    return pixels


def turned(turns: int) -> Change:
    """The film turned to the right by so many quarters, which as many to the left undo."""

    def change(pixels: NDArray[np.float32], chance: np.random.Generator) -> NDArray[np.float32]:
        del chance
        return np.rot90(pixels, -turns)

    return change


def let_through(gate: FilmGate, paths: Sequence[Path], *, what: str, change: Change = as_it_is) -> list[Seen]:
    """Show the gate pictures as a clinic would; one that cannot be read counts as turned away for that reason."""
    chance = np.random.default_rng(1)
    return [_seen(gate, path, change, chance) for path in track(paths, description=f"Looking at {what}")]


def cut_films(gate: FilmGate, films: Sequence[LabelledFilm], *, data: Path, masks: Path) -> list[Seen]:
    """Show the gate films with more than a third of a lung cut away, where a mask tells where the lungs are."""
    seen = []
    chance = np.random.default_rng(1)
    for film in track(films, description="Looking at cut films"):
        mask = masks / film.path.relative_to(data).with_suffix(".png")
        if mask.is_file():
            seen.append(_seen(gate, film.path, _cut_by(mask), chance))
    return seen


def _cut_by(mask: Path) -> Change:
    with Image.open(mask) as picture:
        lungs = (np.asarray(picture.convert("L")) >= _LUNG_FROM).astype(np.uint8) * 255
    small = np.asarray(Image.fromarray(lungs).resize((MASK_SIZE, MASK_SIZE), Image.Resampling.BOX))

    def change(pixels: NDArray[np.float32], chance: np.random.Generator) -> NDArray[np.float32]:
        window = cut_window(two_lungs(small), chance)
        rows, columns = pixels.shape
        top, bottom = int(window.top * rows), int(np.ceil(window.bottom * rows))
        return pixels[top:bottom, int(window.left * columns) : int(np.ceil(window.right * columns))]

    return change


def _seen(gate: FilmGate, path: Path, change: Change, chance: np.random.Generator) -> Seen:
    reason, turns, by_pixels = None, 0, False
    try:
        film = open_film(read_film(path))
        radiograph = as_radiograph(film.decode())
        pixels = change(radiograph.pixels, chance)
        try:
            turns = gate.turns_needed(pixels)
        except FilmRejectedError as error:
            reason, by_pixels = error.reason, True
        film_checks.check_facts(film.facts)
        film_checks.check_pixels(radiograph)
    except FilmError as error:
        reason = error.reason
    return Seen(path, reason, turns, by_pixels)
