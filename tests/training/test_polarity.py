"""Which films tell what an inverted one looks like."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from PIL import Image

from tests.builders import phantom
from training.polarity import learn, read_looks


def test_films_held_back_for_a_report_are_not_read(tmp_path: Path) -> None:
    rows = [
        {"file": "learn.png", "patient": "1", "split": "train", "fold": "2", "use": ""},
        {"file": "gone-1.png", "patient": "2", "split": "train", "fold": "0", "use": ""},
        {"file": "gone-2.png", "patient": "3", "split": "val", "fold": "", "use": ""},
        {"file": "gone-3.png", "patient": "4", "split": "train", "fold": "1", "use": "report"},
    ]
    with (tmp_path / "manifest.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    Image.fromarray((phantom() * 255).astype(np.uint8)).save(tmp_path / "learn.png")
    looks = read_looks([tmp_path / "manifest.csv"])  # the others do not even exist
    assert looks.patients.tolist() == ["0/1"]
    weights = learn(looks, np.array([True]))
    assert (looks.cells[0, 0] * weights).sum() > 0.0
