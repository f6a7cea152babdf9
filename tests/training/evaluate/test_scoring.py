from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from engine.model.pack import load_pack
from engine.screening.case import Band
from tests.engine.model.models import write_tiny_model
from tests.training.evaluate.made_up import draw_film
from training.evaluate.known import FilmSet, Kind, KnownFilm
from training.evaluate.scoring import score_films


def test_the_age_that_the_manifest_states_chooses_the_calibration(tmp_path: Path) -> None:
    calibration = {"method": "made up", "slope": 1.0, "intercept": -9.0, "prevalence": 0.5}
    band = {"age_from_years": 0, "age_to_years": 5, "calibration": {**calibration, "intercept": 9.0}}
    outputs = {"logits": np.zeros(3), "heat": np.zeros((14, 14))}
    model = write_tiny_model(tmp_path / "m.onnx", outputs, calibration=calibration, age_bands=[band])
    films = tuple(
        KnownFilm(path=draw_film(tmp_path / f"{kind}.png", 1), file=kind, kind=kind, patient=kind, age_years=age)
        for kind, age in ((Kind.NORMAL, None), (Kind.PNEUMONIA, 3.0))
    )
    pack = load_pack(model)
    asked = FilmSet(what="two", finding="pneumonia", films=films)
    unknown, child = score_films(asked, pack, pack.card.points("balanced")).films
    assert (unknown.score.band, child.score.band) == (Band.NEGATIVE, Band.POSITIVE)
    assert child.score.probability == pytest.approx(1 / (1 + math.exp(-math.log(2) - 9.0)))
