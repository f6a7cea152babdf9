"""Films read and scored with tiny networks, whose every answer is known."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.model.pack import bundled_model, load_pack
from engine.model.zones import Zone
from engine.reasons import Note, Reason
from engine.screening.case import Band, CaseResult, CaseStatus, Score
from engine.screening.requests import ScoreRequest, ScorerSettings
from engine.screening.scorer import FilmScorer
from tests.builders import phantom, write_dicom
from tests.engine.films.syntaxes import WINDOW, stored_values
from tests.engine.model.models import bundled_card, two_lungs, write_tiny_model

FILM = phantom()
PIXELS = np.round(FILM * 4095).astype(np.uint16)
ILL, WELL, BETWEEN = np.array([-9.0, 9.0, 0.0]), np.array([9.0, -9.0, -9.0]), np.zeros(3)
LUNGS = two_lungs()
LEFT, RIGHT = np.zeros((14, 14)), np.zeros((14, 14))
LEFT[:, 2:4] = RIGHT[:, 10:12] = 0.8
FAR = np.full(4, 2.0)  # a score of 4


def score_one(
    folder: Path,
    outputs: dict[str, Any],
    *,
    default_age: float | None = 3,
    pixels: NDArray[np.uint16] = PIXELS,
    **card: Any,
) -> CaseResult:
    """One film without an age, screened by a model with these outputs."""
    pack = load_pack(write_tiny_model(folder / "model.onnx", outputs, **card))
    write_dicom(folder / "film.dcm", pixels, BitsStored=12, HighBit=11)
    settings = ScorerSettings(
        model=pack.path, model_sha256=pack.sha256, operating_point="balanced", default_age=default_age, threads=1
    )
    return FilmScorer(settings).answer(ScoreRequest(0, "film.dcm", folder / "film.dcm"))


def score_of(result: CaseResult) -> Score:
    assert result.score is not None
    return result.score


def calibration(slope: float, intercept: float) -> dict[str, Any]:
    return {"method": "made up", "slope": slope, "intercept": intercept, "prevalence": 0.5}


def test_a_network_without_lungs_and_embedding_leaves_their_figures_open(tmp_path: Path) -> None:
    result = score_one(tmp_path, {"logits": ILL, "heat": RIGHT})
    score = score_of(result)
    assert (score.extent, score.heat_in_lungs, score.ood_score) == (None, None, None)
    assert score.band is Band.POSITIVE
    assert result.notes == ()


def test_all_outputs_become_figures(tmp_path: Path) -> None:
    outputs = {"logits": ILL, "heat": LEFT + RIGHT / 2 + RIGHT * 0.25, "lungs": LUNGS, "embedding": FAR}
    result = score_one(tmp_path, outputs, heat_threshold=0.6)
    score = score_of(result)
    assert score.extent == pytest.approx(2 / 6)
    assert score.heat_in_lungs == pytest.approx(0.8 / 1.4)
    assert score.ood_score == 4.0
    assert result.notes == ()


@pytest.mark.parametrize(("limit", "unlike"), [(3.9, True), (4.0, False), (None, False)])
def test_a_film_unlike_the_training_films_is_never_negative(tmp_path: Path, limit: float | None, unlike: bool) -> None:
    outputs = {"logits": WELL, "heat": LEFT, "embedding": FAR}
    result = score_one(tmp_path, outputs, ood_limit=limit)
    card = load_pack(tmp_path / "model.onnx").card
    for judged in (result, *(result.judged_at(card.points(point.name)) for point in card.operating_points)):
        assert score_of(judged).band is (Band.UNCERTAIN if unlike else Band.NEGATIVE)
        assert judged.notes == ((Note.UNLIKE_TRAINING,) if unlike else ())


def test_a_film_unlike_the_training_films_may_be_positive(tmp_path: Path) -> None:
    result = score_one(tmp_path, {"logits": ILL, "heat": LEFT, "embedding": FAR}, ood_limit=1.0)
    assert score_of(result).band is Band.POSITIVE
    assert result.notes == (Note.UNLIKE_TRAINING,)


def test_a_limit_without_an_embedding_is_a_model_that_does_not_match_its_card(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="do not match its card"):
        score_one(tmp_path, {"logits": ILL, "heat": LEFT}, ood_limit=1.0)


def test_heat_outside_the_lungs_is_noted_where_the_band_is_positive(tmp_path: Path) -> None:
    result = score_one(
        tmp_path, {"logits": BETWEEN, "heat": RIGHT, "lungs": LUNGS}, calibration=calibration(0.0, math.log(0.4 / 0.6))
    )
    assert score_of(result).heat_in_lungs == 0.0
    assert score_of(result).extent == 0.0
    card = load_pack(tmp_path / "model.onnx").card
    expected = {"screening": Band.POSITIVE, "balanced": Band.POSITIVE, "rule_in": Band.UNCERTAIN}
    for first in card.operating_points:
        for point in card.operating_points:
            judged = result.judged_at(card.points(first.name)).judged_at(card.points(point.name))
            band = expected[point.name]
            assert score_of(judged).band is band
            assert judged.notes == ((Note.HEAT_OUTSIDE_LUNGS,) if band is Band.POSITIVE else ())


def test_a_film_keeps_the_note_of_its_age_before_those_of_its_score(tmp_path: Path) -> None:
    outputs = {"logits": ILL, "heat": RIGHT, "lungs": LUNGS, "embedding": FAR}
    result = score_one(tmp_path, outputs, default_age=None, ood_limit=1.0)
    assert result.notes == (Note.AGE_UNKNOWN, Note.UNLIKE_TRAINING, Note.HEAT_OUTSIDE_LUNGS)


def test_a_film_without_lungs_has_no_score(tmp_path: Path) -> None:
    result = score_one(tmp_path, {"logits": ILL, "heat": RIGHT, "lungs": np.full((28, 28), 0.49)})
    assert (result.status, result.reason, result.score) == (CaseStatus.REJECTED, Reason.NOT_A_CHEST_FILM, None)
    assert result.notes == ()


@pytest.mark.parametrize(
    ("turns", "notes"), [(0, ()), (1, (Note.ROTATED,)), (2, (Note.UPSIDE_DOWN,)), (3, (Note.ROTATED,))]
)
def test_a_turned_film_is_scored_upright_and_its_heat_and_lungs_lie_on_the_film_as_it_came(
    tmp_path: Path, turns: int, notes: tuple[Note, ...]
) -> None:
    heat = np.zeros((14, 14))
    heat[3, 10] = 0.8
    outputs = {"logits": ILL, "heat": heat, "lungs": LUNGS}
    upright = score_of(score_one(tmp_path, outputs))
    x, y = upright.heat.peak()
    result = score_one(tmp_path, outputs, pixels=np.rot90(PIXELS, -turns))
    score = score_of(result)
    assert result.notes == (*notes, *score.notes)
    assert score.zone is upright.zone
    assert score.lungs is not None
    assert score.lungs.box == score.heat.box
    assert score.lungs.probability() == pytest.approx(np.rot90(LUNGS, -turns))
    expected = [(x, y), (1 - y, x), (1 - x, 1 - y), (y, 1 - x)][turns]
    assert score.heat.peak() == pytest.approx(expected, abs=1e-6)


def test_what_is_no_chest_film_has_no_score(tmp_path: Path) -> None:
    disc = np.round(np.hypot(*np.mgrid[-1:1:300j, -1:1:300j]) * 2000).astype(np.uint16)
    result = score_one(tmp_path, {"logits": ILL, "heat": LEFT}, pixels=disc)
    assert (result.status, result.reason, result.score) == (CaseStatus.REJECTED, Reason.NOT_A_CHEST_FILM, None)


def test_writing_and_exposure_are_noted(tmp_path: Path) -> None:
    pale = np.round(np.clip(FILM * 2.5, 0.0, 1.0) * 4095).astype(np.uint16)
    letters = np.zeros((12, 60), dtype=bool)
    letters[:, ::4] = letters[:, 1::4] = True
    written = PIXELS.copy()
    written[10:22, 10:70] = letters * 4095
    noted = {
        Note.EXPOSURE: score_one(tmp_path, {"logits": ILL, "heat": LEFT}, pixels=pale),
        Note.BURNED_IN_TEXT: score_one(tmp_path, {"logits": ILL, "heat": LEFT}, pixels=written),
    }
    assert {note: result.notes for note, result in noted.items()} == {note: (note,) for note in noted}


@pytest.mark.parametrize(("default_age", "intercept"), [(None, 0.5), (0.5, -1.0), (5.9, -1.0), (7.0, 2.0), (60.0, 2.0)])
def test_the_probability_is_calibrated_for_the_age(tmp_path: Path, default_age: float | None, intercept: float) -> None:
    bands = [
        {"age_from_years": 1, "age_to_years": 5, "calibration": calibration(1.0, -1.0)},
        {"age_from_years": 6, "age_to_years": 17, "calibration": calibration(1.0, 2.0)},
    ]
    result = score_one(
        tmp_path,
        {"logits": BETWEEN, "heat": LEFT},
        default_age=default_age,
        calibration=calibration(1.0, 0.5),
        age_bands=bands,
    )
    score = score_of(result)
    assert score.logit == pytest.approx(math.log(2))
    assert score.probability == pytest.approx(1 / (1 + math.exp(-math.log(2) - intercept)))


def test_the_age_in_the_file_goes_before_the_default_one(tmp_path: Path) -> None:
    bands = [
        {"age_from_years": 1, "age_to_years": 5, "calibration": calibration(1.0, -1.0)},
        {"age_from_years": 6, "age_to_years": 17, "calibration": calibration(1.0, 2.0)},
    ]
    pack = load_pack(write_tiny_model(tmp_path / "model.onnx", {"logits": BETWEEN, "heat": LEFT}, age_bands=bands))
    write_dicom(tmp_path / "film.dcm", PIXELS, BitsStored=12, HighBit=11, PatientAge="010Y")
    settings = ScorerSettings(model=pack.path, model_sha256=pack.sha256, default_age=3)
    result = FilmScorer(settings).answer(ScoreRequest(0, "film.dcm", tmp_path / "film.dcm"))
    assert score_of(result).probability == pytest.approx(1 / (1 + math.exp(-math.log(2) - 2.0)))
    assert result.notes == (Note.AGE_OUTSIDE_TRAINING,)


def test_the_band_is_drawn_for_the_age(tmp_path: Path) -> None:
    point = {**bundled_card()["operating_points"][0], "name": "balanced"}
    high = {**point, "threshold_low": 0.97, "threshold": 0.98, "threshold_high": 0.99}
    middle = {**point, "threshold_low": 0.3, "threshold": 0.4, "threshold_high": 0.8}
    unknown = {**point, "threshold_low": 0.1, "threshold": 0.2, "threshold_high": 0.3}
    bands = [
        {"age_from_years": 1, "age_to_years": 5, "calibration": calibration(1.0, 0.0), "operating_points": [high]},
        {"age_from_years": 18, "age_to_years": 99, "calibration": calibration(1.0, 0.0), "operating_points": [middle]},
    ]
    drawn = {}
    for age in (None, 3.0, 40.0):
        result = score_one(
            tmp_path,
            {"logits": BETWEEN, "heat": LEFT},
            default_age=age,
            calibration=calibration(1.0, 0.0),
            operating_points=[unknown],
            age_bands=bands,
        )
        score = score_of(result)
        assert (score.age_years, score.probability) == (age, pytest.approx(2 / 3))
        drawn[age] = (score.band, score.operating_point.threshold, score.reaches_threshold)
        points = load_pack(tmp_path / "model.onnx").card.points()
        assert result.judged_at(points) == result
    assert drawn == {
        None: (Band.POSITIVE, 0.2, True),
        3.0: (Band.NEGATIVE, 0.98, False),
        40.0: (Band.UNCERTAIN, 0.4, True),
    }


def test_lungs_and_zone_travel_with_the_score(tmp_path: Path) -> None:
    both = np.zeros((28, 28))
    both[4:24, 4:12] = both[4:24, 17:25] = 1.0
    heat = np.zeros((14, 14))
    heat[10, 3] = 0.8
    score = score_of(score_one(tmp_path, {"logits": ILL, "heat": heat, "lungs": both}, heat_threshold=0.6))
    assert score.zone is Zone.RIGHT_LOWER
    assert score.lungs is not None
    assert score.lungs.box == score.heat.box
    assert score.lungs.probability() == pytest.approx(both)


def test_no_lungs_no_zone(tmp_path: Path) -> None:
    score = score_of(score_one(tmp_path, {"logits": ILL, "heat": RIGHT}))
    assert (score.lungs, score.zone) == (None, None)


def test_what_was_mended_on_a_film_is_noted_and_the_score_is_that_of_the_mended_film(tmp_path: Path) -> None:
    pack = load_pack(bundled_model())
    settings = ScorerSettings(model=pack.path, model_sha256=pack.sha256, default_age=3, threads=1)
    scorer = FilmScorer(settings)
    tags = {"BitsStored": 12, "HighBit": 11}
    write_dicom(tmp_path / "right", stored_values(12), **tags, **WINDOW)
    write_dicom(tmp_path / "inverted", stored_values(12, inverted=True), **tags, **WINDOW)
    write_dicom(tmp_path / "narrow", stored_values(12), **tags, WindowCenter="0", WindowWidth="8")
    right, inverted, narrow = (
        scorer.answer(ScoreRequest(0, name, tmp_path / name)) for name in ("right", "inverted", "narrow")
    )
    assert (right.notes, inverted.notes) == ((), (Note.INVERTED_CORRECTED,))
    assert narrow.notes == (Note.WINDOW_REPLACED,)
    for mended in (inverted, narrow):
        assert score_of(mended).probability == pytest.approx(score_of(right).probability, abs=0.01)


def test_no_score_stands_beside_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("engine.screening.scorer.write_heatmaps", no_room)
    pack = load_pack(write_tiny_model(tmp_path / "model.onnx", {"logits": ILL, "heat": LEFT}))
    write_dicom(tmp_path / "film.dcm", PIXELS, BitsStored=12, HighBit=11)
    settings = ScorerSettings(model=pack.path, model_sha256=pack.sha256, heatmap_folder=tmp_path, threads=1)
    result = FilmScorer(settings).answer(ScoreRequest(0, "film.dcm", tmp_path / "film.dcm"))
    assert (result.status, result.reason) == (CaseStatus.FAILED, Reason.TOO_LARGE)
    assert (result.score, result.notes) == (None, ())


def test_a_result_is_scored_or_has_no_score(tmp_path: Path) -> None:
    scored = score_one(tmp_path, {"logits": ILL, "heat": LEFT})
    for changes in ({"status": CaseStatus.FAILED}, {"status": CaseStatus.PENDING}, {"score": None}):
        with pytest.raises(ValueError, match="goes with the status"):
            replace(scored, **changes)
