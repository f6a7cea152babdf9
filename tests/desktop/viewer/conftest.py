"""A viewer by itself, and films that it can read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.film_loader import FilmLoader
from desktop.viewer.viewer import Viewer
from tests.builders import gradient, write_dicom


@pytest.fixture
def viewer(dressed: QApplication, qtbot: QtBot) -> Iterator[Viewer]:
    """An empty viewer, in the open; what it started has ended afterwards."""
    loader = FilmLoader()
    made = Viewer(loader)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    yield made
    made.lost._search.wait()
    loader.close()


def write_film(path: Path, rows: int = 240, columns: int = 320, most: int = 4095, **tags: object) -> Path:
    """Write a film of twelve bits that gets brighter towards one corner, up to `most`."""
    path.parent.mkdir(exist_ok=True)
    write_dicom(path, np.round(gradient(rows, columns) * most).astype(np.uint16), BitsStored=12, HighBit=11, **tags)
    return path
