"""The acceptance of the window: a folder of real films, some of them damaged, dropped on it."""

import random
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from desktop.main_window import MainWindow
from engine.reasons import Reason
from engine.screening.case import CaseStatus
from tests.builders import write_dicom
from tests.desktop.dropping import drop

_LONGEST_STALL_MS = 500.0


class _Heartbeat:
    """Beats every 10 ms while the window answers, and remembers the longest silence."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(10)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest_ms = max(self.longest_ms, (now - self._last) * 1000.0)
        self._last = now


@pytest.fixture
def folder(films_folder: Path, tmp_path: Path) -> Path:
    """A hundred real films and five files that are none."""
    films = sorted((films_folder / "kermany").rglob("*.jp*g"))
    target = tmp_path / "films"
    target.mkdir()
    for number, film in enumerate(random.Random(7).sample(films, 100)):
        shutil.copy(film, target / f"{number:03}-{film.name}")
    (target / "cut-off.jpg").write_bytes(films[0].read_bytes()[:3000])
    (target / "empty.png").write_bytes(b"")
    (target / "text.jpg").write_text("not a film")
    write_dicom(target / "no-pixels.dcm", None)
    (target / "random.dcm").write_bytes(np.random.default_rng(7).bytes(20_000))
    return target


@pytest.mark.real_films
def test_a_dropped_folder_becomes_a_work_list_and_the_window_answers_throughout(
    window: MainWindow, qtbot: QtBot, folder: Path
) -> None:
    assert window.screening is not None
    heartbeat = _Heartbeat()
    with qtbot.waitSignal(window.screening.finished, timeout=300_000):
        assert drop(window, folder)
    model = window.room.worklist.model
    assert model.rowCount() == 105
    scored = [result for result in model.results if result.status is CaseStatus.SCORED]
    assert len(scored) == 100
    reasons = {result.path.name: result.reason for result in model.results if result.reason is not None}
    assert reasons == {
        "cut-off.jpg": Reason.CORRUPT_PIXELS,
        "empty.png": Reason.EMPTY_FILE,
        "text.jpg": Reason.NOT_AN_IMAGE,
        "no-pixels.dcm": Reason.NO_PIXELS,
        "random.dcm": Reason.NOT_AN_IMAGE,
    }
    qtbot.waitUntil(lambda: window.room.viewer.film.has_film, timeout=30_000)
    assert heartbeat.longest_ms < _LONGEST_STALL_MS
    assert "105 films" in window.bottom_bar.numbers
