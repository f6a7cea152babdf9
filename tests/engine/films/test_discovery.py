from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.films.discovery import discover
from engine.reasons import Reason

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFOs and restricts links")


def write(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def test_folders_are_walked_in_order_and_named_from_the_dropped_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("films/b.jpg", "films/a.png", "films/ward 1.dcm/c.dcm", "films/B2"):
        write(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    found = discover(["films/", "films/a.png"])
    assert [film.file for film in found] == ["films/a.png", "films/b.jpg", "films/B2", "films/ward 1.dcm/c.dcm"]
    assert all(film.problem is None for film in found)


@pytest.mark.parametrize("name", [".hidden.jpg", "Thumbs.db", "desktop.ini", ".DS_Store", ".git/x.jpg"])
def test_hidden_and_system_files_are_passed_over(tmp_path: Path, name: str) -> None:
    write(tmp_path / name)
    assert discover([tmp_path]) == []


def test_a_missing_path_is_a_row(tmp_path: Path) -> None:
    (film,) = discover([tmp_path / "gone.jpg"])
    assert film.problem is Reason.NOT_FOUND


def test_own_output_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "out/heatmaps/x.png")
    write(tmp_path / "film.png")
    found = discover([tmp_path], leave_out=[tmp_path / "out/heatmaps"])
    assert [film.path.name for film in found] == ["film.png"]


def test_looking_can_be_stopped(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path / f"{number}.png")
    looks = iter(range(3))
    assert len(discover([tmp_path], should_stop=lambda: next(looks, None) is None)) == 2


def test_one_file_named_twice_is_one_row(tmp_path: Path) -> None:
    film = write(tmp_path / "film.png")
    assert len(discover([film, tmp_path, film])) == 1


@posix_only
def test_link_loops_give_no_row_and_dangling_links_do(tmp_path: Path) -> None:
    write(tmp_path / "film.png")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    assert [(film.path.name, film.problem) for film in discover([tmp_path])] == [
        ("dangling", Reason.NOT_FOUND),
        ("film.png", None),
    ]


@posix_only
def test_folders_linked_to_each_other_are_walked_once(tmp_path: Path) -> None:
    names = [f"ward{number}" for number in range(7)]
    for name in names:
        write(tmp_path / name / "film.png")
        for other in names:
            (tmp_path / name / f"to {other}").symlink_to(tmp_path / other, target_is_directory=True)
    assert len(discover([tmp_path])) == 7


@posix_only
def test_folders_may_lie_deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1100):
        Path("d").mkdir()
        os.chdir("d")
    Path("film.png").write_bytes(b"x")
    os.chdir(tmp_path)
    try:
        (film,) = discover(["d"])
    finally:  # deeper than Python's own removal of folders reaches, which would fail a later run
        subprocess.run(["rm", "-rf", "d"], check=True)
    assert film.file.endswith("/film.png")


@posix_only
def test_a_fifo_is_a_row_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (film,) = discover([tmp_path])
    assert film.problem is Reason.NOT_AN_IMAGE
