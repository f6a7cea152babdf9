"""Small folders of labelled pictures, adult films and lung masks in the layout of the real ones."""

from __future__ import annotations

import csv
import importlib.util
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

# The extra `test` brings no torch; the tests of this room come with the extra `dev`.
collect_ignore_glob = ["*"] if importlib.util.find_spec("torch") is None else []

YOUNG = (0, 13, 19)  # rows of weak use, for tuning and for the report
SUBTYPES = ("normal", "bacteria", "virus")
ADULT_COLUMNS = (
    "file", "patient", "age", "sex", "view", "nih_labels", "rsna_class", "target", "boxes_xywh_1024",
    "nih_boxes_xywh", "use",
)  # fmt: skip


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


@pytest.fixture(scope="session")
def lung_masks(tmp_path_factory: pytest.TempPathFactory, labelled_films: Path) -> Path:
    """A mask for each labelled film: two lungs, and below them a strip that nobody decided on."""
    folder = tmp_path_factory.mktemp("masks")
    mask = np.zeros((80, 100), dtype=np.uint8)
    mask[10:65, 12:42] = mask[10:65, 58:88] = 255
    mask[65:70] = 127
    for film in labelled_films.glob("*.png"):
        Image.fromarray(mask).save(folder / film.name)
    return folder


@pytest.fixture(scope="session")
def adult_films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 films with weak labels and 24 that radiologists read, half of them in each view; opacities are brighter.

    One of each kind is of a patient of 12 years, the others are of 54.
    """
    folder = tmp_path_factory.mktemp("adults")
    rows: list[dict[str, str]] = []
    for view in ("PA", "AP"):
        for labels in ("No Finding", "Infiltration|Pneumonia", "Atelectasis", "Nodule"):
            rows += [{"view": view, "nih_labels": labels, "use": "weak"}] * 3
        for use, target in product(("tune", "report"), ("normal", "pneumonia_opacity", "abnormal_no_opacity")):
            rows += [{"view": view, "nih_labels": "Pneumonia", "target": target, "use": use}] * 2
    chance = np.random.default_rng(8)
    for number, row in enumerate(rows):
        pixels = chance.uniform(0.2, 0.5, (72, 64))
        if row.get("target") == "pneumonia_opacity" or "Infiltration" in row["nih_labels"]:
            pixels[40:60, 10:30] += 0.5
        Image.fromarray((pixels * 255).astype(np.uint8)).save(folder / f"{number}.png")
        age = "12" if number in YOUNG else "54"
        rows[number] = {**row, "file": f"{number}.png", "patient": str(number), "age": age, "sex": "F"}
    write_adult_manifest(folder, rows)
    return folder


def write_adult_manifest(folder: Path, rows: list[dict[str, str]]) -> None:
    """Write `manifest.csv` as the folder of adult films has it; what a row leaves out is empty."""
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ADULT_COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
