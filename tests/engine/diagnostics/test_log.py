from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from engine.diagnostics.events import Event
from engine.diagnostics.log import FILE_NAME, MAX_BYTES, OLD_FILES, note, note_error, note_trace, open_log
from engine.reasons import Reason
from tests.engine.diagnostics.hostile import HOSTILE, leaks


@pytest.fixture
def log(own_home: Path) -> Iterator[Path]:
    yield open_log()
    logger = logging.getLogger("mapafu")
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)


def test_events_numbers_and_codes_are_written(log: Path) -> None:
    note(Event.CHILD_LOST, Reason.TIMED_OUT, 3, 0.25, True)
    assert log.read_text().split(" ")[-5:] == ["child_lost", "timed_out", "3", "0.25", "True\n"]


@pytest.mark.parametrize("value", HOSTILE)
def test_no_hostile_value_reaches_the_log(log: Path, value: str) -> None:
    made_of_it = Enum("Made", {"X": value})  # type: ignore[misc]
    note(Event.CHILD_LOST, value, Path(value.replace("\0", "")), value.encode(), [value], {value: value}, made_of_it.X)
    note(Event.CHILD_LOST, ValueError(value))
    note_error(Event.UNEXPECTED_ERROR, OSError(28, value, value))
    note_trace(Event.CHILD_FAILED, [value, f"at {value}:1 {value}", "at engine.cli:12 run"])
    for message in (value, f"%s {value}", "%s"):
        logging.getLogger("mapafu.below").error(message, value)
        logging.getLogger("mapafu").warning(message, {"x": value}, extra={"trace": (value,)}, stack_info=True)
    text = log.read_text()
    assert text.count("\n") >= 10
    assert text.count("left_out") == 6
    assert not leaks(text)


def test_not_even_a_handler_of_somebody_else_sees_a_value(log: Path, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("mapafu")
    logger.addHandler(caplog.handler)
    note(Event.CHILD_LOST, "SMITH", 3)
    logger.error("of %s", "SMITH")
    logger.removeHandler(caplog.handler)
    assert {record.getMessage() for record in caplog.records} == {"child_lost hidden 3", "left_out"}


def test_other_libraries_do_not_write_into_it(log: Path) -> None:
    for name in ("pydicom", "PIL", "root", "mapafu_addon"):
        logging.getLogger(name).error("patient SMITH")
    assert not log.exists()


def test_the_log_is_its_readers_alone_and_stays_small(log: Path) -> None:
    trace = ["at engine.cli:12 run"] * 200
    for _ in range((OLD_FILES + 2) * MAX_BYTES // (200 * 25)):
        note_trace(Event.CHILD_FAILED, trace)
    files = sorted(log.parent.glob(f"{FILE_NAME}*"))
    assert [file.name for file in files] == [FILE_NAME, f"{FILE_NAME}.1", f"{FILE_NAME}.2"]
    assert all(file.stat().st_size <= MAX_BYTES for file in files)
    if os.name == "posix":
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_in_its_place_is_not_followed(log: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    log.symlink_to(tmp_path / "precious")
    note(Event.PROGRAM_STARTED)
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_folder_that_cannot_be_used_costs_nothing_but_the_log(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    open_log(tmp_path / "file")
    note(Event.PROGRAM_STARTED)
    assert (tmp_path / "file").read_text() == ""
