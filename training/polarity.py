"""Learns how to tell an inverted film from an upright one: `python -m training.polarity MANIFEST... --out FILE`.

A logistic regression on the 8 x 8 ranks of `engine.films.polarity`, mirrored so that left and right count alike, and
without an intercept: an inverted film is worth exactly the opposite of the film. Films are learned from as they are,
with one or all sides cropped by a tenth, and, with a tenth of the weight, turned by quarters. Every manifest
counts as much as the others. Printed beforehand: errors on patients that were not learned from, three folds.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from engine.films.file_bytes import read_film
from engine.films.film import as_radiograph
from engine.films.polarity import GRID, MIN_EVIDENCE, rank_cells
from engine.films.radiograph import open_film
from training.films import FoldPlan
from training.json_file import write_json

_CROPS = 6
_VARIANTS = ("as it is", "cropped", "top", "bottom", "left", "right", "gamma 0.6", "gamma 1.6", "dark 0.6", "dark 1.6")
_SIDES = ((0, 0, 0, 0), (0.1, 0.1, 0.1, 0.1), (0.1, 0, 0, 0), (0, 0.1, 0, 0), (0, 0, 0.1, 0), (0, 0, 0, 0.1))
_HELD_BACK_USES, _REPORT_FOLD = ("report", "none"), str(FoldPlan().report)
_TURNED_WEIGHT, _STRENGTH, _FOLDS, _SIDE = 0.1, 0.03, 3, 256

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What the films of all manifests look like.

    Attributes:
        cells: (films, variants, 8, 8) ranks.
        manifests, patients: (films,) which manifest and which patient each film is of.
    """

    cells: Floats
    manifests: NDArray[np.intp]
    patients: NDArray[np.str_]


def main() -> None:
    """Measure by folds, then learn from every film and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m training.polarity", description="Learn which films are inverted.")
    parser.add_argument(
        "manifests", type=Path, nargs="+", help="manifest.csv with the columns file, patient, and use or split and fold"
    )
    parser.add_argument("--out", type=Path, required=True, help="where to write the weights, as JSON")
    arguments = parser.parse_args()
    looks = read_looks(arguments.manifests)
    for line in measure(looks, [path.parent.name for path in arguments.manifests]):
        print(line)  # noqa: T201 -- what the command is run for
    weights = learn(looks, np.ones(len(looks.cells), dtype=bool))
    made_by = " ".join(f"{path.parent.name}/{path.name}" for path in arguments.manifests)
    left = np.round(weights[:, : GRID // 2], 3).tolist()
    write_json(
        {"made_by": f"python -m training.polarity {made_by} --out resources/polarity.json", "weights": left},
        arguments.out,
    )


def read_looks(manifests: list[Path]) -> Looks:
    """Read the films as their files say; what is held back for a report stays closed."""
    cells, places, patients = [], [], []
    for place, manifest in enumerate(manifests):
        with manifest.open(encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if not _is_held_back(row)]
        for row in rows:
            pixels = as_radiograph(open_film(read_film(manifest.parent / row["file"])).decode()).pixels
            step = max(1, min(pixels.shape) // _SIDE)
            cells.append([rank_cells(variant) for variant in _variants(pixels[::step, ::step])])
            places.append(place)
            patients.append(f"{place}/{row['patient']}")
    return Looks(np.array(cells), np.array(places), np.array(patients))


def _is_held_back(row: dict[str, str]) -> bool:
    return row.get("use") in _HELD_BACK_USES or row.get("split", "train") != "train" or row.get("fold") == _REPORT_FOLD


def learn(looks: Looks, chosen: NDArray[np.bool_]) -> Floats:
    """Weights (8, 8), symmetric, from the chosen films and all of them inverted."""
    upright = looks.cells[chosen]
    share = (1.0 / np.bincount(looks.manifests[chosen]))[looks.manifests[chosen]]
    examples = [_features(upright[:, :_CROPS])]
    weights = [np.repeat(share, _CROPS)]
    for turns in (1, 2, 3):
        examples.append(_features(np.rot90(upright[:, :2], turns, (2, 3))))
        weights.append(np.repeat(share, 2) * _TURNED_WEIGHT)
    bright, weight = np.vstack(examples), np.concatenate(weights)
    weight *= len(weight) / weight.sum()
    model = LogisticRegression(fit_intercept=False, C=_STRENGTH, max_iter=1000)
    truth = np.repeat([1, 0], len(bright))
    model.fit(np.vstack([bright, -bright]), truth, np.tile(weight, 2))
    left = model.coef_.reshape(GRID, GRID // 2)
    # A feature is the mean of two cells, so that each of them bears half of its weight.
    return np.hstack([left, left[:, ::-1]]) / 2.0


def measure(looks: Looks, names: list[str]) -> Iterator[str]:
    """A line per manifest and variant: how many upright films would be turned round, and inverted ones missed."""
    evidence = np.zeros(looks.cells.shape[:2])
    turned = np.zeros((3, len(looks.cells)))
    for learned, tested in GroupKFold(_FOLDS).split(looks.cells, groups=looks.patients):
        chosen = np.zeros(len(looks.cells), dtype=bool)
        chosen[learned] = True
        weights = learn(looks, chosen)
        evidence[tested] = (looks.cells[tested] * weights).sum((2, 3))
        for turns in (1, 2, 3):
            cells = np.rot90(looks.cells[tested, 0], turns, (1, 2))
            turned[turns - 1, tested] = (cells * weights).sum((1, 2))
    columns = [*zip(_VARIANTS, evidence.T, strict=True), *zip(("turned 90", "180", "270"), turned, strict=True)]
    for place, name in enumerate(names):
        of_manifest = looks.manifests == place
        for variant, column in columns:
            values = column[of_manifest]
            false, missed = (values < -MIN_EVIDENCE).sum(), (values < MIN_EVIDENCE).sum()
            yield f"{name} {variant}: {len(values)} films, false corrections {false}, inverted films missed {missed}"


def _features(cells: Floats) -> Floats:
    """(examples, 32): the means of cells that mirror each other."""
    return ((cells + cells[..., ::-1]) / 2.0)[..., : GRID // 2].reshape(-1, GRID * GRID // 2)


def _variants(pixels: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    rows, columns = pixels.shape
    for top, bottom, left, right in _SIDES:
        yield pixels[int(rows * top) : int(rows * (1 - bottom)), int(columns * left) : int(columns * (1 - right))]
    yield from (pixels**0.6, pixels**1.6, 1.0 - (1.0 - pixels) ** 0.6, 1.0 - (1.0 - pixels) ** 1.6)


if __name__ == "__main__":
    main()
