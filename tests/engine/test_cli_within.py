"""What of the command line can only be seen from within."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from engine.cli import ExitStatus, run
from engine.diagnostics.crash_report import reports
from tests.programs import start_as_a_terminal_does


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.parametrize("after", [0.15, 0.3, 0.5, 0.7, 1.0])
def test_ctrl_c_at_the_start_prints_no_traceback(samples: Path, tmp_path: Path, after: float) -> None:
    # Before its first line nothing is the program's own; so the time counts from there, however slow the PC is.
    first_line = (
        "import runpy, sys\n"
        "sys.argv[0] = 'mapafu-screen'\n"
        "print('up', flush=True)\n"
        "try:\n"
        "    runpy.run_module('engine', run_name='__main__', alter_sys=True)\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(0 if 'engine.__main__' not in sys.modules and 'engine' not in sys.modules else 7)\n"
    )
    process = start_as_a_terminal_does([sys.executable, "-c", first_line, str(samples)], folder=tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    time.sleep(after)
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode in (ExitStatus.INTERRUPTED, ExitStatus.OK)
    assert "Traceback" not in stderr


def test_an_unknown_error_is_one_sentence_and_a_report_without_names(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def blunder(*_: object) -> None:
        raise KeyError("/films/SMITH_JOHN.dcm")

    monkeypatch.setattr("engine.cli.screen_paths", blunder)
    assert run([str(tmp_path / "SMITH_JOHN")]) == ExitStatus.OUTPUT_FAILED
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "What was done is kept" in said
    (report,) = reports()
    for text in (report.read_text(), (own_home / "mapafu.log").read_text()):
        assert "error KeyError" in text
        assert "at engine.cli:" in text
        assert "SMITH" not in text
