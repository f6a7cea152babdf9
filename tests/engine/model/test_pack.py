from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import ModelError
from engine.model.card import read_card
from engine.model.onnx_file import OnnxFormatError, graph_sha256, read_metadata
from engine.model.pack import bundled_model, load_pack
from tests.engine.model.models import bundled_card, write_with_card


def test_the_bundled_model_is_sound() -> None:
    pack = load_pack()
    card = pack.card
    assert card.classes == ("normal", "bacterial", "viral")
    assert {point.name for point in card.operating_points} == {"screening", "balanced", "rule_in"}
    assert card.points().name == "screening"
    assert card.training.command.startswith("mapafu-train run ")
    assert "unknown" not in card.training.commit
    assert read_card(card.to_json()) == card


def test_the_bundled_model_meets_its_goal_on_held_out_patients() -> None:
    (figure,) = [
        figure
        for figure in load_pack().card.figures
        if figure.question == "pneumonia against normal" and "held out" in figure.data_set
    ]
    assert figure.auroc.low <= figure.auroc.value <= figure.auroc.high
    assert figure.auroc.value >= 0.99
    assert figure.command.startswith("mapafu-train export ")


def test_metadata_can_change_without_changing_the_network(tmp_path: Path) -> None:
    card = bundled_card()
    card["model_version"] = "9.9.9"
    changed = write_with_card(tmp_path / "model.onnx", card)
    assert load_pack(changed).card.model_version == "9.9.9"
    assert graph_sha256(changed.read_bytes()) == graph_sha256(bundled_model().read_bytes())


@pytest.mark.parametrize("place", [100, 400_000, 4_000_000, 8_000_000])
def test_a_flipped_bit_in_the_network_is_noticed(tmp_path: Path, place: int) -> None:
    data = bytearray(bundled_model().read_bytes())
    data[place] ^= 1
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    with pytest.raises(ModelError):
        load_pack(path)


def damaged(change: str, value: Any) -> dict[str, Any]:
    card = bundled_card()
    *way, last = change.split(".")
    place: Any = card
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return card


def age_band(first: int, last: int, *, slope: float = 1.0, prevalence: float = 0.5) -> dict[str, Any]:
    calibration = {"method": "made up", "slope": slope, "intercept": 0.0, "prevalence": prevalence}
    points = bundled_card()["operating_points"]
    return {"age_from_years": first, "age_to_years": last, "calibration": calibration, "operating_points": points}


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("schema_version", 1),
        ("schema_version", 99),
        ("classes", None),
        ("unheard_of", "x"),
        ("operating_points", []),
        ("operating_points.0.threshold_low", 0.99),
        ("operating_points.0.threshold", "high"),
        ("operating_points.0.perturbed", {"worst": "blurred"}),
        ("calibration.slope", float("nan")),
        ("age_bands", [age_band(2, 1)]),
        ("age_bands", [age_band(0, 4), age_band(4, 9)]),
        ("age_bands", [age_band(5, 9), age_band(0, 4)]),
        ("age_bands", [age_band(0, 4, prevalence=0.2)]),
        ("age_bands", [age_band(0, 4), {"age_from_years": 5}]),
        ("age_bands", [age_band(0, 4) | {"operating_points": []}]),
        ("age_bands", [age_band(0, 4) | {"operating_points": bundled_card()["operating_points"][::-1]}]),
        ("ages", [{"data_set": "x"}]),
        ("input.size", True),
        ("graph_sha256", "0" * 64),
    ],
)
def test_a_damaged_card_is_one_sentence(tmp_path: Path, change: str, value: Any) -> None:
    path = write_with_card(tmp_path / "model.onnx", damaged(change, value))
    with pytest.raises(ModelError) as problem:
        load_pack(path)
    assert problem.value.code == "model_unusable"
    assert "nstall" in problem.value.sentence


STEERING = ["evil\x1b[2J", "evil\x07", "two\nlines", "right\u202eleft", "m" * 65, ""]


@pytest.mark.parametrize("name", ["model_id", "model_version"])
@pytest.mark.parametrize("value", STEERING, ids=ascii)
def test_a_card_whose_model_has_a_name_that_steers_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ModelError, match="too long, or not printable") as refusal:
        load_pack(write_with_card(tmp_path / "m.onnx", {**bundled_card(), name: value}))
    assert refusal.value.sentence.isprintable()


@pytest.mark.parametrize("content", [b"", b"not a model at all", b"\x3a\xff\xff\xff\xff\x7f"])
def test_a_file_that_is_no_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError):
        load_pack(path)


def test_a_missing_model_and_one_without_a_card(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        load_pack(tmp_path / "gone.onnx")
    with pytest.raises(ModelError, match="no card"):
        load_pack(write_with_card(tmp_path / "bare.onnx", None))


@pytest.mark.parametrize("data", [b"\x08", b"\x0a\x05ab", b"\x0b", b"\x09\x01", b"\xff" * 11])
def test_broken_messages_are_refused(data: bytes) -> None:
    with pytest.raises(OnnxFormatError):
        read_metadata(data)


def test_ages() -> None:
    card = load_pack().card
    assert not card.covers_age(0.9)
    assert card.covers_age(1.0)
    assert card.covers_age(5.9)
    assert not card.covers_age(6.0)


def test_an_age_of_which_few_films_are_known_is_not_covered() -> None:
    card = load_pack().card
    row = dataclasses.replace(card.ages[0], age_from_years=1, age_to_years=2, films=30)
    few = dataclasses.replace(card, ages=(row, dataclasses.replace(row, role="held out", films=19)))
    enough = dataclasses.replace(card, ages=(row, dataclasses.replace(row, role="held out", films=20)))
    assert (few.covers_age(1.5), enough.covers_age(1.5)) == (False, True)
    assert not enough.covers_age(4.0)
    assert dataclasses.replace(card, ages=()).covers_age(4.0)


@pytest.mark.parametrize(
    ("age", "slope"),
    [
        (None, 9.0),
        (0.0, 1.0),
        (0.99, 1.0),
        (1.0, 2.0),
        (4.99, 2.0),
        (6.9, 2.0),  # between the bands, and two years from either: the younger
        (7.0, 3.0),
        (9.0, 3.0),
        (12.99, 3.0),
        (80.0, 3.0),
    ],
)
def test_each_age_has_the_calibration_of_its_band_or_the_nearest(
    tmp_path: Path, age: float | None, slope: float
) -> None:
    card = bundled_card()
    card["calibration"]["slope"] = 9.0
    card["age_bands"] = [age_band(0, 0, slope=1.0), age_band(1, 4, slope=2.0), age_band(8, 12, slope=3.0)]
    read = load_pack(write_with_card(tmp_path / "model.onnx", card)).card
    assert read.calibration_for(age).slope == slope
    assert read_card(read.to_json()) == read


def test_each_age_has_the_operating_points_of_its_band_or_the_nearest() -> None:
    card = load_pack().card
    first, second = card.operating_points[:2]
    strict = dataclasses.replace(first, threshold_low=0.7, threshold=0.8, threshold_high=0.9)
    other = dataclasses.replace(first, threshold_low=0.1, threshold=0.2, threshold_high=0.3)
    band = card.age_bands[0]
    bands = (
        dataclasses.replace(band, age_from_years=1, age_to_years=5, operating_points=(strict, second)),
        dataclasses.replace(band, age_from_years=18, age_to_years=99, operating_points=(other, second)),
    )
    points = dataclasses.replace(card, operating_points=(first, second), age_bands=bands).points(first.name)
    assert points.name == first.name
    ages = [math.nan, 0.5, 5.9, 11.9, 12.0, 40.0, 5.2, math.nan]
    expected = [first, strict, strict, strict, other, other, strict, first]
    assert [points.at(None if math.isnan(age) else age) for age in ages] == expected
    low, threshold, high = points.thresholds(np.array(ages))
    assert low.tolist() == [point.threshold_low for point in expected]
    assert threshold.tolist() == [point.threshold for point in expected]
    assert high.tolist() == [point.threshold_high for point in expected]
    assert points.thresholds(np.array([])).shape == (3, 0)


@pytest.mark.parametrize("age", [None, 0.0, 3.0, 50.0])
def test_without_bands_every_age_has_the_pooled_calibration(age: float | None) -> None:
    card = dataclasses.replace(load_pack().card, age_bands=())
    assert card.calibration_for(age) is card.calibration


def test_an_unknown_operating_point_names_the_known_ones() -> None:
    with pytest.raises(ModelError, match="balanced"):
        load_pack().card.points("guess")


def test_the_card_is_plain_json() -> None:
    assert json.loads(load_pack().card.to_json())["schema_version"] == 3
