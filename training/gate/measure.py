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
from engine.films.file_bytes import read_film
from engine.films.radiograph import decode_film, open_film
from engine.model.classifier import Classifier
from engine.model.film_gate import FilmGate
from engine.model.lung_shape import check_lungs
from engine.model.pack import read_model
from engine.model.preprocess import preprocess
from engine.reasons import Reason
from training.films import LabelledFilm
from training.gate.cuts import cut_window, two_lungs
from training.shipped.lung_masks import MASK_SIZE

Change = Callable[[NDArray[np.float32], np.random.Generator], NDArray[np.float32]]
# Quarter turns to the left of a film that may be scored; FilmRejectedError for another.
Look = Callable[[NDArray[np.float32]], int]
_LUNG_FROM = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one picture.

    Attributes:
        reason: Why it was turned away; None where it was let through.
        turns: Quarter turns to the left that it was given.
        by_pixels: Whether its pixels alone turn it away, tags, size and colour left aside.
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


def half(place: int) -> Change:
    """One half of the film: 0 is the upper one, then the lower, the left and the right one."""

    def change(pixels: NDArray[np.float32], chance: np.random.Generator) -> NDArray[np.float32]:
        del chance
        rows, columns = pixels.shape[0] // 2, pixels.shape[1] // 2
        return (pixels[:rows], pixels[rows:], pixels[:, :columns], pixels[:, columns:])[place]

    return change


def with_lungs(gate: FilmGate, model: Path) -> Look:
    """The whole look at the pixels of a film: the gate's network, then the lungs that the model finds."""
    data, pack = read_model(model)
    card = pack.card
    classifier = Classifier(data, size=card.input.size, classes=len(card.classes))

    def look(pixels: NDArray[np.float32]) -> int:
        turns = gate.turns_needed(pixels)
        lungs = classifier.predict(preprocess(np.rot90(pixels, turns), card.input).tensor).lungs
        if lungs is not None:
            check_lungs(lungs)
        return turns

    return look


def let_through(look: Look, paths: Sequence[Path], *, what: str, change: Change = as_it_is) -> list[Seen]:
    """Show pictures as a clinic would; one that cannot be read counts as turned away for that reason."""
    chance = np.random.default_rng(1)
    return [_seen(look, path, change, chance) for path in track(paths, description=f"Looking at {what}")]


def cut_films(look: Look, films: Sequence[LabelledFilm], *, data: Path, masks: Path) -> list[Seen]:
    """Show films with more than a third of a lung cut away, where a mask tells where the lungs are."""
    seen = []
    chance = np.random.default_rng(1)
    for film in track(films, description="Looking at cut films"):
        mask = masks / film.path.relative_to(data).with_suffix(".png")
        if mask.is_file():
            seen.append(_seen(look, film.path, _cut_by(mask), chance))
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


def _seen(look: Look, path: Path, change: Change, chance: np.random.Generator) -> Seen:
    reason, turns, by_pixels = None, 0, False
    try:
        film = open_film(read_film(path))
        radiograph = decode_film(film)
        pixels = change(radiograph.pixels, chance)
        try:
            turns = look(pixels)
        except FilmRejectedError as error:
            reason, by_pixels = error.reason, True
        film_checks.check_facts(film)
        film_checks.check_pixels(radiograph)
    except FilmError as error:
        reason = error.reason
    return Seen(path, reason, turns, by_pixels)
