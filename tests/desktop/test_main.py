import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from desktop.lock.pin_file import PinFile
from tests.programs import command_of, environment, reading_processes

pytestmark = pytest.mark.program


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C reaches a program without a console otherwise there")
def test_the_program_opens_screens_and_closes_on_ctrl_c(samples: Path, own_home: Path) -> None:
    program = subprocess.Popen(
        command_of("mapafu", samples),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while not (own_home / "patient-key.secret").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    until = time.monotonic() + 60
    while len(reading_processes(program.pid)) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    children = psutil.Process(program.pid).children(recursive=True)
    assert len(children) >= 2  # it is screening, and reads for the viewer
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=30)
    told = [line for line in said.splitlines() if "propagateSizeHints" not in line]
    assert told == []
    assert program.returncode == 0
    assert (own_home / "settings.json").exists()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []


@pytest.mark.parametrize("locked", [False, True])
def test_a_start_to_be_timed_ends_by_itself(own_home: Path, locked: bool) -> None:
    if locked:
        PinFile(own_home).set("2580", 5)
    ended = subprocess.run(
        command_of("mapafu", "--time-start"),
        env=environment(),
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0
    assert (own_home / "settings.json").exists()
