from __future__ import annotations

import json
import re
import sys

import pytest

from engine.diagnostics.trace import is_trace_line, trace_of, trace_of_fault
from engine.errors import FilmFailedError, OutputError
from engine.reasons import Reason
from tests.engine.diagnostics.hostile import HOSTILE, leaks


def caught(error: BaseException) -> BaseException:
    """The error as it looks once it was raised."""
    try:
        raise error
    except BaseException as raised:  # noqa: BLE001 -- whatever the test hands in
        return raised


def test_a_trace_says_where_and_what_kind() -> None:
    try:
        json.loads("SMITH")
    except ValueError as error:
        lines = trace_of(error)
    assert lines[0] == "at elsewhere"
    assert re.fullmatch(r"at json:\d+ loads", lines[1])
    assert lines[-1] == "error json.decoder.JSONDecodeError"


def test_codes_are_told_and_messages_are_not() -> None:
    assert (
        trace_of(OutputError("/films/SMITH.csv cannot be written"))[-1]
        == "error engine.errors.OutputError output_failed"
    )
    assert trace_of(FilmFailedError(Reason.TIMED_OUT))[-1] == "error engine.errors.FilmFailedError timed_out"
    assert trace_of(FileNotFoundError(2, "No such file", "/films/SMITH.dcm"))[-1] == "error FileNotFoundError errno_2"


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_gets_into_a_trace(value: str) -> None:
    named_after_it = type(value, (Exception,), {"__module__": value})
    code = compile("raise failure", value, "exec")
    for failure in (ValueError(value), OSError(5, value, value), named_after_it(value), OutputError(value)):
        for namespace in ({"failure": failure}, {"failure": failure, "__name__": value}):
            try:
                try:
                    raise KeyError(value)
                except KeyError:
                    exec(code, namespace)
            except Exception as raised:  # noqa: BLE001 -- any of those above
                lines = trace_of(raised)
        assert all(is_trace_line(line) for line in lines), lines
        assert not leaks("\n".join(lines)), lines


def test_endless_recursion_and_endless_causes_make_a_short_trace() -> None:
    def fall() -> None:
        fall()

    try:
        fall()
    except RecursionError as error:
        lines = trace_of(error)
    assert len(lines) < 40
    assert any(line.endswith(" more") for line in lines)
    chain = ValueError(0)
    for number in range(50):
        link = ValueError(number)
        link.__cause__, chain = chain, link
    assert trace_of(chain).count("error ValueError") < 10


def test_a_loop_of_causes_ends() -> None:
    error = ValueError()
    error.__context__ = error
    assert len(trace_of(error)) < 20


def test_a_fault_report_loses_its_paths() -> None:
    report = (
        "Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f (most recent call first):\n"
        f'  File "/home/smith/SMITH_JOHN/.venv/site-packages/engine/films/picture.py", line 12 in decode\n'
        f'  File "{sys.prefix}/lib/python3.11/multiprocessing/process.py", line 108 in run\n'
        '  File "/films/SMITH_JOHN.py", line 3 in SMITH^JOHN\n'
        "Extension modules: SMITH\n"
    )
    lines = trace_of_fault(report)
    assert lines[:3] == ("native crash", "after", "at engine.films.picture:12 decode")
    assert lines[-1] == "at elsewhere"
    assert all(is_trace_line(line) for line in lines)
    assert not leaks("\n".join(lines))
