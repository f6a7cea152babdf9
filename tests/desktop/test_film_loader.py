import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop import film_loader
from desktop.film_loader import FilmLoader
from engine.reasons import Reason
from tests.programs import reading_processes


@pytest.fixture
def loader(qapp: object) -> Iterator[FilmLoader]:
    made = FilmLoader()
    yield made
    made.close()


def test_the_newest_wish_wins(qtbot: QtBot, loader: FilmLoader, samples: Path) -> None:
    loaded: list[Path] = []
    loader.film_loaded.connect(lambda path, picture: loaded.append(path))
    films = sorted(samples.glob("phantom*.jpg"))
    for film in films:
        loader.request(film)
    qtbot.waitUntil(lambda: bool(loaded), timeout=30_000)
    qtbot.wait(300)
    assert loaded == [films[-1]]


def test_a_film_that_cannot_be_read_is_told(qtbot: QtBot, loader: FilmLoader, tmp_path: Path) -> None:
    film = tmp_path / "film.jpg"
    film.write_bytes(b"no film")
    with qtbot.waitSignal(loader.film_failed, timeout=30_000) as told:
        loader.request(film)
    assert told.args == [film, Reason.NOT_AN_IMAGE.sentence]


def test_a_forgotten_film_does_not_come(qtbot: QtBot, loader: FilmLoader, samples: Path) -> None:
    with qtbot.assertNotEmitted(loader.film_loaded, wait=1500):
        loader.request(next(samples.glob("*.png")))
        loader.forget()


def test_films_read_ahead_come_at_once(qtbot: QtBot, loader: FilmLoader, samples: Path) -> None:
    first, second, third = sorted(samples.glob("phantom*.jpg"))[:3]
    with qtbot.waitSignal(loader.film_loaded, timeout=30_000):
        loader.request(first, ahead=[second])
    qtbot.waitUntil(lambda: second in loader._ready, timeout=30_000)
    loaded: list[Path] = []
    loader.film_loaded.connect(lambda path, picture: loaded.append(path))
    loader.request(second, ahead=[third])
    assert loaded == [second]
    assert first not in loader._ready  # nobody wants it any more
    qtbot.waitUntil(lambda: third in loader._ready, timeout=30_000)
    assert loaded == [second]  # what was only read ahead is not shown


def test_a_film_that_failed_ahead_of_time_is_tried_again(
    qtbot: QtBot, loader: FilmLoader, tmp_path: Path, samples: Path
) -> None:
    film, late = next(samples.glob("*.png")), tmp_path / "late.png"
    with qtbot.waitSignal(loader.film_loaded, timeout=30_000):
        loader.request(film, ahead=[late])
    qtbot.waitUntil(lambda: late in loader._ready, timeout=30_000)
    shutil.copy(film, late)
    with qtbot.waitSignal(loader.film_loaded, timeout=30_000) as told:
        loader.request(late)
    assert told.args[0] == late


def test_closing_ends_the_process(qtbot: QtBot, loader: FilmLoader, samples: Path) -> None:
    with qtbot.waitSignal(loader.film_loaded, timeout=30_000):
        loader.request(next(samples.glob("*.png")))
    assert len(reading_processes()) == 1
    loader.close()
    assert reading_processes() == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists shared memory as files")
@pytest.mark.parametrize("wait_ms", [0, 700, 1000, 1300, 1600])
def test_closing_while_a_film_is_read_leaves_nothing_behind(qtbot: QtBot, samples: Path, wait_ms: int) -> None:
    before = set(Path("/dev/shm").iterdir())
    loader = FilmLoader()
    for film in sorted(samples.glob("phantom*.dcm")):
        loader.request(film)
    qtbot.wait(wait_ms)
    loader.close()
    assert reading_processes() == []
    assert not [block for block in set(Path("/dev/shm").iterdir()) - before if block.name.startswith("mapafu-")]


def _run_out(*_args: object, **_kwargs: object) -> None:
    raise MemoryError


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The errors that went the way of those that end a thread."""
    kinds: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: kinds.append(args.exc_type.__name__))
    return kinds


def test_an_error_that_nobody_foresaw_costs_one_film(
    qtbot: QtBot, loader: FilmLoader, samples: Path, monkeypatch: pytest.MonkeyPatch, reported: list[str]
) -> None:
    first, second = sorted(samples.glob("phantom*.jpg"))[:2]
    with monkeypatch.context() as planted:
        planted.setattr(film_loader, "prepare_picture", _run_out)
        with qtbot.waitSignal(loader.film_failed, timeout=30_000) as told:
            loader.request(first)
    assert told.args[0] == first
    assert told.args[1].startswith("This file could not be shown.")
    assert reported == ["MemoryError"]
    for film in (second, first):
        with qtbot.waitSignal(loader.film_loaded, timeout=30_000) as come:
            loader.request(film)
        assert come.args[0] == film


def test_an_error_that_nobody_foresaw_costs_one_file_its_tags(
    qtbot: QtBot, loader: FilmLoader, samples: Path, monkeypatch: pytest.MonkeyPatch, reported: list[str]
) -> None:
    film = next(samples.glob("phantom*.dcm"))
    with monkeypatch.context() as planted:
        planted.setattr(film_loader.FilmReader, "read_tags", _run_out)
        with qtbot.waitSignal(loader.tags_failed, timeout=30_000) as told:
            loader.request_tags(film)
    assert told.args == [film, "This file could not be shown. Try it again in a moment."]
    with qtbot.waitSignal(loader.tags_loaded, timeout=30_000):
        loader.request_tags(film)
    assert reported == ["MemoryError"]


def test_a_thread_that_ended_is_started_again(
    qtbot: QtBot, loader: FilmLoader, samples: Path, monkeypatch: pytest.MonkeyPatch, reported: list[str]
) -> None:
    with monkeypatch.context() as planted:
        planted.setattr(film_loader, "FilmReader", _run_out)
        loader.warm_up()
        qtbot.waitUntil(lambda: reported == ["MemoryError"], timeout=10_000)
    with qtbot.waitSignal(loader.film_loaded, timeout=30_000):
        loader.request(next(samples.glob("*.png")))
