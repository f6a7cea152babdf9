"""What a card's figures rest on: the network behind the whole path of the program."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.model.film_gate import load_gate
from engine.model.pack import bundled_model, read_model
from training.export.judge import Judge
from training.films import DataError, LabelledFilm, read_adults


@pytest.fixture(scope="module")
def judge() -> Judge:
    graph, pack = read_model(bundled_model())
    return Judge(graph, pack.card.input, load_gate())


def film_of(path: Path) -> LabelledFilm:
    return LabelledFilm(path, 1, path.stem, 0)


def test_films_are_judged_as_the_program_would(judge: Judge, samples: Path, tmp_path: Path) -> None:
    film, scene = samples / "phantom-01.jpg", tmp_path / "scene.png"
    with Image.open(film) as picture:
        picture.save(tmp_path / "upright.png")
        picture.rotate(180).save(tmp_path / "turned.png")
    colours = np.zeros((300, 300, 3), dtype=np.uint8)
    colours[..., 0], colours[:150, :, 2] = 200, 150
    Image.fromarray(colours).save(scene)
    films = [film_of(path) for path in (tmp_path / "upright.png", scene, tmp_path / "turned.png")]
    judged = judge.predict(films, what="films")
    assert judged.films == [films[0], films[2]]
    assert judged.refused == [films[1]]
    upright, turned = (prediction.logits for prediction in judged.predictions)
    assert turned == pytest.approx(upright, abs=1e-4)
    darker = judge.predict_changed(judged, lambda pixels: pixels**1.4, what="films, darker")
    assert darker.films == judged.films
    assert np.abs(darker.predictions[0].logits - upright).max() > 1e-3
    assert darker.predictions[1].logits == pytest.approx(darker.predictions[0].logits, abs=1e-4)


def test_where_no_film_passes_the_gate_a_sentence_says_so(judge: Judge, tmp_path: Path) -> None:
    Image.fromarray(np.full((200, 200), 90, dtype=np.uint8)).save(tmp_path / "blank.png")
    with pytest.raises(DataError, match="turned all films away"):
        judge.predict([film_of(tmp_path / "blank.png")], what="films")


def test_without_a_gate_every_film_is_judged(tmp_path: Path) -> None:
    graph, pack = read_model(bundled_model())
    Image.fromarray(np.full((200, 200), 90, dtype=np.uint8)).save(tmp_path / "blank.png")
    judged = Judge(graph, pack.card.input, None).predict([film_of(tmp_path / "blank.png")], what="films")
    assert (len(judged.predictions), judged.refused) == (1, [])


def test_adults_can_be_read_by_age(adult_films: Path) -> None:
    everyone = read_adults(adult_films, view="PA", use="tune")
    grown = read_adults(adult_films, view="PA", use="tune", from_years=18)
    assert (len(everyone), len(grown)) == (6, 5)
