from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.errors import FilmFailedError
from engine.films.radiograph import load_radiograph
from engine.reasons import Reason
from engine.screening.viewing import FilmReader
from engine.screening.worker import StoppedError
from tests.builders import picture_bytes
from tests.engine.films.syntaxes import film, stored_values


def test_a_film_arrives_whole(samples: Path) -> None:
    reader = FilmReader()
    try:
        for name in ("phantom-01.jpg", "phantom-08.dcm", "phantom-01.jpg"):
            shown = reader.read(samples / name)
            expected = load_radiograph(samples / name)
            assert shown.pixels.dtype == np.uint16
            assert shown.pixels / 65535.0 == pytest.approx(expected.pixels, abs=1e-4)
            assert shown.facts.patient_id is None
            assert shown.facts.rows == expected.facts.rows
    finally:
        reader.close()


def test_an_inverted_film_is_shown_as_it_was_scored(tmp_path: Path) -> None:
    (tmp_path / "film.png").write_bytes(picture_bytes(stored_values(8, inverted=True), "PNG"))
    reader = FilmReader()
    try:
        shown = reader.read(tmp_path / "film.png")
    finally:
        reader.close()
    assert shown.pixels / 65535.0 == pytest.approx(film(), abs=0.003)


def test_a_bad_film_is_an_error_and_the_next_one_arrives(samples: Path) -> None:
    reader = FilmReader()
    try:
        with pytest.raises(FilmFailedError) as failure:
            reader.read(samples / "reading-list.txt")
        assert failure.value.reason is Reason.NOT_AN_IMAGE
        assert reader.read(samples / "phantom-01.jpg").pixels.any()
    finally:
        reader.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists shared memory as files")
def test_a_read_that_is_stopped_leaves_no_memory_behind(samples: Path) -> None:
    reader = FilmReader()
    try:
        reader.start()
        for looks in range(1, 6):
            left = iter(range(looks))
            with contextlib.suppress(StoppedError):  # a quick PC may be done before it is stopped
                reader.read(samples / "phantom-10.dcm", should_stop=lambda left=left: next(left, None) is None)
        assert not [block for block in Path("/dev/shm").iterdir() if block.name.startswith("mapafu-")]
    finally:
        reader.close()
