from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from tests.benchmarks.viewer import measure


@pytest.mark.real_films
@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")  # said of every window without a screen
def test_the_next_film_takes_at_most_100_ms(dressed: QApplication, films_folder: Path) -> None:
    """The median: another program may hold up a single film."""
    films = sorted((films_folder / "kermany_native").rglob("*.jpeg"))[:12]
    assert np.median(measure(films).next_film) <= 100.0
