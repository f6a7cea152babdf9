from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

from engine.diagnostics.crash_report import MOST_REPORTS, reports, reports_folder, write_report
from tests.engine.diagnostics.hostile import HOSTILE, leaks


def test_a_report_is_a_private_text_without_values(own_home: Path) -> None:
    path = write_report(["at engine.cli:12 run", *HOSTILE, "error KeyError"])
    assert path is not None
    text = path.read_text()
    assert "at engine.cli:12 run\n" in text
    assert "nothing is sent" in text
    assert not leaks(text)
    assert str(own_home) not in text
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_newest_reports_are_kept() -> None:
    start = datetime(2026, 11, 21, 12)
    for minute in range(MOST_REPORTS + 3):
        write_report(["error KeyError"], now=start + timedelta(minutes=minute))
    names = [path.name for path in reports()]
    assert len(names) == MOST_REPORTS
    assert names == sorted(names, reverse=True)
    assert "-1212" in names[0]


def test_where_no_report_can_be_written_there_is_none(own_home: Path) -> None:
    reports_folder().write_text("a file in its place")
    assert write_report(["error KeyError"]) is None
    assert reports() == []
