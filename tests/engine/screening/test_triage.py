from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.model.heatmap import Heat
from engine.model.pack import load_pack
from engine.model.preprocess import Box
from engine.screening.case import Band, CaseResult, CaseStatus, Score
from engine.screening.triage import triage_key, triage_ranks


def scored(index: int, probability: float) -> CaseResult:
    point = load_pack().card.points("balanced").unknown
    score = Score(
        probability=probability,
        logit=0.0,
        band=Band.of(probability, point),
        operating_point=point,
        p_bacterial=0.5,
        p_viral=0.5,
        heat=Heat(np.zeros((14, 14), dtype=np.float32), Box(0, 0, 1, 1)),
    )
    return CaseResult(index=index, file=str(index), path=Path(str(index)), status=CaseStatus.SCORED, score=score)


def test_positive_then_uncertain_then_negative_each_by_probability() -> None:
    point = load_pack().card.points("balanced").unknown
    middle = (point.threshold_low + point.threshold_high) / 2
    results = [scored(0, 0.0), scored(1, middle), scored(2, 0.99), scored(3, 1.0), scored(4, 0.99)]
    unread = CaseResult(index=5, file="5", path=Path("5"), status=CaseStatus.FAILED)
    assert triage_key(unread) is None
    keys = [key for result in results if (key := triage_key(result)) is not None]
    assert triage_ranks(keys) == {3: 1, 2: 2, 4: 3, 1: 4, 0: 5}


@pytest.mark.parametrize("name", ["screening", "balanced", "rule_in"])
def test_bands_hold_their_ends(name: str) -> None:
    point = load_pack().card.points(name).unknown
    assert Band.of(point.threshold_high, point) is Band.POSITIVE
    assert Band.of(point.threshold_low, point) is Band.UNCERTAIN
    assert Band.of(np.nextafter(point.threshold_high, 0), point) is Band.UNCERTAIN
    assert Band.of(np.nextafter(point.threshold_low, 0), point) is Band.NEGATIVE
