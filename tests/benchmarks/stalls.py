"""Whether the window answers while films are screened: `python -m tests.benchmarks.stalls [--films N] [FOLDER]`.

A real window without a screen screens copies of real films with its real child process, while somebody goes to the
next film every second. A timer of 5 ms tells how long the window's thread was away from its events. Beside the time
that passed stands the thread's own: the rest it spent waiting for a processor, as on a PC busy with other programs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from desktop.app import build_window, prepare_application
from engine.films.discovery import discover
from engine.paths import HOME_VARIABLE
from tests.conftest import FILMS_VARIABLE
from tests.desktop.waiting import wait_for

LONG_MS = 50.0
_TICK_MS = 5
_READER_MS = 1000


class StallMeter(QObject):
    """Notes, in milliseconds, how late each tick of a timer was and how long the thread itself worked meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self.worked: list[float] = []
        self._last = self._last_work = 0.0
        self._timer = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._note)

    def start(self) -> None:
        """From now on."""
        self._last, self._last_work = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        """No longer."""
        self._timer.stop()

    def _note(self) -> None:
        now, work = time.perf_counter(), time.thread_time()
        self.late.append(max(0.0, (now - self._last) * 1e3 - _TICK_MS))
        self.worked.append((work - self._last_work) * 1e3)
        self._last, self._last_work = now, work


def measure(folder: Path) -> StallMeter:
    """Screen a folder in a window. There must be a QApplication."""
    window = build_window()
    window.resize(1366, 768)
    window.show()
    screening, view = window.screening, window.room.worklist.view
    assert screening is not None
    meter, reader = StallMeter(), QTimer(interval=_READER_MS)
    reader.timeout.connect(view.choose_next)
    try:
        window.screen_paths([folder])
        meter.start()
        reader.start()
        wait_for(lambda: not screening.running, seconds=3600)
        reader.stop()
        meter.stop()
    finally:
        window.close()
    return meter


def copy_films(films: Sequence[Path], count: int, folder: Path) -> None:
    """Copies of films, as many as asked for; where there are fewer films, each several times."""
    for number, film in enumerate(islice(cycle(films), count)):
        shutil.copyfile(film, folder / f"{number:05}{film.suffix}")


def describe(meter: StallMeter) -> list[str]:
    """The figures, one line each."""
    lines = []
    for what, values in (("away from its events", meter.late), ("of that at work itself", meter.worked)):
        times = np.array(values)
        most, rare = times.max(), np.percentile(times, 99)
        count = int(np.count_nonzero(times > LONG_MS))
        lines.append(f"{what:24} most {most:7.1f} ms   99 % {rare:6.1f} ms   over {LONG_MS:.0f} ms: {count} times")
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(os.environ.get(FILMS_VARIABLE, ".")) / "kermany"
    parser.add_argument("folder", type=Path, nargs="?", default=default)
    parser.add_argument("--films", type=int, default=2000)
    arguments = parser.parse_args()
    films = [found.path for found in discover([arguments.folder]) if found.problem is None]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as copies:
        os.environ[HOME_VARIABLE] = home
        copy_films(films, arguments.films, Path(copies))
        application = QApplication([])
        prepare_application(application)
        before = time.perf_counter()
        meter = measure(Path(copies))
        passed = time.perf_counter() - before
    print(f"{arguments.films} films in {passed:.0f} s, {len(meter.late)} ticks")
    print(*describe(meter), sep="\n")


if __name__ == "__main__":
    main()
