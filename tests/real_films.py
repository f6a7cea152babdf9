"""Which of the real films a test may look at."""

from __future__ import annotations

import csv
from pathlib import Path


def frontal_films(folder: Path, count: int) -> list[Path]:
    """Held-out films of children and adult films read for tuning, half and half, spread over both sets."""
    with (folder / "kermany" / "manifest.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        children = [folder / "kermany" / row["file"] for row in rows if row["split"] == "train" and row["fold"] == "0"]
    with (folder / "nih" / "manifest.csv").open(encoding="utf-8-sig", newline="") as stream:
        adults = [folder / "nih" / row["file"] for row in csv.DictReader(stream) if row["use"] == "tune"]
    return [part[len(part) * place // (count // 2)] for part in (children, adults) for place in range(count // 2)]
