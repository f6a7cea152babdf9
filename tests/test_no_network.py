"""No network: the program runs where there is none, and where there is one it neither listens nor connects."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.programs import command_of, environment

pytestmark = pytest.mark.program


def can_leave_the_network() -> bool:
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.run([unshare, "-n", "true"], capture_output=True).returncode == 0


def connections_of(program: psutil.Process) -> set[str]:
    """What a program and its children have open to any network."""
    found = set()
    try:
        processes = [program, *program.children(recursive=True)]
    except psutil.NoSuchProcess:
        return found
    for process in processes:
        try:
            found |= {f"{open_one.status} {open_one.laddr}" for open_one in process.net_connections("inet")}
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def watch(program: subprocess.Popen[str], *, until: Callable[[], bool]) -> tuple[set[str], int]:
    """What a program had open until a condition held or it ended, and how many processes it had at most."""
    seen: set[str] = set()
    most, process = 0, psutil.Process(program.pid)
    deadline = time.monotonic() + 180
    while not until() and program.poll() is None:
        assert time.monotonic() < deadline
        seen |= connections_of(process)
        try:
            most = max(most, 1 + len(process.children(recursive=True)))
        except psutil.NoSuchProcess:
            break
        time.sleep(0.02)
    return seen, most


@pytest.mark.skipif(not can_leave_the_network(), reason="needs the right to leave the network")
def test_films_are_screened_where_there_is_no_network(samples: Path, tmp_path: Path) -> None:
    alone = ["unshare", "-n"]
    interfaces = "import psutil; print(*[name for name, state in psutil.net_if_stats().items() if state.isup])"
    told = subprocess.run([*alone, sys.executable, "-c", interfaces], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""
    done = subprocess.run(
        [*alone, *command_of("mapafu-screen", samples / "phantom-01.jpg", "--csv", "table.csv")],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert ",scored," in (tmp_path / "table.csv").read_text(encoding="utf-8-sig")


def test_the_watch_sees_what_listens() -> None:
    listening = (
        "import socket, time; s = socket.create_server(('127.0.0.1', 0)); print('ready', flush=True); time.sleep(60)"
    )
    program = subprocess.Popen([sys.executable, "-c", listening], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    program.stdout.readline()
    seen = connections_of(psutil.Process(program.pid))
    program.kill()
    program.communicate()
    assert len(seen) == 1
    assert "LISTEN" in seen.pop()


def test_the_command_line_opens_no_connection(samples: Path, tmp_path: Path) -> None:
    program = subprocess.Popen(
        command_of("mapafu-screen", samples, "--quiet"), cwd=tmp_path, env=environment(), text=True
    )
    seen, most = watch(program, until=lambda: False)
    assert program.wait() == 0
    assert most >= 2  # the child that reads was there to be seen
    assert seen == set()


def test_the_window_opens_no_connection(samples: Path, own_home: Path) -> None:
    program = subprocess.Popen(
        command_of("mapafu", samples),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    ends = time.monotonic() + 25
    seen, most = watch(program, until=lambda: time.monotonic() > ends)
    alive = program.poll() is None
    program.kill()
    program.communicate()
    assert alive
    assert most >= 3  # one child screens, another one reads for the viewer
    assert seen == set()
    assert (own_home / "results.sqlite").exists()
