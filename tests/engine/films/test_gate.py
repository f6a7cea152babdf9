from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.errors import FilmRejectedError
from engine.films.film import FilmFacts, Radiograph
from engine.films.gate import MIN_SIDE, check_facts, check_pixels
from engine.reasons import Reason
from tests.builders import gradient


def facts(**changes: Any) -> FilmFacts:
    return FilmFacts(**{"container": "dicom", "rows": 500, "columns": 400, "modality": "CR", **changes})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"modality": "CT"}, Reason.WRONG_MODALITY),
        ({"modality": "MG"}, Reason.WRONG_MODALITY),
        ({"frames": 2}, Reason.MULTI_FRAME),
        ({"body_part": "HAND"}, Reason.WRONG_BODY_PART),
        ({"view_position": "LL"}, Reason.NOT_FRONTAL),
        ({"view_position": "Lateral"}, Reason.NOT_FRONTAL),
        ({"view_position": "LLAT"}, Reason.NOT_FRONTAL),
        ({"view_position": "RAO"}, Reason.NOT_FRONTAL),
        ({"modality": "OT"}, Reason.WRONG_MODALITY),
        ({"body_part": "TSPINE"}, Reason.WRONG_BODY_PART),
        ({"columns": MIN_SIDE - 1}, Reason.TOO_SMALL),
    ],
)
def test_tags_that_refuse_a_film(changes: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(FilmRejectedError) as refusal:
        check_facts(facts(**changes))
    assert refusal.value.reason is reason


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"modality": None},
        {"modality": "DX", "body_part": "Chest", "view_position": "PA"},
        {"body_part": "PORT_CHEST", "view_position": "AP"},
        {"body_part": "CHEST PA", "modality": "DR"},
        {"rows": MIN_SIDE, "columns": MIN_SIDE},
    ],
)
def test_tags_that_let_a_film_pass(changes: dict[str, Any]) -> None:
    check_facts(facts(**changes))


@pytest.mark.parametrize(
    ("film", "reason"),
    [
        (Radiograph(np.full((200, 200), 0.5, dtype=np.float32), facts()), Reason.BLANK),
        (Radiograph(gradient() * np.float32(0.02), facts()), Reason.BLANK),
        (Radiograph(gradient(), facts(), colourfulness=0.3), Reason.NOT_A_CHEST_FILM),
    ],
)
def test_pixels_that_refuse_a_film(film: Radiograph, reason: Reason) -> None:
    with pytest.raises(FilmRejectedError) as refusal:
        check_pixels(film)
    assert refusal.value.reason is reason


def test_an_ordinary_film_passes() -> None:
    check_pixels(Radiograph(gradient(), facts(), colourfulness=0.02))
