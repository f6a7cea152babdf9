"""Takes pictures of the window at work, to be looked at: `python -m tests.desktop.screens OUT [FOLDER]`.

Its films are those of FOLDER, else some real ones where `MAPAFU_DATA` names them, else the drawn samples. Runs on
whatever screen Qt finds, such as that of `xvfb-run -s "-screen 0 1440x900x24"`. `docs/images/window.png` is
`positive-heat.png` of the samples: `python -m tests.desktop.screens OUT resources/samples`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import build_window, prepare_application
from desktop.main_window import MainWindow
from desktop.marks import Mark
from desktop.theme_switch import Theme
from desktop.viewer.heat_style import HeatStyle
from engine.paths import HOME_VARIABLE, resource
from engine.results.verdicts import Verdict
from tests.conftest import FILMS_VARIABLE
from tests.desktop.long_words import LongWords
from tests.desktop.waiting import let_pass, wait_for
from tests.real_films import frontal_films

SMALL_SCREEN = (1366, 768)
_REAL_FILMS = 16


def main() -> None:
    """Open, screen, and save a picture of each state."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    films = [arguments.folder] if arguments.folder else films_at_hand()
    with tempfile.TemporaryDirectory() as home:
        os.environ[HOME_VARIABLE] = home
        application = QApplication([])
        prepare_application(application)
        with opened() as window:
            take_first_run(window, out)
            take_films(window, films, out)
            take_verdicts(window, out)
            take_classroom(window, out)
            take_tags(window, out)
            take_pages(window, out)
        for name, direction in (("right-to-left", Qt.LayoutDirection.RightToLeft), ("long-words", None)):
            with another_language(application, direction), opened() as window:
                take_language(window, films, out, name)
        broken = build_window(Path(__file__))
        broken.show()
        save(broken, out / "no-model.png")
        broken.close()


def films_at_hand() -> list[Path]:
    """Some real films and one that is none from the front, or the samples."""
    folder = os.environ.get(FILMS_VARIABLE)
    if not folder:
        return [resource("samples")]
    sideways = sorted((Path(folder) / "not-frontal-chest" / "lateral-cxr").iterdir())
    return [*frontal_films(Path(folder), _REAL_FILMS), sideways[0]]


@contextlib.contextmanager
def opened() -> Iterator[MainWindow]:
    """A window on a small screen."""
    window = build_window()
    window.resize(*SMALL_SCREEN)
    window.show()
    try:
        yield window
    finally:
        window.close()


@contextlib.contextmanager
def another_language(application: QApplication, direction: Qt.LayoutDirection | None) -> Iterator[None]:
    """Long words, or the layout of a script that runs from right to left."""
    words = LongWords()
    if direction is None:
        application.installTranslator(words)
    else:
        application.setLayoutDirection(direction)
    try:
        yield
    finally:
        application.removeTranslator(words)
        application.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def take_first_run(window: MainWindow, out: Path) -> None:
    """Before the first film, in both themes."""
    for theme in (Theme.LIGHT, Theme.DARK):
        window.theme.choose(theme)
        save(window, out / f"first-run-{theme}.png")


def take_films(window: MainWindow, films: Sequence[Path], out: Path) -> None:
    """What a reader meets while films are screened and looked at."""
    screening, room = window.screening, window.room
    assert screening is not None
    window.screen_paths(films)
    wait_for(lambda: len(room.worklist.model.results) >= 3 or not screening.running)
    window.grab().save(str(out / "screening.png"))
    wait_for(lambda: not screening.running, seconds=600)
    bar = room.viewer.heat_bar
    bar.set_heat(shown=False, opacity=0.45)
    save_mark(window, Mark.POSITIVE, out / "positive.png")
    bar.set_heat(shown=True, opacity=0.45)
    save_mark(window, Mark.POSITIVE, out / "positive-heat.png")
    window.theme.choose(Theme.LIGHT)
    save(window, out / "positive-light.png")
    save_mark(window, Mark.UNCERTAIN, out / "uncertain-light.png")
    window.theme.choose(Theme.DARK)
    bar.set_style(HeatStyle(shown=True, opacity=0.8, contours=True, lungs_shown=True))
    save_mark(window, Mark.POSITIVE, out / "positive-contours.png")
    bar.set_style(HeatStyle(shown=True))
    room.viewer.keep_beside()
    room.worklist.view.choose_next()
    save(window, out / "side-by-side.png")
    room.viewer.stop_comparing()
    for mark in (Mark.UNCERTAIN, Mark.NEGATIVE):
        save_mark(window, mark, out / f"{mark}.png")
    save_mark(window, Mark.NOT_SCORED, out / "rejected.png")
    window.resize(window.minimumSize())
    save_mark(window, Mark.POSITIVE, out / "smallest.png")
    window.resize(*SMALL_SCREEN)


def take_verdicts(window: MainWindow, out: Path) -> None:
    """Initials asked for, two readers' verdicts, and a blind reading before and after the verdict."""
    view, desk = window.room.worklist.view, window.verdicts
    view.choose_row(0)
    wait_for(lambda: window.room.viewer.film.has_film)
    desk.give(Verdict.PNEUMONIA)
    save(window, out / "who-reads.png")
    for initials in ("AB", "CD"):
        desk.choose_reader(initials)
        wait_for(lambda initials=initials: desk.reader is not None and desk.reader.initials == initials)
    view.choose_row(0)
    let_pass(300)
    desk.give(Verdict.OTHER_FINDING)
    view.choose_row(0)
    save(window, out / "two-readers.png")
    window.blind.set_on(True)
    desk.choose_reader("EF")
    save(window, out / "blind.png")
    desk.give(Verdict.CANNOT_TELL)
    save(window, out / "blind-after-the-verdict.png")
    window.blind.set_on(False)


def take_classroom(window: MainWindow, out: Path) -> None:
    """The score at the end of a reading."""
    window.classroom.open()
    save(window.classroom.page, out / "classroom.png")
    window.classroom.close()


def take_tags(window: MainWindow, out: Path) -> None:
    """The tags of a film."""
    window.actions_of_menus.tags.trigger()
    save(window.room.tag_window, out / "tags.png")
    window.room.tag_window.close()


def take_pages(window: MainWindow, out: Path) -> None:
    """The dialog of the settings and the pages of the help menu, in both themes."""
    for theme in (Theme.LIGHT, Theme.DARK):
        window.theme.choose(theme)
        dialog = window.ask_settings()
        for name, page in (("settings", dialog.choices), ("settings-keys", dialog.keys)):
            dialog.pages.setCurrentWidget(page)
            save(dialog, out / f"{name}-{theme}.png")
        dialog.reject()
        for name in ("card", "keys", "about"):
            shown = window.show_page(name)
            save(shown, out / f"{name}-{theme}.png")
            shown.close()


def take_language(window: MainWindow, films: Sequence[Path], out: Path, name: str) -> None:
    """The first run, a film and the settings in another language."""
    save(window, out / f"{name}-first-run.png")
    screening = window.screening
    assert screening is not None
    window.screen_paths(films)
    wait_for(lambda: not screening.running, seconds=600)
    window.room.viewer.heat_bar.set_heat(shown=True, opacity=0.45)
    save_mark(window, Mark.POSITIVE, out / f"{name}.png")
    dialog = window.ask_settings()
    save(dialog, out / f"{name}-settings.png")
    dialog.reject()


def save_mark(window: MainWindow, mark: Mark, path: Path) -> None:
    """Choose the first film with this mark and save what one sees."""
    model = window.room.worklist.model
    results = [model.result_at(row) for row in range(model.rowCount())]
    marked = [row for row, result in enumerate(results) if result is not None and Mark.of(result) is mark]
    if marked:
        window.room.worklist.view.choose_row(marked[0])
    save(window, path)


def save(shown: QWidget, path: Path) -> None:
    """Let a window settle and save it."""
    let_pass(900)
    shown.grab().save(str(path))


if __name__ == "__main__":
    main()
