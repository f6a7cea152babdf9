"""Names of files that are written come from names of files that are read, which may hold anything but `/` and NUL."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from engine.films.film import FilmFacts, Radiograph
from engine.model.heatmap import Heat
from engine.model.preprocess import Box
from engine.screening.scorer import write_heatmaps

FILM = Radiograph(np.full((40, 30), 0.5, dtype=np.float32), FilmFacts(container="png", rows=40, columns=30))
HEAT = Heat(np.zeros((14, 14), dtype=np.float32), Box(0.0, 0.0, 1.0, 1.0))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize(
    "stem",
    [
        "two\nlines",
        "\x1b]0;title\x07",
        "\u202egnp.exe",
        "..",
        "\udcff",
        "x" * 250,
        "ä" * 120,
        "a\\..\\..\\b",
        "\r",
        "\t=",
    ],
)
def test_a_heatmap_stays_in_its_folder_under_a_name_that_can_be_printed(tmp_path: Path, stem: str) -> None:
    folder = tmp_path / "heatmaps"
    folder.mkdir()
    write_heatmaps(folder, stem, "0123456789abcdef", FILM, HEAT)
    names = [path.name for path in folder.iterdir()]
    assert len(names) == 2
    assert all(name.isprintable() and "-01234567-" in name for name in names)
    assert all(len(os.fsencode(name)) <= 255 for name in names)
    assert [path.name for path in tmp_path.iterdir()] == ["heatmaps"]
