"""Takes pictures of the window at work, to be looked at: `python -m tests.desktop.screens OUT [FOLDER]`.

Runs on whatever screen Qt finds, such as that of `xvfb-run -s "-screen 0 1440x900x24"`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.app import build_window, prepare_application
from desktop.main_window import MainWindow
from desktop.marks import Mark
from desktop.viewer.heat_style import HeatStyle
from engine.paths import HOME_VARIABLE, resource
from engine.results.verdicts import Verdict
from tests.desktop.waiting import let_pass, wait_for


def main() -> None:
    """Open, screen, and save a picture of each state."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=resource("samples"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ[HOME_VARIABLE] = home
        application = QApplication([])
        prepare_application(application)
        window = build_window()
        window.show()
        take_all(window, arguments.folder, arguments.out)
        window.close()
        broken = build_window(Path(__file__))
        broken.show()
        save(broken, arguments.out / "08-no-model.png")
        broken.close()


def take_all(window: MainWindow, folder: Path, out: Path) -> None:
    """One picture of each state that a reader meets."""
    screening, room = window.screening, window.room
    assert screening is not None
    window.resize(1440, 900)
    save(window, out / "01-welcome.png")
    window.screen_paths([folder])
    wait_for(lambda: len(room.worklist.model.results) >= 3 or not screening.running)
    window.grab().save(str(out / "02-screening.png"))
    wait_for(lambda: not screening.running, seconds=600)
    room.viewer.heat_bar.set_heat(shown=False, opacity=0.45)
    save_mark(window, Mark.POSITIVE, out / "03-positive.png")
    room.viewer.heat_bar.set_heat(shown=True, opacity=0.45)
    save_mark(window, Mark.POSITIVE, out / "04-positive-heat.png")
    room.viewer.heat_bar.set_style(HeatStyle(shown=True, opacity=0.8, contours=True, lungs_shown=True))
    save(window, out / "04-positive-contours.png")
    room.viewer.heat_bar.set_style(HeatStyle(shown=True))
    room.viewer.keep_beside()
    room.worklist.view.choose_next()
    save(window, out / "04-side-by-side.png")
    room.viewer.stop_comparing()
    save_mark(window, Mark.UNCERTAIN, out / "05-uncertain.png")
    save_mark(window, Mark.NOT_SCORED, out / "06-rejected.png")
    window.resize(1366, 768)
    save_mark(window, Mark.NEGATIVE, out / "07-1366x768.png")
    take_verdicts(window, out)
    for number, name in enumerate(("card", "keys", "about"), start=9):
        page = window.show_page(name)
        let_pass(300)
        page.grab().save(str(out / f"{number:02}-{name}.png"))
        page.close()


def take_verdicts(window: MainWindow, out: Path) -> None:
    """Initials asked for, two readers' verdicts, and a blind reading before and after the verdict."""
    view, desk = window.room.worklist.view, window.verdicts
    view.choose_row(0)
    wait_for(lambda: window.room.viewer.film.has_film)
    desk.give(Verdict.PNEUMONIA)
    save(window, out / "12-who-reads.png")
    for initials in ("AB", "CD"):
        desk.choose_reader(initials)
        wait_for(lambda initials=initials: desk.reader is not None and desk.reader.initials == initials)
    view.choose_row(0)
    let_pass(300)
    desk.give(Verdict.OTHER_FINDING)
    view.choose_row(0)
    save(window, out / "13-two-readers.png")
    window.blind.set_on(True)
    desk.choose_reader("EF")
    save(window, out / "14-blind.png")
    desk.give(Verdict.CANNOT_TELL)
    save(window, out / "15-blind-after-the-verdict.png")
    window.blind.set_on(False)


def save_mark(window: MainWindow, mark: Mark, path: Path) -> None:
    """Choose the first film with this mark and save what one sees."""
    model = window.room.worklist.model
    marked = [row for row in range(model.rowCount()) if Mark.of(model.result_at(row)) is mark]
    if marked:
        window.room.worklist.view.choose_row(marked[0])
    save(window, path)


def save(window: MainWindow, path: Path) -> None:
    """Let the window settle and save it."""
    let_pass(1200)
    window.grab().save(str(path))


if __name__ == "__main__":
    main()
