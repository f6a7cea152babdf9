"""Crash reports: text files in the user's data folder that a person may read, and hand on or not."""

from __future__ import annotations

import contextlib
import os
import platform
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from engine.diagnostics.trace import is_trace_line
from engine.paths import data_folder
from engine.version import __version__

MOST_REPORTS = 10
_FOLDER = "crash-reports"
_INTRODUCTION = """\
Mapafu met an error that it does not know. This report lies on this PC alone: nothing is sent.
It says where in the program it happened, and holds no file name, no name and no value of any film.
Read it; if you wish to help, hand it to whoever looks after Mapafu for you.
"""


def reports_folder() -> Path:
    """Where crash reports lie. It may not exist."""
    return data_folder() / _FOLDER


def write_report(trace: Sequence[str], *, now: datetime | None = None) -> Path | None:
    """Write a report, and forget the oldest beyond ten; None where it cannot be written."""
    when = (now or datetime.now()).astimezone()
    facts = [
        f"when: {when.isoformat(timespec='seconds')}",
        f"Mapafu: {__version__}",
        f"Python: {platform.python_version()}",
        f"system: {platform.system()} {platform.machine()}",
    ]
    lines = [line if is_trace_line(line) else "hidden" for line in trace]
    text = "\n".join([_INTRODUCTION, *facts, "", *lines, ""])
    path = reports_folder() / f"crash-{when:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}.txt"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError:
        return None
    for old in reports()[MOST_REPORTS:]:
        with contextlib.suppress(OSError):
            old.unlink()
    return path


def reports() -> list[Path]:
    """The reports there are, the newest first."""
    return sorted(reports_folder().glob("crash-*.txt"), reverse=True)
