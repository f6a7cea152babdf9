"""What the bundled model says of real films must not hang on the copy it was given."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from engine.films.radiograph import load_radiograph
from engine.model.classifier import Classifier
from engine.model.pack import bundled_model, read_model
from engine.model.preprocess import preprocess
from engine.screening.case import Score
from engine.screening.scorer import score_prediction


def test_a_film_and_its_small_copy_are_told_the_same(films_folder: Path) -> None:
    """40 films at their original size, and copies of them with a short side of 320 px."""
    data, pack = read_model(bundled_model())
    card = pack.card
    classifier = Classifier(data, size=card.input.size, classes=len(card.classes), threads=2)

    def score(path: Path) -> Score:
        prepared = preprocess(load_radiograph(path).pixels, card.input)
        prediction = classifier.predict(prepared.tensor)
        return score_prediction(prediction, card=card, points=card.points(), box=prepared.box, age_years=None)

    with (films_folder / "kermany" / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        copies = {Path(row["file"]).name: films_folder / "kermany" / row["file"] for row in csv.DictReader(stream)}
    native = sorted((films_folder / "kermany_native").rglob("*.jpeg"))
    pairs = [(score(path), score(copies[path.name])) for path in native]
    assert len(pairs) == 40
    apart = [abs(first.probability - second.probability) for first, second in pairs]
    assert np.median(apart) <= 0.02
    assert np.percentile(apart, 95) <= 0.05
    assert sum(first.band is second.band for first, second in pairs) >= 38
