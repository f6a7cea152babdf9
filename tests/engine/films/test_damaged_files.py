"""Any bytes give a film or a reason, and nothing else; half a film is never taken for a whole one."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.encaps import generate_frames

from engine.reasons import Reason
from engine.screening.worker import Worker
from tests.builders import wrapped_frame
from tests.engine.films.campaign import LIMITS, campaign_size, outcome_of, report
from tests.engine.films.corpus import EIGHT, TWELVE, films
from tests.engine.films.mutations import mutated
from tests.engine.films.probe import make_probe

FILMS = films()
OUTCOMES = {"read", *(reason.value for reason in Reason)}


@pytest.fixture(scope="module")
def probe() -> Iterator[Worker]:
    with Worker(make_probe, None, limits=LIMITS) as worker:
        yield worker


def assert_whole_or_refused(probe: Worker, damaged: bytes, whole: bytes) -> None:
    outcome, expected = probe.ask(damaged), probe.ask(whole)
    assert expected.word == "read"
    assert outcome.word in OUTCOMES
    if outcome.word == "read":  # what is missing was none of its pixels
        assert outcome.pixels == expected.pixels


@pytest.mark.parametrize("name", FILMS)
def test_a_file_cut_off_anywhere_is_whole_or_refused(probe: Worker, name: str) -> None:
    whole = FILMS[name]
    for part in range(20):
        assert_whole_or_refused(probe, whole[: int(len(whole) * (part + 0.5) / 20)], whole)
    for missing in (1, 2, 4, 8, 16, 32):
        assert_whole_or_refused(probe, whole[:-missing], whole)


@pytest.mark.parametrize("name", [name for name in FILMS if name.startswith("dicom jpeg") or name == "dicom rle"])
def test_packed_pixels_cut_off_in_a_whole_file_are_refused(probe: Worker, name: str) -> None:
    dataset = dcmread(io.BytesIO(FILMS[name]))
    frame = next(generate_frames(dataset.PixelData, number_of_frames=1))
    pixels = EIGHT if dataset.BitsAllocated == 8 else TWELVE
    assert probe.ask(wrapped_frame(frame, dataset.file_meta.TransferSyntaxUID, pixels=pixels)).word == "read"
    for part in range(20):
        short = frame[: int(len(frame) * (part + 0.5) / 20)]
        data = wrapped_frame(short, dataset.file_meta.TransferSyntaxUID, pixels=pixels)
        assert probe.ask(data).word in (Reason.CORRUPT_PIXELS, Reason.UNSUPPORTED_ENCODING)


@pytest.mark.parametrize("name", FILMS)
def test_nothing_but_a_signature(probe: Worker, name: str) -> None:
    for length in (1, 4, 12, 132, 200):
        noise = np.random.default_rng(length).bytes(1000)
        assert probe.ask(FILMS[name][:length] + noise).word in OUTCOMES - {"read"}


def test_damaged_films_give_a_film_or_a_reason(probe: Worker) -> None:
    counts = Counter[str]()

    @settings(
        max_examples=campaign_size(),
        phases=[Phase.generate, Phase.shrink],
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(name=st.sampled_from(sorted(FILMS)), random=st.randoms(use_true_random=False))
    def read_one(name: str, random: Random) -> None:
        outcome = outcome_of(probe, mutated(FILMS, name, random))
        counts[outcome] += 1
        assert outcome in OUTCOMES, name

    read_one()
    print(report(counts))  # noqa: T201 -- shown by `pytest -rP`
    assert counts["read"]
    assert counts[Reason.CORRUPT_PIXELS]
