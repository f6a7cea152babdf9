from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.file_lock import is_held, take

COUNTS_UP = """
import sys
from pathlib import Path
from engine.file_lock import take

lock, number = Path(sys.argv[1]), Path(sys.argv[2])
for _ in range(300):
    held = take(lock, seconds=60)
    assert held is not None
    number.write_text(str(int(number.read_text()) + 1))
    held.remove()
"""
HOLDS = """
import sys
from pathlib import Path
from engine.file_lock import take

held = take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""


def start(script: str, *arguments: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_one_holder_at_a_time_though_each_removes_it(tmp_path: Path) -> None:
    lock, number = tmp_path / "a.lock", tmp_path / "number"
    number.write_text("0")
    programs = [start(COUNTS_UP, lock, number) for _ in range(3)]
    for program in programs:
        program.communicate(timeout=120)
        assert program.returncode == 0
    assert number.read_text() == "900"
    assert not lock.exists()


def test_it_comes_free_when_its_holder_is_killed(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    with start(HOLDS, lock) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "held\n"
        assert is_held(lock)
        assert take(lock) is None
        program.kill()
    assert lock.exists()
    assert not is_held(lock)
    assert not lock.exists()


def test_it_waits_as_long_as_it_is_told(tmp_path: Path) -> None:
    first = take(tmp_path / "a.lock")
    assert first is not None
    before = time.monotonic()
    assert take(tmp_path / "a.lock", seconds=0.3) is None
    assert time.monotonic() - before >= 0.3
    first.close()
    second = take(tmp_path / "a.lock")
    assert second is not None
    second.remove()


def test_what_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        take(tmp_path / "missing/a.lock")
