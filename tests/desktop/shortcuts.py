"""The page of keys, from the program's own actions.

`python -m tests.desktop.shortcuts docs/shortcuts.md` writes it; a test holds that it is true.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow

from desktop.actions import Actions
from desktop.film_loader import FilmLoader
from desktop.help_pages import key_rows
from desktop.viewer.film_actions import FilmActions
from desktop.viewer.viewer import Viewer


def page(actions: Iterable[QAction]) -> str:
    """The page, with the keys as a PC names them."""
    rows = key_rows(actions, form=QKeySequence.SequenceFormat.PortableText)
    return "\n".join(
        [
            "# Keys",
            "",
            "Written by `python -m tests.desktop.shortcuts docs/shortcuts.md` from the program's own actions; a test",
            "holds it true. The window has the same page: F1, or Help, Keys. On a Mac, Ctrl is the Command key.",
            "",
            "| keys | what they do |",
            "|---|---|",
            *(f"| {', '.join(f'`{key}`' for key in keys)} | {words} |" for keys, words in rows),
            "",
        ]
    )


def main() -> None:
    """Write the page to the file that the command line names."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    window, viewer = QMainWindow(), Viewer(FilmLoader(application))
    actions = Actions(window)
    FilmActions(actions, viewer)
    Path(sys.argv[1]).write_text(page(actions.all), encoding="utf-8")


if __name__ == "__main__":
    main()
