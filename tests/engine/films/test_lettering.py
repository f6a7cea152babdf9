from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from engine.films.lettering import has_lettering
from engine.films.radiograph import load_radiograph


def lettered(film: NDArray[np.float32], words: str, size: int, *, grey: int = 255) -> NDArray[np.float32]:
    """A film with words in its upper left corner."""
    image = Image.fromarray(np.round(film * 255).astype(np.uint8))
    ImageDraw.Draw(image).text((20, 15), words, fill=grey, font=ImageFont.load_default(size=size))
    return np.asarray(image, dtype=np.float32) / np.float32(255.0)


def phantom(samples: Path) -> NDArray[np.float32]:
    return load_radiograph(samples / "phantom-01.jpg").pixels


@pytest.mark.parametrize("words", ["DOE JANE 1961-02-03", "PORTABLE AP 14:32", "ID 2231-88"])
def test_a_line_of_writing_is_seen_upright_and_along_the_side(samples: Path, words: str) -> None:
    film = lettered(phantom(samples), words, 22)
    assert has_lettering(film)
    assert has_lettering(np.rot90(film))


@pytest.mark.parametrize("mark", ["R", "L", "RT"])
def test_a_marker_of_the_side_is_no_writing(samples: Path, mark: str) -> None:
    assert not has_lettering(lettered(phantom(samples), mark, 60))


@pytest.mark.parametrize("name", [f"phantom-{number:02}" for number in range(1, 13)])
def test_the_samples_hold_no_writing(samples: Path, name: str) -> None:
    (path,) = samples.glob(f"{name}.*")
    assert not has_lettering(load_radiograph(path).pixels)


def test_grain_is_no_writing() -> None:
    grain = np.random.default_rng(1).uniform(0.3, 0.6, (600, 600)).astype(np.float32)
    assert not has_lettering(grain)
