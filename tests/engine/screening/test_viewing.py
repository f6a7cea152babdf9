from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.errors import FilmFailedError
from engine.films.radiograph import load_radiograph
from engine.reasons import Reason
from engine.screening.viewing import FilmReader


def test_a_film_arrives_whole(samples: Path) -> None:
    reader = FilmReader()
    try:
        for name in ("phantom-01.jpg", "phantom-08.dcm", "phantom-01.jpg"):
            film = reader.read(samples / name)
            expected = load_radiograph(samples / name)
            assert film.pixels.dtype == np.uint16
            assert film.pixels / 65535.0 == pytest.approx(expected.pixels, abs=1e-4)
            assert film.facts.patient_id is None
            assert film.facts.rows == expected.facts.rows
    finally:
        reader.close()


def test_a_bad_film_is_an_error_and_the_next_one_arrives(samples: Path) -> None:
    reader = FilmReader()
    try:
        with pytest.raises(FilmFailedError) as failure:
            reader.read(samples / "reading-list.txt")
        assert failure.value.reason is Reason.NOT_AN_IMAGE
        assert reader.read(samples / "phantom-01.jpg").pixels.any()
    finally:
        reader.close()
