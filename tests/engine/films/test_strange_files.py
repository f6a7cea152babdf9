"""Things in a folder that are no ordinary files, or do not stay what they were: each a row or nothing, none a hang."""

from __future__ import annotations

import csv
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import FilmFailedError
from engine.films.discovery import discover
from engine.films.radiograph import load_radiograph
from engine.reasons import Reason
from tests.programs import CHECKOUT, command_of, environment

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files or names")
NOBODY = 65534


@pytest.fixture
def film(samples: Path) -> bytes:
    return (samples / "phantom-01.jpg").read_bytes()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the PC may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def table_of(folder: Path, *, out: Path) -> dict[str, str]:
    """Screen a folder with the program itself: the reason of each row, `scored` where there is none."""
    done = subprocess.run(
        command_of("mapafu-screen", folder, "--csv", out / "table.csv", "--quiet"),
        env=environment(MAPAFU_HOME=str(out / "home")),
        cwd=out,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    with (out / "table.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    named = {row["file"].removeprefix(str(folder)).lstrip("/"): row["reason"] or row["status"] for row in rows}
    assert len(named) == len(rows)
    return named


@posix_only
@pytest.mark.program
def test_a_folder_of_strange_things_is_screened_to_its_end(film: bytes, tmp_path: Path) -> None:
    films, out = tmp_path / "films", tmp_path / "out"
    (films / "folder.dcm").mkdir(parents=True)
    out.mkdir()
    (films / "folder.dcm" / "film").write_bytes(film)
    (films / "nothing.dcm").write_bytes(b"")
    (films / "صورة الصدر.jpg").write_bytes(film)
    (films / "胸部正位片.jpg").write_bytes(film)
    (films / "first line\nsecond line.jpg").write_bytes(film)
    (films / ("n" * 251 + ".jpg")).write_bytes(film)
    Path(os.fsdecode(bytes(films) + b"/n\xe9gatif.jpg")).write_bytes(film)
    (films / "=cmd|'calc'!A1.jpg").write_bytes(film)
    os.mkfifo(films / "pipe.jpg")
    (films / "loop.jpg").symlink_to("loop.jpg")
    (films / "nowhere.jpg").symlink_to("gone.jpg")
    (films / "zero.dcm").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(films)  # the address of a socket may not be long
        try:
            listener.bind("socket.jpg")
        finally:
            os.chdir(here)
        found = table_of(films, out=out)
    reasons = sorted(found.values())
    assert reasons == sorted(["scored"] * 7 + ["empty_file", "not_found"] + ["not_an_image"] * 3)
    assert found["folder.dcm/film"] == found["胸部正位片.jpg"] == found["صورة الصدر.jpg"] == "scored"
    assert found["nothing.dcm"] == "empty_file"
    assert found["nowhere.jpg"] == "not_found"
    assert {name for name, reason in found.items() if reason == "not_an_image"} == {
        "pipe.jpg",
        "socket.jpg",
        "zero.dcm",
    }


AS_NOBODY = f"""
import json, os, sys
from pathlib import Path
from engine.errors import FilmFailedError
from engine.films.discovery import discover
from engine.films.radiograph import load_radiograph

load_radiograph(Path(sys.argv[1]))  # what it takes is imported while it may be
if os.geteuid() == 0:  # who may read everything
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})

def outcome(found):
    try:
        return found.problem or load_radiograph(found.path) and "read"
    except FilmFailedError as error:
        return error.reason

print(json.dumps({{found.path.name: outcome(found) for found in discover([sys.argv[2]])}}))
"""


@posix_only
def test_what_may_not_be_read_is_a_row(film: bytes, samples: Path, open_folder: Path) -> None:
    for folder in ("closed", "no way through"):
        (open_folder / folder).mkdir()
    for name in ("a.jpg", "b.jpg", "closed/c.jpg", "no way through/d.jpg"):
        (open_folder / name).write_bytes(film)
    (open_folder / "a.jpg").chmod(0)
    (open_folder / "closed").chmod(0)
    (open_folder / "no way through").chmod(0o444)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, samples / "phantom-01.jpg", open_folder],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    for folder in ("closed", "no way through"):
        (open_folder / folder).chmod(0o755)
    assert json.loads(done.stdout) == {
        "a.jpg": "no_permission",
        "b.jpg": "read",
        "closed": "no_permission",
        "d.jpg": "no_permission",
    }


def test_a_file_that_changes_while_it_is_read_is_a_film_or_a_reason(film: bytes, tmp_path: Path) -> None:
    path = tmp_path / "film.jpg"
    path.write_bytes(film)
    ended = threading.Event()

    def change() -> None:
        while not ended.is_set():
            path.write_bytes(film[: len(film) // 3])
            path.write_bytes(film)
            path.unlink()
            path.write_bytes(film * 2)

    writer = threading.Thread(target=change)
    writer.start()
    seen = set()
    try:
        for reads in range(20_000):
            try:
                seen.add(load_radiograph(path).pixels.shape)
            except FilmFailedError as error:
                seen.add(error.reason)
            if reads >= 150 and len(seen) > 1:  # both threads have had their turns
                break
    finally:
        ended.set()
        writer.join()
    shape = load_radiograph(path).pixels.shape
    assert seen <= {shape, Reason.CORRUPT_PIXELS, Reason.EMPTY_FILE, Reason.NOT_FOUND}
    assert len(seen) > 1


@posix_only
def test_a_file_that_turns_into_a_pipe_is_not_waited_for(film: bytes, tmp_path: Path) -> None:
    path = tmp_path / "film.jpg"
    path.write_bytes(film)
    (found,) = discover([tmp_path])
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(FilmFailedError) as failure:
        load_radiograph(found.path)
    assert failure.value.reason is Reason.NOT_AN_IMAGE


@posix_only
def test_a_name_that_is_too_long_is_not_found(tmp_path: Path) -> None:
    (found,) = discover([tmp_path / ("n" * 300)])
    assert found.problem is Reason.NOT_FOUND
