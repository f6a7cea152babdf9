"""How long the viewer lets one wait: `python -m tests.benchmarks.viewer [FOLDER]`, by default `kermany_native`.

Times are those of the clock on an otherwise idle PC, in milliseconds, from the key to the painted film.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from desktop.app import prepare_application
from desktop.film_loader import FilmLoader
from desktop.viewer.viewer import Viewer
from engine.films.discovery import discover
from engine.screening.case import CaseResult, CaseStatus
from tests.conftest import FILMS_VARIABLE
from tests.desktop.builders import make_lungs, make_scored
from tests.desktop.waiting import let_pass, wait_for

SIZE = (760, 640)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Milliseconds, one for each film or each step.

    Attributes:
        unprepared: To the film shown, where nothing was read ahead.
        next_film: The same for one that was, the case of a reader who looks at each film for some time.
        running: The same for one who holds the key down.
        window: To repaint the film in another window, with its heat over it.
        zoom: To repaint it at another size.
    """

    unprepared: tuple[float, ...]
    next_film: tuple[float, ...]
    running: tuple[float, ...]
    window: tuple[float, ...]
    zoom: tuple[float, ...]


def measure(films: Sequence[Path]) -> Waits:
    """Go through films as a reader does. There must be a QApplication."""
    loader = FilmLoader()
    viewer = Viewer(loader)
    viewer.resize(*SIZE)
    viewer.show()
    try:
        loader.warm_up()
        results = [_result(index, path) for index, path in enumerate(films)]
        loader.request(films[-1])
        wait_for(lambda: loader.is_ready(films[-1]))
        unprepared = [_time_to(viewer, result, ()) for result in results]
        _time_to(viewer, results[0], results[1:2])
        next_film = []
        for index, result in enumerate(results[1:], start=1):
            wait_for(lambda path=result.path: loader.is_ready(path))
            next_film.append(_time_to(viewer, result, results[index + 1 : index + 2]))
        running = [_time_to(viewer, result, results[index + 1 : index + 2]) for index, result in enumerate(results)]
        return Waits(
            unprepared=tuple(unprepared),
            next_film=tuple(next_film),
            running=tuple(running),
            window=tuple(_time(viewer, lambda: viewer.film.flatten(1)) for _ in range(40)),
            zoom=tuple(_time(viewer, viewer.film.zoom_in) for _ in range(12)),
        )
    finally:
        loader.close()
        viewer.close()


def _result(index: int, path: Path) -> CaseResult:
    score = make_scored(index, 0.9, lungs=make_lungs()).score
    return CaseResult(index=index, file=path.name, path=path, status=CaseStatus.SCORED, score=score)


def _time_to(viewer: Viewer, result: CaseResult, ahead: Sequence[CaseResult]) -> float:
    """Until the film is on the screen."""
    started = time.perf_counter()
    viewer.show_result(result, ahead=ahead)
    while not viewer.film.has_film:
        let_pass(1)
    _paint(viewer)
    return (time.perf_counter() - started) * 1e3


def _time(viewer: Viewer, change: Callable[[], None]) -> float:
    started = time.perf_counter()
    change()
    _paint(viewer)
    return (time.perf_counter() - started) * 1e3


def _paint(viewer: Viewer) -> None:
    target = QPixmap(viewer.film.size())
    viewer.film.render(target)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path(os.environ.get(FILMS_VARIABLE, ".")) / "kermany_native"
    )
    films = [found.path for found in discover([parser.parse_args().folder]) if found.problem is None]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    prepare_application(application)
    waits = measure(films)
    print(f"{len(films)} films, a view of {SIZE[0]} x {SIZE[1]}; milliseconds")
    for name in Waits.__dataclass_fields__:
        times = np.array(getattr(waits, name))
        line = (
            f"{name:12} median {np.median(times):6.1f}   95 % {np.percentile(times, 95):6.1f}   most {times.max():6.1f}"
        )
        print(line)


if __name__ == "__main__":
    main()
