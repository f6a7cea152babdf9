from __future__ import annotations

import json
import os
import signal
import socket
import stat
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from desktop.one_window import MAX_BYTES, MAX_GUESTS, NoAnswerError, OneWindow, socket_name
from engine.results.store import FILE_NAME, Store
from tests.desktop.waiting import wait_for
from tests.programs import CHECKOUT, command_of, environment

on_unix = pytest.mark.skipif(os.name == "nt", reason="a named pipe is not looked at as a file")


def start(*paths: Path | str, cwd: Path = CHECKOUT) -> subprocess.Popen[str]:
    """The program, in a process of its own."""
    return subprocess.Popen(
        command_of("mapafu", *paths),
        env=environment(),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def programs() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started = []

    def open_one(*paths: Path | str, cwd: Path = CHECKOUT) -> subprocess.Popen[str]:
        started.append(start(*paths, cwd=cwd))
        return started[-1]

    yield open_one
    for program in started:
        if program.poll() is None:
            program.kill()
        program.communicate()


@pytest.fixture
def first(own_home: Path, qtbot: QtBot) -> Iterator[OneWindow]:
    one = OneWindow(own_home)
    assert one.claim([])
    yield one
    one.close()


def is_listening(home: Path) -> bool:
    return Path(socket_name(home)).exists() if os.name == "posix" else (home / "window.lock").exists()


def kept_films(home: Path) -> int:
    if not (home / FILE_NAME).exists():
        return 0
    with Store(home / FILE_NAME) as store:
        return sum(session.results for session in store.sessions.newest(5))


def log_of(home: Path) -> str:
    path = home / "mapafu.log"
    return path.read_text() if path.exists() else ""


@on_unix
@pytest.mark.program
def test_a_second_start_hands_its_films_to_the_first_and_ends(
    own_home: Path, samples: Path, tmp_path: Path, programs: Callable[..., subprocess.Popen[str]], qtbot: QtBot
) -> None:
    (tmp_path / "SMITH_JOHN.jpg").write_bytes((samples / "phantom-01.jpg").read_bytes())
    (tmp_path / "ü b.jpg").write_bytes((samples / "phantom-02.jpg").read_bytes())
    window = programs()
    wait_for(lambda: is_listening(own_home), seconds=60)
    second = programs("SMITH_JOHN.jpg", "ü b.jpg", cwd=tmp_path)
    assert second.wait(60) == 0
    assert window.poll() is None
    wait_for(lambda: kept_films(own_home) == 2, seconds=120)
    window.send_signal(signal.SIGINT)
    assert window.wait(60) == 0
    log = log_of(own_home)
    assert "handed_over 2" in log
    assert "second_start_answered 2" in log
    assert "SMITH" not in log
    assert not (own_home / "window.socket").exists()


@on_unix
@pytest.mark.program
def test_what_a_killed_window_left_behind_is_taken_over(
    own_home: Path, programs: Callable[..., subprocess.Popen[str]], qtbot: QtBot
) -> None:
    killed = programs()
    wait_for(lambda: log_of(own_home).count("program_started") == 1, seconds=60)
    killed.kill()
    killed.wait()
    assert (own_home / "window.socket").exists()
    again = programs()
    wait_for(lambda: log_of(own_home).count("program_started") == 2, seconds=60)
    third = programs()
    assert third.wait(60) == 0
    assert again.poll() is None
    again.send_signal(signal.SIGINT)
    assert again.wait(60) == 0


@on_unix
def test_another_data_folder_has_a_window_of_its_own(own_home: Path, tmp_path: Path, qtbot: QtBot) -> None:
    one, other = OneWindow(own_home), OneWindow(tmp_path / "other")
    assert one.claim([])
    assert other.claim([])
    one.close()
    other.close()


@on_unix
def test_socket_and_lock_are_the_users_alone(first: OneWindow, own_home: Path) -> None:
    for name in ("window.socket", "window.lock"):
        assert stat.S_IMODE((own_home / name).stat().st_mode) & 0o077 == 0, name


def test_a_long_name_of_the_data_folder_still_has_a_socket(tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / ("x" * 120)
    assert len(socket_name(folder)) <= 100
    assert socket_name(folder) != socket_name(tmp_path / ("y" * 120))
    one = OneWindow(folder)
    assert one.claim([])
    assert one._server.isListening()
    one.close()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_still_gets_a_window(tmp_path: Path, qtbot: QtBot) -> None:
    tmp_path.chmod(0o500)
    assert OneWindow(tmp_path).claim([])
    tmp_path.chmod(0o700)


def test_a_window_that_does_not_answer_is_said_so(
    own_home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.one_window._ANSWER_SECONDS", 0.3)
    lock = QLockFile(str(own_home / "window.lock"))
    assert lock.tryLock(0)
    with pytest.raises(NoAnswerError):
        OneWindow(own_home).claim([Path("/films")])
    lock.unlock()


@on_unix
def test_a_lock_left_behind_under_another_name_of_the_pc_is_taken(
    own_home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.one_window._ANSWER_SECONDS", 0.3)
    (own_home / "window.lock").write_text("1\nmapafu\nanother-pc\n\n\n")
    one = OneWindow(own_home)
    assert one.claim([])
    one.close()


def message(*paths: str) -> bytes:
    body = json.dumps(paths).encode()
    return struct.pack(">I", len(body)) + body


HOSTILE_WORDS = {
    "nothing": b"",
    "half a head": b"\0\0",
    "too long": struct.pack(">I", MAX_BYTES + 1) + b"[]",
    "longer than it says": struct.pack(">I", 2) + b"[][]",
    "no JSON": struct.pack(">I", 3) + b"\xff\xfe\xfd",
    "no list": struct.pack(">I", 2) + b"{}",
    "deep": struct.pack(">I", 200_000) + b"[" * 200_000,
    "no words": message(*[1, 2]),  # type: ignore[arg-type]
    "an empty path": message(""),
    "a relative path": message("films"),
    "a NUL": message("/films\0"),
    "too many": message(*["/films"] * 41),
}


@on_unix
@pytest.mark.parametrize("words", HOSTILE_WORDS.values(), ids=HOSTILE_WORDS)
def test_hostile_words_are_refused_and_the_next_one_is_heard(
    first: OneWindow, own_home: Path, qtbot: QtBot, words: bytes
) -> None:
    heard: list[list[Path]] = []
    first.paths_handed.connect(heard.append)
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(socket_name(own_home))
        stranger.sendall(words)
        qtbot.wait(50)
        guest = QLocalSocket()
        guest.connectToServer(socket_name(own_home))
        guest.write(message("/films"))
        qtbot.waitUntil(lambda: bool(heard), timeout=5000)
    assert heard == [[Path("/films")]]
    guest.abort()


@on_unix
def test_endless_input_costs_no_memory(first: OneWindow, own_home: Path, qtbot: QtBot) -> None:
    sent = 0
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(socket_name(own_home))
        stranger.setblocking(False)
        stranger.send(struct.pack(">I", MAX_BYTES))
        for _ in range(2000):
            try:
                sent += stranger.send(b"x" * 65536)
            except BlockingIOError:
                pass
            except (BrokenPipeError, ConnectionResetError):
                break
            qtbot.wait(1)
        else:
            pytest.fail("it was never shown the door")
    assert sent < 3 * MAX_BYTES


@on_unix
def test_many_that_say_nothing_are_shown_the_door(
    first: OneWindow, own_home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.one_window.GUEST_SECONDS", 0.5)
    heard: list[list[Path]] = []
    first.paths_handed.connect(heard.append)
    strangers = [QLocalSocket() for _ in range(3 * MAX_GUESTS)]
    for stranger in strangers:
        stranger.connectToServer(socket_name(own_home))
        qtbot.wait(5)
    gone = QLocalSocket.LocalSocketState.UnconnectedState
    qtbot.waitUntil(lambda: all(stranger.state() is gone for stranger in strangers), timeout=10_000)
    guest = QLocalSocket()
    guest.connectToServer(socket_name(own_home))
    guest.write(message("/films"))
    qtbot.waitUntil(lambda: bool(heard), timeout=5000)
    guest.abort()


@on_unix
def test_a_socket_of_somebody_else_is_told_nothing(
    own_home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.one_window._ANSWER_SECONDS", 0.3)
    lock = QLockFile(str(own_home / "window.lock"))
    assert lock.tryLock(0)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(socket_name(own_home))
        listener.listen()
        listener.setblocking(False)
        monkeypatch.setattr("os.getuid", lambda: 4_000_000)
        with pytest.raises(NoAnswerError):
            OneWindow(own_home).claim([Path("/films/SMITH_JOHN.dcm")])
        with pytest.raises(BlockingIOError):
            listener.accept()
    lock.unlock()
