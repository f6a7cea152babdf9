from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desktop.help_pages import crashes_page
from engine.diagnostics.crash_report import reports, write_report
from tests.programs import CHECKOUT, command_of, environment


def run_faulty(kind: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.desktop.crash.faulty", kind],
        cwd=CHECKOUT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("kind", ["timer", "slot", "click", "thread", "painting", "clean-up"])
def test_the_window_outlives_an_error(own_home: Path, kind: str) -> None:
    done = run_faulty(kind)
    assert done.returncode == 0, done.stderr
    visible, pages, sentence = done.stdout.strip().split(" ", 2)
    assert (visible, pages) == ("True", "1")  # and still answers a key
    assert "Crash reports" in sentence
    (report,) = reports()  # an error in painting comes many times, and is written down once
    log = (own_home / "mapafu.log").read_text()
    for text in (report.read_text(), log):
        assert ("error KeyError" if kind == "painting" else "error OSError errno_5") in text
    assert log.count("unexpected_error") == 1
    assert log.count("program_ended") == 1
    for text in (report.read_text(), log, done.stdout, done.stderr):
        assert "SMITH" not in text


def test_without_an_error_nothing_is_said(own_home: Path) -> None:
    done = run_faulty("nothing")
    assert done.stdout.strip() == "True 1"
    assert reports() == []
    assert not list(own_home.rglob("native.txt"))


@pytest.mark.skipif(os.name == "nt", reason="a read of address 0 is an ordinary error there")
def test_a_native_crash_is_told_at_the_next_start(own_home: Path) -> None:
    assert run_faulty("native").returncode < 0
    assert reports() == []
    done = run_faulty("nothing")
    assert "ended unexpectedly last time" in done.stdout
    (report,) = reports()
    assert "native crash" in report.read_text()
    assert str(CHECKOUT) not in report.read_text()
    assert run_faulty("nothing").stdout.strip() == "True 1"  # told once
    assert len(reports()) == 1


@pytest.mark.program
@pytest.mark.skipif(os.name == "nt", reason="there is no such signal there")
def test_a_program_that_crashed_leaves_a_report_at_its_next_start(own_home: Path, samples: Path) -> None:
    window = subprocess.Popen(
        command_of("mapafu", samples), env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not (own_home / "results.sqlite").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    window.send_signal(signal.SIGSEGV)
    assert window.wait(60) == -signal.SIGSEGV
    assert reports() == []
    subprocess.run(command_of("mapafu", "--time-start"), env=environment(), timeout=60, check=True)
    (report,) = reports()
    assert "native crash" in report.read_text()
    log = (own_home / "mapafu.log").read_text()
    assert log.count("program_started") == 2
    for text in (report.read_text(), log):
        assert "phantom" not in text
        assert str(samples.parent) not in text


def test_reports_are_shown_letter_by_letter() -> None:
    assert "There is none" in crashes_page()
    path = write_report(["error KeyError"])
    assert path is not None
    path.write_text("<b>bold</b>")
    assert "&lt;b&gt;bold" in crashes_page()
    assert path.name in crashes_page()
