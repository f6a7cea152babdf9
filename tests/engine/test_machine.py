import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from engine.machine import find_lack, find_shortage, means, trial_passes, use_libraries

GIB = 1024**3


def be_lost() -> None:
    os.kill(os.getpid(), signal.SIGILL)


def refuse() -> None:
    sys.exit(3)


def fail_otherwise() -> None:
    sys.exit(1)


def test_this_pc_will_do() -> None:
    assert find_lack() is None


def test_the_libraries_run_in_a_child() -> None:
    assert trial_passes(use_libraries)


@pytest.mark.skipif(os.name == "nt", reason="signals are for Unix")
def test_a_child_lost_to_an_illegal_instruction_is_told() -> None:
    assert not trial_passes(be_lost)


def test_a_library_that_refuses_the_processor_is_told() -> None:
    assert not trial_passes(refuse)


def test_what_goes_wrong_otherwise_is_not_held_against_the_processor() -> None:
    assert trial_passes(fail_otherwise)


def test_a_pc_of_4_gb_is_spared() -> None:
    small, large = means(int(3.7 * GIB), cores=4), means(16 * GIB, cores=4)
    assert small.is_small
    assert not large.is_small
    assert small.threads == 1
    assert large.threads == 3
    assert 2 * small.reader_bytes < 3.7 * GIB
    assert small.ahead_bytes < large.ahead_bytes


def test_a_large_pc_bounds_a_reader_all_the_same() -> None:
    assert means(64 * GIB, cores=8).reader_bytes == 3 * GIB


def test_no_shortage_here_even_where_the_folder_is_not_made_yet(tmp_path: Path) -> None:
    assert find_shortage(tmp_path / "not" / "there") is None


def test_a_full_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = psutil.disk_usage(str(tmp_path)).free
    monkeypatch.setattr("engine.machine.LEAST_FREE_DISK", free * 2)
    assert "disk" in str(find_shortage(tmp_path))


def test_a_folder_that_cannot_even_be_looked_at_is_left_to_who_writes_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="long"):
        (tmp_path / ("a" * 5000)).exists()
    assert find_shortage(tmp_path / ("a" * 5000)) is None
