from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.closing import ClosingNotice
from desktop.main_window import MainWindow
from engine.results.marks import MarkKind
from engine.results.store import FILE_NAME, Store


def notices() -> list[ClosingNotice]:
    return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ClosingNotice)]


def test_what_was_done_last_is_kept_and_a_notice_says_why_it_takes_long(
    reopened: MainWindow, qtbot: QtBot, own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick, seen = threading.Event(), []

    def look() -> None:
        if notices():
            seen.append((notices()[0].isVisible(), reopened.isVisible()))
            reopened.close()  # asked again meanwhile, as by Ctrl-C
            stick.set()

    monkeypatch.setattr(Store, "back_up", lambda *_: stick.wait(60))
    film = reopened.room.worklist.model.film_id_at(0)
    reopened.backups.back_up(tmp_path / "all.zip")
    qtbot.keyClick(reopened.room.worklist.view, Qt.Key.Key_F)
    watch = QTimer()
    watch.timeout.connect(look)
    watch.start(100)
    reopened.close()
    watch.stop()
    assert seen[0] == (True, False)
    assert not any(notice.isVisible() for notice in notices())
    with Store(own_home / FILE_NAME) as store:
        assert store.marks.films(MarkKind.FLAG).tolist() == [film]


def test_a_quick_end_shows_no_notice(reopened: MainWindow, qtbot: QtBot) -> None:
    reopened.close()
    assert notices() == []


@pytest.mark.skipif(os.name == "nt", reason="a drive that hangs is played by a pipe")
def test_closing_does_not_wait_for_labels_on_a_drive_that_hangs(
    reopened: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: errors.append(args.exc_type))
    os.mkfifo(tmp_path / "labels.csv")
    reopened.classroom.open()
    reopened.classroom.page.labels_chosen.emit(tmp_path / "labels.csv")
    (reading,) = (thread for thread in threading.enumerate() if thread.name == "mapafu-background")
    reopened.close()
    assert reading.is_alive()
    (tmp_path / "labels.csv").write_text("file,label\n000000.png,normal\n")
    reading.join(30)
    assert not reading.is_alive()
    assert errors == []
