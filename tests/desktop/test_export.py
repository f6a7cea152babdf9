from __future__ import annotations

import csv
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.export import CsvExport
from engine.reports.csv import CsvReport
from engine.screening.case import CaseResult
from tests.engine.results.made_up import make_run, make_scored


def test_a_table_asked_for_while_one_is_written_is_refused_in_words(
    qapp: object, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, drive, add = CsvExport(), threading.Event(), CsvReport.add

    def add_slowly(report: CsvReport, result: CaseResult) -> None:
        drive.wait(60)
        add(report, result)

    monkeypatch.setattr(CsvReport, "add", add_slowly)
    export.start_unkept(tmp_path / "first.csv", make_run(), [make_scored(0, 0.9)])
    with qtbot.waitSignal(export.failed, timeout=10_000) as told:
        export.start_unkept(tmp_path / "second.csv", make_run(), [make_scored(1, 0.8)])
    assert told.args == ["A table is being written already. Wait for it, then export again."]
    with qtbot.waitSignal(export.exported, timeout=10_000) as written:
        drive.set()
    assert written.args == [tmp_path / "first.csv"]
    with (tmp_path / "first.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["file"] for row in csv.DictReader(stream)] == [make_scored(0, 0.9).file]
    assert not (tmp_path / "second.csv").exists()
    with qtbot.waitSignal(export.exported, timeout=10_000):
        export.start_unkept(tmp_path / "second.csv", make_run(), [make_scored(1, 0.8)])
