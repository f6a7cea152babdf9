"""What the bundled model says of real films must not hang on the copy it was given."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.films.radiograph import load_radiograph
from engine.model.classifier import Classifier
from engine.model.pack import bundled_model, read_model
from engine.model.preprocess import preprocess
from engine.screening.case import CaseStatus, Score
from engine.screening.requests import ScoreRequest, ScorerSettings
from engine.screening.scorer import FilmScorer, score_prediction
from tests.builders import picture_bytes
from tests.real_films import frontal_films


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


def test_whole_films_are_scored_and_halves_are_not(films_folder: Path, tmp_path: Path) -> None:
    """Twenty films of children and adults, and both halves of each, upper and lower or left and right by turns."""
    pack = read_model(bundled_model())[1]
    scorer = FilmScorer(ScorerSettings(model=bundled_model(), model_sha256=pack.sha256, threads=1))

    def scored(pixels: NDArray[np.float32]) -> bool:
        path = tmp_path / "film.png"
        path.write_bytes(picture_bytes(np.round(pixels * 255.0).astype(np.uint8), "PNG"))
        return scorer.answer(ScoreRequest(0, path.name, path)).status is CaseStatus.SCORED

    films = [load_radiograph(path).pixels for path in frontal_films(films_folder, 20)]
    halves = [half for place, film in enumerate(films) for half in np.array_split(film, 2, axis=place % 2)]
    assert sum(map(scored, films)) >= len(films) - 1
    assert sum(map(scored, halves)) <= 0.15 * len(halves)
