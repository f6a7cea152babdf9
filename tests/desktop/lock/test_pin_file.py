from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from desktop.lock.pin_file import LONGEST_WAIT_SECONDS, PinFile
from engine.errors import OutputError

PIN = "2580"


@pytest.fixture
def pin_file(tmp_path: Path) -> PinFile:
    made = PinFile(tmp_path)
    made.set(PIN, 7)
    return made


def test_without_a_file_there_is_no_pin(tmp_path: Path) -> None:
    assert not PinFile(tmp_path).is_set
    assert not PinFile(tmp_path).check("")


def test_a_pin_is_kept_as_its_hash_alone(pin_file: PinFile) -> None:
    again = PinFile(pin_file.path.parent)
    assert (again.is_set, again.idle_minutes) == (True, 7)
    assert again.check(PIN)
    text = pin_file.path.read_text()
    assert PIN not in text
    assert "$argon2id$" in text
    if os.name == "posix":
        assert stat.S_IMODE(pin_file.path.stat().st_mode) == 0o600


def test_each_wrong_pin_doubles_the_wait_also_over_a_restart(
    pin_file: PinFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    waits = []
    for _ in range(9):
        assert not pin_file.check("0000")
        waits.append(pin_file.seconds_to_wait)
        assert not pin_file.check(PIN)  # not even the right one while one has to wait
        assert PinFile(pin_file.path.parent).seconds_to_wait == waits[-1]
        now += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    now -= 50_000  # the clock is set back: the wait grows to no more than its whole
    assert pin_file.seconds_to_wait <= LONGEST_WAIT_SECONDS
    now += 60_000
    assert pin_file.check(PIN)
    assert not pin_file.check("0000")
    assert pin_file.seconds_to_wait == 1


def test_another_time_keeps_the_pin_and_removing_it_removes_the_file(pin_file: PinFile) -> None:
    pin_file.set_minutes(30)
    again = PinFile(pin_file.path.parent)
    assert again.idle_minutes == 30
    assert again.check(PIN)
    again.remove()
    assert not again.is_set
    assert not pin_file.path.exists()


def _changed(**fields: object) -> str:
    good = {"hash": "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaGhhc2g", "idle_minutes": 5}
    return json.dumps({**good, **fields})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        "\x00",
        "[" * 100_000,
        _changed(hash="no hash"),
        _changed(hash=5),
        _changed(idle_minutes="5"),
        _changed(wrong=None),
        _changed(hash="$argon2id$v=19$m=4194304,t=3,p=4$c29tZXNhbHQ$aGFzaGhhc2g"),
    ],
)
def test_a_damaged_file_is_kept_aside_and_locks_nobody_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "lock.json").write_text(text)
    assert not PinFile(tmp_path).is_set
    assert (tmp_path / "lock.damaged.json").read_text() == text


def test_a_folder_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        PinFile(tmp_path / "file").set(PIN, 5)
