"""Tiny drawn films: two classes that differ in shape, in both layouts."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROWS_AND_COLUMNS = {"NORMAL": (90, 100), "PNEUMONIA": (60, 100)}


def draw_film(path: Path, *, seed: int, label: str) -> Path:
    """Smooth random shading, different for each seed; the class decides the shape."""
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).uniform(0, 255, (24, 24)).astype(np.uint8)
    rows, columns = ROWS_AND_COLUMNS.get(label, (80, 80))
    Image.fromarray(coarse).resize((columns, rows), Image.Resampling.BICUBIC).save(path)
    return path


def write_manifest(folder: Path, rows: Iterable[dict[str, str]]) -> Path:
    """A manifest with the columns of the first row."""
    table = list(rows)
    path = folder / "manifest.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    return path


@pytest.fixture
def in_folders(tmp_path: Path) -> Path:
    """train: 3 NORMAL and 4 PNEUMONIA films; val: 1 and 2; none twice."""
    data = tmp_path / "films"
    seed = 0
    for split, label, count in (
        ("train", "NORMAL", 3), ("train", "PNEUMONIA", 4), ("val", "NORMAL", 1), ("val", "PNEUMONIA", 2),
    ):  # fmt: skip
        for _ in range(count):
            draw_film(data / split / label / f"{seed}.png", seed=seed, label=label)
            seed += 1
    return data


@pytest.fixture
def in_manifest(tmp_path: Path) -> Path:
    """60 films of 30 patients in two splits; patient p0 stands in both; original sizes for every other film."""
    data = tmp_path / "table"
    rows = []
    for number in range(60):
        label = ("NORMAL", "PNEUMONIA")[number // 2 % 2]
        draw_film(data / f"{number}.png", seed=number, label=label)
        rows.append({
            "file": f"{number}.png",
            "split": "val" if number >= 40 else "train",
            "label": label,
            "patient": "p0" if number == 58 else f"p{number // 2}",
            "original_width": "1000" if number % 2 else "",
            "original_height": ("900", "600")[number // 2 % 2] if number % 2 else "",
            "geometry": "kept" if number % 2 else "squashed",
        })  # fmt: skip
    write_manifest(data, rows)
    return data
