from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from engine.errors import FilmFailedError
from engine.films.film import FilmValues
from engine.films.radiograph import load_radiograph
from engine.films.tags import TagsEnd
from engine.reasons import Reason
from engine.screening.viewing import FilmReader
from engine.screening.worker import Limits, StoppedError
from tests.builders import picture_bytes
from tests.engine.films.syntaxes import film, stored_values
from tests.engine.screening.planted import make_planted_pixel_service

HALF_A_GREY = 0.5 / 255 + 1e-6


def brightness(shown: FilmValues) -> NDArray[np.float64]:
    """The film as the screen shows it, 0..1."""
    return np.asarray(shown.scale.curve()[shown.codes] / 255.0)


def test_a_film_arrives_whole(samples: Path) -> None:
    reader = FilmReader()
    try:
        for name in ("phantom-01.jpg", "phantom-08.dcm", "phantom-01.jpg"):
            shown = reader.read(samples / name)
            expected = load_radiograph(samples / name)
            assert shown.codes.dtype == np.uint16
            assert brightness(shown) == pytest.approx(expected.pixels, abs=HALF_A_GREY)
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
    assert brightness(shown) == pytest.approx(film(), abs=0.003)


def test_a_bad_film_is_an_error_and_the_next_one_arrives(samples: Path) -> None:
    reader = FilmReader()
    try:
        with pytest.raises(FilmFailedError) as failure:
            reader.read(samples / "reading-list.txt")
        assert failure.value.reason is Reason.NOT_AN_IMAGE
        assert reader.read(samples / "phantom-01.jpg").codes.any()
    finally:
        reader.close()


def blocks() -> set[str]:
    return {block.name for block in Path("/dev/shm").iterdir() if block.name.startswith("mapafu-")}


@pytest.fixture
def blocks_left_behind() -> Callable[[], set[str]]:
    """Asks for the blocks of shared memory that are there since the test began."""
    before = blocks()
    return lambda: blocks() - before


lists_shared_memory = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists shared memory as files")


@lists_shared_memory
def test_a_read_that_is_stopped_leaves_no_memory_behind(
    samples: Path, blocks_left_behind: Callable[[], set[str]]
) -> None:
    reader = FilmReader()
    try:
        reader.start()
        for looks in range(1, 6):
            left = iter(range(looks))
            with contextlib.suppress(StoppedError):  # a quick PC may be done before it is stopped
                reader.read(samples / "phantom-10.dcm", should_stop=lambda left=left: next(left, None) is None)
        assert not blocks_left_behind()
    finally:
        reader.close()


@lists_shared_memory
@pytest.mark.parametrize(
    ("misdeed", "reason"),
    [("abort", Reason.READER_CRASHED), ("hang_in_c", Reason.TIMED_OUT), ("eat", Reason.TOO_LARGE)],
)
def test_a_child_lost_with_pixels_under_way_leaves_no_memory_behind(
    samples: Path, tmp_path: Path, blocks_left_behind: Callable[[], set[str]], misdeed: str, reason: Reason
) -> None:
    (tmp_path / "films").mkdir()
    bad = shutil.copy(samples / "phantom-01.jpg", tmp_path / "films" / f"{misdeed}.jpg")
    seconds = 4.0 if reason is Reason.TIMED_OUT else 60.0  # a busy PC eats slowly
    reader = FilmReader(limits=Limits(seconds=seconds, memory_bytes=300 * 1024**2), service=make_planted_pixel_service)
    try:
        for _ in range(2):  # asked of a new child, then of one that has worked
            with pytest.raises(FilmFailedError) as failure:
                reader.read(bad)
            assert failure.value.reason is reason
            assert not blocks_left_behind()
            assert reader.read(samples / "phantom-01.jpg").codes.any()
    finally:
        reader.close()
    assert not blocks_left_behind()


HANGING_VIEWER = """
import sys
from pathlib import Path
from engine.screening.viewing import FilmReader
from engine.screening.worker import Limits
from tests.engine.screening.planted import make_planted_pixel_service

if __name__ == "__main__":
    FilmReader(limits=Limits(seconds=1.0), service=make_planted_pixel_service).read(Path(sys.argv[1]))
"""


@lists_shared_memory
def test_a_program_that_is_killed_leaves_neither_memory_nor_process_behind(
    samples: Path, tmp_path: Path, blocks_left_behind: Callable[[], set[str]]
) -> None:
    (tmp_path / "films").mkdir()
    (tmp_path / "viewer.py").write_text(HANGING_VIEWER, encoding="utf-8")
    bad = shutil.copy(samples / "phantom-01.jpg", tmp_path / "films" / "hang_in_c.jpg")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    program = subprocess.Popen(
        [sys.executable, tmp_path / "viewer.py", bad], env=environment, stderr=subprocess.DEVNULL
    )
    wait_until(lambda: bool(blocks_left_behind()))
    helpers = psutil.Process(program.pid).children()
    program.kill()
    program.wait()
    assert len(helpers) == 2  # the reader, and what clears away shared memory after the last process
    psutil.wait_procs(helpers, timeout=30)
    assert not any(helper.is_running() for helper in helpers)
    assert not blocks_left_behind()


def wait_until(done: Callable[[], bool], *, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_tags_come_from_the_same_child_as_the_film(samples: Path, tmp_path: Path) -> None:
    reader = FilmReader()
    try:
        tags = reader.read_tags(samples / "phantom-08.dcm")
        assert ("(0010,0020)", "PHANTOM-08") in [(row.tag, row.value) for row in tags.rows]
        assert reader.read(samples / "phantom-08.dcm").facts.patient_id is None
        assert reader.read_tags(samples / "phantom-01.jpg").end is TagsEnd.NOT_DICOM
        with pytest.raises(FilmFailedError) as failure:
            reader.read_tags(tmp_path / "gone.dcm")
        assert failure.value.reason is Reason.NOT_FOUND
        assert reader.read_tags(samples / "phantom-08.dcm") == tags
    finally:
        reader.close()
