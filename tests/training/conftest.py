"""A small folder of labelled pictures in the layout of the real one."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

# The extra `test` brings no torch; the tests of this room come with the extra `dev`.
collect_ignore_glob = ["*"] if importlib.util.find_spec("torch") is None else []

SUBTYPES = ("normal", "bacteria", "virus")


@pytest.fixture(scope="session")
def labelled_films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """90 pictures of 45 patients in 5 folds; the kinds differ by where a bright spot lies."""
    folder = tmp_path_factory.mktemp("labelled")
    chance = np.random.default_rng(7)
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["file", "split", "label", "subtype", "patient", "fold"])
        writer.writeheader()
        for number in range(90):
            kind = number % 3
            pixels = chance.uniform(0.2, 0.5, (80, 100))
            pixels[10 + 25 * kind : 25 + 25 * kind, 30:70] += 0.5
            Image.fromarray((pixels * 255).astype(np.uint8)).save(folder / f"{number}.png")
            patient = number // 6 * 3 + kind
            writer.writerow(
                {
                    "file": f"{number}.png",
                    "split": "train",
                    "label": "NORMAL" if kind == 0 else "PNEUMONIA",
                    "subtype": SUBTYPES[kind],
                    "patient": f"p{patient}",
                    "fold": patient // 3 % 5,
                }
            )
    return folder
